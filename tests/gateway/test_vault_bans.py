"""Whom the ban list is about lies in the vault: sealed while everybody works, refused where it was
tampered with, and erased once an entry has ended for long enough."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from models.jobs.erase_people import erase_due, reconcile
from models.jobs.linking import screen_bans
from models.rights.erasure_steps import delete_other_keys, hide_ended_bans
from tests.gateway.changing import row_id
from tests.journeys.test_ban import (
    WHO_IS_IT,
    approve_ban,
    passport,
    propose_ban,
    reference,
    who_it_is,
)
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

NAME = {"nameAndBirthDate": {"fullName": "Una Ling", "birthDate": "1971-05-06"}}
_SWAP = """
    UPDATE banned_person SET sealed = other.sealed FROM banned_person AS other
    WHERE (banned_person.ban_id, other.ban_id) IN (($1, $2), ($2, $1))
"""
_ROW = "SELECT * FROM banned_person WHERE ban_id = $1"
_DIGESTS = "SELECT count(*) FROM ban_index WHERE ban_id = $1"
_SCREENED = "SELECT count(*) FROM ban_entry WHERE id = ANY ($1) AND is_screened"
_END = """
    UPDATE ban_entry SET banned_from = wib_day(now()) - 40, banned_until = wib_day(now()) - $2::int
    WHERE id = $1
"""


async def test_entries_that_were_swapped_are_refused(who, connection) -> None:
    bans = [
        await propose_ban(who["screening"], **passport(f"QZSWAP00{number}")) for number in (1, 2)
    ]
    ids = [row_id(ban) for ban in bans]
    await connection.execute(_SWAP, *ids)
    try:
        for ban in bans:
            named = {"ban": ban, "for": await reference(who, ban)}
            refused = await who["screening-2"](WHO_IS_IT, **named)
            assert refused.codes == ["INTERNAL"], refused.text
            assert "QZSWAP" not in refused.text
    finally:
        await connection.execute(_SWAP, *ids)
    assert (await who_it_is(who["screening-2"], who, bans[0]))["passportNumber"] == "QZSWAP001"


async def test_the_person_of_a_ban_entry_is_erased_when_its_period_has_ended(
    who, connection
) -> None:
    over = await approve_ban(who, **passport("QZOVER001"), **NAME)
    lasting = await approve_ban(who, **passport("QZLAST001"))
    subject = row_id(over)
    await connection.execute(_END, subject, 10)
    # Not yet: its period is eleven days, and ten have passed.
    await hide_ended_bans(connection, 11, 9)
    assert (await who_it_is(who["screening"], who, over))["fullName"] == "Una Ling"
    assert await hide_ended_bans(connection, 9, 9) == 1
    # Killed here, it is read by nobody, and the next pass goes on.
    nobody: dict[str, Any] = dict.fromkeys(
        ("passportNumber", "passportIssuingState", "fullName", "birthDate")
    )
    assert await who_it_is(who["screening"], who, over) == nobody
    assert await connection.fetchval(_DIGESTS, subject) == 0
    kept = await connection.fetchrow(_ROW, subject)
    assert await delete_other_keys(KEYS, connection, 9) >= 1  # whatever follows bans
    while await erase_due(KEYS, connection):
        pass
    assert await KEYS.open_data_keys([subject]) == {}
    assert (await who_it_is(who["screening"], who, lasting))["passportNumber"] == "QZLAST001"
    await restore_backup(connection, subject, kept)
    assert await who_it_is(who["screening"], who, over) == nobody


async def test_whoever_is_off_the_list_gets_no_digest_of_the_next_key(who, connection) -> None:
    off, listed = [
        row_id(await approve_ban(who, **passport(f"QZNEXT00{number}"))) for number in (1, 2)
    ]
    async with asyncio.timeout(30):  # the LINKER beside this test is done with both
        while await connection.fetchval(_SCREENED, [off, listed]) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "UPDATE ban_entry SET withdrawal_proposed_by = 'one', withdrawal_proposed_at = now(),"
            " withdrawal_reason = 'Somebody else.', withdrawn_by = 'another', withdrawn_at = now()"
            " WHERE id = $1", off,
        )  # fmt: skip
        await connection.execute("DELETE FROM ban_index WHERE ban_id IN ($1, $2)", off, listed)
    await screen_bans(KEYS, connection, 99)
    assert [await connection.fetchval(_DIGESTS, each) for each in (off, listed)] == [0, 1]


async def restore_backup(
    connection: asyncpg.Connection, subject: UUID, kept: asyncpg.Record
) -> None:
    """A backup from before the erasure is compared with the store of keys."""
    await connection.execute(
        "UPDATE banned_person SET sealed = '{\"passport_number\": \"kept\"}', issuing_state = 'AU',"
        " erased_at = NULL, keys_deleted_at = NULL WHERE ban_id = $1", subject,
    )  # fmt: skip
    assert kept["keys_deleted_at"] is None
    assert await reconcile(KEYS, connection) >= 1
    assert await delete_other_keys(KEYS, connection, 9) >= 1
    assert (await connection.fetchrow(_ROW, subject))["keys_deleted_at"] is not None
