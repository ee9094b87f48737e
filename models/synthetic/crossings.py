"""Who enters and leaves by a visa, and when border control reports it: late, at times, or under a
number that nobody has.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from models.account.reconciling import APART_SECONDS
from models.instants import wib_day
from models.synthetic import assumptions
from models.synthetic.calendar import DAY, HOUR, day_in_wib, instant, midnight, start_of_day
from models.synthetic.cases import Case
from models.synthetic.chance import Choice, below, seconds
from models.synthetic.extensions import Extensions, Holder, Visit
from models.synthetic.inputs import Reference
from models.synthetic.numbers import moment_of, new_id, visa_number
from models.synthetic.rows import (
    ApplicantRow,
    Batch,
    CrossingRow,
    IdentityRow,
    MovementRow,
    StayRow,
    VisaRow,
)
from models.vocabulary import CrossingDirection, Presence

_A_DAY = timedelta(days=1)
_PORTS = Choice.from_weights(assumptions.PORTS)
_REPORTED_BY = "border"

#: What border control reported of the movements of a world, whose keys have the instant of it. The
#: passenger is known by the visa, and by each digest of the passport.
REPORTS = f"""
    INSERT INTO crossing (
        id, reported_at, reported_by, report_key, direction, crossed_at, port, passengers,
        matched_at
    )
    SELECT
        movement.id, reported_at, '{_REPORTED_BY}', movement.id, direction, crossed_at, port,
        array_agg(DISTINCT sha256(convert_to(visa_number, 'UTF8') || digest)), reported_at
    FROM movement
    JOIN person_index ON person_index.applicant_id = movement.applicant_id AND kind = 'PASSPORT'
    CROSS JOIN LATERAL (
        SELECT to_timestamp(
            ('x' || left(replace(movement.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0
        )
    ) AS report (reported_at)
    GROUP BY movement.id, reported_at, direction, crossed_at, port
"""  # noqa: S608
#: What triggers would have written of them.
REFERENCES = """
    INSERT INTO crossing_reference (reported_by, report_key, row_id)
    SELECT reported_by, report_key, id FROM crossing
"""


class _Crossing(NamedTuple):
    """Somebody crosses the border."""

    at: int
    direction: CrossingDirection


class Crossings:
    """Draws the crossings of each visa, from a source of its own."""

    def __init__(self, given: Reference, until: int, seed: int, extensions: Extensions) -> None:
        self._given, self._extensions = given, extensions
        self._until = until
        # The keeper compares what is younger with receipts of the key service, which no world has.
        self._reported_until = until - 2 * APART_SECONDS
        self._rng = Random(f"crossings {seed}")
        self._mistyped = 0

    def follow(
        self, case: Case, applicant: ApplicantRow, identity: IdentityRow, batch: Batch
    ) -> None:
        """Add to a batch what was reported of the visa of its last application, if it was granted,
        and the extension of the stay; of those who sign in, nothing was."""
        row = batch.application[-1]
        is_granted = bool(batch.visa) and batch.visa[-1].application_id == row.id
        if is_granted and not applicant.account:
            self._report(Holder(case, row, applicant, identity), batch)

    def _report(self, holder: Holder, batch: Batch) -> None:
        visa, case, movements = batch.visa[-1], holder.row, list[MovementRow]()
        for crossing in self._crossings(holder, movements, batch):
            if crossing.at > self._until:
                break
            is_late = self._rng.random() < assumptions.IS_REPORTED_LATE
            after = assumptions.REPORTED_LATE if is_late else assumptions.REPORTED
            reported_at = crossing.at + seconds(after, self._rng)
            if reported_at > self._reported_until:
                continue
            key, port = new_id(reported_at, self._rng), _PORTS.draw(self._rng)
            crossed = (crossing.direction, instant(crossing.at), port)
            if self._rng.random() < assumptions.MISTYPED:
                batch.crossing.append(self._unmatched(key, reported_at, crossed))
            else:
                of_visa = (case.applicant_id, visa.visa_number)
                until = _stay_until(visa, crossing)
                movements.append(MovementRow(key, *of_visa, *crossed, until))
        if movements:
            batch.movement += movements
            is_used = case.visa_type_code not in self._given.multiple_entry
            batch.stay.append(_stay(batch.visa[-1], movements, is_used=is_used))

    def _crossings(
        self, holder: Holder, movements: Sequence[MovementRow], batch: Batch
    ) -> Iterator[_Crossing]:
        """Entries and exits in order, without an end date; the movements are what was reported of
        those so far."""
        visa, case = batch.visa[-1], holder.row
        assert case.entry_on is not None  # it is no extension
        if self._rng.random() < assumptions.NEVER_ENTERED:
            return
        serves_until = midnight(visa.use_by + _A_DAY)
        if visa.revoked_at:
            serves_until = min(serves_until, int(visa.revoked_at.timestamp()))
        issued_at = int(visa.issued_at.timestamp())
        at = max(midnight(case.entry_on), issued_at) + 6 * HOUR + below(17 * HOUR, self._rng)
        while at < serves_until:
            yield _Crossing(at, CrossingDirection.ENTRY)
            leaves_at, would_leave_at = self._leaves_at(visa, case.visa_type_code, at)
            if movements and case.visa_type_code not in self._given.multiple_entry:
                visit = Visit(at, moment_of(movements[-1].id), leaves_at, would_leave_at)
                leaves_at = self._extensions.follow(holder, visit, batch)
            at = leaves_at
            yield _Crossing(at, CrossingDirection.EXIT)
            if case.visa_type_code not in self._given.multiple_entry:
                return
            if self._rng.random() >= assumptions.COMES_AGAIN:
                return
            at += seconds(assumptions.COMES_AGAIN_AFTER, self._rng)

    def _leaves_at(self, visa: VisaRow, visa_type: str, entered_at: int) -> tuple[int, int]:
        """When the holder leaves by the visa alone, and when they would, had they the days."""
        is_long = visa_type in assumptions.LONG_STAYS
        spread = assumptions.STAYED_FOR_LONG if is_long else assumptions.STAYED
        would_leave_at = entered_at + seconds(spread, self._rng)
        last_day = midnight(day_in_wib(entered_at) + timedelta(days=visa.stay_days))
        if self._rng.random() < assumptions.OVERSTAYED:
            overstays_until = last_day + DAY + seconds(assumptions.OVERSTAYED_BY, self._rng)
            return overstays_until, overstays_until
        return min(would_leave_at, last_day + 20 * HOUR), would_leave_at

    def _unmatched(
        self, key: UUID, reported_at: int, crossed: tuple[CrossingDirection, datetime, str]
    ) -> CrossingRow:
        """A report that fits no visa."""
        self._mistyped += 1
        number, passenger = visa_number(-self._mistyped), [self._rng.randbytes(32)]
        by = (instant(reported_at), _REPORTED_BY, str(key))
        return CrossingRow(key, *by, *crossed, passenger, number)


def _stay_until(visa: VisaRow, crossing: _Crossing) -> date | None:
    if crossing.direction is CrossingDirection.EXIT:
        return None
    return day_in_wib(crossing.at) + timedelta(days=visa.stay_days)


def _stay(visa: VisaRow, movements: list[MovementRow], *, is_used: bool) -> StayRow:
    """Where the holder is, as `write_stay` of the database says it."""
    last = max(movements, key=lambda one: (one.crossed_at, one.direction))
    entered_on, departed_on = (
        max((wib_day(one.crossed_at) for one in movements if one.direction is way), default=None)
        for way in CrossingDirection
    )
    is_there = last.direction is CrossingDirection.ENTRY
    days = visa.stay_days + visa.extended_days
    stay_until = entered_on and entered_on + timedelta(days=days)
    return StayRow(
        id=min(one.id for one in movements),
        visa_number=visa.visa_number,
        application_id=visa.application_id,
        presence=Presence.IN_COUNTRY if is_there else Presence.DEPARTED,
        is_used=is_used,
        entered_on=entered_on,
        departed_on=departed_on,
        stay_until=stay_until,
        overstays_at=start_of_day(stay_until + _A_DAY) if is_there and stay_until else None,
    )
