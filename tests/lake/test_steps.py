"""A step happens whole or not at all, wherever it is stopped; what is damaged is said and never guessed at."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from clausewise.audit.lake.compact import compact
from clausewise.audit.lake.manifest import Manifest
from clausewise.audit.lake.store import Lake, Step, reading, writing
from lake.small import clean, events, line, lines, take, write
from lake.stopping import every_stop


def test_an_import_stopped_anywhere_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    log = write(tmp_path / "a.log", [line(n, second=n * 30_000) for n in range(5)])
    first = write(tmp_path / "0.log", lines(3, first=100))

    def prepare(home: Path) -> None:
        take(home, first)

    def act(home: Path) -> None:
        take(home, log)

    seen = Counter[int]()
    for home in every_stop(tmp_path, prepare, act):
        seen[sum(events(home).values())] += 1
        take(home, log)
        assert sum(events(home).values()) == 8
        assert clean(home)
        assert Lake(home).hosts().num_rows == len({event[4] for event in events(home)})
    assert set(seen) == {3, 8}
    assert min(seen.values()) > 1


def test_a_half_line_replaced_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    whole = b"".join(lines(6))
    cut = write(tmp_path / "cut.log", [whole[:-4]])  # it ends in text/h, and reads as a line
    log = write(tmp_path / "a.log", [whole])
    for home in every_stop(
        tmp_path, lambda home: (take(home, cut), None)[1], lambda home: (take(home, log), None)[1]
    ):
        assert sum(events(home).values()) == 6
        take(home, log)
        assert sum(events(home).values()) == 6
        assert clean(home)


def small_parts(home: Path) -> None:
    """A lake of many small parts."""
    for number in range(5):
        take(home, write(home / f"{number}.log", lines(4 + number, first=number * 10)))


def put_in_order(home: Path) -> None:
    with writing(home) as lake:
        compact(lake)


def test_compaction_stopped_anywhere_changes_no_event(tmp_path: Path) -> None:
    for home in every_stop(tmp_path, small_parts, put_in_order):
        before = events(home)
        assert sum(before.values()) == 30
        put_in_order(home)
        assert events(home) == before
        assert len(Lake(home).manifest.parts) == 1
        assert clean(home)


def test_compaction_orders_and_keeps_every_event(tmp_path: Path) -> None:
    columns = (
        "time",
        "log",
        "offset",
        "length",
        "ident",
        "nth",
        "user",
        "src_ip",
        "host",
        "bytes_down",
        "status",
    )
    small_parts(tmp_path)
    take(tmp_path, write(tmp_path / "late.log", [line(1, second=n * 43_200) for n in range(3)]))
    before, hours, hosts = (
        events(tmp_path, columns),
        Lake(tmp_path).hours("http", "squid"),
        Lake(tmp_path).hosts(),
    )
    with writing(tmp_path) as lake:
        done = compact(lake)
    after = Lake(tmp_path)
    assert events(tmp_path, columns) == before
    assert after.hours("http", "squid") == hours
    assert after.hosts() == hosts
    assert {one.day: one.parts for one in done} == {"2026-03-03": (6, 1), "2026-03-04": (1, 1)}
    for part in after.manifest.parts:
        times = after.table(part)["time"].to_pylist()
        assert times == sorted(times)
        assert sum(part.logs.values()) == part.rows
    with writing(tmp_path) as lake:
        assert compact(lake) == []
    again = take(tmp_path, tmp_path / "3.log", tmp_path / "late.log")
    assert all(one.again for one in again)


def test_a_large_day_becomes_several_ordered_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_parts(tmp_path)
    monkeypatch.setattr("clausewise.audit.lake.compact.MOST", 12)
    before = events(tmp_path)
    put_in_order(tmp_path)
    assert events(tmp_path) == before
    assert 1 < len(Lake(tmp_path).manifest.parts) < 5
    with writing(tmp_path) as lake:
        assert compact(lake) == []


def test_large_imports_are_cut_into_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = write(tmp_path / "a.log", lines(500))
    monkeypatch.setattr("clausewise.audit.lake.store.MOST", 64)
    take(tmp_path, log)
    parts = Lake(tmp_path).manifest.parts
    assert len(parts) == 8
    assert max(part.rows for part in parts) == 64
    assert sum(events(tmp_path).values()) == 500


def test_a_step_that_would_lose_events_is_refused(tmp_path: Path) -> None:
    take(tmp_path, write(tmp_path / "a.log", lines(9)))
    before = events(tmp_path)
    with writing(tmp_path) as lake:
        part = lake.manifest.parts[0]
        step = Step(lake)
        step.remove(part)
        step.put_back(part.partition, lake.table(part).slice(1), ordered=True)
        with pytest.raises(ValueError, match="would lose events"):
            step.commit()
        step.abort()
        step = Step(lake)
        step.remove(part)
        with pytest.raises(ValueError, match="would lose events"):
            step.commit()
    assert events(tmp_path) == before
    assert clean(tmp_path)


def test_a_changed_manifest_is_not_believed(tmp_path: Path) -> None:
    take(tmp_path, write(tmp_path / "a.log", lines(9)))
    path = Lake(tmp_path).folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"rows":9', b'"rows":8'))
    with pytest.raises(ValueError, match=r"manifest.json: damaged or changed by hand; restore"):
        Lake(tmp_path)


def test_a_lost_manifest_is_not_taken_for_an_empty_lake(tmp_path: Path) -> None:
    take(tmp_path, write(tmp_path / "a.log", lines(9)))
    (Lake(tmp_path).folder / "manifest.json").unlink()
    with pytest.raises(ValueError, match=r"events without manifest.json; restore"):
        take(tmp_path, write(tmp_path / "b.log", lines(3)))


def test_a_manifest_comes_back_as_it_was(tmp_path: Path) -> None:
    small_parts(tmp_path)
    made = Lake(tmp_path).manifest
    assert Manifest.decode(made.encode(), "here") == made
    assert made.digest == Lake(tmp_path).digest


def test_damage_and_strangers_are_told(tmp_path: Path) -> None:
    take(tmp_path, write(tmp_path / "a.log", lines(9)))
    [part] = Lake(tmp_path).parts("http")
    stranger = part.with_name("part-other.parquet")
    stranger.write_bytes(part.read_bytes())
    assert Lake(tmp_path).strangers() == ["http/day=2026-03-03/source=squid/part-other.parquet"]
    take(tmp_path, write(tmp_path / "b.log", lines(2, first=50)))
    assert stranger.exists()  # what no step made is not ours to delete
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    assert Lake(tmp_path).damaged() == [part.relative_to(Lake(tmp_path).folder).as_posix()]
    part.unlink()
    with pytest.raises(ValueError, match="the part is gone; restore"):
        events(tmp_path)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    waited: list[str] = []
    with writing(tmp_path), pytest.raises(ValueError, match="another command is at work"), writing(tmp_path):
        pass
    with reading(tmp_path), reading(tmp_path):
        pass
    with reading(tmp_path), pytest.raises(ValueError, match="at work"), writing(tmp_path):
        pass
    child = os.fork()
    if not child:
        with writing(tmp_path):
            (tmp_path / "held").touch()
            while not (tmp_path / "waited").exists():
                pass
        os._exit(0)
    while not (tmp_path / "held").exists():
        pass

    def waiting() -> None:
        waited.append("yes")
        (tmp_path / "waited").touch()

    with writing(tmp_path, waiting):
        assert waited == ["yes"]
    os.waitpid(child, 0)


def test_only_destroy_and_supersede_let_events_go() -> None:
    source = Path(__import__("clausewise.audit.lake.store", fromlist=["store"]).__file__)
    package = source.parent
    users = {
        path.relative_to(package).as_posix(): path.read_text(encoding="utf-8").count("._lost")
        for path in package.rglob("*.py")
        if "._lost" in path.read_text(encoding="utf-8")
    }
    assert set(users) == {"store.py"}
    text = source.read_text(encoding="utf-8")
    assert text.count("step._lost +=") == 2
    for name in ("def destroy(", "def supersede("):
        body = text.split(name, 1)[1].split("\ndef ", 1)[0]
        assert body.count("step._lost +=") == 1
