"""The columns that the statements of a role read: exactly these are granted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column as StoredColumn
from sqlalchemy.sql import visitors

from gateway.mapping.catalogue import Catalogue, DeclaredNoun
from gateway.mapping.declare import (
    Beside,
    ChangePosition,
    Column,
    DerivedField,
    MoneyColumn,
    RuledValue,
    Source,
    ToMany,
    ToOne,
    ToPages,
    TranslatedColumn,
)
from gateway.mapping.queues import columns_of_queues
from gateway.policy import POLICY
from gateway.rules import (
    AllOf,
    AnyOf,
    Attribute,
    EveryRow,
    InOwnPools,
    InTheFuture,
    InThePast,
    IsNull,
    KeptFrom,
    NoneOf,
    NotOwn,
    OfFamilyJustTaken,
    Own,
    OwnPlace,
    ReachedThrough,
    Recent,
    Rule,
    WithoutScope,
)
from models.vocabulary import Role
from models.volumes.officers import desks

Grants = Mapping[str, frozenset[str]]


def columns_read(catalogue: Catalogue, role: Role) -> Grants:
    """The columns that a role reads, by table.

    The policy says who reads a field; the catalogue says which columns a field is, and no more.
    What the first wall makes of the two has no say here, so that a fault of it ends there.
    """
    columns_by_table: defaultdict[str, set[str]] = defaultdict(set)
    for noun in catalogue.ruled.values():
        rule = POLICY[noun.name].rows.get(role)
        if rule is None:
            continue
        for expression in (*_noun_columns(catalogue, noun, role), *attributes(rule)):
            for table, column in _stored_columns(expression):
                columns_by_table[table].add(column)
    return {table: frozenset(columns) for table, columns in sorted(columns_by_table.items())}


def _reads(role: Role, type_name: str, field_name: str) -> bool:
    access = POLICY.get(type_name)
    return access is not None and role in access.fields.get(field_name, ())


def _noun_columns(catalogue: Catalogue, noun: DeclaredNoun, role: Role) -> Iterator[Any]:
    """The columns selected for a noun, and those by which its links select and order rows."""
    yield noun.key
    for field in noun.fields.values():
        if _reads(role, noun.name, field.name):
            yield from _field_columns(field.source, role)
    yield from _link_columns(catalogue, noun, role)
    if noun.name == "Application":
        yield from columns_of_queues(role)
        if role in POLICY["OfficerRow"].rows:
            yield from desks().selected_columns


def _field_columns(source: Source, role: Role) -> Iterator[Any]:
    """The columns that a field of this source reads."""
    match source:
        case Column(value) | MoneyColumn(value):
            yield value
        case TranslatedColumn(columns):
            yield from columns.values()
        case ToOne(local):
            yield local
        case ToMany(local, remote, order):
            yield from (local, remote, *order)
        case ToPages(local, remote, order):
            yield from (local, remote, order)
        case ChangePosition(written_in, id_):
            yield from (written_in, id_)
        case DerivedField(facts=facts):
            for fact in facts:
                if _reads(role, *fact.coordinate):
                    yield from _fact_columns(fact.value)
        case RuledValue():
            return  # the noun behind it says what that value reads


def _fact_columns(value: Any) -> Iterator[Any]:
    """The columns that a fact reads."""
    if isinstance(value, Beside):
        yield from (value.local, value.remote, value.value)
    else:
        yield value


def _link_columns(catalogue: Catalogue, noun: DeclaredNoun, role: Role) -> Iterator[Any]:
    """The columns by which readable links of other nouns select rows of this one."""
    for other in catalogue.nouns.values():
        for field in other.fields.values():
            remote = getattr(field.source, "remote", None)
            is_link_here = remote is not None and field.target_name == noun.name
            if is_link_here and _reads(role, other.name, field.name):
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
            | OfFamilyJustTaken(column)
        ):
            yield column
        case InOwnPools(visa_type, channel, nationality):
            yield from (visa_type, channel, nationality)
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
        if isinstance(element, StoredColumn):
            table = getattr(element.table, "element", element.table)  # of an alias
            yield table.name, element.name
