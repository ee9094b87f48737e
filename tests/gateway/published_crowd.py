"""A crowd in the small world, published at New Year, and what is asked of its figures."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette

from models.database.connections import connect
from models.publication import publish
from models.vocabulary import Status
from models.volumes import fold
from tests import tokens
from tests.gateway.conftest import Viewer
from tests.gateway.in_process import running_gateway
from tests.models.crowd import CrowdCase, crowd, join
from tests.world import ANDALAN_AU, APPLICANTS, DIRECT, MELBOURNE, NUSA_SG

NEW_YEAR = datetime(2026, 1, 1, 1, tzinfo=UTC)
YEAR = 'from: "2025-01-01", to: "2025-12-31"'
QUARTER = 'from: "2025-01-01", to: "2025-03-31"'
REFUSALS = (
    "refused { value upperBound precision } refusalRate { value upperBound precision denominator }"
)
PUBLISHED = "published { edition publishedAt rounding threshold fewestDecisions note }"
PERIOD = "period { startsOn endsOn }"
WIDER = "nearestWider { from to period groupBy dropped region country nationality visaType }"
#: Of some places there is only one in so many, so that there are small cells beside large ones.
THINNED = {MELBOURNE: 2, NUSA_SG: 3, ANDALAN_AU: 2}


async def publish_with(database: str, people: list[CrowdCase]) -> None:
    """Add a crowd to the small world, but for those who came directly, and publish it."""
    connection = await connect(database)
    try:
        await join(connection, [one for one in people if one.place is not DIRECT])
        while await fold(connection):
            pass
        await publish(connection, NEW_YEAR)
    finally:
        await connection.close()


def _is_left_out(one: CrowdCase, number: int) -> bool:
    """Few are refused of B1, and few are of Singapore, so that counts are bounded or withheld."""
    is_refused = one.visa_type == "B1" and one.status is Status.REFUSED
    return (is_refused or APPLICANTS[one.name] == "SG") and number % 8 != 0


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway on the small world with a crowd in it, published at New Year."""
    people = [
        one
        for number, one in enumerate(crowd(6_000, 1))
        if number % THINNED.get(one.place, 1) == 0 and not _is_left_out(one, number)
    ]
    await publish_with(world, people)
    async with running_gateway(tokens.settings(database_url=world)) as application:
        yield application


async def ask(viewer: Viewer, arguments: str, fields: str, table: str = "") -> Any:
    answer = await viewer(f"{{ volumes({arguments}) {{ {table} rows {{ {fields} }} }} }}")
    assert answer.errors == [], answer.errors
    return answer.data["volumes"]
