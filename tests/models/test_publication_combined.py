"""Several figures, or several editions, leave four possible numbers together too.

Found by trying every number against the published figures alone, without trust in the audit.
"""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import insert

from models.database.connections import connect, engine
from models.publication import publish, reading, writing
from models.publication.audit import Candidate, CountSystem, audit, withhold_exposed
from models.publication.disclosure import Interval, Protected, protect_count, protect_refusals
from models.publication.reading import GridQuestion
from models.publication.sets import Cell, DimensionSet
from models.publication.tables import DURATIONS, FIGURES, PublishedVolume
from models.vocabulary import Status
from models.volumes import Period
from tests.models.crowd import CrowdCase, join
from tests.populating import applicants, reference_data
from tests.world import DIRECT, at

pytestmark = pytest.mark.anyio

FEBRUARY = date(2025, 2, 1)
NATIONAL = Cell(DimensionSet.NATIONAL, Period.MONTH, FEBRUARY, ())


def candidates(refusals: Protected, decisions: int) -> set[int]:
    """Every number for which the same would be published."""
    if refusals.rounded is not None:
        return {number for number in range(10, decisions + 1) if _near(number, refusals)}
    if refusals.below is not None:
        return set(range(refusals.below))
    return set(range(decisions + 1))


def refusals_of(decisions: int, refused: int) -> Candidate:
    return Candidate(refused, protect_refusals(decisions, refused), most=decisions)


def _near(number: int, refusals: Protected) -> bool:
    assert refusals.rounded is not None
    return abs(number - refusals.rounded) <= 2 or (refusals.rounded, number) == (15, 12)


@pytest.mark.parametrize("refused_elsewhere", range(4))
def test_the_public_figure_less_the_own_tells_a_partner_no_number(refused_elsewhere: int) -> None:
    """All but three decisions of the country are of one partner, whose people know its part."""
    for refused in range(35, 48):
        whole = refusals_of(503, refused + refused_elsewhere)
        audit({NATIONAL: whole}, [{NATIONAL: Interval(refused, refused + 3)}])
        published = candidates(whole.published, 503)
        left = {others for others in range(4) if refused + others in published}
        assert refused_elsewhere in left
        assert len(left) >= 4, f"{refused} refusals, and {refused_elsewhere} elsewhere"


@pytest.mark.parametrize("change", range(-12, 13))
def test_two_editions_and_the_change_between_them_leave_four_numbers(change: int) -> None:
    for count in range(38, 48):
        first, now = refusals_of(500, count), count + change
        second = refusals_of(500, now)
        second.before, second.candidates_before = first.published, first.revealed.shift(change)
        withhold_exposed(CountSystem({NATIONAL: second}, {}))
        if second.is_kept:
            continue
        left = {
            number
            for number in candidates(second.published, 500)
            if number - change in candidates(first.published, 500)
        }
        assert now in left
        assert len(left) >= 4, f"{count} became {now}"


# --- Edition after edition, in the database -----------------------------------------------------

NIGHT = datetime(2026, 1, 1, 1, tzinfo=UTC)


@pytest.fixture
async def decided(database: str) -> AsyncIterator[asyncpg.Connection]:
    """300 decisions of February at no partner, 40 of them refusals; rolled back.

    There are no others in the whole country, so that no other figure says more.
    """
    connection = await connect(database)
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    try:
        await reference_data(connection)
        await applicants(connection)
        await decide(connection, 0, 260, Status.GRANTED)
        await decide(connection, 260, 40, Status.REFUSED)
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def decide(
    connection: asyncpg.Connection, begin: int, number: int, status: Status, day: str = "02-10"
) -> None:
    paid_at, closed_at = at(f"{day} 09:00"), at(f"{day} 15:00")
    await join(
        connection,
        [
            CrowdCase(
                id=UUID(int=1_000_000 + begin + one),
                name="Ruby Hale",
                place=DIRECT,
                visa_type="B1",
                submitted_at=paid_at,
                paid_at=paid_at,
                closed_at=closed_at,
                due_at=closed_at,
                received_at=paid_at,
                asked_at=None,
                paused=timedelta(),
                status=status,
            )
            for one in range(number)
        ],
    )


_NOTED = """
    SELECT dimension_set, period, starts_on, codes FROM volume_publication_note ORDER BY 1, 2, 3, 4
"""


async def editions(connection: asyncpg.Connection) -> list[tuple[int, int, int | None]]:
    """Number, decisions and refusals of each edition of the month."""
    rows = await connection.fetch(
        "SELECT edition, decisions, refused FROM volume_published WHERE dimension_set = 'national'"
        " AND period = 'month' AND starts_on = '2025-02-01' ORDER BY edition"
    )
    return [tuple(row) for row in rows]


async def test_each_correction_is_published_if_all_editions_together_leave_four_numbers(
    decided: asyncpg.Connection,
) -> None:
    night = NIGHT
    published, noted = [], []
    for begin, more in ((300, 0), (300, 4), (304, 4)):  # 40, then 44, then 48 refusals
        await decide(decided, begin, more, Status.REFUSED)
        await publish(decided, night)
        published.append(await editions(decided))
        noted.append(await decided.fetch(_NOTED))
        night += timedelta(days=1)
    first, second, third = published
    assert first == [(1, 300, 40)]  # 38 to 42
    # Four more than 38 to 42, and about 45: from 43 to 46.
    assert second == [*first, (2, 305, 45)]
    # Four more than 43 to 46, and about 50, would be 48 to 50: the last edition stands.
    assert third == second
    # Each cell has one note, whichever of them were written anew.
    assert len({tuple(map(str, row)) for row in noted[0]}) == len(noted[0])
    assert noted[1] == noted[2] == noted[0]


async def test_an_edition_that_stands_does_so_although_there_are_more_decisions(
    decided: asyncpg.Connection,
) -> None:
    await publish(decided, NIGHT)
    # Two more than 38 to 42, and about 40, would be 40 to 42.
    await decide(decided, 300, 2, Status.REFUSED)
    await publish(decided, NIGHT + timedelta(days=1))
    assert await editions(decided) == [(1, 300, 40)]


@pytest.mark.parametrize(("number", "are_published"), [(100, False), (102, False), (103, True)])
async def test_the_public_reads_times_of_a_hundred_decisions_that_it_knows_of(
    decided: asyncpg.Connection, number: int, are_published: bool
) -> None:
    """102 are published as about 100, which may be 98: so no times of them are."""
    await decide(decided, 300, number, Status.GRANTED, day="03-10")
    await publish(decided, NIGHT)
    [row] = await decided.fetch(
        "SELECT decisions, target_rate, turnaround_p50 FROM volume_published"
        " WHERE dimension_set = 'national' AND period = 'month' AND starts_on = '2025-03-01'"
    )
    assert row["decisions"] == (105 if are_published else 100)
    assert (row["target_rate"] is not None, row["turnaround_p50"] is not None) == (
        are_published, are_published,
    )  # fmt: skip


@pytest.mark.parametrize(("decided", "is_published"), [(100, False), (102, False), (103, True)])
def test_times_are_published_where_all_that_may_have_been_decided_is_enough(
    decided: int, is_published: bool
) -> None:
    """Of 98 to 102 that are published as 100, it might be fewer than a hundred."""
    counts = {
        "intake": Candidate(decided, protect_count(decided)),
        "decisions": Candidate(decided, protect_count(decided)),
        "refused": refusals_of(decided, 0),
    }
    true = {"within_target": decided - 20, **dict.fromkeys(DURATIONS, 12.0)}
    told = dict(zip(FIGURES, writing._figures(counts, true), strict=True))
    assert [told[name] is not None for name in ("target_rate", *DURATIONS)] == [
        is_published for _ in ("target_rate", *DURATIONS)
    ]


@pytest.mark.parametrize(("edition", "expected"), [(None, 20), (1, 40)])
async def test_of_several_editions_the_newest_that_is_asked_for_is_read(
    database: str, edition: int | None, expected: int
) -> None:
    asked = GridQuestion(
        DimensionSet.NATIONAL, Period.MONTH, FEBRUARY, date(2025, 2, 28), edition=edition
    )
    cells = ((Period.MONTH, FEBRUARY), (Period.QUARTER, date(2025, 1, 1)))
    rows = [
        {"dimension_set": "national", "period": period, "starts_on": starts_on, "edition": number,
         "refused": refused}
        for number, refused in ((2, 20), (1, 40))
        for period, starts_on in cells
    ]  # fmt: skip
    async with engine(database).connect() as connection:
        await connection.execute(insert(PublishedVolume), rows)
        for statement in (reading.rows(asked), reading.wider_rows(asked)):
            found = (await connection.execute(statement)).mappings().all()
            assert {row["refused"] for row in found} == {expected}
