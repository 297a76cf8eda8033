"""The page reads well aloud, in both languages, alone on a disk, in light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from audit.county import AT
from clausewise.audit.aspects import Aspect, Aspects
from clausewise.audit.feeds import EPOCH, HOUR, needed
from clausewise.audit.findings import Finding
from clausewise.audit.page import STYLE, TEXT, page
from clausewise.audit.page.terms import CLASSES
from clausewise.audit.run import Audit
from clausewise.audit.standing import SUPPRESSED, Standing
from clausewise.audit.store import read_summary, write_summary
from clausewise.sources.contract import SCHEMAS

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Walk(HTMLParser):
    """Notes what a screen reader needs: headings, tables, ids, links; and that every tag closes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.tables: list[dict[str, int]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.lang = ""
        self.bad: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.lang = given.get("lang") or ""
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append({"caption": 0, "th": 0, "scoped": 0})
        if tag == "caption":
            self.tables[-1]["caption"] += 1
        if tag == "th":
            self.tables[-1]["th"] += 1
            self.tables[-1]["scoped"] += given.get("scope") in ("col", "row")
        self.ids += [str(given["id"])] if "id" in given else []
        self.links += [str(given["href"])] if "href" in given else []
        self.fetched += [str(given[name]) for name in ("src", "srcset", "data", "action") if name in given]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.bad.append(tag)


@pytest.fixture(params=["en", "es"])
def walked(request: pytest.FixtureRequest, judged: Audit) -> Walk:
    """The page in one language, walked through."""
    pack, lang = judged.inputs.pdp.pack, request.param
    walk = Walk()
    walk.feed(
        page(pack, judged.summary, judged.findings, lang=lang, at=AT, quoted={"3": ("A <b> sentence.",)})
    )
    assert walk.lang == lang
    return walk


def test_tags_nest_and_ids_are_unique(walked: Walk) -> None:
    assert not walked.bad
    assert not walked.open
    assert len(walked.ids) == len(set(walked.ids))


def test_one_title_and_headings_in_order(walked: Walk) -> None:
    assert walked.headings[0] == 1
    assert len(walked.headings) > 10
    assert walked.headings.count(1) == 1
    assert all(
        after - before <= 1 for before, after in zip(walked.headings, walked.headings[1:], strict=False)
    )


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(walked: Walk) -> None:
    assert len(walked.tables) > 10
    for table in walked.tables:
        assert table["caption"] == 1
        assert table["th"] == table["scoped"] > 0


def test_it_needs_nothing_from_elsewhere_and_its_links_lead_somewhere(walked: Walk) -> None:
    assert all(link.startswith("#") for link in walked.links)
    assert {link[1:] for link in walked.links} <= set(walked.ids)
    assert not walked.fetched
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_both_languages_say_everything() -> None:
    assert TEXT["en"].keys() == TEXT["es"].keys()
    same = {key for key in TEXT["en"] if TEXT["en"][key] == TEXT["es"][key]}
    assert not same
    for key, said in TEXT["en"].items():
        assert sorted(re.findall(r"{[^}]*}", said)) == sorted(re.findall(r"{[^}]*}", TEXT["es"][key])), key
    assert CLASSES["en"].keys() == CLASSES["es"].keys()
    assert set(SCHEMAS) <= CLASSES["en"].keys()


def test_what_a_log_says_cannot_become_a_tag(judged: Audit) -> None:
    evil = replace(judged.findings[0], resource="<script>alert(1)</script>", host="<img src=x>")
    text = page(judged.inputs.pdp.pack, judged.summary, [evil], lang="en", at=AT, quoted={})
    assert "<script" not in text
    assert "<img" not in text


def test_no_findings_is_never_said_to_be_clean(judged: Audit) -> None:
    text = page(judged.inputs.pdp.pack, judged.summary, [], lang="en", at=AT, quoted={})
    assert "not that nothing happened" in text


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, of #rgb or #rrggbb."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "paper"])
def test_colours_can_be_told_apart(theme: int) -> None:
    blocks = re.findall(r":root\{[^}]*\}", STYLE)
    colours = dict(re.findall(r"--(\w+):(#\w+)", blocks[0])) | dict(
        re.findall(r"--(\w+):(#\w+)", blocks[theme])
    )
    for text, ground in (
        ("ink", "page"), ("ink", "soft"), ("link", "page"), ("quiet", "page"), ("unknown", "page"), ("ontab", "tab"),
    ):  # fmt: skip
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for line in ("line", "bar", "focus"):
        assert contrast(colours[line], colours["page"]) >= 3, line
    assert "outline:3px solid var(--focus)" in STYLE


ZONE = ZoneInfo("America/Los_Angeles")
MONDAY = datetime(2026, 10, 5, tzinfo=ZONE)


def counted(*classes: str) -> dict[tuple[str, str, int], int]:
    """Three weeks of events of each class, around the clock."""
    first = (MONDAY - EPOCH) // HOUR
    return {("s", cls, first + hour): 5 for cls in classes for hour in range(24 * 21)}


def made(judged: Audit, findings: Sequence[Finding], **more: Any) -> str:
    """The page in English."""
    given = {"lang": "en", "at": AT, "quoted": {}, "pdp": judged.inputs.pdp} | more
    summary = given.pop("summary", judged.summary)
    return page(judged.inputs.pdp.pack, summary, findings, **given)


def test_what_was_not_audited_comes_before_everything(judged: Audit) -> None:
    text = made(judged, judged.findings)
    assert text.index(TEXT["en"]["not audited"]) < text.index(TEXT["en"]["by clause"])
    assert TEXT["en"]["not known"] in text


def test_a_silent_feed_is_named_with_its_hours_and_is_never_called_whole(judged: Audit) -> None:
    classes = sorted(
        {
            c
            for clause in judged.inputs.pdp.pack.clauses.values()
            for c in needed(judged.inputs.pdp.pack, clause)
        }
    )
    whole = made(judged, [], summary=replace(judged.summary, hours=counted(*classes)))
    assert TEXT["en"]["all there"] in whole
    for cut in classes:
        hours = counted(*(cls for cls in classes if cls != cut))
        text = made(judged, [], summary=replace(judged.summary, hours=hours))
        assert TEXT["en"]["all there"] not in text, cut
        assert escape(CLASSES["en"][cut]) in text, cut
    holed = counted(*classes)
    del holed["s", "http", (MONDAY - EPOCH) // HOUR + 24 * 9 + 10]
    text = made(judged, [], summary=replace(judged.summary, hours=holed))
    assert TEXT["en"]["all there"] not in text
    assert "Wed, Oct 14, 10:00\u00a0AM – 11:00\u00a0AM" in text


def test_a_day_without_a_log_is_a_gap_and_never_a_zero(judged: Audit) -> None:
    hours = counted("http")
    gone = {(MONDAY - EPOCH) // HOUR + 24 * 12 + hour for hour in range(24)}
    rest = {place: count for place, count in hours.items() if place[2] not in gone}
    text = made(judged, judged.findings[:1], summary=replace(judged.summary, hours=rest))
    assert text.count('class="bar gap"') == 1
    assert '>Sat, Oct 17</th><td><span class="unknown">no log read</span></td>' in text
    assert ">Sun, Oct 18</th><td>0</td>" in text


@pytest.mark.parametrize("lang", ["en", "es"])
def test_each_chart_is_drawing_alone_with_a_name_and_a_table_after_it(judged: Audit, lang: str) -> None:
    text = made(judged, judged.findings, lang=lang)
    drawings = re.findall(r"<svg.*?</svg>.*?<table>", text, re.S)
    assert len(drawings) == 3
    for drawing in drawings:
        svg = drawing[: drawing.index("</svg>")]
        labels = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', svg)
        assert labels
        assert f'<title id="{labels[1]}">' in svg
        assert f'<desc id="{labels[2]}">' in svg
        assert not re.search(r"<script|<style|href=|url\(|<!--|Pygal", svg)
        assert len(re.findall(r"<rect", svg)) > 2
        assert "<details>" in drawing[drawing.index("</svg>") :]


def test_the_same_findings_make_the_same_page(judged: Audit) -> None:
    assert made(judged, judged.findings) == made(judged, judged.findings)


def test_attempts_stand_apart_from_acts_and_a_pages_choice_from_a_persons(judged: Audit) -> None:
    finding = next(f for f in judged.findings if f.norm == "3/explicit")
    reads = judged.inputs.pdp.reads("visit_site", "Employee", json.loads(finding.key)["period"])
    changed = []
    for number, (outcome, choice) in enumerate(
        (("attempted", "page"), ("reached", "embedded"), ("reached", "page"))
    ):
        told = json.loads(finding.key)
        told["values"][reads.index("context.outcome")] = outcome
        told["values"][reads.index("context.choice")] = choice
        changed.append(replace(finding, id=f"f{number}", key=json.dumps(told)))
    counts = Aspects(judged.inputs.pdp).count(changed)
    assert counts == {("attempted", "page"): 1, ("reached", "embedded"): 1, ("reached", "page"): 1}
    text = made(judged, changed)
    assert re.search(r'>Happened</th><td class="n">1</td><td class="n">1</td><td class="n">0</td>', text)
    assert re.search(r'>Only tried</th><td class="n">1</td><td class="n">0</td><td class="n">0</td>', text)


def test_a_key_of_another_law_tells_no_outcome(judged: Audit) -> None:
    finding = judged.findings[0]
    old = replace(finding, digests=replace(finding.digests, pack="0" * 64))
    assert Aspects(judged.inputs.pdp).of(old) == Aspect()


def test_what_is_set_apart_is_counted_apart(judged: Audit) -> None:
    one, other = [f for f in judged.findings if f.norm == "3/explicit"][:2]
    end = datetime(2026, 12, 19, 8, tzinfo=UTC)
    stands = {one.id: Standing(SUPPRESSED, "a <wrong> list", "p-1", until=end)}
    text = made(judged, [one, other], standing=stands)
    assert "1 findings shown" in text
    apart = text[text.index(TEXT["en"]["apart lead"]) :]
    assert "a &lt;wrong&gt; list" in apart
    assert "Fri, Dec 18" in apart
    assert TEXT["en"]["apart"] not in made(judged, [one, other])


def test_every_digest_is_there(judged: Audit) -> None:
    text = made(judged, judged.findings)
    for digest in (judged.digests.pack, judged.digests.facts, judged.digests.labels):
        assert digest in text


def test_without_a_kept_audit_the_page_says_so(judged: Audit) -> None:
    assert TEXT["en"]["no audit"] in made(judged, judged.findings, summary=None)


def test_the_countys_words_are_marked_as_english_on_a_spanish_page(judged: Audit) -> None:
    text = made(judged, judged.findings, lang="es", quoted={"3": ("Employees shall not.",)})
    assert '<blockquote lang="en">Employees shall not.</blockquote>' in text


def test_the_last_audit_is_kept_with_its_hours(judged: Audit, tmp_path: Path) -> None:
    summary = replace(judged.summary, hours=counted("http", "dns"), blind={"9.d": ("devices",)})
    assert read_summary(tmp_path) is None
    write_summary(tmp_path, summary, AT)
    assert read_summary(tmp_path) == (AT, summary)
