"""Many random applications beside those of the small world, each with its events and decisions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import asyncpg

from models.vocabulary import EventKind, Status, TripPurpose
from tests.world import (
    ANDALAN_AU,
    APPLICANTS,
    DIRECT,
    FEES,
    MELBOURNE,
    NUSA_AU,
    NUSA_NZ,
    NUSA_SG,
    SYDNEY,
    Place,
    applicant_id,
    at,
)

PLACES = (SYDNEY, MELBOURNE, NUSA_AU, NUSA_SG, NUSA_NZ, ANDALAN_AU, DIRECT)
#: None: lodged before it was asked.
PURPOSES = (TripPurpose.TOURISM, TripPurpose.BUSINESS, TripPurpose.TRANSIT, None)
ENDINGS = (Status.GRANTED, Status.REFUSED, Status.WITHDRAWN, Status.LAPSED)


@dataclass(frozen=True)
class CrowdCase:
    """An application of the crowd."""

    id: UUID
    name: str
    place: Place
    visa_type: str
    submitted_at: datetime
    paid_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    received_at: datetime | None
    asked_at: datetime | None
    paused: timedelta
    status: Status

    @property
    def purpose(self) -> TripPurpose | None:
        return PURPOSES[self.id.int % len(PURPOSES)]

    @property
    def is_decided(self) -> bool:
        return self.status in (Status.GRANTED, Status.REFUSED)


def crowd(size: int, seed: int) -> list[CrowdCase]:
    """Applications over the first half of 2025: some unpaid, some open, most closed."""
    rng = Random(seed)
    return [_someone(rng) for _ in range(size)]


def _someone(rng: Random) -> CrowdCase:
    submitted_at = at("01-01 00:00") + timedelta(seconds=rng.randrange(180 * 86_400))
    paid_at = submitted_at + timedelta(seconds=rng.randrange(86_400))
    closed_at = paid_at + timedelta(hours=rng.lognormvariate(2, 1.5))
    due_at = paid_at + timedelta(hours=rng.choice((24, 120)))
    draw, status = rng.random(), rng.choices(ENDINGS, (80, 10, 5, 5))[0]
    if draw < 0.1:
        paid_at = closed_at = due_at = None
        status = Status.SUBMITTED
    elif draw < 0.2:
        closed_at = None
        status = Status.PAID
    received_at = submitted_at + timedelta(hours=rng.lognormvariate(0, 2))
    asked_at, paused = None, timedelta()
    if paid_at and closed_at and rng.random() < 0.3:
        asked_at = paid_at + (closed_at - paid_at) * rng.random()
        paused = timedelta(seconds=rng.randint(0, int((closed_at - asked_at).total_seconds())))
    return CrowdCase(
        UUID(int=rng.getrandbits(128)),
        rng.choice(list(APPLICANTS)),
        rng.choice(PLACES),
        rng.choice(list(FEES)),
        submitted_at,
        paid_at,
        closed_at,
        due_at,
        received_at if rng.random() < 0.8 else None,
        asked_at,
        paused,
        status,
    )


async def join(connection: asyncpg.Connection, people: list[CrowdCase]) -> None:
    """Write a crowd with one statement a table."""
    async with connection.transaction():
        decisions = {one.id: uuid4() for one in people if one.is_decided}
        await _copy(connection, "application", [_application(one, decisions) for one in people])
        await _copy(
            connection, "decision", [_decision(one, decisions) for one in people if one.is_decided]
        )
        await _copy(
            connection, "application_event", [event for one in people for event in _events(one)]
        )


async def _copy(connection: asyncpg.Connection, table: str, rows: list[dict[str, object]]) -> None:
    if rows:
        records = [tuple(row.values()) for row in rows]
        await connection.copy_records_to_table(table, records=records, columns=list(rows[0]))


def _application(one: CrowdCase, decisions: dict[UUID, UUID]) -> dict[str, object]:
    digits = f"{one.id.int % 36**12:012d}"[-12:]
    return {
        "id": one.id,
        "reference": f"{digits[:4]}-{digits[4:8]}-{digits[8:]}",
        "applicant_id": applicant_id(one.name),
        "nationality_code": APPLICANTS[one.name],
        "visa_type_code": one.visa_type,
        "use_within_days": 90,
        "trip_purpose": one.purpose,
        "channel": one.place.channel,
        "partner_code": one.place.partner,
        "country_code": one.place.country,
        "centre_code": one.place.centre,
        "status": one.status,
        "submitted_at": one.submitted_at,
        "received_at": one.received_at,
        "paid_at": one.paid_at,
        "closed_at": one.closed_at,
        "target_due_at": one.due_at,
        "fee_idr": FEES[one.visa_type] if one.paid_at else None,
        "paused_seconds": int(one.paused.total_seconds()),
        "was_info_requested": one.asked_at is not None,
        "current_decision_id": decisions.get(one.id),
    }


def _decision(one: CrowdCase, decisions: dict[UUID, UUID]) -> dict[str, object]:
    return {
        "id": decisions[one.id],
        "application_id": one.id,
        "outcome": one.status,
        "grounds": ["INCOMPLETE"] if one.status is Status.REFUSED else [],
        "decided_at": one.closed_at,
        "officer": "officer",
    }


def _events(one: CrowdCase) -> list[dict[str, object]]:
    happened = [(EventKind.SUBMITTED, one.submitted_at)]
    if one.paid_at:
        happened.append((EventKind.PAID, one.paid_at))
    if one.asked_at:
        happened.append((EventKind.INFO_REQUESTED, one.asked_at))
        happened.append((EventKind.IN_VERIFICATION, one.asked_at + one.paused))
    if one.closed_at:
        happened.append((EventKind(one.status.value), one.closed_at))
    if one.received_at:
        happened.append((EventKind.RECEIVED, one.received_at))
    return [
        {"application_id": one.id, "sequence": number, "kind": kind, "occurred_at": moment}
        for number, (kind, moment) in enumerate(happened, start=1)
    ]
