"""What a partner's exact figures tell of one person whose decision did not stand: nothing.

Every kind of question that the schema accepts of a partner is asked before and after a decision is
superseded and a visa revoked. The controls move a figure, and the same questions show it.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from itertools import combinations
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from starlette.applications import Starlette

from models.database.connections import connect
from models.publication import publish
from models.volumes import age, fold
from tests import tokens
from tests.gateway.conftest import Viewer
from tests.gateway.in_process import running_gateway
from tests.models.crowd import crowd, join

pytestmark = pytest.mark.anyio

WINDOWS = (
    'from: "2025-01-01", to: "2025-12-31"',
    'from: "2025-01-01", to: "2025-03-31"',
    'from: "2025-02-01", to: "2025-02-28"',
)
CUT = ('from: "2025-01-09", to: "2025-05-20"', 'from: "2025-02-03", to: "2025-02-03"')
PERIODS = ("", "MONTH", "QUARTER", "YEAR")
DAYS = ("DAY", "WEEK")
PARTS = {
    "CENTRE": "centre { code }", "CHANNEL": "channel", "VISA_TYPE": "visaType { code }",
    "NATIONALITY": "nationality { code }", "TRIP_PURPOSE": "tripPurpose",
}  # fmt: skip
OUTCOMES = (
    "granted { value precision yearOnYear { value } monthOnMonth { value } }"
    " refused { value precision yearOnYear { value } monthOnMonth { value } }"
    " refusalRate { value denominator monthOnMonth { value } }"
)
NETWORK = "network { decisions { value } granted { value } refused { value } }"
PUBLISHED = (
    "edition visaType { code } nationality { code } period { startsOn } intake { value precision }"
    " decisions { value precision } refused { value upperBound } refusalRate { value upperBound }"
    " targetRate { value } turnaroundP50 { hours }"
)
OTHERS = " ".join(
    [
        *(f"{name} {{ value }}" for name in ("intake", "decisions", "withdrawn", "lapsed", "wip",
          "backlog", "targetRate", "targetRateIntake", "clearanceRatio",
          "infoRequestRate")),
        "revenue { value { amount } }",
        *(f"{name} {{ hours measured }}" for name in ("turnaroundP50", "turnaroundP95",
          "turnaroundAdjustedP90", "handoverP90", "wipAgeP50", "wipAgeOldest")),
    ]
)  # fmt: skip


def of_outcomes(windows: Iterable[str], *, has_network: bool) -> Iterator[tuple[str, str]]:
    """The arguments and fields of questions about outcomes."""
    named = {"": "", **PARTS}
    for window in windows:
        for part, field in named.items():
            for period in PERIODS:
                for place in ("", "COUNTRY"):
                    groups = " ".join(filter(None, (place, part, period)))
                    fields = f"{field} country {{ code }} period {{ startsOn }} {OUTCOMES}"
                    if has_network and part in ("VISA_TYPE", "NATIONALITY"):
                        fields += f" {NETWORK}"
                    yield f"{window}, groupBy: [{groups}]", fields
        for visa_type in ("B1", "C1"):
            where = f'where: {{visaType: {{in: ["{visa_type}"]}}}}'
            yield f"{window}, groupBy: [COUNTRY, MONTH], {where}", OUTCOMES


def of_others(*sizes: int) -> Iterator[tuple[str, str]]:
    """Of all other measures, by so many parts at once. Days are those of a month where they are cut
    small otherwise."""
    for window in (*WINDOWS, *CUT):
        is_short = window in (WINDOWS[2], CUT[1])
        for parts in (each for size in sizes for each in combinations(PARTS, size)):
            for period in (*PERIODS, *(DAYS if is_short or len(parts) == 1 else ())):
                fields = " ".join(PARTS[part] for part in parts)
                groups = " ".join((*parts, period))
                yield f"{window}, groupBy: [{groups}]", f"{fields} period {{ startsOn }} {OTHERS}"


async def everything(
    viewer: Viewer,
    windows: Iterable[str] = WINDOWS,
    *,
    has_network: bool = False,
    others: Iterable[tuple[str, str]] = (),
) -> dict[str, Any]:
    """All answers about outcomes, and those to other questions, by question."""
    found: dict[str, Any] = {}
    for arguments, fields in (*of_outcomes(windows, has_network=has_network), *others):
        answer = await viewer(f"{{ volumes({arguments}) {{ rows {{ {fields} }} }} }}")
        if answer.codes == ["TOO_COSTLY"]:
            continue
        assert answer.errors == [], answer.errors
        found[arguments + fields] = answer.data["volumes"]["rows"]
    for groups in ("", "VISA_TYPE", "NATIONALITY") if has_network else ():
        for period in ("MONTH", "QUARTER", "YEAR"):
            arguments = f"{WINDOWS[0]}, groupBy: [{groups} {period}], published: true"
            fields = f"published {{ edition }} rows {{ {PUBLISHED} }}"
            answer = await viewer(f"{{ volumes({arguments}) {{ {fields} }} }}")
            assert answer.errors == []
            found[arguments] = [answer.data["volumes"]]
    return found


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    connection = await connect(world)
    try:
        await join(connection, crowd(1_500, 4))
        await catch_up(connection)
    finally:
        await connection.close()
    async with running_gateway(tokens.settings(database_url=world)) as application:
        yield application


async def catch_up(connection: asyncpg.Connection) -> None:
    while await fold(connection):
        pass
    await age(connection)
    await publish(connection, datetime.now(UTC))


async def overturn_two(connection: asyncpg.Connection) -> None:
    """Supersede a grant of a centre in Australia by a refusal, and revoke another."""
    one, other = await connection.fetch(
        "SELECT id, current_decision_id FROM application WHERE status = 'GRANTED'"
        " AND centre_code = 'AU-SYD' AND closed_at BETWEEN '2025-02-03' AND '2025-02-25' LIMIT 2"
    )
    async with connection.transaction():
        decision = uuid4()
        await connection.execute(
            "INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer,"
            " supersedes_id) VALUES ($1, $2, 'REFUSED', '{INCOMPLETE}', now(), 'supervisor', $3)",
            decision, one["id"], one["current_decision_id"],
        )  # fmt: skip
        await connection.execute(
            "UPDATE application SET status = 'REFUSED', current_decision_id = $2 WHERE id = $1",
            one["id"], decision,
        )  # fmt: skip
        await connection.execute(
            "UPDATE application SET status = 'REVOKED' WHERE id = $1", other["id"]
        )


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("manager-au", (len(PARTS),)),
        pytest.param("manager-au", (1, 2), marks=pytest.mark.proof),  # sums of what all parts tell
        # Who reads less of the same.
        pytest.param("agent-au", (1, 2, len(PARTS)), marks=pytest.mark.proof),
    ],
)
async def test_no_answer_tells_of_a_superseded_decision_or_a_revocation(
    who: dict[str, Viewer], world: str, name: str, sizes: tuple[int, ...]
) -> None:
    has_network = name.startswith("manager")
    others = [*of_others(*sizes)]
    before = await everything(who[name], has_network=has_network, others=others)
    total = f"{{ volumes({WINDOWS[0]}, groupBy: []) {{ rows {{ refused {{ value }} }} }} }}"
    of_all = (await who["leadership"](total)).data
    connection = await connect(world)
    try:
        await overturn_two(connection)
        await catch_up(connection)
        assert (await who["leadership"](total)).data != of_all
        again = await everything(who[name], has_network=has_network, others=others)
        assert again == before
        assert sum(len(rows) for rows in before.values()) > 1_000
        # The control: were they moved by it, the same questions would show it.
        await connection.execute(
            "UPDATE volume_outcome SET refused = refused + 1, granted = granted - 1"
            " WHERE country_code = 'AU' AND partner_code = 'NUSA' AND starts_on = '2025-02-01'"
        )
        await connection.execute(
            "UPDATE volume_outcome_place SET refused = refused + 1, granted = granted - 1"
            " WHERE centre_code = 'AU-SYD' AND starts_on = '2025-02-01'"
        )
        after = await everything(who[name], WINDOWS[2:], has_network=has_network)
        assert sum(after[key] != before[key] for key in after) > 30
    finally:
        await connection.close()
