"""What a county may hand in about findings set apart or settled, and what is refused with a remedy."""

from __future__ import annotations

import pytest

from facts.county import FILES, reading

STAFF = FILES["staff"]
HEAD = "id,norm,person,host,thing,reason,by,decided_at,valid_from,valid_to\n"


def problems(row: str) -> list[str]:
    """Everything that is wrong with one suppression."""
    return [str(problem) for problem in reading(staff=STAFF, suppressions=HEAD + row + "\n").problems]


def test_a_suppression_is_read_and_its_last_day_included() -> None:
    row = "s1,9.f/provided,ana.lopez,,,wrong owner,rosa.kim,2026-10-06 09:30,,2026-12-18"
    (kept,) = reading(staff=STAFF, suppressions=HEAD + row + "\n").tables["suppressions"].rows
    assert str(kept.values["valid_to"]) == "2026-12-19 08:00:00+00:00"
    assert problems(row) == []


@pytest.mark.parametrize(
    "row, says",
    [
        ("s1,9.f,Rosa Kim,,,r r,rosa.kim@redbud.example,2026-10-06,,2026-12-18", "nobody sets apart findings about themselves"),
        ("s1,9.f,,,,r r,rosa.kim,2026-10-06,,2026-12-18", "would set apart every finding"),
        ("s1,9.f,,,box,r r,rosa.kim,2026-10-06,,2027-10-09", "lasts longer than a year"),
        ("s1,9.f,,,box,r r,rosa.kim,2020-01-01,2026-10-06,2027-10-09", "lasts longer than a year"),
        ("s1,9.f,,,box,r r,rosa.kim,2026-10-06,,", "`valid_to` is blank"),
        ("s1,9.f,,,box,,rosa.kim,2026-10-06,,2026-12-18", "`reason` is blank"),
        ("s1,9.f,,,box,r r,,2026-10-06,,2026-12-18", "`by` is blank"),
        ("s1,9.f,,,box,r r,no.body,2026-10-06,,2026-12-18", "not in the staff table"),
    ],
)  # fmt: skip
def test_what_is_refused(row: str, says: str) -> None:
    assert any(says in problem for problem in problems(row)), problems(row)


def test_a_whole_year_is_allowed() -> None:
    assert problems("s1,9.f,,,box,r r,rosa.kim,2026-10-06 00:00,,2027-10-06") == []


@pytest.mark.parametrize("outcome, fine", [("no-concern", True), ("explained", True), ("case-opened", True),
                                           ("corrected", True), ("guilty", False), ("", False)])  # fmt: skip
def test_an_outcome_is_one_of_four(outcome: str, fine: bool) -> None:
    row = f"finding,outcome,reason,by,decided_at\nf1,{outcome},r r,rosa.kim,2026-10-06\n"
    assert (not reading(staff=STAFF, dispositions=row).problems) is fine


def test_one_finding_may_be_settled_again_later() -> None:
    rows = "f1,explained,r r,rosa.kim,2026-10-06\nf1,corrected,r r,rosa.kim,2026-10-07\n"
    assert not reading(staff=STAFF, dispositions="finding,outcome,reason,by,decided_at\n" + rows).problems
