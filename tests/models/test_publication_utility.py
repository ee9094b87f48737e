"""Protection that hides everything protects nobody: large partner countries show every quarter."""

from collections import Counter
from datetime import UTC, date, datetime

import asyncpg
import numpy as np
import pytest

from models.publication.disclosure import ROUNDING_ERROR, round_to_step
from models.publication.refusal_audit import Candidate, audit_refusals
from models.publication.sets import (
    NATIONAL_SETS,
    PERIODS,
    Cell,
    DimensionSet,
    first_day_of,
    last_day_of,
)
from models.synthetic import Scale, synthesise
from models.volumes import Period

LARGEST = 24
FEWEST = 22
#: As in a world of 400,000 applications over 26 months: what the places decide in a month, and the
#: largest share of refusals; each visa type, channel and nationality with its share.
PLACES, BIGGEST, SMALLEST = 60, 1_000, 10
VISA_TYPES = {"B1": 0.62, "C1": 0.18, "C2": 0.1, "D1": 0.05, "D2": 0.03, "D12": 0.02}
CHANNELS = {"PARTNER_PORTAL": 0.7, "PARTNER_CENTRE": 0.25, "PARTNER_GROUP": 0.05}
FOREIGN = 0.06
MONTHS = [date(2025, month, 1) for month in range(1, 13)]


def numbers(seed: int) -> dict[Cell, tuple[int, int]]:
    """Decisions and refusals of a year, in every cell of the grid."""
    rng = np.random.default_rng(seed)
    sizes = np.geomspace(BIGGEST, SMALLEST, PLACES)
    rates = 0.09 * rng.beta(1.4, 5.5, PLACES)
    decisions: Counter[Cell] = Counter()
    refusals: Counter[Cell] = Counter()
    for place, month in np.ndindex(PLACES, len(MONTHS)):
        country, partner = f"C{place:02}", "NUSA" if place % 3 else "ANDALAN"
        for visa_type, of_type in VISA_TYPES.items():
            for channel, of_channel in CHANNELS.items():
                for nationality, share in ((country, 1 - FOREIGN), ("C00", FOREIGN)):
                    decided = int(rng.poisson(sizes[place] * of_type * of_channel * share))
                    refused = int(rng.binomial(decided, rates[place]))
                    for cell in cells(
                        MONTHS[month], partner, country, visa_type, channel, nationality
                    ):
                        decisions[cell] += decided
                        refusals[cell] += refused
    return {cell: (decided, refusals[cell]) for cell, decided in decisions.items() if decided}


def cells(
    month: date, partner: str, country: str, visa_type: str, channel: str, nationality: str
) -> list[Cell]:
    """The cells in which a decision counts."""
    place = (partner, country)
    codes = {
        DimensionSet.NATIONAL: (),
        DimensionSet.VISA_TYPE: (visa_type,),
        DimensionSet.NATIONALITY: (nationality,),
        DimensionSet.COUNTRY: place,
        DimensionSet.COUNTRY_VISA_TYPE: (*place, visa_type),
        DimensionSet.COUNTRY_CHANNEL: (*place, channel),
        DimensionSet.COUNTRY_NATIONALITY: (*place, nationality),
    }
    return [
        Cell(each, period, first_day_of(period, month), of)
        for each, of in codes.items()
        for period in PERIODS
    ]


def candidate(cell: Cell, decisions: int, refused: int) -> Candidate:
    is_public = cell.dimension_set in NATIONAL_SETS
    known = max(0, round_to_step(decisions) - ROUNDING_ERROR) if is_public else decisions
    is_new = cell.dimension_set is not DimensionSet.COUNTRY_NATIONALITY
    return Candidate(decisions, refused, known, is_new=is_new)


def showing_every_quarter(candidates: dict[Cell, Candidate]) -> int:
    """How many of the largest places show a rate, or its bound, in every quarter."""
    sizes: Counter[tuple[str, ...]] = Counter()
    hidden: set[tuple[str, ...]] = set()
    for cell, each in candidates.items():
        if (cell.dimension_set, cell.period) == (DimensionSet.COUNTRY, Period.QUARTER):
            sizes[cell.codes] += each.decisions
            if not each.refusals.is_anything:
                hidden.add(cell.codes)
    return sum(place not in hidden for place, _ in sizes.most_common(LARGEST))


@pytest.mark.parametrize("seed", [1, 2])
def test_large_countries_show_every_quarter_published_at_once(seed: int) -> None:
    candidates = {cell: candidate(cell, *each) for cell, each in numbers(seed).items()}
    audit_refusals(candidates, {})
    assert showing_every_quarter(candidates) >= FEWEST


def test_large_countries_show_every_quarter_published_month_by_month() -> None:
    """Publishing a month when it ends may not withhold its quarter."""
    every = {cell: candidate(cell, *each) for cell, each in numbers(4).items()}
    for month in MONTHS:
        ended = last_day_of(Period.MONTH, month)
        over = {
            cell: each
            for cell, each in every.items()
            if last_day_of(cell.period, cell.starts_on) <= ended
        }
        audit_refusals(over, {})
        for each in over.values():
            each.before, each.candidates_before = each.refusals, each.revealed_counts
            each.is_new = False
    assert showing_every_quarter(every) >= FEWEST


def test_a_world_in_which_quarters_are_hidden_is_noticed() -> None:
    candidates = {cell: candidate(cell, *each) for cell, each in numbers(1).items()}
    for cell, each in candidates.items():
        each.is_withheld = cell.period is Period.QUARTER
    assert showing_every_quarter(candidates) == 0


@pytest.mark.proof
@pytest.mark.anyio
async def test_of_400_000_applications_large_countries_show_every_quarter(
    database: str, connection: asyncpg.Connection
) -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    await synthesise(
        database, applications=400_000, months=26, seed=7, scale=Scale.PARTNER, until=now
    )
    rows = await connection.fetch(
        """
        SELECT
            sum(decisions) AS decisions,
            bool_and(refused IS NOT NULL OR refused_below IS NOT NULL)
            AS shows_all
        FROM volume_published
        WHERE dimension_set = 'country' AND period = 'quarter'
        GROUP BY partner_code, country_code
        ORDER BY decisions DESC
        LIMIT $1
        """,
        LARGEST,
    )
    assert len(rows) == LARGEST
    assert sum(row["shows_all"] for row in rows) >= FEWEST
