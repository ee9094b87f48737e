"""A world small enough to hold in mind: thirteen applications in the first weeks of 2025.

All times are WIB. B1 costs 500,000 rupiah and is to be decided within 24 hours; C1 costs
1,500,000 and takes 120 hours, or 336 for a calling-visa nationality (AF).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from uuid import UUID

import asyncpg

from models.vocabulary import (
    CLOSED,
    Channel,
    EventKind,
    Ground,
    Outcome,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)

WIB = timezone(timedelta(hours=7), "WIB")
BEGINNING = date(2020, 1, 1)
FEES = {"B1": 500_000, "C1": 1_500_000}
HOURS = {("B1", "STANDARD"): 24, ("C1", "STANDARD"): 120, ("C1", "CALLING_VISA"): 336}


@dataclass(frozen=True)
class Place:
    """How an application was lodged."""

    channel: Channel
    partner: str | None = None
    country: str | None = None
    centre: str | None = None


SYDNEY = Place(Channel.PARTNER_CENTRE, "NUSA", "AU", "AU-SYD")
MELBOURNE = Place(Channel.PARTNER_CENTRE, "NUSA", "AU", "AU-MEL")
NUSA_AU = Place(Channel.PARTNER_PORTAL, "NUSA", "AU")
NUSA_SG = Place(Channel.PARTNER_PORTAL, "NUSA", "SG")
NUSA_NZ = Place(Channel.PARTNER_GROUP, "NUSA", "NZ")
ANDALAN_AU = Place(Channel.PARTNER_PORTAL, "ANDALAN", "AU")
DIRECT = Place(Channel.DIRECT)


@dataclass(frozen=True)
class Case:
    """An application and its life: what happened, and when (month-day hour:minute)."""

    reference: str
    applicant: str
    visa_type: str
    place: Place
    life: str
    officer: str | None = None
    grounds: tuple[Ground, ...] = ()
    screening: ScreeningResult | None = None


#: Name and nationality; ``applicant`` is Ruby's own account.
APPLICANTS = {
    "Ruby Hale": "AU",
    "Jack Doyle": "AU",
    "Arjun Rao": "IN",
    "Mia Lund": "AU",
    "Tane Moana": "NZ",
    "Wei Tan": "SG",
    "Li Goh": "SG",
    "Anahera Pohe": "NZ",
    "Hemi Parata": "NZ",
    "Farid Noori": "AF",
    "Kiri Wihongi": "NZ",
    "Noah Finch": "AU",
}

CASES = (
    # Granted in 6 hours.
    Case("AUSY-GRAN-0001", "Ruby Hale", "B1", SYDNEY,
         "SUBMITTED 01-06 08:00, AWAITING_PAYMENT 01-06 08:05, PAID 01-06 09:00,"
         "RECEIVED 01-06 09:30, IN_VERIFICATION 01-06 10:00, SCREENING 01-06 12:00,"
         "GRANTED 01-06 15:00", "officer", screening=ScreeningResult.CLEAR),
    # Granted in 48 hours, a day too late.
    Case("AUSY-LATE-0002", "Jack Doyle", "B1", SYDNEY,
         "SUBMITTED 01-10 08:00, PAID 01-10 09:00, RECEIVED 01-10 11:00,"
         "IN_VERIFICATION 01-12 08:00, GRANTED 01-12 09:00", "officer"),
    # A hit: refused for security in 48 hours, which nobody outside may know.
    Case("AUPO-SECU-0003", "Arjun Rao", "C1", NUSA_AU,
         "SUBMITTED 01-13 09:00, PAID 01-13 10:00, RECEIVED 01-13 10:00,"
         "IN_VERIFICATION 01-13 12:00, SCREENING 01-14 10:00, REFUSED 01-15 10:00",
         "officer-2", (Ground.SECURITY,), ScreeningResult.HIT),
    # Asked for information, refused as incomplete in 12 hours.
    Case("AUME-INCO-0004", "Mia Lund", "B1", MELBOURNE,
         "SUBMITTED 01-20 08:00, PAID 01-20 09:00, RECEIVED 01-20 09:00,"
         "IN_VERIFICATION 01-20 10:00, INFO_REQUESTED 01-20 11:00, IN_VERIFICATION 01-20 19:00,"
         "REFUSED 01-20 21:00", "officer", (Ground.INCOMPLETE,)),
    # Refused in 4 hours, corrected to granted two days later.
    Case("ANDA-CORR-0005", "Tane Moana", "B1", ANDALAN_AU,
         "SUBMITTED 02-03 08:00, PAID 02-03 09:00, RECEIVED 02-03 09:00,"
         "IN_VERIFICATION 02-03 10:00, REFUSED 02-03 13:00, GRANTED 02-05 10:00",
         "officer-2", (Ground.INCOMPLETE,)),
    # Open, late, and on the desk of ``officer``.
    Case("SGPO-OPEN-0006", "Wei Tan", "B1", NUSA_SG,
         "SUBMITTED 02-10 08:00, PAID 02-10 09:00, RECEIVED 02-10 09:00,"
         "IN_VERIFICATION 02-10 10:00", "officer"),
    # Open, hit and held; late from 2 March on.
    Case("SGPO-HELD-0007", "Li Goh", "C1", NUSA_SG,
         "SUBMITTED 02-25 08:00, PAID 02-25 09:00, RECEIVED 02-25 09:00,"
         "IN_VERIFICATION 02-25 10:00, SCREENING 02-26 09:00, HELD 02-26 12:00",
         "officer-2", screening=ScreeningResult.HIT),
    # Paid on the last evening of January, granted two hours later in February.
    Case("NZGR-MIDN-0008", "Anahera Pohe", "B1", NUSA_NZ,
         "SUBMITTED 01-31 23:00, PAID 01-31 23:30, RECEIVED 01-31 23:30,"
         "IN_VERIFICATION 02-01 00:30, GRANTED 02-01 01:30", "officer-2"),
    # Withdrawn after payment.
    Case("NZGR-WITH-0009", "Hemi Parata", "B1", NUSA_NZ,
         "SUBMITTED 02-14 08:00, PAID 02-14 09:00, WITHDRAWN 02-15 08:00"),
    # Granted in 240 hours and revoked in March: it stays a grant of February.
    Case("DIRE-REVO-0010", "Farid Noori", "C1", DIRECT,
         "SUBMITTED 02-01 09:00, PAID 02-01 10:00, IN_VERIFICATION 02-03 10:00,"
         "SCREENING 02-04 10:00, GRANTED 02-11 10:00, REVOKED 03-05 10:00",
         "officer", screening=ScreeningResult.CLEAR),
    # Never paid: in no figure.
    Case("DIRE-UNPA-0011", "Ruby Hale", "B1", DIRECT,
         "SUBMITTED 02-20 08:00, AWAITING_PAYMENT 02-20 08:05"),
    # Asked for information, never answered: late from 7 February until it lapsed.
    Case("ANDA-LAPS-0012", "Kiri Wihongi", "B1", ANDALAN_AU,
         "SUBMITTED 02-06 08:00, PAID 02-06 09:00, RECEIVED 02-06 09:00,"
         "IN_VERIFICATION 02-06 10:00, INFO_REQUESTED 02-06 11:00, LAPSED 02-20 11:00",
         "officer"),
    # Paid, not yet handed over by the centre; late from 28 February on.
    Case("AUSY-PAID-0013", "Noah Finch", "B1", SYDNEY,
         "SUBMITTED 02-27 08:00, AWAITING_PAYMENT 02-27 08:05, PAID 02-27 09:00"),
)  # fmt: skip


def at(moment: str) -> datetime:
    """``01-06 09:00`` as an instant."""
    return datetime.strptime(f"2025-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=WIB)


def life_of(case: Case) -> list[tuple[EventKind, datetime]]:
    steps = (step.strip().split(" ", 1) for step in case.life.split(","))
    return [(EventKind(kind), at(moment)) for kind, moment in steps]


def application_id(reference: str) -> UUID:
    return UUID(int=1000 + _position(reference))


def applicant_id(name: str) -> UUID:
    return UUID(int=1 + list(APPLICANTS).index(name))


def decision_id(reference: str, number: int = 1) -> UUID:
    """Decisions are numbered from 1 within an application."""
    return UUID(int=number * 100_000 + _position(reference))


def _position(reference: str) -> int:
    return 1 + [case.reference for case in CASES].index(reference)


# Into the database -------------------------------------------------------------------------------

_NO_STATUS = (EventKind.RECEIVED, EventKind.HELD, EventKind.RELEASED)
_DECISIONS = (EventKind.GRANTED, EventKind.REFUSED)
_BY_OFFICER = (EventKind.IN_VERIFICATION, EventKind.INFO_REQUESTED, *_DECISIONS)


async def populate(connection: asyncpg.Connection) -> None:
    """Write the world into an empty database, in one transaction."""
    async with connection.transaction():
        await _reference_data(connection)
        await _applicants(connection)
        for case in CASES:
            await _application(connection, case)
            await _what_happened(connection, case)


async def _insert(connection: asyncpg.Connection, table: str, *rows: dict[str, object]) -> None:
    for row in rows:
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values()
        )


async def _reference_data(connection: asyncpg.Connection) -> None:
    countries = (
        ("AU", "AUS", "Australia", "Australia"),
        ("SG", "SGP", "Singapore", "Singapura"),
        ("NZ", "NZL", "New Zealand", "Selandia Baru"),
        ("IN", "IND", "India", "India"),
        ("AF", "AFG", "Afghanistan", "Afganistan"),
    )
    for code, iso3, name_en, name_id in countries:
        country = {"code": code, "iso3": iso3, "name_en": name_en, "name_id": name_id}
        entry = "CALLING_VISA" if code == "AF" else "VISA_ON_ARRIVAL"
        rule = {"country_code": code, "valid_from": BEGINNING, "entry": entry}
        await _insert(connection, "country", country)
        await _insert(connection, "entry_rule", rule)
    visa_types = (
        ("B1", "Visa on arrival", "Visa saat kedatangan", 30),
        ("C1", "Tourist visa, single entry", "Visa wisata sekali masuk", 60),
    )
    for code, name_en, name_id, stay_days in visa_types:
        visa_type = {"code": code, "name_en": name_en, "name_id": name_id, "category": "TOURISM"}
        visa_type |= {"stay_days": stay_days, "is_multiple_entry": False, "valid_from": BEGINNING}
        fee = {"visa_type_code": code, "valid_from": BEGINNING, "amount_idr": FEES[code]}
        await _insert(connection, "visa_type", visa_type)
        await _insert(connection, "fee", fee)
    for (code, clock), hours in HOURS.items():
        target = {"visa_type_code": code, "clock": clock, "valid_from": BEGINNING, "hours": hours}
        await _insert(connection, "service_target", target)
    partners = {"NUSA": ("Nusa Visa Services", "AU SG NZ"), "ANDALAN": ("Andalan Visa", "AU SG")}
    for code, (name, served) in partners.items():
        await _insert(connection, "partner", {"code": code, "name": name})
        for country in served.split():
            opened = {"partner_code": code, "country_code": country, "opened_on": BEGINNING}
            await _insert(connection, "partner_country", opened)
    for code, partner, city in (
        ("AU-SYD", "NUSA", "Sydney"),
        ("AU-MEL", "NUSA", "Melbourne"),
        ("AU-PER", "ANDALAN", "Perth"),
        ("SG-SIN", "NUSA", "Singapore"),
    ):
        centre = {"code": code, "partner_code": partner, "country_code": code[:2], "city": city}
        await _insert(connection, "centre", centre | {"opened_on": BEGINNING})


async def _applicants(connection: asyncpg.Connection) -> None:
    for number, (name, nationality) in enumerate(APPLICANTS.items(), start=1):
        applicant = {
            "id": applicant_id(name),
            "account": "applicant" if name == "Ruby Hale" else None,
            "nationality_code": nationality,
            "passport_last_four": f"{number:04}",
            "created_at": at("01-01 00:00") + timedelta(minutes=number),
        }
        identity = {
            "applicant_id": applicant_id(name),
            "full_name": name,
            "passport_number": f"P{nationality}{number:04}",
            "birth_date": date(1980, 1, 1) + timedelta(days=400 * number),
            "email": f"{name.split()[0].lower()}@example.org",
            "phone": f"+62 811 000 {number:04}",
        }
        await _insert(connection, "applicant", applicant)
        await _insert(connection, "identity", identity)


def _status(case: Case) -> Status:
    return Status([kind.value for kind, _ in life_of(case) if kind not in _NO_STATUS][-1])


def _first(case: Case, *kinds: str) -> datetime | None:
    return next((moment for kind, moment in life_of(case) if kind in kinds), None)


def _paused(case: Case) -> timedelta:
    steps = [step for step in life_of(case) if step[0] not in _NO_STATUS]
    return sum(
        (
            after - moment
            for (kind, moment), (_, after) in pairwise(steps)
            if kind == "INFO_REQUESTED"
        ),
        timedelta(),
    )


async def _application(connection: asyncpg.Connection, case: Case) -> None:
    nationality, paid_at = APPLICANTS[case.applicant], _first(case, "PAID")
    clock = "CALLING_VISA" if nationality == "AF" else "STANDARD"
    paid = (
        {
            "paid_at": paid_at,
            "fee_idr": FEES[case.visa_type],
            "target_due_at": paid_at + timedelta(hours=HOURS[case.visa_type, clock]),
        }
        if paid_at
        else {}
    )
    decisions = _decisions(case)
    row = {
        "id": application_id(case.reference),
        "reference": case.reference,
        "applicant_id": applicant_id(case.applicant),
        "nationality_code": nationality,
        "visa_type_code": case.visa_type,
        "channel": case.place.channel,
        "partner_code": case.place.partner,
        "country_code": case.place.country,
        "centre_code": case.place.centre,
        "status": _status(case),
        "submitted_at": _first(case, "SUBMITTED"),
        "received_at": _first(case, "RECEIVED"),
        "closed_at": _first(case, *CLOSED),
        "paused_seconds": int(_paused(case).total_seconds()),
        "was_info_requested": _first(case, "INFO_REQUESTED") is not None,
        "is_referred": case.screening is ScreeningResult.HIT,
        "is_held": _first(case, "HELD") is not None,
        "current_decision_id": decisions[-1]["id"] if decisions else None,
    }
    await _insert(connection, "application", row | paid)
    await _insert(connection, "decision", *decisions)


def _decisions(case: Case) -> list[dict[str, object]]:
    made = [step for step in life_of(case) if step[0] in _DECISIONS]
    return [
        {
            "id": decision_id(case.reference, number),
            "application_id": application_id(case.reference),
            "outcome": Outcome(kind.value),
            "ground": case.grounds[number - 1] if kind == "REFUSED" else None,
            "decided_at": moment,
            "officer": case.officer if number == 1 else "supervisor",
            "internal_note": "Matches the watch list." if Ground.SECURITY in case.grounds else None,
            "supersedes_id": decision_id(case.reference, number - 1) if number > 1 else None,
        }
        for number, (kind, moment) in enumerate(made, start=1)
    ]


async def _what_happened(connection: asyncpg.Connection, case: Case) -> None:
    this = {"application_id": application_id(case.reference)}
    for number, (kind, moment) in enumerate(life_of(case), start=1):
        event = {"sequence": number, "kind": kind, "occurred_at": moment}
        if kind in _BY_OFFICER:
            event |= {"actor": case.officer, "actor_role": Role.OFFICER}
        await _insert(connection, "application_event", this | event)
    if case.officer:
        assigned = {"officer": case.officer, "assigned_at": _first(case, "IN_VERIFICATION")}
        await _insert(
            connection, "assignment", this | assigned | {"ended_at": _first(case, *CLOSED)}
        )
    if case.screening:
        asked_at = _first(case, "SCREENING")
        screening = {"id": UUID(int=900_000 + _position(case.reference)), "result": case.screening}
        screening |= {"kind": ScreeningKind.ENTRY_BAN, "requested_at": asked_at}
        await _insert(connection, "screening", this | screening | {"answered_at": asked_at})
