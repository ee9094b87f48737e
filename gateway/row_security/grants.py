"""The columns that the statements of a role read: exactly these are granted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column
from sqlalchemy.sql import visitors

from gateway.access.fields import readable_fields
from gateway.mapping.catalogue import Catalogue, DeclaredNoun, label_columns
from gateway.mapping.declare import RuledValue, ToMany, ToPages
from gateway.mapping.queues import columns_of_queues
from gateway.policy import POLICY
from gateway.rules import (
    AllOf,
    AnyOf,
    Attribute,
    EveryRow,
    InTheFuture,
    InThePast,
    IsNull,
    KeptFrom,
    NoneOf,
    NotOwn,
    Own,
    OwnPlace,
    ReachedThrough,
    Recent,
    Rule,
    WithoutScope,
)
from models.vocabulary import Role
from models.volumes.officers import desks

#: Columns that are empty, and that gateways of the last release still read for a field.
_READ_BEFORE = {("Applicant", "passportLastFour"): ("applicant", "passport_last_four")}
Grants = Mapping[str, frozenset[str]]


def columns_read(catalogue: Catalogue, role: Role) -> Grants:
    """The columns that a role reads, by table."""
    columns_by_table: defaultdict[str, set[str]] = defaultdict(set)
    for noun in catalogue.ruled.values():
        rule = POLICY[noun.name].rows.get(role)
        if rule is None:
            continue
        for expression in (*_noun_columns(catalogue, noun, role), *attributes(rule)):
            for table, column in _stored_columns(expression):
                columns_by_table[table].add(column)
        for (name, field), (table, column) in _READ_BEFORE.items():
            if name == noun.name and field in readable_fields(name, role):
                columns_by_table[table].add(column)
    return {table: frozenset(columns) for table, columns in sorted(columns_by_table.items())}


def _noun_columns(catalogue: Catalogue, noun: DeclaredNoun, role: Role) -> Iterator[Any]:
    """The columns selected for a noun, and those by which its links select and order rows."""
    fields = catalogue.readable(noun, role)
    # The noun behind a ruled value says itself what that value reads.
    own = [field for field in fields if not isinstance(field.source, RuledValue)]
    yield from label_columns(noun, own, role)
    readable = readable_fields(noun.name, role)
    for field in noun.fields.values():
        if field.name not in readable:
            continue
        if isinstance(field.source, ToMany):
            yield field.source.remote
            yield from field.source.order
        elif isinstance(field.source, ToPages):
            yield from (field.source.remote, field.source.order)
    yield from _link_columns(catalogue, noun, role)
    if noun.name == "Application":
        yield from columns_of_queues(role)
        if role in POLICY["OfficerRow"].rows:
            yield from desks().selected_columns


def _link_columns(catalogue: Catalogue, noun: DeclaredNoun, role: Role) -> Iterator[Any]:
    """The columns by which readable links of other nouns select rows of this one."""
    for other in catalogue.nouns.values():
        for field in other.fields.values():
            remote = getattr(field.source, "remote", None)
            is_link_here = remote is not None and field.target_name == noun.name
            if is_link_here and field.name in readable_fields(other.name, role):
                yield remote


def attributes(rule: Rule) -> Iterator[Attribute]:
    """The columns that a rule compares."""
    match rule:
        case (
            KeptFrom(column)
            | Own(column)
            | NotOwn(column)
            | IsNull(column)
            | Recent(column)
            | InThePast(column)
            | InTheFuture(column)
            | NoneOf(column)
        ):
            yield column
        case OwnPlace(centre, country):
            yield from (centre, country)
        case AllOf(rules) | AnyOf(rules):
            for each in rules:
                yield from attributes(each)
        case ReachedThrough(key, named_by, inner):
            yield from (key, named_by)
            yield from attributes(inner)
        case EveryRow() | WithoutScope():
            return


def _stored_columns(expression: Any) -> Iterator[tuple[str, str]]:
    """The table columns in an expression."""
    clause = getattr(expression, "expression", expression)
    for element in visitors.iterate(clause):
        if isinstance(element, Column):
            yield element.table.name, element.name
