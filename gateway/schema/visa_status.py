"""Whether a visa can be used, in one word for carriers and border control; and who asked."""

import re
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, NamedTuple

import strawberry
from sqlalchemy import ARRAY, Date, Text, func, literal, select

from gateway.access.transactions.prepared import bind_for
from gateway.errors import ArgumentError
from gateway.mapping.arguments import FieldArguments, Parsing, asked_of, parsed_by
from gateway.mapping.connections import connection_field
from gateway.mapping.context import Context
from gateway.mapping.declare import Node, column, noun
from gateway.mapping.enums import VisaStatus
from gateway.schema.people import PassportInput, digests_of
from models import VisaCheck as VisaCheckRow
from models.case.visa_check import CHECKED_HOURS_AFTER, CHECKED_HOURS_BEFORE
from models.instants import wib_day
from models.person.matching import passport_message
from models.vocabulary import Role

_FLIGHT_NUMBER = re.compile("[A-Z0-9]{3,8}")
#: What is no visa number is looked for like one that nobody has.
_LONGEST_NUMBER = 20


@noun(key=VisaCheckRow.id)
class VisaCheck(Node):
    """One question of `visaStatus`; never changed, never removed. It never says about whom."""

    occurred_at: datetime = column(VisaCheckRow.occurred_at, "When.", filters=True, orders=True)
    actor: str = column(VisaCheckRow.actor, "Subject who asked.", filters=True)
    actor_role: Role = column(VisaCheckRow.actor_role, "Role in which it was asked.")
    flight_number: str | None = column(
        VisaCheckRow.flight_number, "For which flight; null where border control named none."
    )
    departs_on: date | None = column(
        VisaCheckRow.departs_on, "On which day that flight departs, in WIB."
    )
    is_usable: bool = column(VisaCheckRow.is_usable, "Whether the answer was OK.")


@strawberry.input(description="A flight to the country.")
class FlightInput:
    number: str = strawberry.field(description="Its number, such as `QF43`.")
    departs_at: datetime = strawberry.field(
        description=f"When it departs: at most {CHECKED_HOURS_BEFORE} hours from now, or"
        f" {CHECKED_HOURS_AFTER} ago."
    )


class Flight(NamedTuple):
    """A flight, as the log has it."""

    number: str
    departs_on: date


def parse_check(arguments: FieldArguments) -> Parsing[Flight | None]:
    """The flight that is asked for: a carrier names one."""
    given = arguments.values.get("flight")
    if given is None:
        if arguments.context.viewer.role is Role.CARRIER:
            yield ArgumentError(("flight",), "A carrier asks for a flight: name it.")
        return None
    number = "".join(given["number"].split()).upper()
    if not _FLIGHT_NUMBER.fullmatch(number):
        yield ArgumentError(("flight", "number"), "A flight number has 3 to 8 letters and digits.")
    departs_at, now = given["departsAt"], datetime.now(UTC)
    if not (
        now - timedelta(hours=CHECKED_HOURS_AFTER)
        <= departs_at
        <= now + timedelta(hours=CHECKED_HOURS_BEFORE)
    ):
        yield ArgumentError(
            ("flight", "departsAt"),
            f"Visas are checked from {CHECKED_HOURS_BEFORE} hours before a flight departs until"
            f" {CHECKED_HOURS_AFTER} hours after.",
        )
    return Flight(number, wib_day(departs_at))


async def visa_status(
    info: strawberry.Info,
    visa_number: Annotated[str, strawberry.argument(description="The number of the visa.")],
    passport: Annotated[
        PassportInput, strawberry.argument(description="The passport of who travels.")
    ],
    flight: Annotated[
        FlightInput | None,
        strawberry.argument(description="For which flight: a carrier names one."),
    ] = None,
) -> VisaStatus | None:
    context: Context = info.context
    asked: Flight | None = asked_of(info)
    return await context.once(
        str(info.path.key), lambda: _check(context, visa_number, passport, asked)
    )


async def _check(
    context: Context, visa_number: str, passport: PassportInput, asked: Flight | None
) -> VisaStatus:
    number = "".join(visa_number.split()).upper()[:_LONGEST_NUMBER]
    message = passport_message(passport.issuing_state, passport.number)
    digests = await digests_of(context, message)
    flight_number, departs_on = asked or (None, None)
    status = func.viewer.visa_status(
        context.viewer.role.value,
        literal(number, Text),
        literal([one.hex() for one in digests], ARRAY(Text)),
        literal(flight_number, Text),
        literal(departs_on, Date),
    )
    statement = select(status.label("is_usable"))
    [[found]] = await context.session.fetch(bind_for(context.viewer, VisaCheck.__name__, statement))
    passengers = [sha256(number.encode() + one).digest() for one in digests]
    # Before the answer: a check that cannot be logged is not answered.
    await context.audit.record_visa_check(
        passengers, flight_number, departs_on, is_usable=found.is_usable
    )
    # Nothing is told by how long it took.
    context.found_nothing = True
    return VisaStatus.OK if found.is_usable else VisaStatus.NOT_OK


def visa_status_field() -> Any:
    return strawberry.field(
        resolver=visa_status,
        metadata=parsed_by(parse_check),
        description="Whether the holder of a passport can enter by a visa, on the day of a flight"
        " or today. A carrier is answered once for a passenger and a flight: whoever asks again is"
        " told the same, and an alert is raised. Each question is logged.",
    )


def visa_checks_field() -> Any:
    return connection_field(
        VisaCheck,
        "Who asked whether visas can be used, the newest first.",
        order="occurred_at",
        newest_first=True,
    )
