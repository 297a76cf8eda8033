"""Draws the charts of the page with pygal as plain SVG: one hue, zero-based, a gap dashed and never a zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pygal
from pygal.style import Style

WIDTH = 760
STEP = 28
"""Height of one row, in the units of the drawing."""
FONT = 13


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: an id that is its own on the page, a title that says the finding in words, labels and values.

    A value of None is a gap: nothing was read, so nothing is known.
    """

    id: str
    title: str
    says: str
    labels: Sequence[str]
    values: Sequence[int | None]

    def bars(self) -> str:
        """Rows of bars, the first on top, with the numbers beside them."""
        height = STEP * len(self.labels) + 70
        chart = pygal.HorizontalBar(**_config(height), print_values=True, show_y_guides=False)
        chart.x_labels = list(reversed(self.labels))
        chart.add("", list(reversed([value or 0 for value in self.values])))
        return self._drawn(chart)

    def columns(self) -> str:
        """Columns along time; few enough of them carry their number, a gap a question mark."""
        every = max(1, len(self.labels) // 12)
        top = max(1, *(value or 0 for value in self.values))
        chart = pygal.Bar(**_config(260), print_values=len(self.labels) <= 24, show_x_guides=False)
        chart.x_labels = list(self.labels)
        chart.x_labels_major_every = every
        chart.show_minor_x_labels = every == 1
        # a gap is as high as the highest column, so that nobody takes it for a small number
        chart.add(
            "", [{"value": top, "formatter": _asks} if v is None else {"value": v} for v in self.values]
        )
        return self._drawn(chart)

    def _drawn(self, chart: Any) -> str:
        """The drawing as inline SVG without style, script, comment or anything from elsewhere."""
        chart.uuid = self.id
        chart.add_xml_filter(self._cleaned)
        drawing = str(chart.render(is_unicode=True, disable_xml_declaration=True))
        names = f'<title id="{self.id}-t">{escape(self.title)}</title><desc id="{self.id}-d">{escape(self.says)}</desc>'
        head, _, rest = drawing.partition(">")
        return f"{head}>{names}{rest}"

    def _cleaned(self, root: Any) -> Any:
        for node in [root, *root.iter()]:
            for child in list(node):
                tag = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
                if tag in ("", "defs", "title", "desc", "script") or "tooltip-overlay" in child.get(
                    "class", ""
                ):
                    node.remove(child)
        for node in root.iter():
            node.attrib.pop("id", None)
        bars = [node for node in root.iter() if node.get("class") == "bar"]
        for bar, value in zip(bars, self.values, strict=True):
            if value is None:
                bar.set("class", "bar gap")
        root.set("class", "chart")
        root.set("role", "img")
        root.set("aria-labelledby", f"{self.id}-t {self.id}-d")
        return root


def _asks(_: object) -> str:
    return "?"


def _config(height: int) -> dict[str, Any]:
    plain = Style(
        label_font_size=FONT, major_label_font_size=FONT, value_font_size=FONT, background="none",
        plot_background="none", font_family="sans-serif",
    )  # fmt: skip
    return {
        "width": WIDTH, "height": height, "style": plain, "js": [], "css": [], "show_legend": False,
        "include_x_axis": True, "margin": 12, "spacing": 6, "print_values_position": "top", "max_scale": 6, "truncate_label": -1,
        "value_formatter": lambda value: f"{int(value):,}" if value else "0",
    }  # fmt: skip
