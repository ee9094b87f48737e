"""An attacker with everything that viewers are told finds no count that is withheld.

The controls take one rule away, and the same attacker succeeds: so it can attack.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from math import ceil, floor
from random import Random
from typing import Any

import httpx2
import numpy as np
import pytest
from scipy.optimize import linprog

from gateway.service import gateway
from models.database.connections import connect
from models.publication import audit, publish, publishing
from models.publication.disclosure import ProtectedCount, round_to_step
from models.volumes import fold
from tests import tokens
from tests.gateway.attacker import (
    CENTRE,
    COUNTRY,
    NATIONAL,
    PERIODS,
    Attacker,
    Count,
    count,
    group_of,
)
from tests.gateway.conftest import CLAIMS, Viewer
from tests.models.crowd import crowd, join
from tests.world import ANDALAN_AU, DIRECT, MELBOURNE, NUSA_NZ

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SYDNEY = frozenset({("PARTNER", "NUSA"), ("COUNTRY", "AU"), ("CENTRE", "AU-SYD")})
#: So that there are small cells beside large ones: of some places one in so many.
THINNED = {MELBOURNE: 3, NUSA_NZ: 4, ANDALAN_AU: 8, DIRECT: 5}
SIZE = 4_000
FEWEST = 4


@pytest.fixture(scope="module")
async def crowded(world: str) -> str:
    """The small world with a few thousand others in it."""
    connection = await connect(world)
    try:
        people = [
            one
            for number, one in enumerate(crowd(SIZE, 1))
            if number % THINNED.get(one.place, 1) == 0
        ]
        await join(connection, people)
        while await fold(connection):
            pass
    finally:
        await connection.close()
    return world


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
    app = gateway(tokens.settings(database_url=database), key_source=tokens.key_source)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield {name: Viewer(client, claims) for name, claims in CLAIMS.items()}


async def truth(who: dict[str, Viewer]) -> dict[Count, int]:
    """Every count as it is: what leadership reads."""
    found: dict[Count, int] = {}
    reader = Attacker()
    fields = "intake { value } decisions { value } refused { value } targetRate { value }"
    for groups in (*NATIONAL, *COUNTRY, *CENTRE):
        for period, months in PERIODS.items():
            for row in await reader.ask(who["leadership"], groups, period, fields):
                first = int(row["period"]["startsOn"][5:7])
                key = (group_of(row, groups), months, first)
                decisions = row["decisions"]["value"]
                found[count("intake", *key)] = row["intake"]["value"]
                found[count("decisions", *key)] = decisions
                found[count("refused", *key)] = row["refused"]["value"]
                found[count("within", *key)] = round((row["targetRate"]["value"] or 0) * decisions)
    return found


async def everything(who: dict[str, Viewer], coalition: str, off: int = 2) -> Attacker:
    """An attacker who knows what each of a coalition is told, and knows."""
    attacker = Attacker(off)
    members = coalition.split(" + ")
    for manager in (name for name in members if name.startswith("manager")):
        await attacker.read(who[manager], (*COUNTRY, *CENTRE), intake=False)
        await attacker.know_closures(who[manager])
        if "anonymous" in members:
            await attacker.know_intake(who[manager])
    if "agent-au" in members:
        await attacker.know_cases(who["agent-au"], SYDNEY)
    if "anonymous" in members:
        await attacker.read(who["anonymous"], NATIONAL, intake=True)
    return attacker


@dataclass
class Found:
    """What an attack came to."""

    #: Counts that are not nought, and not known to the viewers anyway.
    protected: int
    #: Those of which too few candidates are left, and fewer than before the publication.
    narrow: dict[Count, tuple[Any, Any]]
    #: Those of which one is left.
    recovered: dict[Count, tuple[Any, Any]]


def attacked(attacker: Attacker, true: dict[Count, int], most: int | None = None) -> Found:
    """Solve for all counts, or so many, and see that all that is concluded from is true."""
    for unknown in attacker.low:
        assert attacker.low[unknown] <= true.get(unknown, 0) <= attacker.high[unknown], unknown
    for whole, parts, is_all in attacker.sums():
        rest = true.get(whole, 0) - sum(true.get(part, 0) for part in parts)
        assert rest == 0 if is_all else rest >= 0, whole
    wanted = [unknown for unknown in attacker.low if true.get(unknown, 0)]
    wanted = sorted(wanted, key=lambda unknown: (true[unknown], str(unknown)))[:most]
    left = attacker.narrow(wanted, FEWEST)
    anyway = attacker.anyway(left)
    narrow = {
        unknown: ends
        for unknown, ends in left.items()
        if anyway[unknown][1] - anyway[unknown][0] > ends[1] - ends[0]
    }
    recovered = {unknown: ends for unknown, ends in narrow.items() if ends[0] == ends[1]}
    return Found(len(wanted) - len(left) + len(narrow), narrow, recovered)


def at_length(*coalition: str) -> Any:
    return pytest.param(*coalition, marks=pytest.mark.proof)


@pytest.mark.parametrize(
    "coalition",
    [
        "anonymous",
        "manager-au",
        at_length("manager-pacific"),
        at_length("manager-andalan"),
        at_length("manager-au + agent-au"),
        "manager-pacific + anonymous + agent-au",
    ],
)
async def test_nothing_that_is_withheld_is_found_out(crowded: str, coalition: str) -> None:
    async with published(crowded) as who:
        true = await truth(who)
        attacker = await everything(who, coalition)
        found = attacked(attacker, true)
        assert found.protected > 50
        assert found.narrow == {}


# Controls: with a rule less, the same attacker finds out what is withheld ------------------------


async def test_a_threshold_alone_is_broken(crowded: str, monkeypatch) -> None:
    def unrounded(counts: Any, closed: int, withheld: Any = (), **_: Any) -> Any:
        return {m: None if 0 < counts[m] < 10 else counts[m] for m in ProtectedCount}

    monkeypatch.setattr(audit, "protect", unrounded)
    monkeypatch.setattr(publishing, "audit_publication", lambda *_: None)
    async with published(crowded) as who:
        # A rate of an unrounded count tells it; the attacker needs no more than the counts.
        attacker = await everything(who, "manager-au", off=0)
        found = attacked(attacker, await truth(who), most=60)
    assert len(found.recovered) > 5


async def test_without_the_audit_some_counts_are_found_out(crowded: str, monkeypatch) -> None:
    monkeypatch.setattr(publishing, "audit_publication", lambda *_: None)
    async with published(crowded) as who:
        attacker = await everything(who, "manager-au + agent-au")
        found = attacked(attacker, await truth(who))
    assert found.narrow


@pytest.mark.parametrize("questions", ["subsets", "sliding windows"])
def test_questions_off_the_grid_would_break_rounding(questions: str) -> None:
    """Rounded sums of any of twelve small counts; of any run of days, few cases on each."""
    rng = Random(1)
    if questions == "subsets":
        counts = [rng.randrange(1, 10) for _ in range(12)]
        asked = [each for size in range(1, 13) for each in combinations(range(12), size)]
    else:
        counts = [rng.randrange(0, 12) for _ in range(40)]
        asked = [tuple(range(first, last)) for last in range(1, 41) for first in range(last)]
    rows = np.zeros((len(asked), len(counts)))
    for line, each in enumerate(asked):
        rows[line, list(each)] = 1
    # Thresholds hold, and each sum is rounded.
    sums = rows @ counts
    above, told = rows[sums >= 13], np.array([round_to_step(int(one)) for one in sums if one >= 13])
    found = [_ends(number, above, told) for number in range(len(counts))]
    assert all(low <= count <= high for count, (low, high) in zip(counts, found, strict=True))
    assert any(high - low + 1 < FEWEST for low, high in found)


def _ends(number: int, rows: Any, told: Any) -> tuple[int, int]:
    """The least and the most that a part can be, when rounded sums are told."""
    solved = [
        sign
        * linprog(
            np.eye(rows.shape[1])[number] * sign,
            np.vstack([rows, -rows]),
            np.concatenate([told + 2, 2 - told]),
            bounds=(0, 12),
        ).fun
        for sign in (1, -1)
    ]
    return ceil(solved[0] - 1e-6), floor(solved[1] + 1e-6)
