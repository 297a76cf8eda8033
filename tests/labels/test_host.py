"""A host means the same however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.labels.host import canonical, suffixes, unwire, wire


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("192.0.2.7", None),
        ("[2001:db8::1]", None),
        ("2001:db8::1", None),
        ("0x7f.1", None),
        ("example.0x1f", None),
        ("", None),
        (".", None),
        ("a..b", None),
        ("a b.example", None),
        ("x" * 64 + ".example", None),
        (".".join(["abcdefg"] * 32) + ".example", None),
        ("\udcff.example", None),
    ],
)
def test_canonical(written: str, name: str | None) -> None:
    assert canonical(written) == name


@given(st.text(max_size=80))
def test_any_text_is_taken_without_failing_and_both_ways_agree(text: str) -> None:
    name, key = canonical(text), wire(text)
    if name is not None:
        assert wire(name) is not None
        assert canonical(name) == name
        assert unwire(wire(name) or b"\0") == name
    if key is not None and name is not None:
        assert key == wire(name) or text != text.strip()


def test_wire_is_the_form_of_dns_and_parents_are_slices() -> None:
    assert wire("www.example.com") == b"\x03www\x07example\x03com\x00"
    assert (wire("www.example.com") or b"")[4:] == wire("example.com")


def test_suffixes_longest_first() -> None:
    assert list(suffixes("a.b.c")) == ["a.b.c", "b.c", "c"]
