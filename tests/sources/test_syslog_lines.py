"""What stands before the message of a syslog line, in its three forms."""

from __future__ import annotations

import pytest

from clausewise.sources.options import read_clock
from clausewise.sources.syslog_lines import NO_TIME, NO_YEAR, Prefixes

AT = 1_791_220_272_000_000  # 2026-10-05 17:11:12 UTC
PACIFIC = {"zone": "America/Los_Angeles"}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Oct  5 10:11:12 mail postfix/qmgr[7]: hello", AT),
        ("<22>Oct 05 10:11:12 mail postfix/qmgr[7]: hello", AT),
        ("Oct 5 10:11:12.25 mail postfix/qmgr: hello", AT + 250_000),
        ("Oct  5 2026 10:11:12 mail postfix/qmgr[7]: hello", AT),
        ("2026-10-05T10:11:12.345678-07:00 mail postfix/qmgr[7]: hello", AT + 345_678),
        ("2026-10-05T17:11:12Z mail postfix/qmgr[7]: hello", AT),
        ("2026-10-05 10:11:12,5 mail postfix/qmgr[7]: hello", AT + 500_000),
        ("<22>1 2026-10-05T17:11:12.000001Z mail postfix/qmgr 7 - - hello", AT + 1),
        ('<22>1 2026-10-05T17:11:12+00:00 mail postfix/qmgr 7 id [a@1 x="]\\"y"][b@1] \ufeffhello', AT),
        ("1 2026-10-05T10:11:12 mail postfix/qmgr - - - hello", AT),
    ],
)
def test_every_form_gives_time_host_program_and_text(text: str, time: int) -> None:
    message = Prefixes(read_clock({**PACIFIC, "year": "2026"}), None).read(text)
    assert message is not None
    assert message[:4] == (time, "mail", "postfix/qmgr", "hello")


def test_a_message_without_a_program() -> None:
    message = Prefixes(read_clock({"year": "2026"}), None).read(
        "Oct  5 10:11:12 h last message repeated 2 times"
    )
    assert message is not None
    assert (message.program, message.text) == ("", "last message repeated 2 times")


def test_a_time_without_a_year_says_what_to_do() -> None:
    message = Prefixes(read_clock(PACIFIC), None).read("Oct  5 10:11:12 h p: x")
    assert message is not None
    assert (message.time, message.problem) == (None, NO_YEAR)


@pytest.mark.parametrize("text", ["Okt  5 10:11:12 h p: x", "2026-02-30T10:11:12Z h p: x", "1 - h p - - - x"])
def test_a_time_that_is_none(text: str) -> None:
    message = Prefixes(read_clock({"year": "2026"}), None).read(text)
    assert message is not None
    assert (message.time, message.problem) == (None, NO_TIME)


@pytest.mark.parametrize("text", ["", "hello", "<34>", "<34>1 x", "Oct  5 10:11:12", "2026-10-05T10:11:12Z"])
def test_what_is_no_syslog_line(text: str) -> None:
    assert Prefixes(read_clock({}), None).read(text) is None
