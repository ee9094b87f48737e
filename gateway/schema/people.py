"""Look-ups of people: files of a person, by passport or by name and birth date; and the record of
who looked somebody up.
"""

import contextlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ARRAY, ColumnElement, Text, exists, func, literal, select

from gateway.access.rows import meets_in_role, reachable_in_role
from gateway.access.transactions.prepared import bind_for
from gateway.access.vault import ceiling_reached, statement_of, weak_sign_in
from gateway.errors import ArgumentError, ErrorCode, FieldError
from gateway.mapping.context import Context
from gateway.mapping.declare import Node, column, noun
from gateway.mapping.scalars import CountryCode
from gateway.policy import LOOKED_UP_FOR, LOOKED_UP_IN
from gateway.rules import Attribute, Rule
from gateway.schema.applicant import Applicant
from models import Applicant as ApplicantRow
from models import Application, Inquiry
from models import PersonLookup as PersonLookupRow
from models.key_service import (
    KeyService,
    KeyServiceError,
    KeyUse,
    ViewerCeilingError,
    WeakSignInError,
)
from models.person.matching import name_message, passport_message
from models.vocabulary import IndexKind, Purpose, Role


@noun(key=PersonLookupRow.id)
class PersonLookup(Node):
    """One look-up of a person by `people`; never changed, never removed.

    It records the kind of search, by passport or by name, and whom it was for as a digest that
    nobody reads: two auditors together have it compared with somebody who asks
    (`proposeLookupOpening`).
    """

    occurred_at: datetime = column(PersonLookupRow.occurred_at, "When.", filters=True, orders=True)
    actor: str = column(PersonLookupRow.actor, "Subject who looked.", filters=True)
    actor_role: Role = column(PersonLookupRow.actor_role, "Role in which it was done.")
    purpose: Purpose = column(PersonLookupRow.purpose, "Why.")
    case_reference: str = column(
        PersonLookupRow.case_reference, "The case it was done for, such as `7K3M-9QPX-2F4D`."
    )
    by: IndexKind = column(PersonLookupRow.by, "By what.")
    found: int = column(PersonLookupRow.found, "How many files were found: none in a miss.")


#: More share a digest only by a mistake of what was typed.
MOST_FOUND = 50


@strawberry.input(description="A passport.")
class PassportInput:
    issuing_state: CountryCode = strawberry.field(
        description="ISO 3166 alpha-2 code of the state that issued it."
    )
    number: str = strawberry.field(description="Its number, in any writing.")


@strawberry.input(description="A name and a birth date.")
class NameAndBirthDateInput:
    full_name: str = strawberry.field(description="The name, in any spelling and order.")
    birth_date: date = strawberry.field(description="Date of birth.")


@strawberry.input(one_of=True, description="One way to look a person up.")
class PeopleBy:
    passport: PassportInput | None = strawberry.field(
        default=strawberry.UNSET, description="By a passport, now or before a correction."
    )
    name_and_birth_date: NameAndBirthDateInput | None = strawberry.field(
        default=strawberry.UNSET, description="By a name that is alike, and the birth date."
    )


async def people(
    info: strawberry.Info,
    by: Annotated[PeopleBy, strawberry.argument(description="The person to look for.")],
) -> list[Applicant] | None:
    context: Context = info.context
    found = await context.once(str(info.path.key), lambda: _look_up(context, by))
    noun = context.services.catalogue.nouns[Applicant.__name__]
    rows = await context.loaders.by(noun, ApplicantRow.id).load_many(found)
    return [row for row in rows if row is not None]


async def _look_up(context: Context, by: PeopleBy) -> list[UUID]:
    kind, message = _message(by)
    if message is None:
        raise ArgumentError(("by",), "A name must have letters.")
    # First, since a digest for which there is no reason must not be made.
    allowed = select(literal(value=True).label("is_allowed")).where(_is_for_a_case(context))
    [found] = await context.session.fetch(bind_for(context.viewer, Applicant.__name__, allowed))
    if not found:
        raise FieldError(
            ErrorCode.PURPOSE_NOT_ALLOWED,
            "People are looked up for a reason on record: officers for a case on their own desk,"
            " supervisors for any case or in an inquiry of their own that has not ended, auditors"
            " for an open data request.",
        )
    keys, stated = _keys(context), statement_of(context.viewer)
    with _key_errors():
        made = await keys.look_up(message, stated)
    case, role = context.audit.stated_purpose.case_reference, context.viewer.role
    its_applicant = (
        select(Application.applicant_id)
        .where(Application.reference == case)
        .where(reachable_in_role(Application.__name__, role))
    )
    looked_up: Any = select(
        func.viewer.people_found(
            role.value, literal([one.value.hex() for one in made.digests], ARRAY(Text))
        ).label("people"),
        its_applicant.scalar_subquery().label("applicant"),
    )
    [found] = await context.session.fetch(bind_for(context.viewer, Applicant.__name__, looked_up))
    ids: list[UUID] = [*(found[0].people or ())][:MOST_FOUND]
    # Before the answer: a look-up that cannot be logged is not answered.
    await context.audit.record_lookup(
        kind, len(ids), made.sought, found_applicant=found[0].applicant in ids
    )
    return ids


def _message(by: PeopleBy) -> tuple[IndexKind, bytes | None]:
    if by.passport:
        passport = passport_message(by.passport.issuing_state, by.passport.number)
        return IndexKind.PASSPORT, passport
    assert by.name_and_birth_date
    name = by.name_and_birth_date
    return IndexKind.NAME_AND_BIRTH_DATE, name_message(name.full_name, name.birth_date)


def _is_for_a_case(context: Context) -> ColumnElement[bool]:
    """Whether the purpose names an inquiry in which this role looks people up; or a case, or a
    request, for which."""
    rule = LOOKED_UP_IN.get(context.viewer.role)
    if rule and context.audit.stated_purpose.is_inquiry:
        return _is_named(context, Inquiry.reference, rule)
    return _is_named(context, *LOOKED_UP_FOR[context.viewer.role])


def _is_named(context: Context, reference: Attribute, rule: Rule) -> ColumnElement[bool]:
    """Whether the purpose names such a row within reach."""
    noun = reference.class_
    return exists(
        select(noun.id)
        .where(reference == context.audit.stated_purpose.case_reference)
        .where(reachable_in_role(noun.__name__, context.viewer.role))
        .where(meets_in_role(rule))
    )


async def digests_of(context: Context, message: bytes) -> list[bytes]:
    """What the index has of a person: one digest for each key that is accepted."""
    keys, stated = _keys(context), statement_of(context.viewer)
    with _key_errors():
        [digests] = await keys.digests(KeyUse.PERSON_INDEX, [message], stated)
    return [digest.value for digest in digests]


def _keys(context: Context) -> KeyService:
    if context.services.keys is None:
        raise _no_keys()
    return context.services.keys


@contextlib.contextmanager
def _key_errors() -> Iterator[None]:
    try:
        yield
    except ViewerCeilingError as error:
        raise ceiling_reached(error) from error
    except WeakSignInError as error:
        raise weak_sign_in(error) from error
    except KeyServiceError as error:
        raise _no_keys() from error


def _no_keys() -> FieldError:
    return FieldError(ErrorCode.UNAVAILABLE, "Nobody can be looked up now. Try again later.")


def people_field() -> Any:
    return strawberry.field(
        resolver=people,
        description="The files of a person, up to"
        f" {MOST_FOUND}, wherever they were lodged: for a case, which the purpose names. An officer"
        " looks from a case on the own desk. Each look-up is logged, found or not.",
    )
