"""Files as counties have them: packed, cut short, with marks and line ends of other systems."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from clausewise.sources import SOURCES, store
from sources.feeding import total

LINE = "1286536308.779    180 192.0.2.1 TCP_MISS/200 411 GET http://site{}.example/ - DIRECT/192.0.2.9 -\n"
TEXT = "".join(LINE.format(k) for k in range(3000)).encode()


def read(path: Path, block: int = 10_000) -> list[store.Step]:
    return list(store.read(path, SOURCES["squid"], block=block))


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(data)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd])
def test_packed_and_plain_give_the_same(tmp_path: Path, pack: object) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(pack(TEXT))  # type: ignore[operator]
    steps = read(path)
    assert total([step.batch for step in steps])["lines"] == 3000
    assert sum(step.batch.events for step in steps) == 3000
    assert steps[-1].read == steps[-1].total == path.stat().st_size
    assert [step.read for step in steps] == sorted(step.read for step in steps)
    assert store.head(path).startswith(b"1286536308")


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_file_cut_short_is_told_and_not_fatal(tmp_path: Path, pack: object) -> None:
    path = tmp_path / "access.log.gz"
    packed: bytes = pack(TEXT)  # type: ignore[operator]
    path.write_bytes(packed[: len(packed) * 2 // 3])
    steps = read(path)
    assert "cut short" in steps[-1].truncated
    found = total([step.batch for step in steps])
    assert 0 <= len(found["events"]) < 3000
    assert len(found["events"]) + len(found["rejects"]) == found["lines"]
    assert len(found["rejects"]) <= 1


def test_several_gzip_members_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "access.log.gz"
    path.write_bytes(gzip.compress(TEXT) + gzip.compress(TEXT))
    assert sum(step.batch.events for step in read(path)) == 6000


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(store.LogError, match="check the name"):
        read(tmp_path / "no.log")


def test_utf16_is_told_with_its_remedy(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes("Date,Event\n".encode("utf-16"))
    with pytest.raises(store.LogError, match="save it as UTF-8"):
        read(path)


def test_an_empty_file_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(b"")
    assert [step.batch.lines for step in read(path)] == [0]
