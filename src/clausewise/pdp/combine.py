"""The table that turns the verdicts of single norms into one answer: the same rows for every evaluator."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from clausewise.model.judgement import Outcome
from clausewise.model.words import Answer, Verdict

# Looked up once: this table is run for every question, over every norm.
NOT_APPLICABLE, VIOLATED = Verdict.NOT_APPLICABLE, Verdict.VIOLATED
OPEN = (Verdict.INDETERMINATE, Verdict.PEOPLE)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything the table needs, whichever evaluator found it.

    `shields` maps the id of each shield that applies to the norms it names; `grantable` are the violated
    norms that their clause's authority could excuse; `advice` the norms that only advise.
    """

    governed: bool
    floors: tuple[str, ...]
    shields: Mapping[str, Collection[str]]
    verdicts: Sequence[tuple[str, Verdict]]
    grantable: frozenset[str]
    advice: frozenset[str]
    errors: tuple[str, ...] = ()


def combine(found: Findings) -> Outcome:
    """The answer, by the first row that applies.

    1 outside the scope: not governed. 2 a floor: deny. 3 a shield sets aside the norms it names.
    4 a violated norm that no grant can cover: deny. 5 all that is violated is grantable: needs permission.
    6 a norm is indeterminate or judged by people: needs a person. 7 allow.
    """
    if not found.governed:
        return Outcome(Answer.NOT_GOVERNED, (), floors=found.floors, errors=found.errors)
    standing = [pair for pair in found.verdicts if pair[1] is not NOT_APPLICABLE]
    spoken = {norm for norm, _ in standing}
    aside = tuple(
        (norm, shield) for shield, norms in sorted(found.shields.items()) for norm in norms if norm in spoken
    )
    set_aside = {norm for norm, _ in aside}
    remaining = [pair for pair in standing if pair[0] not in set_aside]
    advice = tuple(n for n, v in remaining if v is VIOLATED and n in found.advice)
    violated = [n for n, v in remaining if v is VIOLATED and n not in found.advice]
    answer = _answer(found, violated, remaining)
    return Outcome(
        answer=answer,
        verdicts=tuple(found.verdicts),
        floors=found.floors,
        set_aside=aside,
        # Nobody is sent to ask for a permission that would not help: a denial lists none.
        grants_needed=tuple(violated) if answer is Answer.NEEDS_PERMISSION else (),
        advice=advice,
        errors=found.errors,
    )


def _answer(found: Findings, violated: list[str], remaining: Sequence[tuple[str, Verdict]]) -> Answer:
    if found.floors:
        return Answer.DENY
    if any(norm not in found.grantable for norm in violated):
        return Answer.DENY
    if violated:
        return Answer.NEEDS_PERMISSION
    open_norms = (n for n, v in remaining if v in OPEN)
    if any(norm not in found.advice for norm in open_norms):
        return Answer.NEEDS_PERSON
    return Answer.ALLOW
