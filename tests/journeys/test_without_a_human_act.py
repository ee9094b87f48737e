"""Clean applications reach a grant by rule without a human act, while each that something stands
against waits for people."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from models.jobs.granting import keep_granting
from models.jobs.screener import keep_screening
from models.life.grant_conditions import CONDITIONS
from models.vocabulary import GrantCondition
from tests.gateway.changing import row_id
from tests.gateway.conftest import Viewer
from tests.journeys.planting import LISTED, LISTED_LATER, PLANTED, Day
from tests.journeys.test_ban import approve_ban
from tests.journeys.test_family import member
from tests.journeys.test_granted_by_rule import CASE, decree, hours_pass, look
from tests.journeys.test_pools import take
from tests.linking import KEYS
from tests.world import today

pytestmark = pytest.mark.anyio

log = logging.getLogger(__name__)

_C = GrantCondition
PHOTOGRAPH = "INSERT INTO required_document VALUES ('B1', 'PHOTOGRAPH', '2020-01-01', true)"
CLEARED = """
    SELECT FROM application WHERE id = ANY ($1)
        AND EXISTS (SELECT FROM screening WHERE application_id = application.id)
"""
DECIDED = """
    SELECT FROM application WHERE id = ANY ($1) AND EXISTS (
        SELECT FROM grant_check WHERE application_id = application.id AND verdict <> 'WAITS'
    )
"""
GRANTED = "SELECT id FROM application WHERE id = ANY ($1) AND status = 'GRANTED'"
SAMPLED = "SELECT application_id FROM grant_check WHERE verdict = 'SAMPLED'"
ON_DESKS = "SELECT application_id FROM assignment WHERE ended_at IS NULL"
#: One of each, and no answer but one by each list; and nobody ever had it on the desk.
ONCE = """
    SELECT count(*) FROM application WHERE id = ANY ($1)
        AND 1 = (SELECT count(*) FROM decision WHERE application_id = application.id)
        AND 1 = (SELECT count(*) FROM visa WHERE application_id = application.id)
        AND (1, 2, 2) = (
            SELECT count(*) FILTER (WHERE voided_at IS NULL), count(*), count(DISTINCT list_version)
            FROM screening WHERE application_id = application.id
        )
        AND 1 = (
            SELECT count(*) FROM application_event
            WHERE application_id = application.id AND kind = 'GRANTED'
        )
        AND NOT EXISTS (SELECT FROM assignment WHERE application_id = application.id)
"""


@asynccontextmanager
async def keeping(url: str) -> AsyncIterator[None]:
    """Screens and grants while the context is open."""
    stop = asyncio.Event()
    jobs = [
        asyncio.create_task(keep(KEYS, url, stop, every=0.1))
        for keep in (keep_screening, keep_granting)
    ]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*jobs)


async def until(
    connection: asyncpg.Connection, question: str, cases: list[str], seconds: float
) -> None:
    """Wait until it holds of all these cases."""
    wanted, end = [row_id(one) for one in cases], time.monotonic() + seconds
    while len(await connection.fetch(question, wanted)) < len(wanted):
        checks = "SELECT verdict, unmet FROM grant_check WHERE application_id = ANY ($1)"
        assert time.monotonic() < end, [*map(tuple, await connection.fetch(checks, wanted))]
        await asyncio.sleep(0.05)


async def put_on_the_list(who: dict[str, Viewer], person: dict[str, str]) -> None:
    """Under another spelling, which no digest finds."""
    given, family = person["fullName"].split()
    name = f"{family.upper()}, {given}e"
    born = {"fullName": name, "birthDate": person["birthDate"]}
    await approve_ban(who, nameAndBirthDate=born)


async def waits(who: dict[str, Viewer], case: str, unmet: set[GrantCondition]) -> None:
    """Wait until the rule has found that this is missing of it."""
    found = None
    try:
        async with asyncio.timeout(20):
            while True:
                found = (await look(who["supervisor"], CASE, case))["grantCheck"]
                if found and {*found["unmet"]} - {_C.BY_TODAYS_LIST} == unmet:
                    break
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise AssertionError(f"{found}, and not {unmet}") from error
    assert found["verdict"] == "WAITS"


async def go(who: dict[str, Viewer], url: str, connection: asyncpg.Connection, clean: int) -> None:
    assert PLANTED.keys() | {_C.NO_CANDIDATE} == {one.name for one in CONDITIONS}
    seconds = 20 + clean
    await connection.execute(PHOTOGRAPH)
    day, began = Day(who, connection), time.monotonic()
    await put_on_the_list(who, LISTED)
    await decree(who)
    async with keeping(url):
        cases = [await day.lodge() for _ in range(clean)]
        # Two parents, a child, and a newborn of three days.
        children = [member("Mia"), member("Noah")]
        for child, days in zip(children, (9 * 365, 3), strict=True):
            child["identity"]["birthDate"] = (today() - timedelta(days=days)).isoformat()
            child["guardian"] = {"travelsInGroup": True, "hasConsented": True}
        family = await day.family(member("Olive"), member("Jack"), *children, paid=4)
        planted = {name: await plant(day) for name, (plant, _) in PLANTED.items()}
        lodged = time.monotonic()
        plain = [planted[_C.CLEARED_LATELY], planted[_C.BY_TODAYS_LIST]]
        await until(connection, CLEARED, [*cases, *family, *plain], seconds)
        cleared = time.monotonic()

        # A day later for one, three hours for all but another; and there is a new entry.
        await put_on_the_list(who, LISTED_LATER)
        await day.run(
            "UPDATE screening SET requested_at = requested_at - interval '25 hours', answered_at ="
            " answered_at - interval '25 hours' WHERE application_id = $1",
            planted[_C.CLEARED_LATELY],
        )
        early = {planted[_C.PAID], planted[_C.NOT_TOO_EARLY]}
        await hours_pass(connection, *{*day.cases} - early)
        await until(connection, DECIDED, [*cases, *family], seconds)
        done = time.monotonic()
        for name, (_, unmet) in PLANTED.items():
            await waits(who, planted[name], unmet)

    # These wait for people and the sample does, each family together; nobody else.
    ids = {row_id(case) for case in day.cases}
    granted = {one["id"] for one in await connection.fetch(GRANTED, ids)}
    sampled = {one["application_id"] for one in await connection.fetch(SAMPLED)}
    one_family = {row_id(case) for case in family}
    assert one_family <= granted or one_family <= sampled
    [mate] = ids - granted - sampled - {row_id(case) for case in planted.values()}
    assert await connection.fetchval("SELECT paid_at FROM application WHERE id = $1", mate) is None
    assert granted | sampled == {row_id(case) for case in (*cases, *family)}
    assert await connection.fetchval(ONCE, granted) == len(granted)
    # The sample is in the officers' queue.
    while await take(who["officer"]):
        pass
    on_desks = {one["application_id"] for one in await connection.fetch(ON_DESKS)}
    assert sampled <= on_desks
    assert not granted & on_desks
    log.info(
        "%d lodged in %.0f s, all cleared %.1f s later, granted by rule (%d) or sampled (%d) in"
        " another %.1f s; %d waited for people",
        *(len(ids), lodged - began, cleared - lodged, len(granted), len(sampled), done - cleared),
        len(ids - granted - sampled),
    )


async def test_clean_files_are_granted_without_a_human_act_and_each_planted_one_waits(
    who: dict[str, Viewer], world: str, connection: asyncpg.Connection
) -> None:
    await go(who, world, connection, clean=12)


@pytest.mark.proof
async def test_a_thousand_clean_files_are_granted_without_a_human_act(
    who: dict[str, Viewer], world: str, connection: asyncpg.Connection
) -> None:
    await go(who, world, connection, clean=1_000)
