"""Row rules: how the policy states which rows a viewer may read or change.

A rule is data, which `gateway.access.rows` compiles to SQL.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

Attribute = InstrumentedAttribute[Any]


class Scope(StrEnum):
    """What is sealed of a viewer that a rule can compare with a column."""

    SUBJECT = "subject"
    PARTNER = "partner"
    COUNTRIES = "countries"
    CENTRES = "centres"
    #: No claim of its own: the viewer's centres, or its countries where it names no centre.
    PLACES = "places"
    #: What the viewer says that it reads identity for: no claim of the token, but sealed with them.
    PURPOSE_REFERENCE = "purpose_reference"
    #: From which an officer takes cases.
    POOLS = "pools"


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
        return f"{_name(self.column)} is in the viewer's {_words(self.scope)}"


@dataclass(frozen=True, slots=True)
class NotOwn:
    """Rows whose column has a value, and another than the viewer's scope."""

    column: Attribute
    scope: Scope

    def __str__(self) -> str:
        return f"{_name(self.column)} is not the viewer's {_words(self.scope)}"


@dataclass(frozen=True, slots=True)
class WithoutScope:
    """All rows for a viewer who names no such scope, and none for any other."""

    scope: Scope

    def __str__(self) -> str:
        return f"the viewer names no {_words(self.scope)}"


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """Rows taken in where the viewer works: at its centres, or, where its token names none, through
    the portal of its countries. What a centre took in is no part of the portal."""

    centre: Attribute
    country: Attribute

    def __str__(self) -> str:
        return (
            f"{_name(self.centre)}, or {_name(self.country)} where there is no centre, is in the"
            " viewer's centres, or in its countries where it names no centre"
        )


@dataclass(frozen=True, slots=True)
class IsNull:
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
class InThePast:
    """Rows whose instant is set, and has passed."""

    column: Attribute

    def __str__(self) -> str:
        return f"{_name(self.column)} has passed"


@dataclass(frozen=True, slots=True)
class InTheFuture:
    """Rows whose instant is set, and is still to come."""

    column: Attribute

    def __str__(self) -> str:
        return f"{_name(self.column)} is still to come"


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Rows whose column has none of these values."""

    column: Attribute
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_name(self.column)} is not {' or '.join(self.words)}"


@dataclass(frozen=True, slots=True)
class KeptFrom:
    """Rows whose column, a list, has not the viewer's scope in it."""

    column: Attribute
    scope: Scope

    def __str__(self) -> str:
        return f"{_name(self.column)} has not the viewer's {_words(self.scope)}"


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


@dataclass(frozen=True, slots=True)
class InOwnPools:
    """Rows in an open pool that the viewer names, or all as long as no pool is open."""

    visa_type: Attribute
    channel: Attribute
    nationality: Attribute

    def __str__(self) -> str:
        table = self.visa_type.class_.__tablename__
        return f"an open pool of the viewer's has the {table}, or no pool is open"


@dataclass(frozen=True, slots=True)
class OfFamilyJustTaken:
    """Applications of a family, which is a group of a few, of which the viewer has taken another
    one in the same transaction."""

    group: Attribute

    def __str__(self) -> str:
        return f"the viewer is just taking another one of its {_name(self.group)}, which is small"


Rule = (
    EveryRow
    | Own
    | NotOwn
    | WithoutScope
    | OwnPlace
    | IsNull
    | Recent
    | InThePast
    | InTheFuture
    | NoneOf
    | KeptFrom
    | AllOf
    | AnyOf
    | ReachedThrough
    | InOwnPools
    | OfFamilyJustTaken
)

every_row = EveryRow()
nothing_named_for_the_purpose = WithoutScope(Scope.PURPOSE_REFERENCE)


def own_subject(column: Attribute) -> Own:
    return Own(column, Scope.SUBJECT)


def anothers(column: Attribute) -> NotOwn:
    """The rows that name somebody else than the viewer."""
    return NotOwn(column, Scope.SUBJECT)


def own_partner(column: Attribute) -> Own:
    return Own(column, Scope.PARTNER)


def own_countries(column: Attribute) -> Own:
    return Own(column, Scope.COUNTRIES)


def own_centres(column: Attribute) -> Own:
    return Own(column, Scope.CENTRES)


def own_places(column: Attribute) -> Own:
    return Own(column, Scope.PLACES)


def named_for_the_purpose(column: Attribute) -> Own:
    """The row for which the viewer says that it reads identity."""
    return Own(column, Scope.PURPOSE_REFERENCE)


def own_place(centre: Attribute, country: Attribute) -> OwnPlace:
    return OwnPlace(centre, country)


def is_null(column: Attribute) -> IsNull:
    return IsNull(column)


def recent(column: Attribute, days: int) -> Recent:
    return Recent(column, days)


def in_the_past(column: Attribute) -> InThePast:
    return InThePast(column)


def in_the_future(column: Attribute) -> InTheFuture:
    return InTheFuture(column)


def none_of(column: Attribute, *words: str) -> NoneOf:
    return NoneOf(column, words)


def kept_from(column: Attribute) -> KeptFrom:
    """Rows that everybody sees but some subjects."""
    return KeptFrom(column, Scope.SUBJECT)


def all_of(*rules: Rule) -> AllOf:
    return AllOf(rules)


def any_of(*rules: Rule) -> AnyOf:
    return AnyOf(rules)


def reached_through(key: Attribute, named_by: Attribute, rule: Rule) -> ReachedThrough:
    return ReachedThrough(key, named_by, rule)


def in_own_pools(visa_type: Attribute, channel: Attribute, nationality: Attribute) -> InOwnPools:
    return InOwnPools(visa_type, channel, nationality)


def of_family_just_taken(group: Attribute) -> OfFamilyJustTaken:
    return OfFamilyJustTaken(group)


def _words(scope: Scope) -> str:
    return scope.replace("_", " ")


def _name(column: Attribute) -> str:
    return f"{column.class_.__tablename__}.{column.key}"
