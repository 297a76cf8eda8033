"""What a host is called, against a reference that is too simple to be wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.labels import CATEGORIES, HARMFUL, LabelError, Labels, ListSource, build
from clausewise.labels.catalogue import BIT, words_of

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
WORDS = ("games", "adult")

names = st.lists(st.sampled_from("ab"), min_size=1, max_size=2).map(lambda parts: ".".join([*parts, "test"]))
entries = st.tuples(st.sampled_from(["", "="]), names).map("".join)
lists = st.lists(st.tuples(st.sampled_from(WORDS), st.lists(entries, max_size=5)), max_size=4)
rules = st.lists(st.tuples(entries, st.sampled_from(["", *WORDS])), max_size=4)


def source(list_id: str, category: str, *listed: str, role: str = "list") -> ListSource:
    return ListSource(list_id, category, tuple(listed), "CC0-1.0", role=role)


def covers(entry: str, host: str) -> bool:
    if entry.startswith("="):
        return entry[1:] == host
    return host == entry or host.endswith("." + entry)


def specific(entry: str) -> tuple[int, bool]:
    return entry.count("."), entry.startswith("=")


def reference(
    host: str,
    listed: list[ListSource],
    deny: list[tuple[str, str]],
    allow: list[tuple[str, str]],
    protect: list[str],
) -> set[str]:
    """The documented rule, category by category, over plain text."""
    found = set()
    for category in CATEGORIES:
        lines = [
            (specific(e), False) for e, c in deny if covers(e, host) and (c or "county_denied") == category
        ]
        lines += [(specific(e), True) for e, c in allow if covers(e, host) and c in ("", category)]
        if lines:
            if not max(lines)[1]:
                found.add(category)
        elif category in HARMFUL and any(covers(entry, host) for entry in protect):
            continue
        elif any(one.category == category and covers(e, host) for one in listed for e in one.entries):
            found.add(category)
    return found


@settings(max_examples=100, deadline=None)
@given(lists, rules, rules, st.lists(entries, max_size=2), st.lists(names, min_size=1, max_size=6))
def test_mask_and_explanation_agree_with_the_reference(
    listed: list[tuple[str, list[str]]],
    deny: list[tuple[str, str]],
    allow: list[tuple[str, str]],
    protect: list[str],
    hosts: list[str],
) -> None:
    sources = [source(f"maker{n}/list", category, *found) for n, (category, found) in enumerate(listed)]
    guard = [source("own/protected", "harmful", *protect, role="protect")]
    with TemporaryDirectory() as folder:
        for order in (sources, sources[::-1]):
            build(
                order, Path(folder), at=AT, services={}, protect=guard,
                deny=[" ".join(line) for line in deny], allow=[" ".join(line) for line in allow],
            )  # fmt: skip
            with Labels.open(folder) as labels:
                for host in [*hosts, *("www." + host for host in hosts)]:
                    expected = reference(host, sources, deny, allow, protect)
                    assert set(labels.words(labels.mask(host))) == expected
                    assert {row.category for row in labels.explain(host)} == expected
                assert labels.masks(hosts * 2) == [labels.mask(host) for host in hosts] * 2


def built(folder: Path, *sources: ListSource, **options: object) -> Labels:
    build(list(sources), folder, at=AT, services={}, protect=[], **options)  # type: ignore[arg-type]
    return Labels.open(folder)


def test_a_public_suffix_is_never_listed_icann_or_private(tmp_path: Path) -> None:
    bad = source("maker/adult", "adult", "blogspot.com", "gov.ml", "github.io", "com", "bad.blogspot.com")
    report = build([bad], tmp_path, at=AT, services={}, protect=[])
    assert {drop.entry for drop in report.dropped} == {"blogspot.com", "gov.ml", "github.io", "com"}
    with Labels.open(tmp_path) as labels:
        assert labels.mask("school.blogspot.com") == 0
        assert labels.mask("x.gov.ml") == 0
        assert labels.words(labels.mask("www.bad.blogspot.com")) == ("adult",)
        assert [row.effect for row in labels.explain("a.github.io", overruled=True)] == ["dropped"]


def test_suffixes_stay_where_they_are_the_point(tmp_path: Path) -> None:
    with built(tmp_path, source("maker/dyn", "dynamic_dns", "duckdns.org", "com")) as labels:
        assert labels.words(labels.mask("home.duckdns.org")) == ("dynamic_dns",)
        assert labels.mask("example.com") == 0


def test_a_county_may_deny_a_whole_top_level_domain(tmp_path: Path) -> None:
    with built(tmp_path, deny=["zip", "xxx adult"], allow=["good.zip"]) as labels:
        assert labels.words(labels.mask("evil.zip")) == ("county_denied",)
        assert labels.words(labels.mask("a.xxx")) == ("adult",)
        assert labels.mask("www.good.zip") == 0


def test_a_popular_name_needs_two_makers_to_be_malware(tmp_path: Path) -> None:
    one = source("one/malware", "malware", "www.popular.test", "rare.test", "both.test")
    same = source("one/more", "malware", "www.popular.test")
    two = source("two/malware", "malware", "both.test")
    games = source("one/games", "games", "popular.test")
    report = build(
        [one, same, two, games],
        tmp_path,
        at=AT,
        services={},
        protect=[],
        popular={"popular.test", "both.test"},
    )
    assert {(drop.list, drop.guard) for drop in report.dropped} == {
        ("one/malware", "popular"), ("one/more", "popular"),
    }  # fmt: skip
    with Labels.open(tmp_path) as labels:
        assert labels.words(labels.mask("www.popular.test")) == ("games",)
        assert labels.words(labels.mask("rare.test")) == ("malware",)
        assert labels.words(labels.mask("both.test")) == ("malware",)


def test_the_report_says_when_the_popularity_guard_is_off(tmp_path: Path) -> None:
    report = build([], tmp_path, at=AT, services={})
    assert any("popularity guard: off" in line for line in report.says())
    assert not any("off" in line for line in build([], tmp_path, at=AT, services={}, popular=set()).says())


def test_an_allow_line_is_shown_with_what_it_set_aside(tmp_path: Path) -> None:
    with built(
        tmp_path, source("maker/games", "games", "play.test"), allow=["math.play.test games"]
    ) as labels:
        assert labels.mask("math.play.test") == 0
        assert labels.explain("math.play.test") == []
        rows = labels.explain("math.play.test", overruled=True)
        assert [(row.list, row.effect) for row in rows] == [
            ("county/allow/games", "clears"), ("maker/games", "overruled"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not..a..name", "county deny list line 2: 'not..a..name' is not a host name"),
        ("fine.test gamez", "county deny list line 2: no category 'gamez'"),
    ],
)
def test_a_bad_county_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        build([], tmp_path, at=AT, deny=["# ours", line])


def test_county_lines_may_carry_remarks(tmp_path: Path) -> None:
    with built(tmp_path, deny=["", "# ours", "*.Bad.TEST  games adult # since May"]) as labels:
        assert labels.words(labels.mask("x.bad.test")) == ("adult", "games")


def test_words_are_in_bit_order() -> None:
    assert words_of(BIT["webmail"] | BIT["adult"]) == ("adult", "webmail")
    assert len(set(CATEGORIES)) == len(CATEGORIES)
