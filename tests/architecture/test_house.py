"""The rules of the house that a reader relies on: short parts, named rooms, one clock, one judge."""

from __future__ import annotations

import ast
import re

from architecture.source_tree import (
    ROOT,
    SRC,
    dotted,
    imported,
    kept_files,
    package_files,
    python_files,
    syntax,
    where,
)

LONGEST_FUNCTION = 40
LONGEST_FILE = 400

# Rooms that would take anything in. What belongs together has a name of its own.
NO_ROOMS = {"base", "common", "helper", "helpers", "manager", "misc", "service", "services", "util", "utils"}
ROOMS_WITH_A_MEANING = {"src/clausewise/labels/service.py"}  # the labeler of online services, as 9.f has them

CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now",
    "datetime.datetime.utcnow", "datetime.date.today", "time.time", "time.time_ns", "time.localtime",
}  # fmt: skip
FILE_CALLS = {"open", "read_bytes", "read_text", "write_bytes", "write_text", "mkdir", "unlink", "iterdir"}
DOORS = {"store.py", "fetch.py"}  # fetch.py brings a public list to this machine when somebody asks for it


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        where(path)
        for path in python_files()
        if len((ast.get_docstring(syntax(path)) or "").split("\n")[0].strip()) < 12
    ]
    assert not silent, f"first line of the module: missing or too short in {silent}"


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{where(path, node)} {node.name}: {(node.end_lineno or node.lineno) - node.lineno + 1}"
        for path in python_files()
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long, f"functions over {LONGEST_FUNCTION} lines: {long}"


def test_no_file_is_longer_than_a_sitting() -> None:
    lengths = {where(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    long = {place: lines for place, lines in lengths.items() if lines > LONGEST_FILE}
    assert not long, f"files over {LONGEST_FILE} lines: {long}"


def test_no_room_takes_anything_in() -> None:
    vague = [
        where(path)
        for path in package_files()
        if NO_ROOMS & {path.stem, path.parent.name} and where(path) not in ROOMS_WITH_A_MEANING
    ]
    assert not vague, f"modules named for nothing in particular: {vague}"


def test_time_is_an_argument_below_cli() -> None:
    reads = [
        f"{where(path, node)} {dotted(node.func)}()"
        for path in package_files("cli", "office")
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call) and dotted(node.func) in CLOCKS
    ]
    assert not reads, f"the clock is read below cli; take at= instead: {reads}"


def test_nothing_prints_below_cli() -> None:
    prints = [
        where(path, node)
        for path in package_files("cli")
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call)
        and dotted(node.func) in {"print", "sys.stdout.write", "sys.stderr.write"}
    ]
    assert not prints, f"only cli prints: {prints}"


def test_one_module_alone_knows_cedar() -> None:
    importers = {
        where(path)
        for path in package_files()
        for _, name in imported(syntax(path))
        if name.split(".")[0] == "cedarpy"
    }
    assert importers <= {"src/clausewise/pdp/cedar.py"}, f"cedarpy is imported by {importers}"


def test_sample_county_knows_nothing_of_clausewise() -> None:
    leaks = [
        where(path, node)
        for path in sorted((SRC / "sample").rglob("*.py"))
        for node, name in imported(syntax(path))
        if name.startswith("clausewise") and not name.startswith("clausewise.sample")
    ]
    assert not leaks, f"clausewise.sample imports the package it is the key to: {leaks}"


def test_pure_floors_open_no_file() -> None:
    pure = [path for path in package_files() if path.relative_to(SRC).parts[0] in {"model", "clocks", "pdp"}]
    pure += sorted((SRC / "sources").rglob("parse.py"))
    opens = [
        f"{where(path, node)} {name}()"
        for path in pure
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call) and (name := dotted(node.func).rpartition(".")[2]) in FILE_CALLS
    ]
    assert not opens, f"files are opened by store.py or by cli, not here: {opens}"


def test_files_are_opened_at_one_door_of_each_floor() -> None:
    floors = {"pack", "facts", "labels", "sources", "audit"}
    opens = [
        f"{where(path, node)} {name}()"
        for path in package_files()
        if path.relative_to(SRC).parts[0] in floors and path.name not in DOORS
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call) and (name := dotted(node.func).rpartition(".")[2]) in FILE_CALLS
    ]
    assert not opens, f"files are opened in store.py alone: {opens}"


# Written in pieces, so that this file does not hold what it forbids.
INDEXES = re.compile(
    "|".join(("--(extra-)?index" + "-url", "python" + r"hosted\.org", r"pypi\." + "org/simple"))
)
MACHINE = re.compile("|".join(("(?<![A-Za-z0-9_.-])/work" + "/[a-z]", "/roo" + "t/", "/tmp" + "/[a-z]{2}/")))


def test_no_kept_file_names_an_index_or_a_machine() -> None:
    found: list[str] = []
    for path in kept_files():
        data = path.read_bytes()
        if b"\0" in data[:8000] or len(data) > 4_000_000:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            if INDEXES.search(line) or MACHINE.search(line):
                found.append(f"{where(path)}:{number}: {line.strip()[:100]}")
    assert not found, "addresses of a package index, or paths of one machine:\n" + "\n".join(found)


def test_locks_pin_every_library_by_hash() -> None:
    for name in ("run", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
        rows = [row for row in text.splitlines() if row.strip() and not row.startswith("#")]
        assert rows, f"requirements/{name}.txt: empty"
        loose = [row[:60] for row in rows if "==" not in row or "--hash=sha256:" not in row]
        assert not loose, f"requirements/{name}.txt: not pinned by hash: {loose}"


def test_the_run_lock_is_part_of_the_dev_lock() -> None:
    pins = {
        name: set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / "requirements" / f"{name}.txt").read_text(), re.M))
        for name in ("run", "dev")
    }
    assert pins["run"] <= pins["dev"], f"pinned differently: {sorted(pins['run'] - pins['dev'])}"
