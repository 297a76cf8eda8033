"""Small integers for the values of attributes, so that a whole question fits into one or two numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from clausewise.audit.relational.types import BOOL, LONG, Type, Word, Words
from clausewise.model.judgement import Value
from clausewise.model.law import Attribute

ROOM = 62
"""Bits of one number that hold packed values; the sign and one more stay free."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How one attribute is held as an integer: `word` by its place, `words` by a bit each, `flag` 0 or 1."""

    attribute: Attribute
    values: tuple[str, ...]
    bits: int

    @classmethod
    def of(cls, attribute: Attribute, granted: Sequence[str] = ()) -> Coding:
        """The coding of an attribute. `granted` are all clauses whose permission somebody may hold."""
        values = (
            tuple(sorted({*attribute.values, *granted})) if attribute.type == "words" else attribute.values
        )
        bits = {"flag": 1, "words": len(values), "number": ROOM}.get(
            attribute.type, max(1, (len(values) - 1).bit_length())
        )
        return cls(attribute, values, bits)

    @property
    def type(self) -> Type:
        """The type under which the compiler sees the column."""
        if self.attribute.type == "word":
            return Word(self.values)
        if self.attribute.type == "words":
            return Words(self.values)
        return BOOL if self.attribute.type == "flag" else LONG

    def code(self, value: Value) -> int:
        """The integer of a value; a word of a set that no norm can name has no bit."""
        if isinstance(value, frozenset):
            return sum(1 << place for place, word in enumerate(self.values) if word in value)
        return self.values.index(str(value)) if self.attribute.type == "word" else int(value)

    def value(self, code: int) -> Value:
        """The inverse of `code`."""
        if self.attribute.type == "words":
            return frozenset(word for place, word in enumerate(self.values) if code >> place & 1)
        if self.attribute.type == "word":
            return self.values[code]
        return bool(code) if self.attribute.type == "flag" else code

    @property
    def unknown(self) -> int:
        """The code of what stands when nobody knows."""
        unknown = self.attribute.unknown
        if isinstance(unknown, list | tuple | set | frozenset):
            return self.code(frozenset(str(word) for word in unknown))
        return self.code(unknown if isinstance(unknown, bool | int) else str(unknown))


@dataclass(frozen=True, slots=True)
class Packing:
    """Where each attribute of an act's questions lies: attribute path to (number of the column, lowest bit)."""

    codings: Mapping[str, Coding]
    places: Mapping[str, tuple[int, int]]
    columns: int

    @classmethod
    def of(cls, codings: Mapping[str, Coding]) -> Packing:
        """Lay the attributes side by side, a new column when one is full."""
        places, column, bit = {}, 0, 0
        for path, coding in codings.items():
            if bit + coding.bits > ROOM:
                column, bit = column + 1, 0
            places[path] = (column, bit)
            bit += coding.bits
        return cls(dict(codings), places, column + 1)

    def pack(self, parts: Mapping[str, exp.Expr]) -> list[exp.Expr]:
        """The packed columns from one integer expression per attribute."""
        found: list[exp.Expr | None] = [None] * self.columns
        for path, (column, bit) in self.places.items():
            term: exp.Expr = exp.cast(parts[path], "BIGINT")
            if bit:
                term = exp.Mul(this=exp.paren(term), expression=exp.Literal.number(1 << bit))
            so_far = found[column]
            found[column] = term if so_far is None else exp.Add(this=so_far, expression=term)
        return [column or exp.cast(exp.Literal.number(0), "BIGINT") for column in found]

    def packed(self, values: Mapping[str, Value]) -> tuple[int, ...]:
        """The numbers of one question; an attribute that is not given is the unknown one."""
        found = [0] * self.columns
        for path, (column, bit) in self.places.items():
            coding = self.codings[path]
            code = coding.code(values[path]) if path in values else coding.unknown
            found[column] |= code << bit
        return tuple(found)

    def part(self, path: str, columns: Sequence[str]) -> exp.Expr:
        """One attribute taken out of the packed columns again, as the compiler expects it."""
        column, bit = self.places[path]
        coding, whole = self.codings[path], exp.column(columns[column])
        shifted = exp.BitwiseRightShift(this=whole, expression=exp.Literal.number(bit)) if bit else whole
        mask = exp.Literal.number((1 << coding.bits) - 1)
        code = exp.paren(exp.BitwiseAnd(this=exp.paren(shifted), expression=mask))
        return exp.EQ(this=code, expression=exp.Literal.number(1)) if coding.type is BOOL else code

    def codes(self, packed: Sequence[int]) -> dict[str, int]:
        """Attribute path to code, from the numbers of one question."""
        return {
            path: packed[column] >> bit & (1 << self.codings[path].bits) - 1
            for path, (column, bit) in self.places.items()
        }

    def values(self, packed: Sequence[int]) -> dict[str, Value]:
        """Attribute path to value, from the numbers of one question."""
        return {path: self.codings[path].value(code) for path, code in self.codes(packed).items()}
