"""Row rules: how the policy states which rows a viewer may read or change.

A rule is data, which `gateway.access.rows` compiles to SQL.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

Attribute = InstrumentedAttribute[Any]


class Scope(StrEnum):
    """The parts of a viewer's token that a rule can compare with a column."""

    SUBJECT = "subject"
    PARTNER = "partner"
    COUNTRIES = "countries"
    CENTRES = "centres"


@dataclass(frozen=True, slots=True)
class EveryRow:
    """All rows."""

    def __str__(self) -> str:
        return "every row"


@dataclass(frozen=True, slots=True)
class Own:
    """Rows whose column equals the viewer's scope, or is one of its values."""

    column: Attribute
    scope: Scope

    def __str__(self) -> str:
        return f"{_name(self.column)} is in the viewer's {self.scope}"


@dataclass(frozen=True, slots=True)
class Missing:
    """Rows whose column is null."""

    column: Attribute

    def __str__(self) -> str:
        return f"{_name(self.column)} is not set"


@dataclass(frozen=True, slots=True)
class Recent:
    """Rows whose instant is set, and passed fewer days ago than these, of 24 hours each."""

    column: Attribute
    days: int

    def __str__(self) -> str:
        return f"{_name(self.column)} was less than {self.days} days ago"


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Rows whose column has none of these values."""

    column: Attribute
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_name(self.column)} is not {' or '.join(self.words)}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Rows that meet every rule."""

    rules: tuple["Rule", ...]

    def __str__(self) -> str:
        return " and ".join(str(rule) for rule in self.rules)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Rows that meet at least one rule."""

    rules: tuple["Rule", ...]

    def __str__(self) -> str:
        return f"({' or '.join(str(rule) for rule in self.rules)})"


@dataclass(frozen=True, slots=True)
class ReachedThrough:
    """Rows that are referenced by at least one other row that meets a rule."""

    key: Attribute
    named_by: Attribute
    rule: "Rule"

    def __str__(self) -> str:
        return f"a row of {self.named_by.class_.__tablename__} names it where {self.rule}"


Rule = EveryRow | Own | Missing | Recent | NoneOf | AllOf | AnyOf | ReachedThrough

every_row = EveryRow()


def own_subject(column: Attribute) -> Own:
    return Own(column, Scope.SUBJECT)


def own_partner(column: Attribute) -> Own:
    return Own(column, Scope.PARTNER)


def own_countries(column: Attribute) -> Own:
    return Own(column, Scope.COUNTRIES)


def own_centres(column: Attribute) -> Own:
    return Own(column, Scope.CENTRES)


def missing(column: Attribute) -> Missing:
    return Missing(column)


def recent(column: Attribute, days: int) -> Recent:
    return Recent(column, days)


def none_of(column: Attribute, *words: str) -> NoneOf:
    return NoneOf(column, words)


def all_of(*rules: Rule) -> AllOf:
    return AllOf(rules)


def any_of(*rules: Rule) -> AnyOf:
    return AnyOf(rules)


def reached_through(key: Attribute, named_by: Attribute, rule: Rule) -> ReachedThrough:
    return ReachedThrough(key, named_by, rule)


def _name(column: Attribute) -> str:
    return f"{column.class_.__tablename__}.{column.key}"
