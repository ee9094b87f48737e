"""A plan answers the values of rows as they are: the executor would change or refuse none."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)
from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from gateway.execution.plan.cells import kind_of
from gateway.execution.plan.values import NotPlannableError
from gateway.mapping.catalogue import Catalogue
from gateway.mapping.declare import Column, MoneyColumn, ToMany, TranslatedColumn
from models.vocabulary import Role
from tests.gateway.ways import FULL

CATALOGUE = Catalogue(FULL)
#: Expressions that always have a value.
NEVER_NULL = {
    "Decision.isIncomplete",
    "DocumentUpload.ticket",  # put together of words that are never null
    "DocumentUpload.sha256",  # erased rows are out of everybody's reach
    "AccessEvent.inWords",  # put together of words that are never null
    "DataRequest.legalBasis",  # of each kind there is
    "KeyOperation.keys",  # as many as there are subjects, where nothing else was counted
    # Rows without these are out of everybody's reach: not proven yet, or removed.
    *(f"VisaDocument.{name}" for name in ("issuedAt", "code", "proof")),
    *("SavedView.name", "SavedView.query", "MonthNote.text"),
    # Those that fit a visa are out of everybody's reach.
    "Crossing.visaNumber",
    # Sealed together when somebody is handed in; one that is missing is an error.
    *(f"Identity.{name}" for name in ("fullName", "passportNumber", "birthDate", "email", "phone")),
}
#: Numbers that have more room in the database than they ever need.
SMALL = {
    *(f"BudgetException.{name}" for name in ("mostPeople", "minutes", "seen")),
    "DocumentUpload.size",
    "ScreeningReplayLine.files",
    "ScreeningReplayLine.unread",
    "ScreeningReplayLine.candidates",
    "WebhookDelivery.failures",
    "WebhookDelivery.lastNumber",
    "WebhookNotice.attempts",
    "WebhookNotice.number",
    "VisaType.stayDays",
    "Breach.peopleNotified",
    "GrantRule.version",
    "GrantRule.samplePercent",
    "GrantRule.hoursAfterPayment",
    "ReferenceChangeValue.line",
    "Fee.useWithinDays",
    "Application.useWithinDays",
    "Visa.stayDays",
    "Visa.extendedDays",
    "Correction.version",
    "IdentityVersion.number",
    "LinkerRead.version",
    "PersonLookup.found",
    "KeyOperation.keys",
    "PassportRule.months",
    "ExtensionRule.times",
    "ExtensionRule.days",
    "ServiceTarget.hours",
    "ServiceTarget.workingDays",
    "ServiceTarget.promisedPercent",
    "ApplicationEvent.sequence",
    "Inquiry.minutes",
    "Inquiry.mostPeople",
    "Inquiry.seen",
}


def values() -> Iterator[tuple[str, Any, Any]]:
    """Each field that is a value of a row: its coordinate, its type, and where it comes from."""
    for noun in CATALOGUE.nouns.values():
        type_ = FULL.type_map[noun.name]
        assert isinstance(type_, GraphQLObjectType)
        for name, field in noun.fields.items():
            coordinate, kind = f"{noun.name}.{name}", type_.fields[name].type
            match field.source:
                case Column(value) | MoneyColumn(value):
                    yield coordinate, kind, value
                case TranslatedColumn(columns):
                    yield from ((coordinate, kind, column) for column in columns.values())
                case _:
                    continue


VALUES = [*values()]


def named_type(kind: Any) -> GraphQLNamedType:
    return get_named_type(kind)


def is_nullable(source: InstrumentedAttribute[Any] | ColumnElement[Any]) -> bool:
    return bool(getattr(getattr(source, "expression", source), "nullable", True))


def test_these_tests_cover_many_fields() -> None:
    assert len(VALUES) > 50


@pytest.mark.parametrize(("coordinate", "kind", "source"), VALUES, ids=lambda one: str(one)[:40])
def test_a_value_that_is_never_null_has_a_column_that_is_never_null(
    coordinate: str, kind: Any, source: Any
) -> None:
    if isinstance(kind, GraphQLNonNull) and coordinate not in NEVER_NULL:
        assert not is_nullable(source)


def test_enum_values_are_stored_as_they_are_answered() -> None:
    enums = {
        named_type(kind) for _, kind, _ in VALUES if isinstance(named_type(kind), GraphQLEnumType)
    }
    assert len(enums) > 5
    for enum in enums:
        assert isinstance(enum, GraphQLEnumType)
        assert [str(getattr(one.value, "value", one.value)) for one in enum.values.values()] == [
            *enum.values
        ]


def test_numbers_of_64_bits_are_declared_as_such() -> None:
    wide = {
        coordinate
        for coordinate, kind, source in VALUES
        if isinstance(source.type, BigInteger) and named_type(kind).name in ("Int", "Hours")
    }
    assert wide == SMALL


def test_values_are_of_types_that_need_no_conversion() -> None:
    kinds = {
        named_type(kind).name
        for _, kind, _ in VALUES
        if not isinstance(named_type(kind), GraphQLEnumType)
    }
    assert kinds == {
        *("String", "Int", "Boolean", "Date", "DateTime"),
        *("CountryCode", "Hours", "Money"),
    }


@pytest.mark.parametrize("role", Role)
def test_every_column_is_of_a_kind_that_plans_read(role: Role) -> None:
    """Also what is only looked at: a field that reads another column would be the executor's."""
    unknown = {
        f"{noun.name}.{column.key}"
        for noun in CATALOGUE.nouns.values()
        for column in CATALOGUE.columns(noun, role)
        if not has_kind(column.type)
    }
    assert not unknown


def has_kind(type_: Any) -> bool:
    try:
        kind_of(type_)
    except NotPlannableError:
        return False
    return True


def test_a_list_is_there_even_where_it_is_empty() -> None:
    for noun in CATALOGUE.nouns.values():
        type_ = FULL.type_map[noun.name]
        assert isinstance(type_, GraphQLObjectType)
        for name, field in noun.fields.items():
            if isinstance(field.source, ToMany):
                kind = type_.fields[name].type
                assert isinstance(kind, GraphQLNonNull)
                assert isinstance(kind.of_type, GraphQLList)
