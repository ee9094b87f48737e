"""The keeper is killed while it screens and grants by rule, and gateways while files come in: no
file is lost, and none is screened by one list, decided or told of twice."""

import asyncio
import logging
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from uuid import UUID

import asyncpg
import pytest

from models.ban_list.comparison import BanList
from models.jobs.screening import screen_paid_cases
from models.row_security import login_at
from tests import tokens
from tests.accounts import find_tampering, sign
from tests.gateway.changing import IDENTITY, key, paid_case, receipt, row_id, rupiah
from tests.gateway.conftest import Viewer
from tests.gateway.crashes.ledger import Ledger, Write
from tests.gateway.crashes.writers import Writer
from tests.gateway.surviving.clients import Wire
from tests.gateway.surviving.processes import Process, gateways
from tests.journeys.test_without_a_human_act import keeping
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

log = logging.getLogger(__name__)

#: In force at once, so that nothing waits but for the keeper.
_RULE = """
    ALTER TABLE grant_rule DROP CONSTRAINT ck_grant_rule_hours_are_bounded;
    INSERT INTO grant_rule VALUES ('B1-1', 'B1', 1, '{AU}', 2, 0, 'director', 'PP 1');
"""
#: That a job is within a batch: what it wrote of it is not yet there.
_AT_WORK = """
    SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (classid::bigint << 32) | objid::bigint = hashtextextended($1, 0)
    )
"""
_SCREENED = "SELECT count(*) FROM screening WHERE list_version IS NOT NULL"
_GRANTED = "SELECT count(*) FROM decision WHERE grant_rule_code IS NOT NULL"
_DONE = """
    SELECT count(*) FROM grant_check WHERE application_id = ANY ($1) AND verdict <> 'WAITS'
"""
#: By what is wrong, the cases of which it is so.
_WRONG = """
    WITH one AS (SELECT * FROM application WHERE id = ANY ($1))
    SELECT 'status', count(*) FROM one JOIN grant_check ON application_id = one.id
        WHERE (status, verdict) NOT IN (('GRANTED', 'GRANTED'), ('PAID', 'SAMPLED'))
    UNION ALL SELECT table_name, count(*) FROM one CROSS JOIN LATERAL (VALUES
        ('decision', (SELECT count(*) FROM decision WHERE application_id = one.id)),
        ('visa', (SELECT count(*) FROM visa WHERE application_id = one.id)),
        ('granted', (SELECT count(*) FROM application_event
            WHERE application_id = one.id AND kind = 'GRANTED'))
    ) AS made (table_name, number) WHERE number <> (status = 'GRANTED')::int GROUP BY 1
    UNION ALL SELECT 'screening', count(*) FROM one
        WHERE 1 <> (SELECT count(*) FROM screening WHERE application_id = one.id)
    UNION ALL SELECT 'screened', count(*) FROM one WHERE 1 <> (
        SELECT count(*) FROM application_event WHERE application_id = one.id AND kind = 'SCREENED')
    UNION ALL SELECT 'gaps', count(*) FROM one WHERE EXISTS (
        SELECT FROM application_event WHERE application_id = one.id
        HAVING max(sequence) <> count(*) OR min(sequence) <> 1)
    UNION ALL SELECT 'leaves', count(*) FROM one JOIN application_event AS event
        ON event.application_id = one.id
        WHERE 1 <> (SELECT count(*) FROM account_leaf
            WHERE source = 'application_event' AND row_id = lpad(to_hex(event.id), 32, '0')::uuid)
    UNION ALL SELECT 'unlogged', count(*) FROM one
        WHERE NOT EXISTS (SELECT FROM linker_read
            WHERE linker_read.applicant_id = one.applicant_id AND reader = 'SCREENER')
        OR NOT EXISTS (SELECT FROM linker_read
            WHERE linker_read.applicant_id = one.applicant_id AND reader = 'GRANTER')
"""


def somebody(number: int) -> dict[str, str]:
    """A person of their own."""
    born = {"birthDate": f"{1950 + number // 300}-{1 + number % 12:02}-{1 + number // 12 % 25:02}"}
    return {**IDENTITY, **born, "fullName": f"Ada {number:03}", "passportNumber": f"KL{number:07}"}


class Lodger(Writer):
    """Hands in plain files, which are paid and handed over."""

    async def lodge(self, number: int, cases: set[UUID]) -> None:
        values = {"visaType": "B1", "nationality": "AU", "tripPurpose": "TOURISM"}
        values |= {"identity": somebody(number)}
        submitted = await self._perform(Write("submitApplication", "agent-au", key(), values))
        assert submitted is not None
        case = submitted["application"]
        paid = {"billingCode": case["bill"]["code"], "receiptNumber": receipt()}
        paid |= {"paid": rupiah(500_000)}
        await self._perform(Write("recordPayment", "treasury", key(), paid))
        await self._perform(Write("markReceived", "agent-au", key(), {"applicationId": case["id"]}))
        cases.add(row_id(case["id"]))


@contextmanager
def keeper(url: str, folder: Path) -> Iterator[Process]:
    """A keeper that is not started yet."""
    process = Process(
        {"DATABASE_URL": url, "OWNER_URL": url, "JWKS_URL": "https://issuer.test/keys",
         "CHECKPOINTS": str(folder)},
        command="keep",
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.is_running():
            process.end(signal.SIGKILL)


async def kill(
    killed: Process,
    connection: asyncpg.Connection,
    times: int,
    chance: Random,
    *,
    is_busy: bool = True,
) -> Counter[str]:
    """Start and kill the keeper so many times: in turns at a random instant of a batch of grants,
    and once some were screened, as where it `is_busy` there always are. Count the kills within a
    batch, and the keepers that granted something.
    """
    met, granted = Counter[str](), await connection.fetchval(_GRANTED)
    for number in range(times):
        screened, end = await connection.fetchval(_SCREENED), time.monotonic() + 150
        is_granting = number % 2 == 0
        job = "gerbang granter" if is_granting else "gerbang screener"
        killed.start()
        while not (
            await connection.fetchval(_AT_WORK, job)
            if is_granting or not is_busy
            else await connection.fetchval(_SCREENED) > screened
        ):
            assert time.monotonic() < end, f"{job} does nothing"
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.5 * chance.random() ** 3)  # a batch takes less
        met[job] += await connection.fetchval(_AT_WORK, job)
        code = await asyncio.to_thread(killed.end, signal.SIGKILL)
        assert code == -signal.SIGKILL
        before, granted = granted, await connection.fetchval(_GRANTED)
        met["granted"] += granted > before
    return met


async def until_done(connection: asyncpg.Connection, cases: set[UUID]) -> None:
    async with asyncio.timeout(120):
        while await connection.fetchval(_DONE, cases) < len(cases):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def assert_once(connection: asyncpg.Connection, cases: set[UUID], folder: Path) -> None:
    await sign(connection, folder)
    assert {what: number for what, number in await connection.fetch(_WRONG, cases) if number} == {}
    assert await find_tampering(connection, folder) == []


async def test_two_kills_of_the_keeper_lose_and_double_nothing(
    who: dict[str, Viewer], world: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await connection.execute(_RULE)
    cases = set[UUID]()
    for number in range(8):
        given = {"tripPurpose": "TOURISM", "identity": somebody(number)}
        cases.add(row_id(await paid_case(who, **given)))
        if number == 3:  # of half of them only the grant is left
            await screen_paid_cases(KEYS, connection, BanList())
    with keeper(world, tmp_path) as killed:
        await kill(killed, connection, 2, Random(1), is_busy=False)
    async with keeping(world):
        await until_done(connection, cases)
    await assert_once(connection, cases, tmp_path)


@pytest.mark.proof
async def test_thirty_kills_of_the_keeper_and_of_gateways_lose_and_double_nothing(
    world: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await connection.execute(_RULE)
    chance, kills, cases, numbers = Random(2), 30, set[UUID](), count()
    ledger = Ledger(wanted=0)
    with (
        gateways(2, login_at(world, tokens.PASSWORD)) as serving,
        keeper(world, tmp_path) as killed,
    ):
        killing = asyncio.create_task(kill(killed, connection, kills, chance))

        async def lodge(seed: float) -> None:
            lodger = Lodger([Wire(one.port) for one in serving], ledger, Random(seed))
            while not killing.done():
                await lodger.lodge(next(numbers), cases)
                await asyncio.sleep(0.2)

        async def kill_gateways() -> None:
            while not killing.done():
                await asyncio.sleep(4 + 8 * chance.random())
                process = chance.choice(serving)
                await asyncio.to_thread(process.end, signal.SIGKILL)
                process.start()
                await asyncio.to_thread(process.until_ready)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(kill_gateways())
            for _ in range(4):
                tasks.create_task(lodge(chance.random()))
        met = await killing
        assert not ledger.refused, ledger
        killed.start()
        await until_done(connection, cases)
        await asyncio.to_thread(killed.end)
    await assert_once(connection, cases, tmp_path)
    log.info("%d files, %s; killed within a batch: %s", len(cases), ledger, dict(met))
    # Its premises: kills meet batches of either job, and several keepers have granted something.
    assert min(met.values()) >= kills // 10, met
