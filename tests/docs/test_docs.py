"""The documents tell the truth: commands exist, links lead somewhere, pages are current, nothing is somebody's."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import unquote

import pytest

from clausewise.cli import docs
from clausewise.cli.main import main, parser
from docs.blocks import ROOT, blocks, commands

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"])
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
TYPED = [(name, command) for name, page in zip(NAMES, PAGES, strict=True) for command in commands(page)]
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.M | re.S)
MACHINE = re.compile(r"/(?:work|root|tmp|home|Users)/\w")


def text_of(page: Path) -> str:
    """The page as it is read."""
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """The page without its code, where nothing is a link."""
    return CODE.sub("", text_of(page))


def anchors(page: Path) -> set[str]:
    """The names that a link into the page may end with, as the usual viewers make them from headings."""
    heads = re.findall(r"^#+ (.+)$", text_of(page), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_there_are_documents_of_every_kind() -> None:
    kinds = {name.split("/")[1] for name in NAMES if name.startswith("docs/") and name.count("/") == 2}
    assert kinds >= {"tutorials", "how-to", "reference", "explanation", "decisions"}
    assert TYPED


@pytest.mark.parametrize(("name", "command"), TYPED)
def test_every_command_of_a_document_exists(name: str, command: str) -> None:
    program, *words = shlex.split(command.split(" | ")[0])
    script = Path(program).name
    if script in ("clausewise", "cw"):
        parser().parse_args(words)  # leaves the test with SystemExit where the command has no such word
    elif script in ("run", "check"):
        usage = (ROOT / script).read_text(encoding="utf-8").partition("HELP'")[2].partition("\nHELP\n")[0]
        known = [word for word in words if word in usage or (ROOT / word).exists() or "." in word]
        assert known == words, f"./{script} --help does not name {set(words) - set(known)}"
    elif script == "python":
        paths = [word for word in words if word.endswith(".py") or word.startswith("tests/")]
        assert paths, f"{name}: what does this run? {command}"
        assert all((ROOT / path).exists() for path in paths)
    else:
        assert script == "export", f"{name}: {script} is none of our commands"


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    page, lost = ROOT / name, []
    for target in LINK.findall(prose(page)):
        path, _, anchor = unquote(target).partition("#")
        if path.startswith(("https://", "http://", "mailto:")):
            continue
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert not lost


@pytest.mark.parametrize("name", NAMES)
def test_every_test_that_a_document_names_exists(name: str) -> None:
    for path, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text_of(ROOT / name)):
        assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"


@pytest.mark.parametrize("name", NAMES)
def test_no_document_names_a_place_on_a_machine(name: str) -> None:
    assert MACHINE.findall(text_of(ROOT / name)) == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_date_status_and_its_number_in_the_file_name_alone(decision: Path) -> None:
    text = text_of(decision)
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+", decision.stem)
    assert re.search(
        r"^Date: \d{4}-\d{2}-\d{2}\. Status: (accepted|superseded by \[.+\]\(.+\))\.$", text, re.M
    )
    assert decision.stem[:4] not in text
    for part in ("## Context", "## Decision", "## Consequences"):
        assert part in text


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_every_page_is_reached_from_the_readme() -> None:
    reached, ahead = set[Path](), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = (unquote(target).partition("#")[0] for target in LINK.findall(prose(page)))
        ahead += [(page.parent / target).resolve() for target in targets if target and "://" not in target]
        if page.parent.name == "decisions":
            ahead += DECISIONS
    missed = [page for page in PAGES if page not in reached and "benchmarks" not in page.parts]
    assert not missed


def test_the_reference_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["docs", "--check"])
    assert status == 0, capsys.readouterr().out


def test_a_page_that_is_out_of_date_is_named_and_written_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["docs", "--write", "--into", str(tmp_path)]) == 0
    assert main(["docs", "--check", "--into", str(tmp_path)]) == 0
    (tmp_path / "facts.md").write_text("old\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["docs", "--check", "--into", str(tmp_path)]) == 1
    assert "facts.md: out of date; clausewise docs --write" in capsys.readouterr().out
    assert set(docs.stale(tmp_path, docs.pages())) == {"facts.md"}


def test_the_reference_names_every_clause_and_norm() -> None:
    from clausewise.pack import load_pack

    page = docs.pages()["clauses.md"]
    pack = load_pack("ar4040")
    assert [c for c in pack.clauses.values() if f"\n## {c.id} {c.title['en']}\n" not in page] == []
    assert [norm.id for norm in pack.norms() if f"| `{norm.id}`" not in page] == []


def test_the_notice_names_every_file_that_others_made() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for path in re.findall(r"(?:src|tests)/[\w/.*-]+", notice):
        assert list(ROOT.glob(path)), path
    shipped = [path for path in (ROOT / "src/clausewise/labels/lists").iterdir() if path.is_dir()]
    assert [path.name for path in shipped] == ["v2fly"], "name what you add in NOTICE"


def test_blocks_are_read_as_they_are_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```toml\n# file: a.toml\nx = 1\n```\n\n```console\n$ one \\\n  two\nsaid\n```\n", "utf-8"
    )
    assert [block.language for block in blocks(page)] == ["toml", "console"]
    assert list(commands(page)) == ["one    two"]
