"""The only door to Cedar: parses policies, checks them against the schema, and puts questions to them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cedarpy

from clausewise.pdp.tree import Policy, scope_actions, scope_types

ERROR_ID = re.compile(r"`([^`]+)`")


class PolicySyntaxError(ValueError):
    """Cedar text that cannot be read; the message is Cedar's own."""


def parse(text: str, policy_id: str) -> tuple[Policy, ...]:
    """The policies in `text`, in order; the second and later ones get `!2`, `!3` after the id.

    Raises:
        PolicySyntaxError: with Cedar's message.
    """
    try:
        parsed = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    except ValueError as error:
        raise PolicySyntaxError(str(error)) from None
    found = []
    for number, name in enumerate(sorted(parsed, key=lambda n: int(n.removeprefix("policy"))), 1):
        source = parsed[name]
        found.append(
            Policy(
                id=policy_id if number == 1 else f"{policy_id}!{number}",
                effect=source["effect"],
                actions=scope_actions(source["action"]),
                principals=scope_types(source["principal"]),
                resources=scope_types(source["resource"]),
                unknown_side=source.get("annotations", {}).get("verdict") == "indeterminate",
                source=source,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Matched:
    """Which policies hold for a question, and which could not be evaluated (id to Cedar's message)."""

    holds: frozenset[str]
    errors: Mapping[str, str]


class PolicySet:
    """Policies parsed once and kept. Every policy is asked as a `forbid`, so one call names all that hold."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        static = {p.id: {**p.source, "effect": "forbid"} for p in policies}
        text = json.dumps({"templates": {}, "staticPolicies": static, "templateLinks": []})
        self._handle = cedarpy.PolicySet.from_json_str(text)
        self._empty = not static

    def ask(self, request: dict[str, Any], entities: list[dict[str, Any]]) -> Matched:
        """Put one request to all policies.

        Cedar skips a policy that errs, which would allow; so errors come back beside the matches.
        """
        if self._empty:
            return Matched(frozenset(), {})
        found = cedarpy.is_authorized(request, self._handle, entities).diagnostics
        errors = {}
        for message in found.errors:
            named = ERROR_ID.search(message)
            errors[named.group(1) if named else "?"] = message
        return Matched(frozenset(found.reasons), errors)


def validate(policies: Sequence[Policy], schema: str) -> list[str]:
    """Cedar's strict validation of `policies` against a schema in Cedar's text form; messages, empty if well."""
    static = {p.id: p.source for p in policies}
    document = {"templates": {}, "staticPolicies": static, "templateLinks": []}
    text = cedarpy.policies_from_json_str(json.dumps(document))
    result = cedarpy.validate_policies(text, schema)
    return [] if result.validation_passed else [str(error) for error in result.errors]
