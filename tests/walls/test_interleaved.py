"""Many viewers at once over few connections: nobody is answered as somebody else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random

import pytest

from models.row_security import login_at
from tests import tokens
from tests.gateway import oracle
from tests.gateway.conftest import CLAIMS, Viewer, viewers
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.walls.pooler import answers, pgbouncer, with_pgbouncer

pytestmark = pytest.mark.anyio

_AT_ONCE = 40
_CASES = "{ applications(first: 100) { totalCount { value } nodes { reference } } }"
_DIRECTORY = "{ partners(first: 9) { nodes { code } } centres(first: 9) { nodes { code } } }"
_READERS = [
    name for name, claims in CLAIMS.items()
    if oracle.role_of(claims) not in (
        "LEADERSHIP", "SCREENING", "TREASURY", "ADMINISTRATOR", "BORDER", "CARRIER", "ANONYMOUS")
]  # fmt: skip


async def cases(viewer: Viewer) -> None:
    page = (await viewer(_CASES)).data["applications"]
    assert {row["reference"] for row in page["nodes"]} == oracle.cases(viewer.claims)
    assert page["totalCount"]["value"] == len(oracle.cases(viewer.claims))


async def directory(viewer: Viewer) -> None:
    data = (await viewer(_DIRECTORY)).data
    assert {row["code"] for row in data["partners"]["nodes"]} == oracle.partners(viewer.claims)
    assert {row["code"] for row in data["centres"]["nodes"]} == oracle.centres(viewer.claims)


@asynccontextmanager
async def serving(owner_url: str, gateway_url: str) -> AsyncIterator[dict[str, Viewer]]:
    settings = tokens.settings(owner_url, database_url=gateway_url, database_connections="20")
    async with running_gateway(settings) as app, InProcessClient(app) as client:
        yield viewers(client)


async def interleave_questions(who: dict[str, Viewer], number: int) -> None:
    """So many questions of different viewers, some dozens at any time; one in twenty hangs up, all
    others are answered."""
    random, turn = Random(number), asyncio.Semaphore(_AT_ONCE)

    async def ask_once(
        ask: Callable[[Viewer], Awaitable[None]], viewer: Viewer, patience: float | None
    ) -> None:
        async with turn:
            try:
                async with asyncio.timeout(patience):
                    await ask(viewer)
            except TimeoutError:
                assert patience, "nobody hung up"

    await asyncio.gather(
        *(
            ask_once(
                random.choice((cases, directory)),
                who[random.choice(_READERS)],
                random.uniform(0.001, 0.05) if random.random() < 0.05 else None,
            )
            for _ in range(number)
        )
    )


@asynccontextmanager
async def pooled(world: str, prepared_statements: int) -> AsyncIterator[dict[str, Viewer]]:
    login = login_at(world, tokens.PASSWORD)
    with pgbouncer(login, size=4, prepared_statements=prepared_statements) as url:
        await answers(url)
        async with serving(world, url) as who:
            yield who


@with_pgbouncer
async def test_interleaved_viewers_behind_pgbouncer(world: str) -> None:
    async with pooled(world, 200) as who:
        await interleave_questions(who, 400)


@pytest.mark.proof
@with_pgbouncer
async def test_ten_thousand_interleaved_requests_behind_pgbouncer(world: str) -> None:
    async with pooled(world, 200) as who:
        await interleave_questions(who, 10_000)


async def test_interleaved_viewers_over_few_connections(world: str) -> None:
    async with serving(world, login_at(world, tokens.PASSWORD)) as who:
        await interleave_questions(who, 200)


@pytest.mark.proof
@with_pgbouncer
async def test_a_pooler_that_keeps_no_prepared_statements_gives_errors_not_rows(world: str) -> None:
    """Why the setting asks for `max_prepared_statements`: without, statements get lost."""
    lost = 0
    async with pooled(world, 0) as who:

        async def read_cases(viewer: Viewer) -> None:
            nonlocal lost
            answer = await viewer(_CASES)
            if answer.errors:
                lost += 1
                return
            found = {row["reference"] for row in answer.data["applications"]["nodes"]}
            assert found == oracle.cases(viewer.claims)

        await asyncio.gather(*(read_cases(who[name]) for name in _READERS * 8))
    assert lost
