"""Every small mistake that could be made in the policy, one at a time, and why some are none."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from gateway.policy import MUTATIONS, POLICY, Access, Change
from gateway.rules import (
    AllOf,
    AnyOf,
    EveryRow,
    InTheFuture,
    InThePast,
    IsNull,
    NoneOf,
    NotOwn,
    Own,
    OwnPlace,
    ReachedThrough,
    Recent,
    Rule,
    Scope,
    WithoutScope,
    every_row,
    own_centres,
    own_countries,
)
from models.vocabulary import Role


@dataclass(frozen=True)
class Mutant:
    """One line of the policy, changed."""

    type_name: str
    #: The role whose right is changed.
    role: Role
    what: str
    access: Access
    #: The table through which the changed part of a rule goes, where it goes through one.
    through: str | None = None
    field: str | None = None

    @property
    def name(self) -> str:
        return f"{self.type_name} · {self.role} · {self.what}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(POLICY, self.type_name, self.access)  # type: ignore[arg-type]
            yield


@dataclass(frozen=True)
class ChangedRule:
    """A rule with one node changed."""

    what: str
    rule: Rule
    through: str | None = None


def changes(rule: Rule) -> Iterator[ChangedRule]:
    """Each way to change one node of a rule."""
    if not isinstance(rule, EveryRow):
        yield ChangedRule(f"“{rule}” becomes every row", every_row)
    match rule:
        case Own(column, scope):
            for other in Scope:
                if other not in (scope, Scope.POOLS):
                    yield ChangedRule(f"“{rule}” asks for {other}", Own(column, other))
        case NotOwn(column, scope):
            yield ChangedRule(f"“{rule}” becomes the own", Own(column, scope))
        case OwnPlace(centre, country):
            at_centre, in_country = own_centres(centre), own_countries(country)
            yield ChangedRule(f"“{rule}” forgets the portal", at_centre)
            yield ChangedRule(f"“{rule}” forgets the centre", in_country)
            yield ChangedRule(
                f"“{rule}” has the portal beside a centre", AnyOf((at_centre, in_country))
            )
        case NoneOf(column, words):
            for word in words:
                # Without the only word nothing is asked: every row, as above.
                if rest := tuple(kept for kept in words if kept != word):
                    yield ChangedRule(f"“{rule}” forgets {word}", NoneOf(column, rest))
        case Recent(column, days):
            yield ChangedRule(f"“{rule}” gives a day more", Recent(column, days + 1))
            yield ChangedRule(f"“{rule}” gives a day less", Recent(column, days - 1))
        case InThePast(column):
            yield ChangedRule(f"“{rule}” becomes still to come", InTheFuture(column))
        case InTheFuture(column):
            yield ChangedRule(f"“{rule}” becomes passed", InThePast(column))
        case AllOf(rules) | AnyOf(rules):
            yield from _of_parts(type(rule), rules)
        case ReachedThrough(key, named_by, inner):
            for one in changes(inner):
                whole = ReachedThrough(key, named_by, one.rule)
                yield ChangedRule(one.what, whole, named_by.class_.__tablename__)
        case EveryRow() | IsNull() | WithoutScope():
            return


def _of_parts(kind: type[AllOf | AnyOf], rules: tuple[Rule, ...]) -> Iterator[ChangedRule]:
    for place, rule in enumerate(rules):
        # So without the only part.
        if rest := (*rules[:place], *rules[place + 1 :]):
            yield ChangedRule(f"without “{rule}”", rest[0] if len(rest) == 1 else kind(rest))
        for one in changes(rule):
            yield replace(one, rule=kind((*rules[:place], one.rule, *rules[place + 1 :])))


def row_mutants() -> Iterator[Mutant]:
    """Every rule dropped, changed in each node, and given to each role that has none."""
    for type_name, access in sorted(POLICY.items()):
        for role, what, rows, through in changed_rows(access.rows) if access.rows else ():
            yield Mutant(type_name, role, what, replace(access, rows=rows), through)


def changed_rows(
    kept: Mapping[Role, Rule],
) -> Iterator[tuple[Role, str, Mapping[Role, Rule], str | None]]:
    """Each way to change the rows of one role: what it is, and what comes of it."""
    for role in Role:
        rule = kept.get(role)
        if rule is None:
            yield role, "is given every row", {**kept, role: every_row}, None
            continue
        yield role, "loses its rows", {r: k for r, k in kept.items() if r is not role}, None
        for one in changes(rule):
            yield role, one.what, {**kept, role: one.rule}, one.through


def field_mutants() -> Iterator[Mutant]:
    """Every field given to each role that does not read it, and taken from each that does."""
    for type_name, access in sorted(POLICY.items()):
        for name, readers in access.fields.items():
            for role in Role:
                gains = role not in readers
                roles = (*readers, role) if gains else tuple(r for r in readers if r is not role)
                fields: Mapping[str, Any] = {**access.fields, name: roles}
                what = f"{'gains' if gains else 'loses'} {name}"
                access_changed = replace(access, fields=fields)
                yield Mutant(type_name, role, what, access_changed, field=name)


def count_mutants() -> Iterator[Mutant]:
    """The right to count and no more, taken, and given to each role that has no rows."""
    for type_name, access in sorted(POLICY.items()):
        for role in access.counts_only:
            roles = tuple(kept for kept in access.counts_only if kept is not role)
            yield Mutant(type_name, role, "may not count", replace(access, counts_only=roles))
        for role in sorted(set(Role) - set(access.rows)) if access.rows else ():
            roles = (*access.counts_only, role)
            yield Mutant(type_name, role, "may count", replace(access, counts_only=roles))


@dataclass(frozen=True)
class ChangedLine:
    """One line of the table of mutations, changed."""

    mutation: str
    what: str
    change: Change

    @property
    def name(self) -> str:
        return f"{self.mutation} · {self.what}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(MUTATIONS, self.mutation, self.change)  # type: ignore[arg-type]
            yield


@dataclass(frozen=True)
class ChangedRight(ChangedLine):
    """A line that was changed for one role."""

    role: Role
    through: str | None

    @property
    def name(self) -> str:
        return f"{self.mutation} · {self.role} · {self.what}"


def changed_rights() -> Iterator[ChangedRight]:
    for mutation, change in MUTATIONS.items():
        for role, what, kept, through in changed_rows(change.rows):
            yield ChangedRight(mutation, what, replace(change, rows=kept), role, through)
