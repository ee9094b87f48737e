"""Writes the small world into an empty database."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg

from models.database.connections import connected
from models.reference.ledger import record_beginning
from models.vocabulary import (
    CLOSED,
    EventKind,
    Ground,
    LinkState,
    Outcome,
    RequestedItemKind,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)
from models.volumes import age, fold
from tests.people import as_written
from tests.world import (
    APPLICANTS,
    BEGINNING,
    CASES,
    DAYS_OFF,
    ELIGIBLE,
    EVENTS,
    FEES,
    FOUND,
    HOURS,
    LINKS,
    LOOKED,
    MONTHS,
    REASONS,
    REQUIRED,
    RULES_OF_WORK,
    STAY,
    TICKET,
    VISA_TYPES,
    Case,
    applicant_id,
    application_id,
    at,
    billing_code,
    decision_id,
    life_of,
    link_id,
    lookup_id,
    position,
    receipt_number,
    requested_item_id,
    visa_number,
)

_NO_STATUS = (EventKind.RECEIVED, EventKind.HELD, EventKind.RELEASED)
_DECISIONS = (EventKind.GRANTED, EventKind.REFUSED)
_BY_OFFICER = (EventKind.IN_VERIFICATION, EventKind.INFO_REQUESTED, *_DECISIONS)


async def small_world(url: str) -> None:
    """Write the small world with its volumes into an empty database."""
    async with connected(url) as connection:
        await populate(connection)
        await fold(connection)
        await age(connection)


async def populate(connection: asyncpg.Connection) -> None:
    """Write the world into an empty database, in one transaction."""
    async with connection.transaction():
        for table in ("access_event", "linker_read"):
            await connection.execute("SELECT make_partition($1, '2025-01-01Z')", table)
        await reference_data(connection)
        await record_beginning(connection)
        await applicants(connection)
        for case in CASES:
            await add_case(connection, case)
        await _links(connection)
        for table, row in FOUND.items():
            await _insert(connection, table, row)
        for table in ("alert", "account_outbox WHERE source = 'alert'"):  # of hits of before
            await connection.execute(f"DELETE FROM {table}")


async def add_case(connection: asyncpg.Connection, case: Case) -> None:
    """Write one case whose applicant is there."""
    async with connection.transaction():
        await _application(connection, case)
        await _what_happened(connection, case)


async def _insert(connection: asyncpg.Connection, table: str, *rows: dict[str, object]) -> None:
    for row in rows:
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"
        await connection.execute(statement, *row.values())


async def reference_data(connection: asyncpg.Connection) -> None:
    countries = (
        ("AU", "AUS", "Australia", "Australia", "OCEANIA"),
        ("SG", "SGP", "Singapore", "Singapura", "SOUTHEAST_ASIA"),
        ("NZ", "NZL", "New Zealand", "Selandia Baru", "OCEANIA"),
        ("IN", "IND", "India", "India", "SOUTH_AND_CENTRAL_ASIA"),
        ("AF", "AFG", "Afghanistan", "Afganistan", "SOUTH_AND_CENTRAL_ASIA"),
    )
    for code, iso3, name_en, name_id, region in countries:
        country = {"code": code, "iso3": iso3, "name_en": name_en, "name_id": name_id}
        entry = "CALLING_VISA" if code == "AF" else "VISA_ON_ARRIVAL"
        rule = {"country_code": code, "valid_from": BEGINNING, "entry": entry}
        await _insert(connection, "country", country | {"region": region})
        await _insert(connection, "entry_rule", rule)
    await connection.executemany("INSERT INTO day_off VALUES ($1, $2, $3, $4)", DAYS_OFF)
    await connection.executemany("INSERT INTO named_event VALUES ($1, $2, $3, $4, $5, $6)", EVENTS)
    for code, name_en, name_id in VISA_TYPES:
        visa_type = {"code": code, "name_en": name_en, "name_id": name_id, "category": "TOURISM"}
        visa_type |= {"stay_days": STAY[code], "is_multiple_entry": False, "valid_from": BEGINNING}
        of_type = {"visa_type_code": code, "valid_from": BEGINNING}
        await _insert(connection, "visa_type", visa_type)
        served = [of_type | {"entry": e, "purpose": p, "is_open": True} for e, p in ELIGIBLE[code]]
        await _insert(connection, "eligibility", *served)
        await _insert(connection, "passport_rule", of_type | {"months": MONTHS[code]})
        fee = of_type | {"use_within_days": 90, "amount_idr": FEES[code], "is_offered": True}
        await _insert(connection, "fee", fee)
        belongs = [of_type | {"kind": kind, "is_required": True} for kind in REQUIRED.get(code, ())]
        await _insert(connection, "required_document", *belongs)
    for (code, clock), hours in HOURS.items():
        target = {"visa_type_code": code, "clock": clock, "valid_from": BEGINNING, "hours": hours}
        target |= {"promised_percent": 90 if clock == "CALLING_VISA" else 95}
        await _insert(connection, "service_target", target)
    for table, rows in RULES_OF_WORK.items():
        await _insert(connection, table, *rows)
    await connection.execute("INSERT INTO extension_rule VALUES ('B1', '2020-1-1', 1, 30, 500000)")
    partners = {"NUSA": ("Nusa Visa Services", "AU SG NZ"), "ANDALAN": ("Andalan Visa", "AU SG")}
    for code, (name, served) in partners.items():
        await _insert(connection, "partner", {"code": code, "name": name})
        opened = {"partner_code": code, "opened_on": BEGINNING}
        each = [opened | {"country_code": country} for country in served.split()]
        await _insert(connection, "partner_country", *each)
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
            "sex": ("F", "M", "X")[number % 3],
            "place_of_birth": f"Birthplace {number}",
            "passport_issuing_state": nationality,
            "passport_expires_on": date(2035, 1, 1) + timedelta(days=number),
        }
        await _insert(connection, "applicant", applicant)
        await _insert(connection, "identity", await as_written(identity))


def _status(case: Case) -> Status:
    return Status([kind.value for kind, _ in life_of(case) if kind not in _NO_STATUS][-1])


def _first(case: Case, *kinds: str) -> datetime | None:
    return next((moment for kind, moment in life_of(case) if kind in kinds), None)


def _paused_time(case: Case) -> timedelta:
    steps = [step for step in life_of(case) if step[0] not in _NO_STATUS]
    return sum(
        (
            after - moment
            for (kind, moment), (_, after) in pairwise(steps)
            if kind == "INFO_REQUESTED"
        ),
        timedelta(),
    )


async def _links(connection: asyncpg.Connection) -> None:
    """What the LINKER found, and what officers said of it."""
    for number, link in enumerate(LINKS):
        values = {"resolved_at": at("03-01 09:00"), "resolved_by": "officer-3"}
        values |= {"resolved_in": application_id("ANDA-LAPS-0012"), "resolution": "Looked into."}
        is_said = link.state in (LinkState.CONFIRMED, LinkState.REJECTED)
        for is_back, sides in enumerate(((link.one, link.other), (link.other, link.one))):
            one, other = map(applicant_id, sides)
            row = {"id": link_id(number, is_back=bool(is_back)), "applicant_id": one}
            row |= {"linked_id": other, "reason": link.reason, "state": link.state}
            row |= {"found_at": at("02-28 09:00") + timedelta(minutes=number)}
            await _insert(connection, "person_link", row | (values if is_said else {}))
    for actor, role in LOOKED:
        lookup = {"id": lookup_id(actor), "occurred_at": at("03-01 10:00"), "actor": actor}
        lookup |= {"actor_role": role, "purpose": "CASEWORK", "case_reference": "SGPO-OPEN-0006"}
        lookup |= {"by": "PASSPORT", "found": 1, "trace_id": "0" * 32}
        await _insert(connection, "person_lookup", lookup)
    for name in APPLICANTS:
        read = {"id": UUID(int=980_000 + applicant_id(name).int), "version": 1}
        read |= {"applicant_id": applicant_id(name), "read_at": at("02-28 09:00")}
        read |= {"fields": ["fullName", "birthDate", "passportNumber", "passportIssuingState"]}
        await _insert(connection, "linker_read", read)


async def _application(connection: asyncpg.Connection, case: Case) -> None:
    nationality, paid_at = APPLICANTS[case.applicant], _first(case, "PAID")
    clock = "CALLING_VISA" if nationality == "AF" else "STANDARD"
    paid: dict[str, object] = {}
    if paid_at:
        paid |= {"paid_at": paid_at, "fee_idr": FEES[case.visa_type]}
        paid["target_due_at"] = paid_at + timedelta(hours=HOURS[case.visa_type, clock])
    submitted_at = next(moment for kind, moment in life_of(case) if kind == "SUBMITTED")
    decisions = _decisions(case)
    row = {
        "id": application_id(case.reference),
        "reference": case.reference,
        "applicant_id": applicant_id(case.applicant),
        "nationality_code": nationality,
        "visa_type_code": case.visa_type,
        "trip_purpose": case.purpose,
        "entry_on": case.purpose and submitted_at.date() + timedelta(days=30),
        "channel": case.place.channel,
        "partner_code": case.place.partner,
        "country_code": case.place.country,
        "centre_code": case.place.centre,
        "status": _status(case),
        "submitted_at": submitted_at,
        "received_at": _first(case, "RECEIVED"),
        "closed_at": _first(case, *CLOSED),
        "paused_seconds": int(_paused_time(case).total_seconds()),
        "was_info_requested": _first(case, "INFO_REQUESTED") is not None,
        "is_linked": True,
        "is_referred": case.screening is ScreeningResult.HIT,
        "is_held": _first(case, "HELD") is not None,
        "current_decision_id": decisions[-1]["id"] if decisions else None,
    }
    row |= {"use_within_days": 90, "pay_by": submitted_at + timedelta(days=14)}
    row["answer_by"] = (at := _first(case, "INFO_REQUESTED")) and at + timedelta(days=14)
    await _insert(connection, "application", row | paid)
    await connection.execute(  # what was handed over was complete
        "UPDATE case_document SET recorded_at = submitted_at, recorded_by = 'agent-au'"
        " FROM application WHERE id = application_id AND id = $1 AND received_at IS NOT NULL",
        row["id"],
    )
    await _insert(connection, "decision", *decisions)
    await _insert(connection, "visa", *_visas(case, decisions))
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


def _visas(case: Case, decisions: list[dict[str, Any]]) -> list[dict[str, object]]:
    return [
        {
            "visa_number": visa_number(case.reference),
            "application_id": application_id(case.reference),
            "decision_id": decision["id"],
            "issued_at": decision["decided_at"],
            "use_by": decision["decided_at"].date() + timedelta(days=90),
            "stay_days": STAY[case.visa_type],
            "revoked_at": _first(case, "REVOKED"),
            "superseded_at": following["decided_at"] if following else None,
        }
        for decision, following in zip(decisions, [*decisions[1:], None], strict=False)
        if decision["outcome"] == Outcome.GRANTED
    ]


def _decisions(case: Case) -> list[dict[str, Any]]:
    made = [step for step in life_of(case) if step[0] in _DECISIONS]
    return [
        {
            "id": decision_id(case.reference, number),
            "application_id": application_id(case.reference),
            "outcome": Outcome(kind.value),
            "grounds": [case.grounds[number - 1]] if kind == "REFUSED" else [],
            "decided_at": moment,
            "officer": case.officer if number == 1 else "supervisor",
            "internal_note": "Matches the watch list." if Ground.SECURITY in case.grounds else None,
            "supersedes_id": decision_id(case.reference, number - 1) if number > 1 else None,
        }
        for number, (kind, moment) in enumerate(made, start=1)
    ]


def _requested_items(case: Case) -> list[dict[str, object]]:
    """A ticket, wherever the applicant was asked for more; answered if it went on."""
    return [
        {
            "id": requested_item_id(case.reference),
            "application_id": application_id(case.reference),
            "kind": RequestedItemKind.RETURN_TICKET,
            "note": TICKET,
            "requested_at": moment,
            "answered_at": next_at if next_kind == "IN_VERIFICATION" else None,
            "answered_by": "agent-au" if next_kind == "IN_VERIFICATION" else None,
        }
        for (kind, moment), (next_kind, next_at) in pairwise(life_of(case))
        if kind == "INFO_REQUESTED"
    ]


async def _what_happened(connection: asyncpg.Connection, case: Case) -> None:
    this = {"application_id": application_id(case.reference)}
    is_decided = False
    for number, (kind, moment) in enumerate(life_of(case), start=1):
        event = {"sequence": number, "kind": kind, "occurred_at": moment}
        if is_decided and kind in _DECISIONS:
            event |= {"actor": "supervisor", "actor_role": Role.SUPERVISOR}
        elif kind in _BY_OFFICER:
            event |= {"actor": case.officer, "actor_role": Role.OFFICER}
        if kind in REASONS:
            event["reason"] = REASONS[kind]
        is_decided = is_decided or kind in _DECISIONS
        await _insert(connection, "application_event", this | event)
    await _insert(connection, "requested_item", *_requested_items(case))
    if case.officer:
        begun = {"officer": case.officer, "assigned_at": _first(case, "IN_VERIFICATION")}
        await _insert(connection, "assignment", this | begun | {"ended_at": _first(case, *CLOSED)})
    if case.screening:
        asked_at = _first(case, "SCREENING")
        screening = {"id": UUID(int=900_000 + position(case.reference)), "result": case.screening}
        screening |= {"kind": ScreeningKind.ENTRY_BAN, "requested_at": asked_at}
        await _insert(connection, "screening", this | screening | {"answered_at": asked_at})
