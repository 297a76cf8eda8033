"""Every form of list is read the same on clean and on dirty files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.labels import LabelError
from clausewise.labels.forms import hosts, lines_of, plain, popular, recognise, v2fly
from clausewise.labels.host import canonical, split_entry

DIRTY = (
    "\ufeff# a list\r\n"
    "Example.COM\r\n"
    "*.wild.example\r\n"
    ".dot.example # remark\r\n"
    "||rule.example^$third-party\r\n"
    "=only.example\r\n"
    "trailing.example.\r\n"
    "https://url.example/\r\n"
    "port.example:8443\r\n"
    "münchen.example\r\n"
    "! remark\r\n"
    "\r\n"
    "example.com\r\n"
    "path.example/login\r\n"
    "@@||exception.example^\r\n"
    "/ads[0-9]+/\r\n"
    "192.0.2.1\r\n"
    "2001:db8::1\r\n"
    "ad*server.example\r\n"
    "nul\0.example\r\n"
    "two words\r\n"
    "include:other\r\n"
)


def test_plain_reads_every_usual_spelling_and_counts_what_it_refuses() -> None:
    read = plain(lines_of(DIRTY.encode()))
    assert read.entries == (
        "example.com", "wild.example", "dot.example", "rule.example", "=only.example", "trailing.example",
        "url.example", "port.example", "xn--mnchen-3ya.example", "nul.example",
    )  # fmt: skip
    assert read.refused == {"path": 1, "exception": 1, "pattern": 2, "address": 2, "not a name": 2}


def test_utf16_is_understood() -> None:
    assert plain(lines_of("a.example\r\nb.example".encode("utf-16"))).entries == ("a.example", "b.example")


def test_hosts_file() -> None:
    text = (
        "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n0.0.0.0 0.0.0.0\n"
        "0.0.0.0 one.example www.one.example # both\n0.0.0.0\tTWO.example\nbare.example\nno address here\n"
    )
    read = hosts(lines_of(text.encode()))
    assert read.entries == ("one.example", "www.one.example", "two.example", "bare.example")
    assert read.refused == {"not a hosts line": 1}


V2FLY = {
    "all": ["# head", "include:shop", "include:loop", "own.example"],
    "shop": ["shop.example @ads", "full:Buy.shop.example", "domain:market.example @cn @ads", "include:cloud"],
    "cloud": ["cloud.example"],
    "loop": ["include:all", "keyword:shop", "regexp:^ads[0-9]+", "dangling:x"],
    "ads": ["include:shop @ads", "include:shop @cn @-ads"],
}


def test_v2fly_follows_includes_once_and_refuses_patterns() -> None:
    read = v2fly(V2FLY, "all")
    assert set(read.entries) == {
        "shop.example", "=buy.shop.example", "market.example", "cloud.example", "own.example",
    }  # fmt: skip
    assert read.refused == {"keyword": 1, "regexp": 1, "not a rule": 1}


def test_v2fly_leaves_out_what_the_catalogue_says() -> None:
    assert "cloud.example" not in v2fly(V2FLY, "all", without=["cloud"]).entries


def test_v2fly_attributes_choose_lines() -> None:
    assert v2fly(V2FLY, "ads").entries == ("shop.example", "market.example")


def test_v2fly_missing_file_says_who_asked_for_it() -> None:
    with pytest.raises(LabelError, match="v2fly a: includes 'b'"):
        v2fly({"a": ["include:b"]}, "a")


def test_popular_takes_the_top() -> None:
    lines = ["1,Google.com", "2,example.org", "3,example.net"]
    assert popular(lines, top=2) == {"google.com", "example.org"}
    assert popular(["a.example", "b.example"], top=1) == {"a.example"}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("# x\n0.0.0.0 a.example\n0.0.0.0 b.example", "hosts"),
        ("1,a.example\n2,b.example", "popular"),
        ("a.example\nb.example\n", "plain"),
        ("", "plain"),
    ],
)
def test_recognise(text: str, form: str) -> None:
    assert recognise(text.splitlines()) == form


@given(st.lists(st.text(max_size=40), max_size=20), st.binary(max_size=200))
def test_no_junk_breaks_a_reader_and_all_entries_are_canonical(lines: list[str], raw: bytes) -> None:
    junk = [*lines, *lines_of(raw)]
    popular(junk)
    recognise(junk)
    for read in (
        plain(junk),
        hosts(junk),
        v2fly({"x": [line for line in junk if "include" not in line]}, "x"),
    ):
        for entry in read.entries:
            name, _ = split_entry(entry)
            assert canonical(name) == name
