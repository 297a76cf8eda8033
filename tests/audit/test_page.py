"""The page reads well aloud, in both languages, alone on a disk, in light and dark."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from audit.county import AT
from clausewise.audit.page import STYLE, TEXT, page
from clausewise.audit.run import Audit

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


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_told_apart(theme: int) -> None:
    colours = [dict(re.findall(r"--(\w+):(#\w+)", block)) for block in re.findall(r":root\{[^}]*\}", STYLE)][
        theme
    ]
    for text, ground in (("ink", "page"), ("ink", "soft"), ("link", "page")):
        assert contrast(colours[text], colours[ground]) >= 4.5
    assert contrast(colours["line"], colours["page"]) >= 3
    focus = re.findall(r"outline:[^;]*?(#\w+)", STYLE)
    assert focus
    assert all(contrast(colour, colours["page"]) >= 3 for colour in focus)
