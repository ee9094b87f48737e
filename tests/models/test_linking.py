"""The LINKER's job: it catches up, is woken, is run anew with another key, and reads no more."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from models.account import AccountError
from models.database.connections import connect
from models.jobs import linking
from models.jobs.linker import index_everybody, keep_linking
from models.jobs.linking import (
    forget_other_keys,
    index_people,
    link_cases,
    link_everybody,
)
from models.key_service import KeyServiceError, KeyUse, LocalKeys
from models.key_service.interface import Ceiling
from models.person.person_link import MOST_LINKED
from models.row_security import LINKER
from tests.accounts import swallowed, without_partition
from tests.key_stores import open_keys
from tests.linking import KEYS, keys_file
from tests.people import rewrite
from tests.world import APPLICANTS, CASES, applicant_id

pytestmark = pytest.mark.anyio

_OLD, _NEW = bytes(32), bytes([1]) * 32
_UNLINKED = "SELECT count(*) FROM application WHERE NOT is_linked"
#: A second version of who somebody is, as it stands in the identity.
_CORRECTED = """
    INSERT INTO identity_version
        (applicant_id, number, sealed, versions, passport_issuing_state, written_at, valid_from)
    SELECT applicant_id, 2, sealed, versions, passport_issuing_state, now(), now()
    FROM identity WHERE applicant_id = $1
"""
_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
_LINKS = "SELECT applicant_id, linked_id, reason, state FROM person_link ORDER BY 1, 2, 3"


class _Indexing(LocalKeys):
    """Keys of an index; the data keys are those of the other tests."""

    async def digests(self, use, messages, statement=None):
        return await super().digests(use, messages)

    async def make_data_keys(self, subjects, statement=None, relations=()):
        return await KEYS.make_data_keys(subjects, statement, relations)

    async def open_data_keys(self, subjects, statement=None):
        return await KEYS.open_data_keys(subjects, statement)

    async def relate(self, relations, statement=None):
        await KEYS.relate(relations, statement)


@pytest.fixture
async def linker(world: str, connection: asyncpg.Connection) -> asyncpg.Connection:
    """A connection of the owner, to a world of which nothing is linked yet."""
    await connection.execute("DELETE FROM person_link")
    await connection.execute("DELETE FROM person_index")
    await connection.execute("UPDATE application SET is_linked = false")
    return connection


async def _same_passport(connection: asyncpg.Connection, *names: str) -> None:
    for name in names:
        await rewrite(connection, applicant_id(name), passport_number="SAME00001")
        await connection.execute(
            "UPDATE identity SET passport_issuing_state = 'AU' WHERE applicant_id = $1",
            applicant_id(name),
        )


async def test_applications_handed_in_meanwhile_are_linked_batch_after_batch(linker) -> None:
    await _same_passport(linker, "Ruby Hale", "Noah Finch")
    born = date(1980, 1, 1)
    await rewrite(linker, applicant_id("Wei Tan"), full_name="DOYLE, Jack", birth_date=born)
    await rewrite(linker, applicant_id("Jack Doyle"), birth_date=born)
    linked = 0
    while done := await link_cases(KEYS, linker, limit=5):
        assert done <= 5
        linked += done
    assert linked == len(CASES)
    ruby, noah = applicant_id("Ruby Hale"), applicant_id("Noah Finch")
    jack, wei = applicant_id("Jack Doyle"), applicant_id("Wei Tan")
    assert {tuple(row) for row in await linker.fetch(_LINKS)} == {
        (ruby, noah, "PASSPORT", "CERTAIN"), (noah, ruby, "PASSPORT", "CERTAIN"),
        (jack, wei, "NAME_AND_BIRTH_DATE", "PROPOSED"),
        (wei, jack, "NAME_AND_BIRTH_DATE", "PROPOSED"),
    }  # fmt: skip
    # Each read stands in the log, of everybody alike; nothing is left to do.
    read = await linker.fetch(
        "SELECT DISTINCT applicant_id FROM linker_read WHERE read_at > now() - interval '1 hour'"
    )
    assert len(read) == len(APPLICANTS)
    assert await link_cases(KEYS, linker) == 0


@pytest.mark.parametrize(("most", "links"), [(11, 11 * 10), (10, 0)])
async def test_a_large_group_is_no_family(linker, monkeypatch, most, links) -> None:
    monkeypatch.setattr(linking, "LARGEST_FAMILY", most)
    await linker.execute(
        "UPDATE application SET group_reference = 'G-AAAA-AAAA-AAAA' WHERE channel <> 'DIRECT'"
    )
    while await link_cases(KEYS, linker):
        pass
    groups = await linker.fetchval("SELECT count(*) FROM person_link WHERE reason = 'GROUP'")
    assert groups == links  # from each to every other


async def test_a_crowd_of_one_name_makes_links_by_its_number(linker) -> None:
    """Each is linked with those next to it, so that whoever hands in thousands holds up nobody."""
    while await link_cases(KEYS, linker):
        pass
    one = applicant_id("Ruby Hale")
    await linker.execute("DELETE FROM person_link")
    await linker.execute("DELETE FROM person_index WHERE applicant_id <> $1", one)
    await linker.execute(
        "INSERT INTO applicant (id, nationality_code)"
        " SELECT gen_random_uuid(), 'SG' FROM generate_series(1, $1)",
        3 * MOST_LINKED - 1,
    )
    await linker.execute(
        "INSERT INTO person_index SELECT other.id, number, kind, key_id, digest"
        " FROM person_index CROSS JOIN applicant AS other CROSS JOIN generate_series(1, 2) number"
        " WHERE applicant_id = $1 AND kind = 'NAME_AND_BIRTH_DATE'"
        " AND NOT EXISTS (SELECT FROM application WHERE applicant_id = other.id)",
        one,
    )
    of_each = (
        "SELECT count(*) FROM person_link WHERE reason <> 'GROUP' GROUP BY applicant_id ORDER BY 1"
    )
    await link_everybody(linker)
    grows = range(MOST_LINKED, 2 * MOST_LINKED)
    assert [row[0] for row in await linker.fetch(of_each)] == sorted(
        [*grows, *grows, *[2 * MOST_LINKED] * MOST_LINKED]
    )
    # Whoever comes to have that name later finds the others as well: her key is before theirs.
    await linker.execute("DELETE FROM person_link")
    await linker.execute("UPDATE application SET is_linked = false WHERE applicant_id = $1", one)
    assert await link_cases(KEYS, linker)
    links = "SELECT count(*) FROM person_link WHERE applicant_id = $1 AND reason <> 'GROUP'"
    assert await linker.fetchval(links, one) == MOST_LINKED


async def test_another_key_is_indexed_by_while_everything_stays_linked(linker) -> None:
    """Stopped at any point it goes on, and during the rotation people are found by either key."""
    before = _Indexing({KeyUse.PERSON_INDEX: {"old": _OLD}})
    both = _Indexing({KeyUse.PERSON_INDEX: {"new": _NEW, "old": _OLD}})
    after = _Indexing({KeyUse.PERSON_INDEX: {"new": _NEW}})
    await _same_passport(linker, "Ruby Hale", "Noah Finch")
    while await link_cases(before, linker):
        pass
    links = await linker.fetch(_LINKS)

    last = await index_people(both, linker, UUID(int=0), limit=3)
    assert last == applicant_id(list(APPLICANTS)[2])  # … and is killed here
    assert await linker.fetchval(_UNLINKED) == 0
    assert await index_everybody(both, linker) == frozenset()
    assert await linker.fetch(_LINKS) == links
    by_key = await linker.fetch("SELECT key_id, count(*) FROM person_index GROUP BY 1 ORDER BY 1")
    assert [(*row,) for row in by_key] == [(key, 3 * len(APPLICANTS)) for key in ("new", "old")]
    await forget_other_keys(after, linker)
    keys = await linker.fetch("SELECT DISTINCT key_id FROM person_index")
    assert [row[0] for row in keys] == ["new"]
    assert await linker.fetchval("SELECT count(*) FROM person_index") == 3 * len(APPLICANTS)


async def test_the_linker_is_woken_by_a_commit(linker, world) -> None:
    """Without that it would look once an hour here."""
    while await link_cases(KEYS, linker):
        pass
    stop = asyncio.Event()
    running = asyncio.create_task(keep_linking(KEYS, world, stop, every=3_600))
    try:
        await asyncio.sleep(0.2)
        await linker.execute("UPDATE application SET is_linked = false; NOTIFY gerbang_unlinked")
        async with asyncio.timeout(20):
            while await linker.fetchval(_UNLINKED):  # noqa: ASYNC110 - another connection does it
                await asyncio.sleep(0.01)
    finally:
        stop.set()
        await running


class _BrokenKeys(_Indexing):
    async def digests(self, use, messages, statement=None):
        raise KeyServiceError("out of order")


async def test_nobody_is_linked_whose_read_is_not_recorded(linker) -> None:
    await _same_passport(linker, "Mia Lund", "Noah Finch")
    began = await linker.fetchval("SELECT clock_timestamp()")
    async with swallowed(linker, "linker_read"):
        with pytest.raises(AccountError, match="gerbang doctor"):
            await link_cases(KEYS, linker)
    async with without_partition(linker, "linker_read"):
        with pytest.raises(asyncpg.CheckViolationError, match="no partition"):
            await link_cases(KEYS, linker)
    assert await linker.fetchval(_UNLINKED) == len(CASES)
    assert await linker.fetchval("SELECT count(*) FROM person_index") == 0
    assert await link_cases(KEYS, linker) == len(CASES)
    twice = (
        "SELECT FROM linker_read WHERE read_at > $1 GROUP BY applicant_id, version"
        " HAVING count(*) > 1"
    )
    assert await linker.fetch(twice, began) == []


async def test_without_keys_nothing_is_linked(linker) -> None:
    with pytest.raises(KeyServiceError):
        await link_cases(_BrokenKeys({}), linker)
    assert await linker.fetchval("SELECT count(*) FROM application WHERE is_linked") == 0
    assert await linker.fetchval("SELECT count(*) FROM person_index") == 0


class _Waiting(_Indexing):
    """Keys that are asked for digests, and then wait."""

    def __init__(self) -> None:
        super().__init__({KeyUse.PERSON_INDEX: {"of-the-test": _NEW}})
        self.is_asked, self.goes_on = asyncio.Event(), asyncio.Event()

    async def digests(self, use, messages, statement=None):
        self.is_asked.set()
        await self.goes_on.wait()
        return await super().digests(use, messages)


@pytest.fixture
async def other(world: str) -> AsyncIterator[asyncpg.Connection]:
    """Of somebody who works meanwhile, and waits for nobody."""
    connection = await connect(world)
    await connection.execute("SET lock_timeout = '1ms'")
    yield connection
    await connection.close()


async def test_beyond_the_ceiling_of_the_key_service_the_linker_goes_on_later(
    linker, monkeypatch
) -> None:
    now = 0.0
    monkeypatch.setattr("models.key_service.interface.monotonic", lambda: now)
    ceiling = Ceiling(6_000, "digests of people a minute are made")
    keys = open_keys(keys_file(), digests=ceiling)
    await keys.digests(KeyUse.PERSON_INDEX, [b"x"] * 6_000)
    with pytest.raises(KeyServiceError, match="ask again later"):
        await link_cases(keys, linker)
    now = 1.0  # worth a hundred
    assert await link_cases(keys, linker) == len(CASES)


async def test_no_change_of_a_case_waits_for_the_linker(linker, other) -> None:
    keys = _Waiting()
    linking = asyncio.create_task(link_cases(keys, linker))
    await keys.is_asked.wait()
    await other.execute("UPDATE application SET paused_seconds = paused_seconds + 1")
    keys.goes_on.set()
    assert await linking == len(CASES)


async def test_whoever_was_corrected_meanwhile_is_linked_by_what_they_are_now(
    linker, other
) -> None:
    names = ("Mia Lund", "Hemi Parata")
    one, two = sorted(map(applicant_id, names))
    link = (
        "SELECT count(*) FROM person_link"
        " WHERE applicant_id = $1 AND linked_id = $2 AND reason = 'PASSPORT'"
    )
    keys = _Waiting()
    linking = asyncio.create_task(link_cases(keys, linker))
    await keys.is_asked.wait()
    await _same_passport(other, *names)
    for person in (one, two):
        await other.execute(_CORRECTED, person)
    keys.goes_on.set()
    assert await linking == len(CASES) - 2
    assert await linker.fetchval(link, one, two) == 0
    assert await link_cases(keys, linker) == 2
    assert await linker.fetchval(link, one, two) == 1


async def test_a_case_that_is_changed_just_now_is_left_for_later(linker, other) -> None:
    async with other.transaction():
        await other.execute(
            "UPDATE application SET paused_seconds = 1 WHERE reference = $1", CASES[0].reference
        )
        assert await link_cases(KEYS, linker) == len(CASES) - 1
    assert await link_cases(KEYS, linker) == 1


async def test_whoever_is_erased_meanwhile_leaves_no_digest(linker, other) -> None:
    ruby = applicant_id("Ruby Hale")
    async with other.transaction():
        await other.execute("SELECT FROM applicant WHERE id = $1 FOR UPDATE", ruby)
        await other.execute("DELETE FROM identity WHERE applicant_id = $1", ruby)
        linking = asyncio.create_task(link_cases(KEYS, linker))
        while not await other.fetchval(_WAITS):  # noqa: ASYNC110 - another connection does
            await asyncio.sleep(0.01)
    assert await linking == len(CASES)
    indexed = await linker.fetch("SELECT DISTINCT applicant_id FROM person_index")
    assert {row[0] for row in indexed} == {applicant_id(name) for name in APPLICANTS} - {ruby}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT email FROM identity",
        "SELECT phone FROM identity_version",
        "SELECT pay_by FROM application",
        "SELECT * FROM decision",
        "SELECT * FROM access_event",
        "UPDATE application SET status = 'GRANTED'",
        "UPDATE person_link SET state = 'CONFIRMED'",
        "DELETE FROM person_link",
        "DELETE FROM linker_read",
        "UPDATE identity SET full_name = 'Nobody'",
    ],
)
async def test_the_role_of_the_linker_has_no_other_right(world: str, statement: str) -> None:
    connection = await connect(world)
    try:
        await connection.execute(f"SET ROLE {LINKER}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()
