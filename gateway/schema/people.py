"""The resolver of `people`: files of a person, by passport or by name and birth date."""

from datetime import date
from typing import Annotated

import strawberry
from sqlalchemy import ARRAY, Text, func, literal, select

from gateway.access.rows import meets, reachable, vouch_for
from gateway.errors import ArgumentError, ErrorCode, FieldError
from gateway.mapping.context import Context
from gateway.mapping.scalars import CountryCode
from gateway.policy import LOOKED_UP_FOR, LOOKED_UP_IN
from gateway.schema.applicant import Applicant
from models import Applicant as ApplicantRow
from models import Inquiry
from models.key_service import KeyServiceError, KeyUse
from models.person.matching import name_message, passport_message
from models.vocabulary import IndexKind

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
    by: Annotated[PeopleBy, strawberry.argument(description="Whom to look for.")],
) -> list[Applicant] | None:
    context: Context = info.context
    kind, message = _message(by)
    if message is None:
        raise ArgumentError(("by",), "A name has letters.")
    await _require_a_case(context)
    digests = [digest.hex() for digest in await _digests(context, message)]
    found = await context.session.rows(
        vouch_for(
            select(
                func.viewer.people_found(
                    context.viewer.role.value,
                    context.stated_purpose.case_reference,
                    literal(digests, ARRAY(Text)),
                ).label("people")
            ),
            Applicant.__name__,
        )
    )
    ids = list(found[0].people or ())[:MOST_FOUND]
    # Before it is told: a look-up that cannot be logged is not answered.
    await context.record_lookup(kind, len(ids))
    noun = context.catalogue.nouns[Applicant.__name__]
    rows = await context.loaders.by(noun, ApplicantRow.id).load_many(ids)
    return [row for row in rows if row is not None]


def _message(by: PeopleBy) -> tuple[IndexKind, bytes | None]:
    if by.passport:
        passport = passport_message(by.passport.issuing_state, by.passport.number)
        return IndexKind.PASSPORT, passport
    assert by.name_and_birth_date
    name = by.name_and_birth_date
    return IndexKind.NAME_AND_BIRTH_DATE, name_message(name.full_name, name.birth_date)


async def _require_a_case(context: Context) -> None:
    """The purpose names a case, or a request, for which this role looks people up, or an inquiry in
    which."""
    if await _is_in_an_inquiry(context):
        return
    reference, rule = LOOKED_UP_FOR[context.viewer.role]
    noun = reference.class_.__name__
    case = (
        select(reference.class_.id)
        .where(reference == context.stated_purpose.case_reference)
        .where(reachable(noun, context.viewer))
        .where(meets(rule, context.viewer))
    )
    if not await context.session.rows(vouch_for(case, noun)):
        raise FieldError(
            ErrorCode.PURPOSE_NOT_ALLOWED,
            "People are looked up for a case: an officer's lies on the own desk, an auditor's is an"
            " open request of whoever is looked for; or in an own inquiry that lasts.",
        )


async def _is_in_an_inquiry(context: Context) -> bool:
    rule = LOOKED_UP_IN.get(context.viewer.role)
    if rule is None or not context.stated_purpose.is_inquiry:
        return False
    inquiry = (
        select(Inquiry.id)
        .where(Inquiry.reference == context.stated_purpose.case_reference)
        .where(reachable("Inquiry", context.viewer))
        .where(meets(rule, context.viewer))
    )
    return bool(await context.session.rows(vouch_for(inquiry, "Inquiry")))


async def _digests(context: Context, message: bytes) -> list[bytes]:
    if context.keys is None:
        raise _no_keys()
    try:
        [digests] = await context.keys.digests(KeyUse.PERSON_INDEX, [message])
    except KeyServiceError as error:
        raise _no_keys() from error
    return [digest.value for digest in digests]


def _no_keys() -> FieldError:
    return FieldError(ErrorCode.UNAVAILABLE, "Nobody can be looked up now. Try again later.")
