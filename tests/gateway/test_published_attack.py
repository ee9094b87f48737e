"""An attacker with everything that is published finds no count that is withheld.

It reads what everybody reads, by visa type, nationality, region and country, and may hold the exact
figures of a partner. The controls take one rule away, and the same attacker succeeds: so it can
attack.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations, product
from math import ceil, floor
from random import Random
from typing import Any

import numpy as np
import pytest

from models.database.connections import connect
from models.publication import publish, publishing
from models.publication.disclosure import NOTHING, Protected, round_to_step
from models.publication.source import Truth
from models.volumes import fold
from tests import tokens
from tests.gateway.attacker import (
    NATIONAL,
    PERIODS,
    Attacker,
    Count,
    count,
)
from tests.gateway.conftest import Viewer, viewers
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.models.crowd import crowd, join
from tests.world import ANDALAN_AU, DIRECT, MELBOURNE, NUSA_NZ

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 2, tzinfo=UTC)
#: So that there are small cells beside large ones: of some places one in so many.
THINNED = {MELBOURNE: 3, NUSA_NZ: 4, ANDALAN_AU: 8, DIRECT: 5}
#: Nearly everybody in a country is of its nationality, as in life.
NATIONALS = {"AU": "Ruby Hale", "SG": "Wei Tan", "NZ": "Anahera Pohe"}
SIZE = 9_000
FEWEST = 4


@pytest.fixture(scope="module")
async def crowded(world: str) -> str:
    """The small world with a few thousand others in it."""
    connection = await connect(world)
    try:
        people = [
            replace(one, name=NATIONALS.get(one.place.country or "", one.name))
            if number % 40
            else one
            for number, one in enumerate(crowd(SIZE, 1))
            if number % THINNED.get(one.place, 1) == 0
        ]
        await join(connection, people)
        while await fold(connection):
            pass
    finally:
        await connection.close()
    return world


@pytest.fixture(scope="module")
async def true(crowded: str) -> dict[str | None, dict[str, Counter[Count]]]:
    """The truth, by the partner whose it is; of all by None."""
    return {partner: await truth(crowded, partner) for partner in (None, "NUSA", "ANDALAN")}


@pytest.fixture(scope="module")
async def readers(crowded: str) -> dict[str, Attacker]:
    """Who has read everything that is published of a measure."""
    async with published(crowded) as who:
        found = {measure: await counts(who, measure) for measure in ("intake", "decisions")}
        return {"refused": await everything(who), **found}


@asynccontextmanager
async def published(database: str) -> AsyncIterator[dict[str, Viewer]]:
    """The gateway, after everything was published anew."""
    connection = await connect(database)
    try:
        for table in ("volume_edition", "volume_published", "volume_publication_note"):
            await connection.execute(f"DELETE FROM {table}")
        await publish(connection, NOW)
    finally:
        await connection.close()
    async with (
        running_gateway(tokens.settings(database_url=database)) as app,
        InProcessClient(app) as client,
    ):
        yield viewers(client)


MEASURES = ("intake", "decisions", "refused")
REGIONS = {"AU": "OCEANIA", "NZ": "OCEANIA", "SG": "SOUTHEAST_ASIA"}
_PAID = """
    SELECT visa_type_code, nationality_code, country_code,
        extract(month FROM wib_day(paid_at))::int AS month, count(*) AS intake, 0 AS decisions,
        0 AS refused
    FROM application
    WHERE partner_code IS NOT DISTINCT FROM coalesce($1, partner_code)
        AND extract(year FROM wib_day(paid_at)) = 2025
    GROUP BY 1, 2, 3, 4
"""
_DECIDED = """
    SELECT visa_type_code, nationality_code, country_code,
        extract(month FROM wib_day(decided_at))::int AS month, 0 AS intake, count(*) AS decisions,
        count(*) FILTER (WHERE outcome = 'REFUSED') AS refused
    FROM decision JOIN application ON application.id = application_id
    WHERE supersedes_id IS NULL AND partner_code IS NOT DISTINCT FROM coalesce($1, partner_code)
        AND extract(year FROM wib_day(decided_at)) = 2025
    GROUP BY 1, 2, 3, 4
"""


async def truth(url: str, partner: str | None = None) -> dict[str, Counter[Count]]:
    """Each measure of each group and period, of one partner or all; outcomes as first decided."""
    connection = await connect(url)
    try:
        rows = [
            row for query in (_PAID, _DECIDED) for row in await connection.fetch(query, partner)
        ]
    finally:
        await connection.close()
    found = {measure: Counter[Count]() for measure in MEASURES}
    for row in rows:
        of_row = {
            "VISA_TYPE": row["visa_type_code"],
            "NATIONALITY": row["nationality_code"],
            "COUNTRY": row["country_code"],
            "REGION": REGIONS.get(row["country_code"]),
        }
        for groups, months, measure in product(NATIONAL, PERIODS.values(), MEASURES):
            first = (row["month"] - 1) // months * months + 1
            unknown = count(measure, ((one, of_row[one]) for one in groups), months, first)
            found[measure][unknown] += row[measure]
    return found


def outcomes(true: dict[str, Counter[Count]]) -> dict[Count, tuple[int, int]]:
    """The decisions and refusals of each group and period."""
    return {
        unknown: (true["decisions"][unknown._replace(measure="decisions")], refused)
        for unknown, refused in true["refused"].items()
    }


async def everything(who: dict[str, Viewer], off: int = 2) -> Attacker:
    """An attacker with everything that the public reads."""
    attacker = Attacker(off)
    await attacker.read(who["anonymous"], NATIONAL)
    return attacker


@dataclass
class AttackResult:
    """What an attack found out."""

    #: How many counts were attacked.
    attacked: int
    #: Those of which too few candidates are left, and fewer than by the decisions alone.
    narrow: dict[Count, tuple[Any, Any]]
    #: Those of which one is left.
    recovered: dict[Count, tuple[Any, Any]]


def attack(attacker: Attacker, true: Mapping[Count, int], most: int | None = None) -> AttackResult:
    """Solve for all numbers, or for so many, and assert that every premise is true."""
    for whole, parts, _ in attacker.sums():
        assert true.get(whole, 0) == sum(true.get(part, 0) for part in parts), whole
    for unknown in attacker.low:
        assert attacker.low[unknown] <= true.get(unknown, 0) <= attacker.high[unknown], unknown
    wanted = [each for each in attacker.low if attacker.decided[each][1]]
    wanted = sorted(wanted, key=lambda each: (true.get(each, 0), str(each)))[:most]
    left = attacker.narrow(wanted, FEWEST)
    anyway = attacker.anyway(left)
    narrow = {
        unknown: ends
        for unknown, ends in left.items()
        if anyway[unknown][1] - anyway[unknown][0] > ends[1] - ends[0]
    }
    recovered = {unknown: ends for unknown, ends in narrow.items() if ends[0] == ends[1]}
    return AttackResult(len(wanted), narrow, recovered)


@pytest.mark.parametrize("partner", [None, "NUSA", "ANDALAN"])
async def test_an_attacker_finds_no_number_of_refusals(readers, true, partner: str | None) -> None:
    """Without an account, or beside that with the exact figures of a partner."""
    attacker = readers["refused"]
    assert any(attacker.high[each] - attacker.low[each] <= 9 for each in attacker.low)
    attacker = replace(attacker, own=outcomes(true[partner]) if partner else {})
    found = attack(attacker, true[None]["refused"])
    assert found.attacked > 100
    assert found.narrow == {}


@pytest.mark.parametrize("measure", ["intake", "decisions"])
@pytest.mark.parametrize("partner", [None, "NUSA", "ANDALAN"])
async def test_an_attacker_finds_no_count_out(
    readers, true, partner: str | None, measure: str
) -> None:
    attacker = replace(readers[measure])
    if partner:
        give_figures(attacker, true[partner][measure], partner)
    found = attack(attacker, true[None][measure])
    assert found.attacked > 100
    assert secrets(found, true[None][measure]) == {}


def secrets(found: AttackResult, true: Mapping[Count, int]) -> dict[Count, tuple[Any, Any]]:
    """What was found out; that nobody came is no secret."""
    return {unknown: ends for unknown, ends in found.narrow.items() if true[unknown]}


async def counts(who: dict[str, Viewer], measure: str, off: int = 2) -> Attacker:
    attacker = Attacker(off)
    await attacker.read_counts(who["anonymous"], NATIONAL, measure)
    return attacker


def give_figures(attacker: Attacker, own: Mapping[Count, int], partner: str) -> None:
    """The exact figures of a partner; the smallest of its own are known to be all there is."""
    attacker.own = {unknown: (0, number) for unknown, number in own.items()}
    if partner == "NUSA":
        attacker.alone = {each for each in own if ("COUNTRY", "NZ") in each.group}


# Controls: with a rule less, the same attacker finds out what is withheld ------------------------


async def test_without_the_audit_who_holds_a_partners_figures_finds_numbers_out(
    crowded: str, true, monkeypatch
) -> None:
    monkeypatch.setattr(publishing, "audit", lambda *_: None)
    async with published(crowded) as who:
        attacker = await everything(who)
    attacker.own = outcomes(true["NUSA"])
    assert attack(attacker, true[None]["refused"]).narrow


@pytest.mark.parametrize("measure", ["intake", pytest.param("decisions", marks=pytest.mark.proof)])
async def test_without_the_audit_who_holds_a_partners_figures_finds_counts_out(
    crowded: str, true, monkeypatch, measure: str
) -> None:
    monkeypatch.setattr(publishing, "audit", lambda *_: None)
    async with published(crowded) as who:
        attacker = await counts(who, measure)
    give_figures(attacker, true["NUSA"][measure], "NUSA")
    assert secrets(attack(attacker, true[None][measure]), true[None][measure])


async def test_a_country_of_several_partners_told_by_itself_tells_one_of_the_other(
    crowded: str, true, monkeypatch
) -> None:
    """Without the rule that it stands in its region alone, and without the audit."""
    monkeypatch.setattr(Truth, "partners_in", lambda *_: None)
    monkeypatch.setattr(publishing, "audit", lambda *_: None)
    async with published(crowded) as who:
        attacker = await counts(who, "intake")
    give_figures(attacker, true["NUSA"]["intake"], "NUSA")
    found = attack(attacker, true[None]["intake"])
    assert any(("COUNTRY", "SG") in each.group for each in found.narrow)


async def test_numbers_that_are_not_rounded_are_found_out(crowded: str, true, monkeypatch) -> None:
    """A threshold alone: ten and more as they are, without the audit."""

    def threshold(decisions: int, refused: int) -> Protected:
        return Protected(rounded=refused) if decisions >= 100 and refused >= 10 else NOTHING

    monkeypatch.setattr(publishing, "protect_refusals", threshold)
    monkeypatch.setattr(publishing, "audit", lambda *_: None)
    async with published(crowded) as who:
        attacker = await everything(who, off=0)
    assert attack(attacker, true[None]["refused"], most=150).recovered


async def test_counts_that_are_not_rounded_are_found_out(crowded: str, true, monkeypatch) -> None:
    def threshold(number: int) -> Protected:
        return Protected(rounded=number) if number >= 10 else NOTHING

    monkeypatch.setattr(publishing, "protect_count", threshold)
    monkeypatch.setattr(publishing, "audit", lambda *_: None)
    async with published(crowded) as who:
        attacker = await counts(who, "intake", off=0)
    found = attack(attacker, true[None]["intake"], most=150)
    # Of what is withheld for being small: subtraction tells it.
    assert {each for each in found.recovered if not attacker.is_published(each)}


@pytest.mark.parametrize("questions", ["subsets", "sliding windows"])
def test_questions_off_the_grid_would_break_rounding(questions: str) -> None:
    """Rounded sums of any of nine small counts; of any run of days, few cases on each."""
    rng = Random(1)
    if questions == "subsets":
        counts = [rng.randrange(1, 10) for _ in range(9)]
        asked = [each for size in range(1, 10) for each in combinations(range(9), size)]
    else:
        counts = [rng.randrange(0, 12) for _ in range(20)]
        asked = [tuple(range(first, last)) for last in range(1, 21) for first in range(last)]
    rows = np.zeros((len(asked), len(counts)))
    for line, each in enumerate(asked):
        rows[line, list(each)] = 1
    # Thresholds hold, and each sum is rounded.
    sums = rows @ counts
    above, seen = rows[sums >= 13], np.array([round_to_step(int(one)) for one in sums if one >= 13])
    found = [_ends(number, above, seen) for number in range(len(counts))]
    assert all(low <= count <= high for count, (low, high) in zip(counts, found, strict=True))
    assert any(high - low + 1 < FEWEST for low, high in found)


def _ends(number: int, rows: Any, rounded: Any) -> tuple[int, int]:
    """The least and the most that a part can be, when rounded sums are published."""
    from scipy.optimize import linprog

    solved = [
        sign
        * linprog(
            np.eye(rows.shape[1])[number] * sign,
            np.vstack([rows, -rows]),
            np.concatenate([rounded + 2, 2 - rounded]),
            bounds=(0, 12),
        ).fun
        for sign in (1, -1)
    ]
    return ceil(solved[0] - 1e-6), floor(solved[1] + 1e-6)
