"""What is asked and what is answered: question, key, outcome and judgement, as frozen values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clausewise.model.words import Answer, Verdict

Value = bool | int | str | frozenset[str]


@dataclass(frozen=True, slots=True)
class Key:
    """Exactly what the policies read of a question: two questions with one key get one outcome.

    `period` says which of the pack's dated states judges (0 for the first), so that an event of last
    year is judged by last year's law.
    """

    act: str
    principal_type: str
    values: tuple[Value, ...]
    period: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """Principal, action, resource and context at a time. `principal` and `resource` are ids, for people."""

    key: Key
    principal: str
    resource: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the law says of a key. It names no person and no time, so it can be kept and shared."""

    answer: Answer
    verdicts: tuple[tuple[str, Verdict], ...]
    floors: tuple[str, ...] = ()
    set_aside: tuple[tuple[str, str], ...] = ()
    grants_needed: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    def violated(self) -> tuple[str, ...]:
        """Ids of the norms that stand violated after shields."""
        aside = {norm for norm, _ in self.set_aside}
        return tuple(n for n, v in self.verdicts if v is Verdict.VIOLATED and n not in aside)

    def of(self, verdict: Verdict) -> tuple[str, ...]:
        """Ids of the norms with that verdict, shields not applied."""
        return tuple(n for n, v in self.verdicts if v is verdict)


@dataclass(frozen=True, slots=True)
class Digests:
    """Which law, facts and labels produced a judgement (sha256 hex each; empty where there were none)."""

    pack: str
    facts: str = ""
    labels: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question with its outcome and the digests that let anyone replay it."""

    question: Question
    outcome: Outcome
    digests: Digests


def key_to_json(key: Key) -> dict[str, object]:
    """A key as JSON-ready values; sets become sorted lists."""
    values: list[object] = [sorted(v) if isinstance(v, frozenset) else v for v in key.values]
    return {"act": key.act, "principal": key.principal_type, "values": values, "period": key.period}


def key_from_json(row: Mapping[str, object]) -> Key:
    """The inverse of `key_to_json`."""
    raw = row["values"]
    assert isinstance(raw, list)
    values = tuple(frozenset(v) if isinstance(v, list) else v for v in raw)
    return Key(str(row["act"]), str(row["principal"]), values, int(str(row["period"])))


def finding_id(regulation: str, norm: str, subject: str) -> str:
    """The identity of a finding: regulation, norm and the event or window it is about (sha256, 32 hex)."""
    body = json.dumps([regulation, norm, subject], separators=(",", ":")).encode()
    return hashlib.sha256(body).hexdigest()[:32]
