"""The fixed word lists of the house: kinds of norm, verdicts, answers, ranks of law."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a norm is, after the deontic kinds: only the first two can be broken."""

    PROHIBITION = "prohibition"
    DUTY = "duty"
    PERMISSION = "permission"
    POWER = "power"
    STATEMENT = "statement"


class JudgedBy(StrEnum):
    """Who judges a norm: a policy, a deadline, people, or nobody (nothing to judge)."""

    POLICY = "policy"
    CLOCK = "clock"
    PEOPLE = "people"
    NONE = "none"


class Verdict(StrEnum):
    """What one norm says of one question."""

    VIOLATED = "violated"
    SATISFIED = "satisfied"
    NOT_APPLICABLE = "not_applicable"
    INDETERMINATE = "indeterminate"
    PEOPLE = "people"


class Answer(StrEnum):
    """What the whole regulation says of one question, in the order of the combining table."""

    NOT_GOVERNED = "not_governed"
    DENY = "deny"
    NEEDS_PERMISSION = "needs_permission"
    NEEDS_PERSON = "needs_person"
    ALLOW = "allow"


class Rank(StrEnum):
    """Sources of law, strongest first."""

    STATUTE = "statute"
    AGREEMENT = "agreement"
    BOARD_POLICY = "board-policy"
    REGULATION = "regulation"
    PROTOCOL = "protocol"


ADDRESSEES = frozenset(
    {
        "employees",
        "users",
        "county",
        "technology-services",
        "designated-staff",
        "supervisors-of-students",
        "educators",
        "anyone",
    }
)
MODALITIES = frozenset(
    {"shall", "shall not", "should", "may", "may not", "must not", "will", "expected", "none"}
)
LANGUAGES = ("en", "es")
