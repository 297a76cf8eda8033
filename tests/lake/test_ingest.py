"""What comes into the lake: every event once, from whatever files, in whatever order."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import random
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clausewise.audit.lake import ingest
from clausewise.audit.lake.keys import host_key, log_key, pseudonym_of
from clausewise.audit.lake.logs.store import raw_line
from clausewise.audit.lake.status import feeds, runs
from clausewise.audit.lake.store import Lake
from clausewise.sources import store as sources
from lake.small import PLAIN, START, Event, clean, events, facts, inputs, line, lines, take, write


def test_a_log_becomes_events_hosts_and_an_entry_in_the_register(tmp_path: Path) -> None:
    path = write(tmp_path / "a.log", [*lines(300), b"nonsense\n", b"\n"])
    [done] = take(tmp_path, path)
    lake = Lake(tmp_path)
    assert done.log is not None
    assert lake.logs() == {done.log.key: done.log}
    assert done.log.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert done.log.key == log_key(done.log.digest)
    assert (done.log.lines, done.log.events, done.log.added, done.log.rejects) == (302, 300, 300, 1)
    assert done.log.lines + done.log.extra == sum(
        (done.log.events, done.log.rejects, done.log.noise, done.log.protected)
    )
    assert done.log.first == START * 1_000_000
    assert done.log.last == (START + 299 * 7) * 1_000_000 + 299_000
    assert lake.classes() == ["http"]
    assert lake.sources("http") == ["squid"]
    assert sum(events(tmp_path).values()) == 300
    hosts = dict(zip(*(lake.hosts()[name].to_pylist() for name in ("key", "host")), strict=True))
    assert hosts == {host_key(f"site{n}.example.org"): f"site{n}.example.org" for n in range(11)}
    [part] = lake.parts("http")
    assert part.parent == tmp_path / "lake/http/day=2026-03-03/source=squid"
    assert sum(lake.hours("http", "squid").values()) == 300
    assert clean(tmp_path)


def test_a_person_is_a_pseudonym_and_is_named_nowhere_in_the_lake(tmp_path: Path) -> None:
    take(tmp_path, write(tmp_path / "a.log", [line(1, user="Maria.Quintanilla")]))
    for path in Lake(tmp_path).folder.rglob("*"):
        if path.is_file():
            assert b"uintanilla" not in path.read_bytes()
    [(_, _, _, user, _, _)] = events(tmp_path)
    assert isinstance(user, int)
    assert pseudonym_of(user).startswith("p-")


def test_the_same_content_adds_nothing_whatever_it_is_called(tmp_path: Path) -> None:
    first = write(tmp_path / "a.log", lines(50))
    take(tmp_path, first)
    before, digest = events(tmp_path), Lake(tmp_path).digest
    packed = tmp_path / "b.log.gz"
    packed.write_bytes(gzip.compress(first.read_bytes()))
    copy = write(tmp_path / "c.log", [first.read_bytes()])
    assert [one.again for one in take(tmp_path, first, packed, copy)] == [True, True, True]
    assert events(tmp_path) == before
    assert Lake(tmp_path).digest == digest


def test_a_renamed_file_is_found_again_under_its_new_name(tmp_path: Path) -> None:
    first = write(tmp_path / "a.log", lines(5))
    [done] = take(tmp_path, first)
    assert done.log is not None
    first.rename(tmp_path / "a.log.1")
    with pytest.raises(ValueError, match="moved or changed since it was imported"):
        raw_line(done.log, 0, 20)
    [again] = take(tmp_path, tmp_path / "a.log.1")
    assert again.again
    assert again.log is not None
    assert raw_line(again.log, 0, len(line(0)) - 1) == line(0).rstrip()


def test_a_raw_line_is_shown_only_from_the_file_that_was_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.log.gz", [gzip.compress(b"".join(lines(50)))])
    [done] = take(tmp_path, path)
    assert done.log is not None
    at = sum(map(len, lines(30)))
    assert raw_line(done.log, at, len(line(30)) - 1) == line(30).rstrip()
    path.write_bytes(
        gzip.compress(b"".join([*lines(50), line(51)]))
    )  # it has grown: the lines are still there
    assert raw_line(done.log, at, len(line(30)) - 1) == line(30).rstrip()
    path.write_bytes(gzip.compress(b"".join(lines(49))))
    with pytest.raises(ValueError, match="moved or changed"):
        raw_line(done.log, at, 10)


def test_a_grown_file_adds_its_new_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.log", lines(20))
    take(tmp_path, path)
    write(path, lines(33))
    [done] = take(tmp_path, path)
    assert done.after is not None
    assert done.after.events == 20
    assert done.log is not None
    assert (done.log.events, done.log.added) == (33, 13)
    assert sum(events(tmp_path).values()) == 33


def test_a_half_line_at_the_end_is_replaced_by_the_whole_one(tmp_path: Path) -> None:
    whole = b"".join(lines(12))
    half = whole[:-4]  # it ends in text/h, and reads as a line
    path = write(tmp_path / "a.log", [half])
    [cut] = take(tmp_path, path)
    assert sum(events(tmp_path).values()) == 12
    write(path, [whole])
    take(tmp_path, path)
    other = tmp_path / "other"
    take(other, path)
    assert events(tmp_path, PLAIN) == events(other, PLAIN)
    assert sum(events(tmp_path).values()) == 12
    assert cut.log is not None
    assert cut.log.tail == len(whole) - len(line(11))
    assert clean(tmp_path)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_whole_line_without_its_end_stays_when_the_file_goes_on(tmp_path: Path, end: bytes) -> None:
    begun = b"".join(lines(7)).removesuffix(b"\n")
    path = write(tmp_path / "a.log", [begun])
    take(tmp_path, path)
    before = events(tmp_path)
    write(path, [begun, end, line(8)])
    [done] = take(tmp_path, path)
    assert done.log is not None
    assert done.log.added == 1
    assert before < events(tmp_path)
    assert sum(events(tmp_path).values()) == 8


def test_two_equal_lines_of_one_file_stay_two(tmp_path: Path) -> None:
    path = write(tmp_path / "a.log", [line(1), line(1), line(2), line(1)])
    take(tmp_path, path)
    assert sorted(event[2] for event in events(tmp_path)) == [0, 0, 1, 2]
    write(path, [line(1), line(1), line(2), line(1), line(1)])
    [grown] = take(tmp_path, path)
    assert grown.log is not None
    assert grown.log.added == 1
    assert sorted(event[2] for event in events(tmp_path)) == [0, 0, 1, 2, 3]


def test_equal_lines_count_on_from_block_to_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = [line(n % 3, second=n % 2) for n in range(60)]
    path = write(tmp_path / "a.log", content)
    take(tmp_path, path)
    read = sources.read
    monkeypatch.setattr(ingest.sources, "read", lambda *args: read(*args, block=150))
    take(tmp_path / "small", path)
    assert events(tmp_path, PLAIN) == events(tmp_path / "small", PLAIN)
    assert max(event[2] for event in events(tmp_path)) == 9


def test_an_overlapping_export_adds_only_new_events(tmp_path: Path) -> None:
    take(tmp_path, write(tmp_path / "a.log", lines(60)))
    [done] = take(tmp_path, write(tmp_path / "b.log", lines(60, first=40)))
    assert done.log is not None
    assert (done.log.events, done.log.added) == (60, 40)
    assert sum(events(tmp_path).values()) == 100


def identities(content: list[bytes]) -> set[tuple[bytes, int]]:
    """What the contract says of one file: each line and its number among its equals (the second is in the line)."""
    count, found = Counter[bytes](), set[tuple[bytes, int]]()
    for one in content:
        found.add((one, count[one]))
        count[one] += 1
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    numbers=st.lists(st.integers(0, 12), min_size=1, max_size=40),
    cuts=st.lists(st.integers(0, 40), max_size=4),
    spans=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=3),
    seed=st.integers(0, 1000),
)
def test_any_chunks_in_any_order_give_the_union_of_their_events(
    numbers: list[int], cuts: list[int], spans: list[tuple[int, int]], seed: int
) -> None:
    content = [line(number) for number in numbers]
    edges = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    files = [content[a:b] for a, b in itertools.pairwise(edges)]
    files += [content[a : a + size] for a, size in spans if content[a : a + size]]
    shuffler = random.Random(seed)
    order = files + shuffler.sample(files, len(files) // 2)
    shuffler.shuffle(order)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        paths = []
        for number, some in enumerate(order):
            data = b"".join(some)
            name, body = (f"{number}.gz", gzip.compress(data)) if number % 3 == 2 else (f"{number}.log", data)
            (home / name).write_bytes(body)
            paths.append(home / name)
        take(home, *paths)
        expected = set().union(*map(identities, files))
        sizes = Counter((one.split(b" GET")[0].split()[-1], nth) for one, nth in expected)
        assert Counter((str(e[5]).encode(), e[2]) for e in events(home)) == sizes
        assert sum(events(home).values()) == len(expected)
        assert clean(home)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(count=st.integers(1, 50), cuts=st.lists(st.integers(0, 50), max_size=5), seed=st.integers(0, 1000))
def test_a_rotated_log_is_the_log(count: int, cuts: list[int], seed: int) -> None:
    content = lines(count)
    edges = sorted({0, count, *(cut for cut in cuts if cut < count)})
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        whole, parts = Path(one), Path(other)
        take(whole, write(whole / "a.log", content))
        chunks = [write(parts / f"{a}.log", content[a:b]) for a, b in itertools.pairwise(edges)]
        random.Random(seed).shuffle(chunks)
        take(parts, *chunks)
        assert events(whole, PLAIN) == events(parts, PLAIN)
        take(parts, write(parts / "all.log", content))
        assert events(whole, PLAIN) == events(parts, PLAIN)


def test_a_file_that_is_written_to_meanwhile_is_left_out_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.log", lines(10))
    look = ingest.content

    def looked(*args: object) -> object:
        found = look(*args)
        with path.open("ab") as file:
            file.write(line(77))
        return found

    monkeypatch.setattr(ingest, "content", looked)
    with pytest.raises(ValueError, match="was written to while it was read"):
        take(tmp_path, path)
    monkeypatch.undo()
    assert Lake(tmp_path).manifest.parts == ()
    assert clean(tmp_path)
    take(tmp_path, path)
    assert sum(events(tmp_path).values()) == 11


def test_a_failed_file_leaves_the_numbers_of_the_next_alone(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "a.log", [line(1), line(1)]), write(tmp_path / "b.log", [b"?\n"] * 30)
    with pytest.raises(ValueError, match="no known log format"):
        take(tmp_path, good, bad, given=inputs(format=""))
    take(tmp_path, good)
    assert sorted(event[2] for event in events(tmp_path)) == [0, 1]


def test_an_empty_file_is_said_and_nothing_else(tmp_path: Path) -> None:
    [done] = take(tmp_path, write(tmp_path / "a.log", []))
    assert done.log is None
    assert "empty" in done.said[0]
    assert Lake(tmp_path).logs() == {}


def test_a_packed_file_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(lines(40_000)), mtime=0)
    broken = write(tmp_path / "a.log.gz", [whole[: len(whole) * 3 // 4]])
    [done] = take(tmp_path, broken)
    assert done.log is not None
    assert 0 < done.log.events < 40_000
    assert "cut short" in done.said[0]
    [again] = take(tmp_path, write(tmp_path / "b.log.gz", [whole]))
    assert again.log is not None
    assert done.log.added + again.log.added == 40_000


def test_protected_channels_leave_one_count_and_no_trace(tmp_path: Path) -> None:
    county = facts(
        tmp_path / "facts", tmp_path,
        protected_channels="match,value,reason\nhost,union-canary.example.org,union\n",
    )  # fmt: skip
    path = write(tmp_path / "a.log", [line(1), line(2, host="www.union-canary.example.org")])
    [done] = take(tmp_path, path, given=inputs(facts=county))
    assert done.log is not None
    assert (done.log.events, done.log.protected) == (1, 1)
    for part in Lake(tmp_path).folder.rglob("*"):
        assert not part.is_file() or b"union-canary" not in part.read_bytes()
    assert "www.union-canary.example.org" not in Lake(tmp_path).hosts()["host"].to_pylist()


def test_gaps_are_told_apart_from_days_without_any_event(tmp_path: Path) -> None:
    day, hour = 86_400, 3_600
    at = (0, hour, 4 * hour, day, 4 * day, 4 * day + hour)
    take(tmp_path, write(tmp_path / "a.log", [line(n, second=s) for n, s in enumerate(at)]))
    [feed] = feeds(Lake(tmp_path))
    assert (feed.days, feed.rows) == (3, 6)
    assert runs(feed.missing) == "2026-03-05 to 2026-03-06"
    assert feed.silent == 4 * 24 + 2 - 6 - 48
    assert set(Lake(tmp_path).hours("http", "squid").values()) == {1}


def test_parts_are_chosen_by_time(tmp_path: Path) -> None:
    take(tmp_path, write(tmp_path / "a.log", [line(n, second=n * 86_400) for n in range(4)]))
    lake, day = Lake(tmp_path), 86_400_000_000
    begin = START * 1_000_000
    assert len(lake.parts("http")) == 4
    assert len(lake.parts("http", since=begin + day)) == 3
    assert len(lake.parts("http", until=begin + day)) == 1
    assert lake.parts("dns") == []


def test_an_event_knows_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "a.log", lines(10))
    take(tmp_path, path)
    data = path.read_bytes()
    found: list[Event] = sorted(events(tmp_path, ("offset", "length", "bytes_down")))
    assert [data[offset : offset + length] for offset, length, _ in found] == [
        one.rstrip() for one in lines(10)
    ]
