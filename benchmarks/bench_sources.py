"""Measures how fast the native Squid reader is: lines per second on one core, beside `wc -l`.

Run `python benchmarks/bench_sources.py` (500,000 lines) or `--smoke` (5,000 lines, one second).
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from clausewise.sources import SOURCES, store

HOSTS = 50_000


def lines(count: int, seed: int = 7) -> Iterator[str]:
    """Make `count` native Squid lines over up to 50,000 distinct hosts, a fifth of them tunnels."""
    dice = random.Random(seed)
    now = 1_700_000_000_000
    for _ in range(count):
        now += dice.randrange(40)
        host = f"site{int(HOSTS * dice.random() ** 3)}.example"
        client = f"10.20.{dice.randrange(8)}.{dice.randrange(250)}"
        user = dice.choice(("-", f"staff{dice.randrange(1300)}"))
        stamp, wait, size = f"{now // 1000}.{now % 1000:03d}", dice.randrange(3000), dice.randrange(90_000)
        if dice.random() < 0.2:
            what = f"TCP_TUNNEL/200 {size} CONNECT {host}:443 {user} HIER_DIRECT/192.0.2.7 -"
        else:
            page = f"http://{host}/section/{dice.randrange(10**6)}/page.html?session={dice.randrange(10**9)}"
            what = f"TCP_MISS/200 {size} GET {page} {user} HIER_DIRECT/192.0.2.7 text/html"
        yield f"{stamp} {wait:6d} {client} {what}\n"


def measure(path: Path, name: str) -> tuple[int, float, float]:
    """Read a whole file; give events, seconds and processor seconds."""
    began, busy = time.perf_counter(), time.process_time()
    events = sum(step.batch.events for step in store.read(path, SOURCES[name]))
    return events, time.perf_counter() - began, time.process_time() - busy


def count_lines(path: Path) -> float:
    """Give the seconds that `wc -l` takes."""
    began = time.perf_counter()
    subprocess.run(["wc", "-l", str(path)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> int:
    """Print the figures; fail when lines went missing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--smoke", action="store_true", help="5,000 lines, one second")
    options.add_argument("--lines", type=int, default=500_000)
    chosen = options.parse_args()
    count = 5_000 if chosen.smoke else chosen.lines
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "access.log")
        path.write_text("".join(lines(count)), "ascii")
        reference = min(count_lines(path) for _ in range(3))
        runs = [measure(path, "squid") for _ in range(2 if chosen.smoke else 5)]
    seconds, busy = min(took for _, took, _ in runs), min(used for _, _, used in runs)
    size = sum(map(len, lines(1000))) / 1000
    print(f"squid: {count:,} lines of {size:.0f} bytes, {count / seconds:,.0f} lines/s on one core")
    print(f"  {seconds:.3f} s, {busy:.3f} s of the processor (best of {len(runs)} runs)")
    print(f"  wc -l: {reference:.3f} s, so reading costs {seconds / reference:.0f} times counting")
    return 0 if all(events == count for events, _, _ in runs) else 1


if __name__ == "__main__":
    raise SystemExit(main())
