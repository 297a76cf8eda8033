"""Draws the picture of the terminal in the README: runs the real commands and keeps what they print.

    .venv/bin/python docs/images/terminal.py

It builds the whole sample county in a folder that is removed afterwards, and writes terminal.svg beside itself.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).resolve().parent
WIDTH = 132
CLAUSE = re.compile(r"^(\d+(\.[a-z])?(/\S+)?|[A-Z]{1,3}(/\S+)?) {2,}\d")
ASK = ["ask", "--as", "ana.lopez", "take_offsite", "device:RCOE-1182"]


def printed(home: str, *words: str) -> list[str]:
    """What a command prints, line by line."""
    done = subprocess.run(  # noqa: S603 - our own program, words of our own
        [sys.executable, "-m", "clausewise", *words],
        env={**os.environ, "CLAUSEWISE_HOME": home, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def findings(lines: list[str]) -> Iterator[str]:
    """The table of findings: a line for each norm, without those for people and things."""
    for line in lines:
        if line.startswith(" ") and line.strip():
            continue
        if not line.strip() and "findings;" not in line:
            continue
        yield line
        if "findings;" in line:
            return


def main() -> None:
    """Run, draw, write."""
    with tempfile.TemporaryDirectory() as home:
        audit = list(findings(printed(home, "start", "--no-serve")))
        answer = [line for line in printed(home, *ASK) if " · pack " not in line]
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    show(console, "./run", audit)
    console.print()
    show(console, "clausewise " + " ".join(ASK), answer)
    # Without the font that the usual form fetches from a server: a picture must not tell anybody who looks.
    form = re.sub(r"@font-face \{\{.*?\}\}\n?", "", CONSOLE_SVG_FORMAT, flags=re.S)
    text = console.export_svg(title="clausewise", code_format=form, unique_id="clausewise")
    (HERE / "terminal.svg").write_text(re.sub(r"[ \t]+\n", "\n", text), encoding="utf-8")


def show(console: Console, typed: str, lines: list[str]) -> None:
    """One command as it was typed, and what it printed; clauses and the answer stand out."""
    console.print(Text.assemble(("$ ", "green"), (typed, "bold")))
    for line in lines:
        text = Text(line)
        found = CLAUSE.match(line)
        if found:
            text.stylize("bold cyan", 0, found.end(1))
        elif line.startswith(("No", "Yes", "AR 4040")):
            text.stylize("bold yellow")
        console.print(text)


if __name__ == "__main__":
    main()
