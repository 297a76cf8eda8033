"""Laws of every source: never an exception, every line accounted for, blocks cut anywhere, golden samples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clausewise.sources
from clausewise.sources import SOURCES, detect
from clausewise.sources.contract import NOTHING_PROTECTED, SCHEMAS, Batch, Protected
from sources.feeding import cut_up, run, total

FOLDER = Path(clausewise.sources.__file__).parent
FORMAT = "%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %un %Sh/%<a %mt"
OPTIONS = {"squid_logformat": FORMAT}
NAMES = sorted(SOURCES)
SAMPLES = {
    name: next(path for path in sorted(FOLDER.rglob(f"{name}.sample.*")) if "expected" not in path.name)
    for name in NAMES
}
SHIELD = Protected(
    frozenset({"union.example"}), frozenset({"rep@union.example"}), frozenset({"@union.example"})
)


def blocks_of(name: str, data: bytes, cuts: list[int]) -> list[Batch]:
    return run(name, cut_up(data, cuts), SHIELD, OPTIONS.get(name, ""))


def check(batches: list[Batch]) -> None:
    for batch in batches:
        noise = sum(batch.noise.values())
        # A record over several lines may end in a later block than it began: sums hold over the file.
        for part in batch.parsed:
            assert part.table.schema == SCHEMAS[part.cls]
            part.table.validate(full=True)
        assert min(noise, batch.protected, batch.lines, batch.extra) >= 0
    counts = total(batches)
    parts = len(counts["events"]) + len(counts["rejects"]) + sum(counts["noise"].values())
    assert parts + counts["protected"] == counts["lines"] + counts.get("extra", 0)


@pytest.mark.parametrize("name", NAMES)
def test_golden_sample(name: str) -> None:
    data = SAMPLES[name].read_bytes()
    found = total(run(name, [data], NOTHING_PROTECTED, OPTIONS.get(name, "")))
    expected = json.loads(SAMPLES[name].with_name(f"{name}.expected.json").read_text("utf-8"))
    assert json.loads(json.dumps(found)) == expected
    assert expected["events"]


@pytest.mark.parametrize("name", [name for name in NAMES if not SOURCES[name].needs])
def test_detect_knows_its_sample(name: str) -> None:
    assert detect(SAMPLES[name].read_bytes()) == name


@pytest.mark.parametrize("head", [b"", b"\n\n", b"hello world\n", b"\x00" * 100, b"a,b,c\n1,2,3\n", b"{}\n"])
def test_detect_knows_when_it_is_none(head: bytes) -> None:
    assert detect(head) is None


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_mangled_samples_never_raise_and_cuts_do_not_matter(name: str, data: st.DataObject) -> None:
    raw = bytearray(SAMPLES[name].read_bytes()[:3000])
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        piece = data.draw(
            st.binary(max_size=4) | st.sampled_from([b'"', b"\n", b"\r\n", b"\\ud800", b"1e999", b"\t"])
        )
        raw[at : at + data.draw(st.integers(0, 5))] = piece
    cuts = data.draw(st.lists(st.integers(0, 10**6), max_size=5))
    whole, cut = blocks_of(name, bytes(raw), []), blocks_of(name, bytes(raw), cuts)
    check(whole)
    check(cut)
    one, many = total(whole), total(cut)
    for counts in (one, many):
        counts["events"].sort(key=lambda row: row["line"])
        counts["rejects"].sort()
    assert one == many


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=80, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8), st.lists(st.integers(0, 10**6), max_size=4))
def test_arbitrary_bytes_never_raise(name: str, pieces: list[bytes], cuts: list[int]) -> None:
    check(blocks_of(name, b"\n".join(pieces), cuts))


@pytest.mark.parametrize("name", NAMES)
def test_long_runs_stay_quick(name: str) -> None:
    for run_of in (b" ", b"a", b'"', b"a=", b"\\", b"[", b"{", b",", b"\t", b"a ", b"%", b"/", b":"):
        check(blocks_of(name, run_of * (300_000 // len(run_of)), []))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_short_rejects_its_last_line(name: str) -> None:
    source = SOURCES[name]
    data = SAMPLES[name].read_bytes().rstrip(b"\r\n")[:-3]
    begun = source.parse(data, source.start(OPTIONS.get(name, "")), NOTHING_PROTECTED)
    ended = source.finish(begun.state, NOTHING_PROTECTED, True)
    assert ended.lines == 1
    assert ended.events == 0
    assert ended.rejects[0].reason == "the file ends inside this line"
