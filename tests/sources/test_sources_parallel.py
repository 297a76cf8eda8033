"""Several processes give what one gives: every line once, in order, with its number, however the ranges fall."""

from __future__ import annotations

import gzip
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clausewise.sources import SOURCES, parallel, store
from clausewise.sources.contract import SCHEMAS, Protected
from clausewise.sources.parallel import LogFile, Readers, read_parallel
from sources.feeding import total
from sources.reference_squid import read_squid
from sources.test_sources_all import OPTIONS, SAMPLES
from sources.test_sources_squid import FILES, LINE, SHIELD

SQUID = SOURCES["squid"]
HIDE = Protected(hosts=SHIELD, senders=frozenset({"@union.example"}))
TEXT = b"".join(LINE % b"http://site%d.example/" % k for k in range(400))
BLOCKS = (150, 4000)


@pytest.fixture(scope="module", params=BLOCKS)
def readers(request: pytest.FixtureRequest) -> Iterator[Readers]:
    with Readers(2, HIDE, block=request.param) as found:
        yield found


def told(steps: list[store.Step]) -> dict[str, Any]:
    return total([step.batch for step in steps])


def by_line(counts: dict[str, Any]) -> dict[str, Any]:
    return {**counts, "events": sorted(counts["events"], key=lambda row: row["line"])}


def by_readers(readers: Readers, path: Path, name: str = "squid") -> list[store.Step]:
    found = list(readers.read([LogFile(path, SOURCES[name], OPTIONS.get(name, ""))]))
    assert all(file.path == path for file, _ in found)
    return [step for _, step in found]


@settings(max_examples=60, deadline=None)
@given(
    pieces=FILES,
    end=st.booleans(),
    bom=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    block=st.sampled_from([1, 7, 60, 300, 5000]),
)
def test_ranges_equal_the_slow_reader(
    tmp_path_factory: pytest.TempPathFactory,
    pieces: list[tuple[bytes, bytes]],
    end: bool,
    bom: bytes,
    block: int,
) -> None:
    """Without processes, so that many files can be tried: ranges read one by one."""
    data = bom + b"".join(line + stop for line, stop in pieces)
    data = data if end else data.rstrip(b"\r\n")
    assume(not data.startswith((b"\xff\xfe", b"\xfe\xff")))  # UTF-16 is refused
    path = tmp_path_factory.getbasetemp() / "ranges.log"
    path.write_bytes(data)
    edges = [0, *store.edges(path, block), None]
    found, lines = [], 0
    for begin, stop in itertools.pairwise(edges):
        assert begin is not None
        before = lines
        for step in store.read_range(path, SQUID, "", HIDE, (begin, stop), block):
            lines += step.batch.lines
            found.append(step)
            counts = total([step.batch])
            for row in counts["events"]:
                raw = data[row["offset"] : row["offset"] + row["length"]]
                assert before + row["line"] == data.count(b"\n", 0, row["offset"]) + 1
                assert b"\n" not in raw
    fast, slow = told(found), read_squid(data, SHIELD)
    places = [(row["offset"], row["host"], row["user"], row["path"]) for row in fast["events"]]
    assert places == [(row["offset"], row["host"], row["user"], row["path"]) for row in slow.events]
    assert [reject[1:] for reject in fast["rejects"]] == [reject[1:] for reject in slow.rejects]
    assert fast["noise"] == slow.noise
    assert (fast["protected"], fast["lines"]) == (slow.protected, slow.lines)


@pytest.mark.parametrize("end", [b"", b"\n", b"x 1 2", b"\r\n\r\n"])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf", b"# note\n", b"\n\n\n"])
def test_processes_give_what_one_gives(readers: Readers, tmp_path: Path, begin: bytes, end: bytes) -> None:
    odd = (
        LINE % b"http://chat.union.example/" + b"broken\n\r\n" + LINE % b"http://a.example/"[:-1] + b"\xff\n"
    )
    path = tmp_path / "access.log"
    path.write_bytes(begin + TEXT[:9000] + odd + TEXT[9000:12000] + end)
    many, one = by_readers(readers, path), list(store.read(path, SQUID, protected=HIDE))
    assert told(many) == told(one)
    assert all(part.table.schema == SCHEMAS["http"] for step in many for part in step.batch.parsed)
    assert many[-1].read == many[-1].total == path.stat().st_size
    assert [step.read for step in many] == sorted(step.read for step in many)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_format_is_read_alike(readers: Readers, name: str) -> None:
    """A format that says its lines stand alone is cut into ranges here; this is what holds it to that."""
    many = by_readers(readers, SAMPLES[name], name)
    one = list(store.read(SAMPLES[name], SOURCES[name], OPTIONS.get(name, ""), HIDE))
    assert by_line(told(many)) == by_line(told(one))  # within a block events stand class by class


@pytest.mark.parametrize("cut", [0, 40])
def test_packed_files_among_plain_ones(readers: Readers, tmp_path: Path, cut: int) -> None:
    plain, packed, empty = tmp_path / "a.log", tmp_path / "b.log.gz", tmp_path / "c.log"
    data = gzip.compress(TEXT)
    plain.write_bytes(TEXT)
    packed.write_bytes(data[: len(data) - cut])
    empty.write_bytes(b"")
    files = [LogFile(path, SQUID) for path in (plain, packed, empty, plain)]
    found = list(readers.read(files))
    for file in (plain, packed, empty):
        one = told(list(store.read(file, SQUID, protected=HIDE, block=readers._block)))
        many = told([step for of, step in found if of is files[[plain, packed, empty].index(file)]])
        assert many == one
    assert bool(cut) == any("cut short" in step.truncated for _, step in found)


def test_a_mapping_of_ones_own_is_read_here(readers: Readers, tmp_path: Path) -> None:
    own = SOURCES["zeek"]
    copied = type(own)(own.name, own.title, own.classes, own.parse, own.finish, own.start)
    found = [step for _, step in readers.read([LogFile(SAMPLES["zeek"], copied)])]
    assert told(found) == told(list(store.read(SAMPLES["zeek"], own, protected=HIDE)))


def test_work_is_done_where_the_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(TEXT)
    with Readers(2, work="sources.block_work:hosts", arguments={"prefix": "to "}, block=9000) as readers:
        parts = [part for step in by_readers(readers, path) for part in step.batch.parsed]
    names = {name for part in parts if part.cls == "names" for name in part.table["host"].to_pylist()}
    assert names == {f"to site{k}.example" for k in range(400)}
    assert sum(part.table["rows"][0].as_py() for part in parts if part.cls == "rows") == 400


def test_coded_tables_are_the_same_texts(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(TEXT)
    with Readers(1, coded=True) as readers:
        tables = [part.table for step in by_readers(readers, path) for part in step.batch.parsed]
    assert any(table.schema != SCHEMAS["http"] for table in tables)
    rows = [row for table in tables for row in table.to_pylist()]
    assert rows == told(list(store.read(path, SQUID)))["events"]


def test_read_parallel_cuts_large_files_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(TEXT)
    one = told(list(store.read(path, SQUID)))
    monkeypatch.setattr(parallel, "Readers", None)  # a small file starts no process
    assert told(list(read_parallel(path, SQUID, workers=2))) == one
    monkeypatch.undo()
    monkeypatch.setattr(parallel, "LEAST", 1)
    assert told(list(read_parallel(path, SQUID, workers=2, block=9000))) == one
    with pytest.raises(store.LogError, match="check the name"):
        list(read_parallel(tmp_path / "no.log", SQUID, workers=2))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [("utf16.log", "Date,Event\n".encode("utf-16"), "save it as UTF-8"), ("no.log", None, "check the name")],
)
def test_what_one_process_says_of_a_file_many_say(
    tmp_path: Path, name: str, data: bytes | None, words: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with Readers(2) as readers, pytest.raises(store.LogError, match=words):
        by_readers(readers, tmp_path / name)


def test_unknown_work_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(TEXT)
    with (
        Readers(1, work="sources.nowhere:x") as readers,
        pytest.raises(store.LogError, match="module:function"),
    ):
        by_readers(readers, tmp_path / "a.log")


def test_a_process_that_was_killed_is_an_error_and_no_wait(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(TEXT)
    with Readers(2, block=3000) as readers:
        steps = readers.read([LogFile(path, SQUID)])
        next(steps)
        for pid in pids(readers):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(store.LogError, match=r"was ended \(exit status -9\)"):
            list(steps)
        with pytest.raises(store.LogError, match="start them anew"):
            list(readers.read([LogFile(path, SQUID)]))


def test_a_read_that_is_broken_off_ends_the_processes(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(TEXT)
    with Readers(2, block=3000) as readers:
        running = pids(readers)
        steps = readers.read([LogFile(path, SQUID)])
        next(steps)
        steps.close()  # type: ignore[attr-defined]
        assert not any(lives(pid) for pid in running)


STARTS = """
import os, signal, sys, time
from pathlib import Path
from clausewise.sources import SOURCES
from clausewise.sources.parallel import LogFile, Readers
with Readers(2, block=2000) as readers:
    for _, step in readers.read([LogFile(Path(sys.argv[1]), SOURCES["squid"])]):
        print(*(process.pid for process in readers._processes), flush=True)
        time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_processes_go_with_the_program_that_started_them(tmp_path: Path, how: signal.Signals) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(TEXT * 20)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    program = subprocess.Popen(
        [sys.executable, "-c", STARTS, str(path)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout is not None
    running = [int(word) for word in program.stdout.readline().split()]
    assert len(running) == 2
    began = time.monotonic()
    program.send_signal(how)
    words = program.communicate(timeout=20)[1]
    assert program.returncode == -how
    assert (b"KeyboardInterrupt" in words) == (how == signal.SIGINT)
    while any(lives(pid) for pid in running):
        assert time.monotonic() - began < 20, "the processes outlive the program"
        time.sleep(0.05)


def pids(readers: Readers) -> list[int]:
    return [process.pid for process in readers._processes]


def lives(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
