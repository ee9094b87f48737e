"""The keys of the seal die with their day, and the database never learns what they are made of."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.access.transactions.begin import Seal
from gateway.viewer import Viewer
from models.database.connections import connect
from models.row_security import database_role, login_at, writing_role
from models.row_security.seal_keys import (
    DAY,
    LONGEST_TRANSACTION,
    DailyKey,
    are_trusted_alone,
    daily_key,
    install_seal_keys,
    keep_seal_keys,
    trust_only,
)
from models.vocabulary import Role
from tests import tokens
from tests.premises import holds, premise

pytestmark = pytest.mark.anyio

MANAGER = Viewer("manager-au", Role.PARTNER_MANAGER, partner="NUSA", countries=("AU",))
OWN, OTHER = tokens.SEAL_KEY, bytes(reversed(range(32)))
COUNT = "SELECT count(*) FROM (SELECT id FROM application) AS reached"


@pytest.fixture
async def owner(world: str) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection; the keys are this day's and the next day's again afterwards."""
    connection = await connect(world)
    try:
        yield connection
    finally:
        await connection.execute("DELETE FROM viewer.daily_seal_key")
        await install_seal_keys(connection, (OWN,))
        await connection.close()


def test_a_gateway_seals_with_the_key_of_each_day() -> None:
    days = [date(2026, 3, 1), date(2026, 3, 2)]
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp() for day in days]
    moments = iter(noons)
    seal = Seal(OWN, 60, lambda: next(moments))
    sealed = [seal.seal(MANAGER, None).split(",")[-2] for _ in days]
    assert sealed == [daily_key(OWN, day).id for day in days]


def today() -> date:
    return datetime.now(UTC).date()


def seal_context(key: DailyKey, sealed_at: float | None = None) -> str:
    """The context of a viewer, sealed at a moment with a key of whichever day."""
    moment = time.time() if sealed_at is None else sealed_at
    context = Seal(OWN, 7 * 86_400, lambda: moment).seal(MANAGER, None)
    *fields, _ = context.split(",")
    fields[10] = key.id
    body = ",".join(fields)
    return f"{body},{hmac.digest(key.key, body.encode(), hashlib.sha256).hex()}"


def test_a_seal_says_in_milliseconds_from_when_and_until_when_it_is_valid() -> None:
    fields = Seal(OWN, 60, lambda: 1_800_000_000.25).seal(MANAGER, 7).split(",")
    assert (fields[1], *fields[8:10]) == ("1800000060250", "1800000000250", "7")


async def act(connection: asyncpg.Connection, context: str) -> None:
    await connection.execute("SELECT viewer.authenticate($1)", context)
    await connection.execute(f"SET LOCAL ROLE {database_role(MANAGER.role)}")


async def refusal(url: str, context: str) -> str | None:
    """Why a transaction that begins now reaches no row; None where it reaches the viewer's."""
    connection = await connect(url)
    try:
        async with connection.transaction():
            await act(connection, context)
            assert await connection.fetchval(COUNT) == 5
    except asyncpg.InsufficientPrivilegeError as error:
        return str(error)
    finally:
        await connection.close()
    return None


# --- Which keys there are ------------------------------------------------------------------------


def test_every_day_and_every_master_has_a_key_of_its_own() -> None:
    days = [date(2026, 12, 31) + number * DAY for number in range(3)]
    made = [daily_key(master, day) for master in (OWN, OTHER) for day in days]
    assert len({each.key for each in made}) == len({each.id for each in made}) == 6
    assert {(len(each.key), len(each.id)) for each in made} == {(32, 16)}
    assert daily_key(OWN, days[0]) == made[0]


async def test_the_database_never_holds_a_master(owner: asyncpg.Connection) -> None:
    await install_seal_keys(owner, (OWN, OTHER))
    rows = await owner.fetch("SELECT inner_block, outer_block FROM viewer.daily_seal_key")
    pads = (0, 0x36, 0x5C)
    masters = [bytes(byte ^ pad for byte in each) for each in (OWN, OTHER) for pad in pads]
    assert len(rows) >= 4  # and those of the day before, in the first minutes of a day
    assert not [row for row in rows for block in row for each in masters if each in block]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id FROM viewer.daily_seal_key",
        "DELETE FROM viewer.daily_seal_key",
        "UPDATE viewer.daily_seal_key SET refused_at = 'infinity'",
        "INSERT INTO viewer.daily_seal_key VALUES ('x', now(), now(), now(), '', '')",
    ],
)
async def test_the_gateway_neither_reads_nor_writes_keys(world: str, statement: str) -> None:
    login = await connect(login_at(world, tokens.PASSWORD))
    try:
        for role in ("gerbang_gateway", database_role(MANAGER.role), writing_role(Role.OFFICER)):
            await login.execute(f"SET ROLE {role}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await login.execute(statement)
            await login.execute("RESET ROLE")
    finally:
        await login.close()


async def test_keys_are_installed_once_and_those_of_other_masters_stay(
    owner: asyncpg.Connection,
) -> None:
    assert await install_seal_keys(owner, (OWN,)) == 0
    assert await install_seal_keys(owner, (OTHER, OWN)) == 2
    assert await ids(owner) == {
        daily_key(master, today() + days * DAY).id for master in (OWN, OTHER) for days in (0, 1)
    }
    lasts = "SELECT DISTINCT ends_at - begins_at, refused_at - ends_at FROM viewer.daily_seal_key"
    assert [tuple(row) for row in await owner.fetch(lasts)] == [(DAY, LONGEST_TRANSACTION)]


async def test_trusting_masters_ends_the_trust_in_all_others(
    world: str, owner: asyncpg.Connection
) -> None:
    await install_seal_keys(owner, (OTHER,))
    assert await refusal(world, seal_context(daily_key(OTHER, today()))) is None
    await trust_only(owner, (OWN,))
    assert (
        await refusal(world, seal_context(daily_key(OTHER, today()))) == "the viewer is not sealed"
    )
    assert await refusal(world, seal_context(daily_key(OWN, today()))) is None


@pytest.mark.parametrize(
    ("masters", "days", "are_alone"),
    [
        ((OWN,), (0, 1), True),
        ((OWN,), (-1, 0, 1), True),
        ((OWN,), (0,), False),
        ((OWN,), (1,), False),
        ((OWN, OTHER), (0, 1), False),
        ((OTHER,), (0, 1), False),
    ],
)
async def test_the_keys_of_today_and_tomorrow_are_trusted_and_no_others(
    owner: asyncpg.Connection, masters: tuple[bytes, ...], days: tuple[int, ...], are_alone: bool
) -> None:
    await owner.execute("DELETE FROM viewer.daily_seal_key")
    for day in sorted({-1, *days}):
        await install_seal_keys(owner, masters, datetime.now(UTC) + day * DAY)
        await owner.execute("UPDATE viewer.daily_seal_key SET refused_at = 'infinity'")
    kept = [daily_key(master, today() + day * DAY).id for master in masters for day in days]
    await owner.execute("DELETE FROM viewer.daily_seal_key WHERE id <> ALL ($1)", kept)
    assert await are_trusted_alone(owner, (OWN,)) is are_alone


async def test_migrating_after_midnight_leaves_the_keys_of_what_began_before(
    owner: asyncpg.Connection,
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await install_seal_keys(owner, (OWN, OTHER), yesterday)
    await owner.execute("UPDATE viewer.daily_seal_key SET refused_at = 'infinity'")
    await trust_only(owner, (OWN,))
    assert await ids(owner) == {daily_key(OWN, today() + days * DAY).id for days in (-1, 0, 1)}


async def test_the_keeper_installs_the_next_day_and_forgets_what_ended(
    world: str, owner: asyncpg.Connection
) -> None:
    """As it finds them where it has not run for three days: of the last two nothing is left, not
    even in the first minutes of a day."""
    await owner.execute("DELETE FROM viewer.daily_seal_key")
    await install_seal_keys(owner, (OWN,), datetime.now(UTC) - timedelta(days=3))
    stop = asyncio.Event()
    keeper = asyncio.create_task(keep_seal_keys((OWN,), world, stop, 0.05))
    try:
        expected = {daily_key(OWN, today() + days * DAY).id for days in (0, 1)}
        async with asyncio.timeout(10):
            while await ids(owner) != expected:  # noqa: ASYNC110 - the keeper has no event for it
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await keeper


async def ids(owner: asyncpg.Connection) -> set[str]:
    return {row["id"] for row in await owner.fetch("SELECT id FROM viewer.daily_seal_key")}


# --- Which are believed --------------------------------------------------------------------------

#: Days from today, master, and why not. All of them are installed but the last.
NOT_OF_TODAY = "the key of the seal is not of this day"
KEYS: Mapping[str, tuple[int, bytes, str | None]] = {
    "of today": (0, OWN, None),
    "of the next day": (1, OWN, NOT_OF_TODAY),
    "of a backup of yesterday": (-1, OWN, NOT_OF_TODAY),
    "of a backup of the day before, for the day after it": (-2, OWN, NOT_OF_TODAY),
    "of a master that was never trusted": (0, OTHER, "the viewer is not sealed"),
}


@pytest.mark.parametrize(("days", "master", "why"), KEYS.values(), ids=KEYS)
async def test_only_a_key_of_today_seals(
    world: str, owner: asyncpg.Connection, days: int, master: bytes, why: str | None
) -> None:
    """Even where nobody has deleted the keys of days that are over."""
    for ago in (1, 2):
        await install_seal_keys(owner, (OWN,), datetime.now(UTC) - timedelta(days=ago))
        await owner.execute("UPDATE viewer.daily_seal_key SET refused_at = 'infinity'")
    key = daily_key(master, today() + days * DAY)
    assert await refusal(world, seal_context(key)) == why
    if why == NOT_OF_TODAY:
        then = seal_context(key, time.time() + days * 86_400)
        assert await refusal(world, then) == "the viewer was sealed for another transaction"


async def test_a_key_that_is_named_for_another_is_refused(
    world: str, owner: asyncpg.Connection
) -> None:
    """Who holds yesterday's key says that it is today's."""
    await install_seal_keys(owner, (OWN,), datetime.now(UTC) - timedelta(days=1))
    yesterdays = daily_key(OWN, today() - DAY)
    named = DailyKey(daily_key(OWN, today()).id, yesterdays.key)
    assert await refusal(world, seal_context(named)) == "the viewer is not sealed"


@pytest.mark.parametrize("id_", ["", "0" * 16, "§", "' OR true"])
async def test_a_key_that_does_not_exist_is_refused(world: str, id_: str) -> None:
    named = DailyKey(id_, daily_key(OWN, today()).key)
    assert await refusal(world, seal_context(named)) == "the viewer is not sealed"


# --- Midnight ------------------------------------------------------------------------------------

_END_THE_DAY = """
    UPDATE viewer.daily_seal_key SET
        begins_at = CASE id WHEN $2 THEN $3 ELSE begins_at END,
        ends_at = CASE id WHEN $1 THEN $3 ELSE ends_at END,
        refused_at = CASE id WHEN $1 THEN $4 ELSE refused_at END
"""


async def _midnight(
    owner: asyncpg.Connection, moment: float, *, believed_seconds: float = 900
) -> tuple[DailyKey, DailyKey]:
    """The clock cannot be moved, so midnight is: this day's and the next day's key around it."""
    ending, beginning = daily_key(OWN, today()), daily_key(OWN, today() + DAY)
    at = datetime.fromtimestamp(moment, UTC)
    believed = at + timedelta(seconds=believed_seconds)
    await owner.execute(_END_THE_DAY, ending.id, beginning.id, at, believed)
    return ending, beginning


async def test_over_midnight_what_began_before_and_what_begins_after_is_believed(
    world: str, owner: asyncpg.Connection
) -> None:
    midnight = time.time() + 1.0
    ending, beginning = await _midnight(owner, midnight)
    running = await connect(world)
    try:
        async with running.transaction():
            await act(running, seal_context(ending))
            assert await running.fetchval(COUNT) == 5
            await asyncio.sleep(midnight - time.time() + 0.1)
            assert await running.fetchval(COUNT) == 5
            assert await refusal(world, seal_context(beginning)) is None
            assert await refusal(world, seal_context(ending)) == NOT_OF_TODAY
            await install_seal_keys(owner, (OWN,))  # the keeper forgets nothing too early
            assert await running.fetchval(COUNT) == 5
    finally:
        await running.close()


@pytest.mark.parametrize("seconds", [-3, 3])
async def test_clocks_a_few_seconds_apart_agree_over_midnight(
    world: str, owner: asyncpg.Connection, seconds: float
) -> None:
    """For the gateway it is before midnight and for the database after, or the other way."""
    ending, beginning = await _midnight(owner, time.time() + seconds / 2)
    by_the_gateway = time.time() + seconds
    key = beginning if seconds > 0 else ending
    assert await refusal(world, seal_context(key, by_the_gateway)) is None


async def test_no_transaction_outlives_the_key_of_its_day_for_ever(
    world: str, owner: asyncpg.Connection
) -> None:
    """One that somebody holds open, with a context that says it may last a week."""
    midnight = time.time() + 0.5
    ending, _ = await _midnight(owner, midnight, believed_seconds=0.5)
    running = await connect(world)
    try:
        async with running.transaction():
            await act(running, seal_context(ending))
            assert await running.fetchval(COUNT) == 5
            await asyncio.sleep(midnight - time.time() + 0.7)
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="has expired"):
                await running.fetchval(COUNT)
    finally:
        await running.close()


_MIDNIGHT = datetime(2026, 12, 31, tzinfo=UTC).timestamp()


@given(st.floats(-0.01, 0.01))
@example(-0.0004)
@example(-0.0005)
@example(0.0)
@premise(of_the_day_before=0.1, of_the_day_after=0.1)
def test_the_key_is_of_the_day_that_the_context_says(around: float) -> None:
    """To the last half of a millisecond before midnight, which is said as the next day's first."""
    fields = Seal(OWN, 15, lambda: _MIDNIGHT + around).seal(MANAGER, None).split(",")
    answer = datetime.fromtimestamp(int(fields[8]) / 1000, UTC).date()
    is_before = answer < datetime.fromtimestamp(_MIDNIGHT, UTC).date()
    holds("of_the_day_before" if is_before else "of_the_day_after")
    assert fields[10] == daily_key(OWN, answer).id
