"""The command `clausewise` (short `cw`): finds its sub-commands in this folder and runs the one asked for."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

import clausewise
from clausewise import cli

EPILOG = """\
examples:
  clausewise ask --as ana.lopez take_offsite device:RCOE-1182
  clausewise audit proxy.log
  clausewise pack show 9.f
Each command has its own --help. What a county owns lies in $CLAUSEWISE_HOME (default ./.clausewise).
"""


def parser() -> argparse.ArgumentParser:
    """The whole command line, one sub-command for each module of this folder that has `add`."""
    top = argparse.ArgumentParser(
        prog="clausewise",
        description="Runs a county office's technology-use regulation: may I, this one, was it; always by clause.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"clausewise {clausewise.__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in sorted(m.name for m in pkgutil.iter_modules(cli.__path__)):
        if not module.startswith("_") and module != "main":
            loaded = importlib.import_module(f"clausewise.cli.{module}")
            if hasattr(loaded, "add"):
                loaded.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; problems go to standard error as `place: problem; remedy`, exit status 1 (2: usage)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter must not end the run
    args = parser().parse_args(argv)
    try:
        return int(args.run(args))
    except (ValueError, FileNotFoundError, PermissionError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("stopped; what was finished is kept", file=sys.stderr)
        return 130
