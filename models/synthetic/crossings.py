"""Who enters and leaves by a visa, and when border control reports it: late, at times, or under a
number that nobody has.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from models.account.reconciling import APART_SECONDS
from models.instants import wib_day
from models.synthetic import assumptions
from models.synthetic.calendar import DAY, HOUR, day_in_wib, instant, midnight, start_of_day
from models.synthetic.chance import Choice, below, seconds
from models.synthetic.inputs import Reference
from models.synthetic.numbers import new_id, visa_number
from models.synthetic.rows import (
    ApplicationRow,
    Batch,
    CrossingRow,
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


class _Crossing(NamedTuple):
    """Somebody crosses the border."""

    at: int
    direction: CrossingDirection


class Crossings:
    """Draws the crossings of each visa of a batch, from a source of its own."""

    def __init__(self, given: Reference, until: int, seed: int) -> None:
        self._given = given
        self._until = until
        # The keeper compares what is younger with receipts of the key service, which no world has.
        self._reported_until = until - 2 * APART_SECONDS
        self._rng = Random(f"crossings {seed}")
        self._mistyped = 0

    def write(self, batch: Batch) -> None:
        """Add to a batch what was reported of its visas; of those who sign in, nothing was."""
        cases = {row.id: row for row in batch.application}
        with_account = {row.id for row in batch.applicant if row.account}
        for visa in batch.visa:
            case = cases[visa.application_id]
            if case.applicant_id not in with_account:
                self._report(visa, case, batch)

    def _report(self, visa: VisaRow, case: ApplicationRow, batch: Batch) -> None:
        movements = list[MovementRow]()
        for crossing in self._crossings(visa, case):
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
            batch.stay.append(_stay(visa, movements, is_used=is_used))

    def _crossings(self, visa: VisaRow, case: ApplicationRow) -> Iterator[_Crossing]:
        """Entries and exits in order, without an end date."""
        if self._rng.random() < assumptions.NEVER_ENTERED:
            return
        serves_until = midnight(visa.use_by + _A_DAY)
        if visa.revoked_at:
            serves_until = min(serves_until, int(visa.revoked_at.timestamp()))
        issued_at = int(visa.issued_at.timestamp())
        at = max(midnight(case.entry_on), issued_at) + 6 * HOUR + below(17 * HOUR, self._rng)
        while at < serves_until:
            yield _Crossing(at, CrossingDirection.ENTRY)
            at += self._stayed(visa, case.visa_type_code, at)
            yield _Crossing(at, CrossingDirection.EXIT)
            if case.visa_type_code not in self._given.multiple_entry:
                return
            if self._rng.random() >= assumptions.COMES_AGAIN:
                return
            at += seconds(assumptions.COMES_AGAIN_AFTER, self._rng)

    def _stayed(self, visa: VisaRow, visa_type: str, entered_at: int) -> int:
        is_long = visa_type in assumptions.LONG_STAYS
        spread = assumptions.STAYED_FOR_LONG if is_long else assumptions.STAYED
        stayed = seconds(spread, self._rng)
        last_day = midnight(day_in_wib(entered_at) + timedelta(days=visa.stay_days))
        if self._rng.random() < assumptions.OVERSTAYED:
            return last_day + DAY - entered_at + seconds(assumptions.OVERSTAYED_BY, self._rng)
        return min(stayed, last_day + 20 * HOUR - entered_at)

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
    stay_until = entered_on and entered_on + timedelta(days=visa.stay_days)
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
