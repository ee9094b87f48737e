"""Writes the small world into an empty database."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import asyncpg

from models.database.connections import connect
from models.vocabulary import (
    CLOSED,
    EventKind,
    Ground,
    Outcome,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)
from models.volumes import age, fold
from tests.world import (
    APPLICANTS,
    BEGINNING,
    CASES,
    FEES,
    HOURS,
    Case,
    applicant_id,
    application_id,
    at,
    billing_code,
    decision_id,
    life_of,
    position,
    receipt_number,
)

_NO_STATUS = (EventKind.RECEIVED, EventKind.HELD, EventKind.RELEASED)
_DECISIONS = (EventKind.GRANTED, EventKind.REFUSED)
_BY_OFFICER = (EventKind.IN_VERIFICATION, EventKind.INFO_REQUESTED, *_DECISIONS)


async def small_world(url: str) -> None:
    """Write the small world with its volumes into an empty database."""
    connection = await connect(url)
    try:
        await populate(connection)
        await fold(connection)
        await age(connection)
    finally:
        await connection.close()


async def populate(connection: asyncpg.Connection) -> None:
    """Write the world into an empty database, in one transaction."""
    async with connection.transaction():
        await reference_data(connection)
        await applicants(connection)
        for case in CASES:
            await _application(connection, case)
            await _what_happened(connection, case)


async def _insert(connection: asyncpg.Connection, table: str, *rows: dict[str, object]) -> None:
    for row in rows:
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values()
        )


async def reference_data(connection: asyncpg.Connection) -> None:
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
        target |= {"promised_percent": 90 if clock == "CALLING_VISA" else 95}
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


async def applicants(connection: asyncpg.Connection) -> None:
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


def _at_first(case: Case, kind: str) -> datetime:
    """When something first happened that did."""
    return next(moment for happened, moment in life_of(case) if happened == kind)


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
    submitted_at = _at_first(case, "SUBMITTED")
    bill = {
        "billing_code": billing_code(case.reference),
        "application_id": application_id(case.reference),
        "amount_idr": FEES[case.visa_type],
        "issued_at": submitted_at,
        "due_at": submitted_at + timedelta(days=7),
        "paid_at": paid_at,
        "receipt_number": receipt_number(case.reference) if paid_at else None,
    }
    await _insert(connection, "bill", bill)


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
        screening = {"id": UUID(int=900_000 + position(case.reference)), "result": case.screening}
        screening |= {"kind": ScreeningKind.ENTRY_BAN, "requested_at": asked_at}
        await _insert(connection, "screening", this | screening | {"answered_at": asked_at})
