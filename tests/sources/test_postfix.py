"""Postfix logs: lines joined by queue id over block cuts, protected mail that leaves nothing, a bounded memory."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from clausewise.sources.contract import NOTHING_PROTECTED, Protected
from clausewise.sources.postfix import queues
from sources.feeding import cut_up, run, total

SHIELD = Protected(senders=frozenset({"rep@union.example"}), recipients=frozenset({"@union.example"}))
AT = "2026-10-05T08:00:00Z mail postfix"
CANARY = "canary-word"


def read(
    text: str, protected: Protected = NOTHING_PROTECTED, option: str = "", cuts: tuple[int, ...] = ()
) -> Any:
    found = total(run("postfix", cut_up(text.encode(), list(cuts)), protected, option))
    parts = len(found["events"]) + len(found["rejects"]) + sum(found["noise"].values()) + found["protected"]
    assert parts == found["lines"]
    return found


def mail(qid: str, sender: str, *recipients: str, user: str = "ana.lopez") -> str:
    return "".join(
        [
            f"{AT}/smtpd[1]: {qid}: client=pc[10.0.0.1], sasl_method=PLAIN, sasl_username={user}\n",
            f"{AT}/cleanup[2]: {qid}: message-id=<{CANARY}@x>\n",
            f"{AT}/qmgr[3]: {qid}: from=<{sender}>, size=500, nrcpt={len(recipients)} (queue active)\n",
            *(
                f"{AT}/smtp[4]: {qid}: to=<{to}>, relay=mx[1.2.3.4]:25, delay=1, status=sent (ok)\n"
                for to in recipients
            ),
            f"{AT}/qmgr[3]: {qid}: removed\n",
        ]
    )


def test_two_mails_that_run_through_each_other_are_kept_apart_wherever_the_file_is_cut() -> None:
    first = mail("AAAAA1", "a@redbud.example", "x@out.example", user="a").splitlines(keepends=True)
    second = mail("4XkQ7n2pFzz9tWk", "b@redbud.example", "y@out.example", user="b").splitlines(keepends=True)
    text = "".join(line for pair in zip(first, second, strict=True) for line in pair)
    whole = read(text)
    assert [(e["user"], e["sender"], e["recipient"], e["bytes"], e["src_ip"]) for e in whole["events"]] == [
        ("a", "a@redbud.example", "x@out.example", 500, "10.0.0.1"),
        ("b", "b@redbud.example", "y@out.example", 500, "10.0.0.1"),
    ]
    for cut in range(0, len(text), 7):
        assert read(text, cuts=(cut, cut + 300)) == whole


@pytest.mark.parametrize(
    ("sender", "recipient", "user"),
    [
        ("rep@union.example", "ana@redbud.example", "ana.lopez"),
        ("ana@redbud.example", "office@union.example", "ana.lopez"),
        ("ana@redbud.example", "x@out.example", "rep@union.example"),
    ],
)
def test_a_protected_mail_leaves_nothing_but_a_count(sender: str, recipient: str, user: str) -> None:
    text = mail("AAAAA1", sender, recipient, user=user)
    found = read(text, SHIELD)
    assert found["events"] == []
    assert found["protected"] >= 2
    for batch in run("postfix", [text.encode()[:600]], SHIELD):
        kept = repr(batch.state.memory)
        assert "union" not in kept
        assert CANARY not in kept


def test_every_line_of_a_protected_sender_is_protected_even_those_before_the_sender_is_known() -> None:
    found = read(mail("AAAAA1", "rep@union.example", "x@out.example"), SHIELD)
    assert (found["protected"], found["noise"]) == (5, {})


def test_an_address_that_was_written_to_is_protected_behind_its_alias() -> None:
    text = mail("AAAAA1", "a@redbud.example", "x@out.example")
    text = text.replace("to=<x@out.example>", "to=<x@out.example>, orig_to=<help@union.example>")
    assert read(text, SHIELD)["events"] == []


def test_a_mail_that_a_filter_hands_back_keeps_its_user_and_its_protection() -> None:
    def chain(sender: str) -> Any:
        handed = f"{AT}/smtp[4]: AAAAA1: to=<x@out.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, status=sent"
        text = mail("AAAAA1", sender, "x@out.example").splitlines(keepends=True)
        text[3] = f"{handed} (250 2.0.0 Ok: queued as BBBBB2)\n"
        back = mail("BBBBB2", sender, "x@out.example").splitlines(keepends=True)
        back[0] = (
            f"{AT}/smtpd[1]: BBBBB2: client=localhost[127.0.0.1], orig_queue_id=AAAAA1, orig_client=pc[10.0.0.1]\n"
        )
        return read("".join([*text[:3], *back[:3], *text[3:], *back[3:]]), SHIELD)

    found = chain("ana@redbud.example")
    assert [(e["user"], e["src_ip"], e["recipient"]) for e in found["events"]] == [
        ("ana.lopez", "10.0.0.1", "x@out.example")
    ]
    assert found["noise"]["handed-on"] == 1
    assert chain("rep@union.example")["protected"] == 10


def test_after_removed_a_short_queue_id_is_another_mail() -> None:
    later = f"{AT}/smtp[4]: AAAAA1: to=<z@out.example>, relay=mx[1.2.3.4]:25, delay=1, status=sent (ok)\n"
    found = read(mail("AAAAA1", "a@redbud.example", "x@out.example") + later)
    assert [(event["sender"], event["user"]) for event in found["events"]] == [
        ("a@redbud.example", "ana.lopez"),
        (None, None),
    ]


def test_a_new_mail_under_an_id_that_was_never_removed_is_another_mail() -> None:
    begun = "".join(mail("AAAAA1", "rep@union.example", "x@out.example").splitlines(keepends=True)[:4])
    found = read(begun + mail("AAAAA1", "a@redbud.example", "x@out.example"), SHIELD)
    assert [event["sender"] for event in found["events"]] == ["a@redbud.example"]
    assert (found["protected"], found["noise"]) == (4, {"part-of-a-delivery": 4})


def test_a_delivery_of_an_unknown_sender_is_not_told_when_senders_are_protected() -> None:
    text = f"{AT}/smtp[4]: AAAAA1: to=<z@out.example>, relay=mx[1.2.3.4]:25, delay=1, status=sent (ok)\n"
    assert read(text)["events"][0]["recipient"] == "z@out.example"
    found = read(text, SHIELD)
    assert (found["events"], found["noise"]) == ([], {"sender-unknown": 1})


@pytest.mark.parametrize("text", ["to=<x@union.example, relay=", "from=<rep@union.example> size=9"])
def test_a_line_that_cannot_be_read_but_names_a_protected_address_is_a_count(text: str) -> None:
    found = read(f"{AT}/smtp[4]: AAAAA1: {text}\n", SHIELD)
    assert (found["rejects"], found["protected"]) == ([], 1)
    assert len(read(f"{AT}/smtp[4]: AAAAA1: {text}\n")["rejects"]) == 1


@pytest.mark.parametrize("place", ["warning: ", "reject: ", "hold: "])
def test_no_word_of_a_subject_is_kept(place: str) -> None:
    header = f"header Subject: {CANARY}; from=<{CANARY}> to=<{CANARY}> from h[1.2.3.4]"
    tail = "from=<a@redbud.example> to=<b@out.example> proto=ESMTP helo=<h>: 5.7.1 no"
    text = f"{AT}/cleanup[2]: AAAAA1: {place}{header}; {tail}\n"
    batches = run("postfix", [text.encode()], NOTHING_PROTECTED)
    assert CANARY not in repr([(batch.state, total([batch])) for batch in batches])
    events = total(batches)["events"]
    assert [(e["sender"], e["recipient"], e["src_ip"]) for e in events] == (
        [("a@redbud.example", "b@out.example", "1.2.3.4")] if place == "reject: " else []
    )


def test_memory_is_bounded_and_forgotten_lines_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "MOST_MAILS", 10)
    begun = "".join(f"{AT}/cleanup[2]: AAAA{n:03}: message-id=<{n}@x>\n" for n in range(100))
    batch = run("postfix", [begun.encode()], NOTHING_PROTECTED)[0]
    assert len(batch.state.memory.held) == 10
    assert batch.noise == {"part-of-a-delivery": 90}
    assert read(begun)["noise"] == {"part-of-a-delivery": 100}


def test_the_mails_of_two_instances_and_two_hosts_are_not_mixed() -> None:
    text = mail("AAAAA1", "a@redbud.example", "x@out.example")
    senders = text.splitlines(keepends=True)[:3]
    for other in ("mail postfix-out/", "mail2 postfix/"):
        lost = text.splitlines()[3].replace("mail postfix/", other)
        assert read("".join(senders) + lost + "\n")["events"][0]["sender"] is None


def test_times_without_year_and_zone_through_the_hour_that_comes_twice() -> None:
    form = "Nov  1 {} mail postfix/smtp[4]: AAAAA1: to=<z@out.example>, relay=none, delay=1, status=deferred (no)\n"
    text = "".join(form.format(clock) for clock in ("01:59:00", "01:01:00", "02:00:00"))
    times = [
        e["time"] for e in read(text, option="year=2026,zone=America/Los_Angeles", cuts=(150,))["events"]
    ]
    assert [(b - a) // 60_000_000 for a, b in itertools.pairwise(times)] == [2, 59]
    assert {reason for _, _, reason in read(text)["rejects"]} == {
        "the time names no year; give --option year=2026"
    }
