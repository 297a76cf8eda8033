"""`clausewise pack`: read the law, check it, show a clause, compare two packs, take in the county's text."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from clausewise.cli import _place
from clausewise.model.law import Clause, Pack
from clausewise.model.words import JudgedBy
from clausewise.pack import load_pack
from clausewise.pdp.engine import Pdp
from clausewise.pdp.schema import cedar_schema
from clausewise.review.check import check_pack
from clausewise.review.coverage import coverage
from clausewise.review.difference import differences
from clausewise.review.examples import run_all
from clausewise.review.grade import grades


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    top = commands.add_parser("pack", help="the law: check, test, show, coverage, diff, text, tensions")
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name, run, text in (
        ("check", run_check, "everything a pack must survive; prints each problem with its remedy"),
        ("test", run_test, "run the worked examples"),
        ("coverage", run_coverage, "what shows each clause before, during and after, and through people"),
        (
            "tensions",
            run_tensions,
            "where the text pulls two ways, our default, and the question for counsel",
        ),
        ("schema", run_schema, "the Cedar schema that the pack's nouns and verbs make"),
    ):
        sub = inner.add_parser(name, help=text, description=text)
        sub.add_argument("pack", nargs="?", default="ar4040", help="folder or name (default ar4040)")
        sub.add_argument("--json", action="store_true", help="machine-readable")
        sub.add_argument("--lang", choices=("en", "es"), default="en")
        sub.set_defaults(run=run)
    show = inner.add_parser("show", help="one clause: reading, norms, who may say yes, examples")
    show.add_argument("clause", help="9.f, 9f or 9(f)")
    show.add_argument("--pack", default="ar4040")
    show.add_argument("--lang", choices=("en", "es"), default="en")
    show.set_defaults(run=run_show)
    diff = inner.add_parser("diff", help="what changes between two packs, down to the answers")
    diff.add_argument("old")
    diff.add_argument("new")
    diff.set_defaults(run=run_diff)
    adopted = inner.add_parser("text", help="read the adopted document, check it against the pack, keep it")
    adopted.add_argument("file", type=Path, help=".txt, .html, .docx or .pdf")
    adopted.add_argument("--pack", default="ar4040")
    adopted.set_defaults(run=run_text)


def run_check(args: argparse.Namespace) -> int:
    """Print every problem; exit 1 if there is one."""
    pack = load_pack(args.pack)
    report = check_pack(pack)
    for problem in report.problems:
        print(problem)
    grade = grades(pack)
    print(
        f"{pack.id}: {report.clauses} clauses, {report.norms} norms, {report.examples} examples, "
        f"{report.combinations} combinations of values tried"
    )
    for line in grade.lines():
        print(line)
    print("no problems" if not report.problems else f"{len(report.problems)} problems")
    return 1 if report.problems else 0


def run_test(args: argparse.Namespace) -> int:
    """Run the examples of every clause and guard."""
    count, problems = run_all(Pdp(load_pack(args.pack)))
    for problem in problems:
        print(problem)
    print(f"{count - len(problems)} of {count} examples as written")
    return 1 if problems else 0


def run_coverage(args: argparse.Namespace) -> int:
    """The matrix of clauses, computed from what is there."""
    rows = coverage(load_pack(args.pack), _place.sources_by_class(), _place.gates(), _place.fields_by_class())
    if args.json:
        print(json.dumps({"clauses": rows}, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        print(f"{row['id']:<7} {row['title']}")
        for cell in ("before", "during", "after", "people"):
            print(f"        {cell:<7} {row[cell]}")
    waiting = sum(
        str(row[cell]).startswith("not yet")
        for row in rows
        for cell in ("before", "during", "after", "people")
    )
    print(f"{len(rows)} clauses; {waiting} cells are not yet shown by anything")
    return 0


def run_tensions(args: argparse.Namespace) -> int:
    """Every place where the text pulls two ways."""
    entries = load_pack(args.pack).registers["tensions"].values()
    if args.json:
        print(json.dumps([dict(e.fields) for e in entries], ensure_ascii=False, indent=1, default=str))
        return 0
    for entry in entries:
        clauses, alternatives = entry.get("clauses", []), entry.get("alternatives", [])
        assert isinstance(clauses, list)
        assert isinstance(alternatives, list)
        print(f"{entry.id} ({', '.join(clauses)})")
        print(f"  question for counsel: {_in(entry['question'], args.lang)}")
        print(f"  our default: {_in(entry['default'], args.lang)}")
        for other in alternatives:
            overlay = f" [overlay {other['overlay']}]" if other.get("overlay") else ""
            print(f"  or: {_in(other['says'], args.lang)}{overlay}")
    return 0


def run_schema(args: argparse.Namespace) -> int:
    """Print the generated Cedar schema."""
    print(cedar_schema(load_pack(args.pack)), end="")
    return 0


def run_diff(args: argparse.Namespace) -> int:
    """Print each difference; exit 0 also when there are some."""
    lines = list(differences(load_pack(args.old), load_pack(args.new)))
    print("\n".join(lines) if lines else "no difference")
    return 0


def run_text(args: argparse.Namespace) -> int:
    """Take in the county's adopted document."""
    from clausewise.cli import _text

    return _text.take_in(args.file, load_pack(args.pack), _place.home(), datetime.now(UTC))


def run_show(args: argparse.Namespace) -> int:
    """One clause on the terminal."""
    pack = load_pack(args.pack)
    clause = pack.clauses.get(_place.clause_id(args.clause, pack))
    if clause is None:
        raise ValueError(f"{args.clause}: no such clause in {pack.id}; clauses are {', '.join(pack.clauses)}")
    print("\n".join(_shown(pack, clause, args.lang)))
    return 0


def _shown(pack: Pack, clause: Clause, lang: str) -> list[str]:
    lines = [f"{pack.regulation} {clause.id}  {clause.title[lang]}", ""]
    quoted = _place.quoted(pack, clause.id)
    if quoted:
        lines += ["The county's text:", *(f"  {sentence}" for sentence in quoted), ""]
    lines += [
        "Our reading:",
        f"  {clause.reading[lang]}",
        "",
        "What software cannot see:",
        f"  {clause.cannot_judge[lang]}",
    ]
    lines += ["", f"Who may say yes: {_place.authority(pack, clause, lang)}"]
    for norm in clause.norms:
        lines += ["", f"{norm.id}  {norm.kind}, {norm.addressee} {norm.modality}, judged by {norm.judged_by}"]
        if norm.judged_by is JudgedBy.POLICY:
            lines += [f"    {line}" for line in norm.policy.strip().splitlines()]
        elif norm.why_people[lang]:
            lines.append(f"    {norm.why_people[lang]}")
    if clause.examples:
        lines += ["", "Examples:"]
        lines += [f"  {e.verdict:<15} {e.says}" for e in clause.examples]
    if clause.routes:
        titles = [pack.registers["routes"][r] for r in clause.routes if r in pack.registers["routes"]]
        lines += ["", "People: " + "; ".join(_in(t["title"], lang) for t in titles)]
    return lines


def _in(words: object, lang: str) -> str:
    return str(words.get(lang, "")) if isinstance(words, dict) else str(words)
