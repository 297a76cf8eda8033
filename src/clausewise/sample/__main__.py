"""`python -m clausewise.sample OUT [--lines N] [--seed S]`: build the sample county and say what was made."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from clausewise.sample.county import build


def main(arguments: Sequence[str], screen: TextIO, errors: TextIO) -> int:
    """Build as the command line asks; the exit status is 0, or 2 with one line that says why not."""
    parser = argparse.ArgumentParser(
        prog="python -m clausewise.sample", description="build the sample county"
    )
    parser.add_argument("out", type=Path, help="folder to write into")
    parser.add_argument("--lines", type=int, default=1_000_000, help="proxy lines (default 1000000)")
    parser.add_argument("--seed", type=int, default=4040, help="the same seed gives the same bytes")
    options = parser.parse_args(arguments)
    begun = time.perf_counter()

    def show(stage: str, done: int, total: int) -> None:
        screen.write(f"\r{time.perf_counter() - begun:6.1f} s  {stage:<28} {done:>9,} of {total:,}   ")
        screen.flush()

    try:
        built = build(options.out, seed=options.seed, lines=options.lines, progress=show)
    except (ValueError, OSError) as error:
        errors.write(f"{error}\n")
        return 2
    took = time.perf_counter() - begun
    said = [f"\n{built.people:,} people, {built.proxy_lines:,} proxy lines, {built.distinct_hosts:,} hosts"]
    for norm, number in built.truth.items():
        alike = built.lookalikes.get(norm, 0)
        said.append(f"  {norm:<24} broken {number:>3} times, {alike:>3} look-alikes")
    screen.write("\n".join([*said, f"{took:.1f} s: {built.out}", ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout, sys.stderr))
