"""Lists come in from folders, files and archives, and say what is wrong when they do not."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clausewise.labels import (
    LabelError,
    add,
    get,
    read_folder,
    read_hosts,
    read_plain,
    read_popular,
    read_ut1,
    read_v2fly,
    shipped_sources,
    with_shipped,
)

FIXTURES = Path(__file__).parent / "fixtures"


def test_ut1_reads_the_lists_of_the_catalogue_alone() -> None:
    found = {source.id: source for source in read_ut1(FIXTURES / "ut1", retrieved=date(2026, 8, 17))}
    assert set(found) == {"ut1/gambling", "ut1/chat"}, "blog is left out by the catalogue"
    assert found["ut1/gambling"].category == "gambling"
    assert found["ut1/gambling"].licence == "CC-BY-SA-4.0"
    assert "bestcasino.com" in found["ut1/gambling"].entries
    assert found["ut1/chat"].refused == {"address": 1}
    assert found["ut1/chat"].retrieved == date(2026, 8, 17)


def test_v2fly_folder_honours_without(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "category-ecommerce").write_text("include:aws\ninclude:shop\n")
    (data / "aws").write_text("cloud.example\n")
    (data / "shop").write_bytes(b"\xef\xbb\xbfshop.example @ads\r\nfull:buy.example\r\n")
    (found,) = read_v2fly(tmp_path)
    assert found.entries == ("shop.example", "=buy.example")
    assert add("new", tmp_path)[0].id == "v2fly/category-ecommerce"


def test_single_files(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("0.0.0.0 a.example\n0.0.0.0 b.example\n")
    assert read_hosts(file).entries == ("a.example", "b.example")
    assert add("games", file)[0].entries == ("a.example", "b.example")
    assert add("ut1/warez", file)[0].category == "shareware_warez"
    assert add("our-own", file, category="news")[0].id == "county/our-own"
    file.write_text("c.example\n")
    assert read_plain(file).entries == ("c.example",)
    assert add("games", file)[0].entries == ("c.example",)
    file.write_text("1,c.example\n2,d.example\n")
    assert read_popular(file, top=1) == {"c.example"}


def test_add_says_what_it_cannot_use(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("1,c.example\n2,d.example\n")
    with pytest.raises(LabelError, match="popularity list"):
        add("games", file)
    file.write_text("# nothing\n")
    with pytest.raises(LabelError, match="no host name in it"):
        add("games", file)
    with pytest.raises(LabelError, match="no category 'mylist'"):
        add("mylist", file)
    with pytest.raises(LabelError, match="cannot be read"):
        add("games", tmp_path / "absent")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(LabelError, match="not a form of lists we know"):
        add("games", empty)
    with pytest.raises(LabelError, match="none of the lists of ut1"):
        read_folder("ut1", empty)
    with pytest.raises(LabelError, match="no such origin"):
        read_folder("shalla", empty)


def archive(path: Path, files: dict[str, bytes]) -> str:
    """Pack `files` as a download would be; returns its address."""
    with tarfile.open(path, "w:gz") as tar:
        for name, raw in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
    return path.as_uri()


def test_get_unpacks_replaces_and_tells_how_far_it_is(tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    url = archive(tmp_path / "a.tar.gz", {"blacklists/games/domains": b"a.example\n"})
    folder = get("ut1", tmp_path / "lists", progress=lambda done, total: seen.append((done, total)), url=url)
    assert folder == tmp_path / "lists" / "ut1"
    assert read_folder("ut1", folder)[0].entries == ("a.example",)
    assert seen[-1][0] == seen[-1][1] == (tmp_path / "a.tar.gz").stat().st_size
    url = archive(tmp_path / "b.tar.gz", {"blacklists/games/domains": b"b.example\n"})
    assert read_folder("ut1", get("ut1", tmp_path / "lists", url=url))[0].entries == ("b.example",)
    assert [file.name for file in (tmp_path / "lists").iterdir()] == ["ut1"]


def test_get_keeps_the_old_lists_when_the_new_are_bad(tmp_path: Path) -> None:
    get("ut1", tmp_path, url=archive(tmp_path / "a.tar.gz", {"x/games/domains": b"a.example\n"}))
    broken = tmp_path / "broken"
    broken.write_bytes(b"not an archive")
    whole = (tmp_path / "a.tar.gz").read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    climbing = archive(tmp_path / "c.tar.gz", {"../../evil": b"x"})
    for url in (broken.as_uri(), (tmp_path / "half").as_uri(), climbing, (tmp_path / "absent").as_uri()):
        with pytest.raises(LabelError, match="cannot be fetched and unpacked"):
            get("ut1", tmp_path, url=url)
    assert read_folder("ut1", tmp_path / "ut1")[0].entries == ("a.example",)
    with pytest.raises(LabelError, match="not https"):
        get("ut1", tmp_path, url="http://lists.example/a.tar.gz")
    with pytest.raises(LabelError, match="nothing to download"):
        get("own", tmp_path)


def test_a_fresh_list_replaces_the_copy_that_ships() -> None:
    shipped = shipped_sources()
    fresh = replace(shipped[-1], entries=("fresh.example",))
    joined = with_shipped([fresh])
    assert len(joined) == len(shipped)
    assert [source.entries for source in joined if source.id == fresh.id] == [("fresh.example",)]
