"""Whoever is erased is read by nobody any more, whatever crashes meanwhile or is restored after."""

import asyncio
import subprocess
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import pytest

from models.database.connections import connect
from models.jobs.erase_people import erase_due, order_due, reconcile
from models.jobs.linker import index_everybody
from models.jobs.linking import link_cases
from models.key_service import KeyServiceError, create_key_file
from models.person.vault import MissingKeyError
from models.rights.erasure_steps import hide_due
from models.rights.retention import DAYS_KEPT, Retention
from models.vocabulary import Status
from tests import rights
from tests.gateway.changing import (
    document,
    in_verification,
    key,
    perform,
    reference_of,
    row_id,
    submitted_case,
    wait_until_linked,
)
from tests.gateway.guaranteeing import ask_for_the_letter
from tests.key_stores import open_keys
from tests.linking import KEYS
from tests.people import identities
from tests.rights import applicant_of, order_erasure, payload_of, withdrawn_case

pytestmark = pytest.mark.anyio
EXPIRES = {"passportExpiresOn": "2041-07-23"}
IDENTITY = {
    "fullName": "Zyxwanda Quokkabane", "passportNumber": "QZERASE01", "birthDate": "1931-02-03",
    "email": "zyxwanda@quokkabane.example", "phone": "+61 400 777 313", **EXPIRES,
}  # fmt: skip
READ = """
    query ($case: ID!, $for: String!) @purpose(code: SUPERVISION, reference: $for) {
        node(id: $case) { ... on Application { reference applicant {
            erasedAt passportLastFour identity { fullName } identityAbsence
            identityVersions(first: 9) { nodes { number fullName passportNumber } }
            erasure { cause erasedAt keysDeletedAt copiesEndAt indexRemovedAt }
        } } }
    }
"""
_INDEXED = "SELECT count(*) FROM person_index WHERE applicant_id = $1"


async def read(who: Any, case: str) -> Any:
    """The person of a case, as a supervisor reads them; never an error."""
    named = {"case": case, "for": await reference_of(who["supervisor"], case)}
    asked = await who["supervisor"](READ, **named)
    assert asked.errors == [], asked.text
    return asked.data["node"]["applicant"]


async def erase_all(connection: Any, retention: Retention | None = None) -> None:
    while await erase_due(KEYS, connection, retention):
        pass


async def assert_jobs_skip(connection: Any, subject: UUID) -> None:
    """Jobs that read everybody on file skip whoever was erased."""
    await connection.execute(
        "UPDATE application SET is_linked = false WHERE applicant_id = $1", subject
    )
    while await link_cases(KEYS, connection):
        pass
    await index_everybody(KEYS, connection)


async def test_whoever_is_erased_is_read_nowhere_and_nothing_chokes(who, connection) -> None:
    corrected = {"fullName": "Zyxwanda Numbat", "passportNumber": "QZERASE02", **EXPIRES}
    case = await case_closed_after_correction(who, connection, corrected)
    await rights.announce(connection, case)
    subject = await order_erasure(who, case)
    assert await rights.sealed_of(connection, subject) == rights.SEALED | {"identity_version"}
    before = await read(who, case)
    assert before["identity"] == {"fullName": "Zyxwanda Numbat"}
    assert (before["erasedAt"], before["erasure"]["erasedAt"]) == (None, None)
    assert await connection.fetchval(_INDEXED, subject) > 0

    await erase_all(connection)
    assert await rights.sealed_of(connection, subject) == set()
    after = await read(who, case)
    assert (after["identity"], after["identityAbsence"]) == (None, "ERASED")
    assert (before["identityAbsence"], after["passportLastFour"]) == (None, None)
    assert after["identityVersions"]["nodes"] == [
        {"number": number, "fullName": None, "passportNumber": None} for number in (2, 1)
    ]
    answer = after["erasure"]
    assert (answer["cause"], answer["erasedAt"]) == ("REQUEST", after["erasedAt"])
    assert None not in answer.values()
    # Both dates are shown: of the erasure, and of the end of the last copy.
    assert answer["copiesEndAt"] > answer["keysDeletedAt"]
    assert await connection.fetchval(_INDEXED, subject) == 0
    assert await KEYS.open_data_keys([subject]) == {}
    # What is left in any table opens nothing, and no key is made again.
    assert await KEYS.make_data_keys([subject]) == {}
    await assert_jobs_skip(connection, subject)
    assert await read(who, case) == after


async def case_closed_after_correction(who: Any, connection: Any, corrected: dict[str, str]) -> str:
    await ask_for_the_letter(connection)
    case = await submitted_case(who, **rights.A_CHILD, identity={**IDENTITY, **rights.BORN})
    await perform(who["agent-au"], "proposeCorrection", case, identity=corrected)
    await wait_until_linked(who, case)
    return await perform(who["agent-au"], "withdrawApplication", case)


class AnswerLost:
    """Keys whose service erases them, and dies before it answers."""

    async def erase_data_keys(self, subjects: Any) -> Any:
        await KEYS.erase_data_keys(subjects)
        raise KeyServiceError("gone")


class UnreachableKeys:
    """Keys of a service that is gone."""

    async def erase_data_keys(self, subjects: Any) -> Any:
        raise KeyServiceError("gone")


async def test_a_crash_between_any_two_steps_leaves_nobody_half_erased(
    who, connection, world
) -> None:
    """Killed at each point: the person is read whole or not at all, and the next pass ends it."""
    for number, crash in enumerate(("before the commit", "before the key", "before the word")):
        identity = {**IDENTITY, "passportNumber": f"QZCRASH{number}"}
        case = await withdrawn_case(who, identity=identity)
        subject = await order_erasure(who, case)
        if crash == "before the commit":
            dying = await connect(world)
            await dying.transaction().start()
            assert await hide_due(dying, 50) == 1
            dying.terminate()
        else:
            keys = UnreachableKeys() if crash == "before the key" else AnswerLost()
            with pytest.raises(KeyServiceError):
                await erase_due(keys, connection)
        has_key = subject in await KEYS.open_data_keys([subject])
        person = await read(who, case)
        assert (person["identity"] is None, has_key) == {
            "before the commit": (False, True),
            "before the key": (True, True),
            "before the word": (True, False),
        }[crash]
        assert person["erasure"]["keysDeletedAt"] is None
        await assert_jobs_skip(connection, subject)

        await erase_all(connection)
        person = await read(who, case)
        assert (person["identity"], None in person["erasure"].values()) == (None, False)
        assert await KEYS.open_data_keys([subject]) == {}


async def test_an_erasure_waits_for_a_hold_and_a_hold_that_comes_too_late_says_so(
    who, connection, world
) -> None:
    case = await withdrawn_case(who)
    subject = await order_erasure(who, case)
    hold = {"applicationId": case, "reason": "Asked for by a court."}
    held = await payload_of(who["supervisor"], "holdErasure", "legalHold { id }", **hold)
    again = await payload_of(who["supervisor"], "holdErasure", "legalHold { id }", **hold)
    assert [one["code"] for one in again["errors"]] == ["ALREADY_HELD"]
    await erase_all(connection)
    assert (await read(who, case))["identity"] is not None
    released = {"legalHoldId": held["legalHold"]["id"], "reason": "The court is done."}
    await payload_of(who["supervisor-2"], "releaseErasure", "legalHold { releasedBy }", **released)

    # A hold that is first by a moment: the erasure waits for it, and then erases nobody.
    other = await connect(world)
    async with connection.transaction():
        await connection.execute(
            "WITH locked AS (SELECT id FROM application WHERE id = $1 FOR UPDATE)"
            " INSERT INTO legal_hold (id, application_id, reason, held_by)"
            " SELECT $2, id, 'Why.', 'supervisor' FROM locked",
            *(row_id(case), uuid4()),
        )
        waiting = asyncio.create_task(hide_due(other, 50))
        await waits_for_a_lock(world)
    assert await waiting == 0
    await other.close()
    await connection.execute(
        "UPDATE legal_hold SET released_by = 'x', released_at = now(), release_reason = 'x'"
        " WHERE released_at IS NULL"
    )

    # The hold is asked for while the erasure is under way: it waits for it, and then says so.
    async with connection.transaction():
        assert await hide_due(connection, 50) == 1
        late = asyncio.create_task(
            who["supervisor"](
                document("holdErasure", "legalHold { id } errors { code }"),
                input={"idempotencyKey": key(), **hold},
            )
        )
        await waits_for_a_lock(world)
    answer = await late
    assert answer.data["holdErasure"]["errors"] == [{"code": "ALREADY_ERASED"}], answer.text
    holds = "SELECT count(*) FROM legal_hold WHERE application_id = $1 AND released_at IS NULL"
    assert await connection.fetchval(holds, row_id(case)) == 0
    await erase_all(connection)
    assert await KEYS.open_data_keys([subject]) == {}
    later = await payload_of(who["supervisor"], "holdErasure", "legalHold { id }", **hold)
    assert [one["code"] for one in later["errors"]] == ["ALREADY_ERASED"]


async def waits_for_a_lock(url: str) -> None:
    watching = await connect(url)
    try:
        async with asyncio.timeout(20):
            while not await watching.fetchval(  # noqa: ASYNC110
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database())"
            ):
                await asyncio.sleep(0.01)
    finally:
        await watching.close()


async def test_a_forger_is_found_again_until_the_period_of_that_ends(who, connection) -> None:
    """Refused for a forged document and erased: who it was is gone, not that it was the same."""
    forged = {**IDENTITY, "passportNumber": "QZFORGED1"}
    case = await in_verification(who, identity=forged)
    refusal = {"outcome": "REFUSED", "grounds": ["INSUFFICIENT_MEANS", "FORGED_DOCUMENT"]}
    await perform(who["officer"], "recordDecision", case, **refusal)
    subject = await order_erasure(who, case)
    await erase_all(connection)
    person = await read(who, case)
    assert (person["identity"], person["erasure"]["indexRemovedAt"]) == (None, None)
    await assert_jobs_skip(connection, subject)

    # The same passport, through another partner: it is linked to what is left of the file.
    again = await submitted_case(who, identity={**forged, "fullName": "Somebody Else"})
    links = "SELECT linked_id FROM person_link WHERE applicant_id = $1 AND reason = 'PASSPORT'"
    found = await connection.fetch(links, row_id(await applicant_of(who, again)))
    assert [one[0] for one in found] == [subject]

    for days in (1, 0):
        await erase_all(connection, Retention(index_days=days))
        assert bool(await connection.fetchval(_INDEXED, subject)) == days
    assert (await read(who, case))["erasure"]["indexRemovedAt"] is not None


async def test_files_are_erased_when_their_period_is_over(who, connection) -> None:
    """By the status in which the last of somebody's cases ended, a batch at a time."""
    case, open_case = await withdrawn_case(who), await submitted_case(who)
    kept = Retention({**DAYS_KEPT, Status.WITHDRAWN: 30, Status.PAYMENT_EXPIRED: 3})
    ordered = "SELECT cause FROM erasure WHERE applicant_id = $1"
    subject = row_id(await applicant_of(who, case))
    for days, cause in ((29, None), (31, "RETENTION")):
        await connection.execute(
            "UPDATE applicant SET created_at = now() - $2::interval WHERE id = $1",
            *(subject, timedelta(days=days)),
        )
        await connection.execute(
            "UPDATE application SET closed_at = now() - $2::interval,"
            " submitted_at = now() - $2::interval WHERE id = $1",
            *(row_id(case), timedelta(days=days)),
        )
        place = await order_due(connection, kept, None, 5)
        while place:  # killed at any of these, it begins anew and orders nobody twice
            place = await order_due(connection, kept, place, 5)
        assert await connection.fetchval(ordered, subject) == cause
    never = await applicant_of(who, open_case)
    assert await connection.fetchval(ordered, row_id(never)) is None
    # Those of the small world are another module's too: their keys stay.
    await connection.execute("DELETE FROM erasure WHERE applicant_id <> $1", subject)
    await erase_all(connection)
    assert (await read(who, case))["erasure"]["cause"] == "RETENTION"


async def test_a_restored_backup_brings_nobody_back(who, server, connection, world) -> None:
    """An old dump beside today's keys: whoever was erased stays so, everybody else is read."""
    names = {"QZKEPT001": "Kept Kookaburra", "QZGONE001": "Gone Galah"}
    await ask_for_the_letter(connection)
    cases = [
        await withdrawn_case(
            who, **rights.A_CHILD,
            identity={**IDENTITY, **rights.BORN, "passportNumber": number, "fullName": name},
        )
        for number, name in names.items()
    ]  # fmt: skip
    for case in cases:
        await rights.announce(connection, case)
    run = partial(asyncio.to_thread, subprocess.run, check=True)
    kept, gone = [row_id(await applicant_of(who, case)) for case in cases]
    postgres = server.binaries
    with TemporaryDirectory() as folder:
        dump = Path(folder, "old.dump")
        await run([postgres["pg_dump"], "-Fc", "-f", dump, world])
        await order_erasure(who, cases[1])
        await erase_all(connection)
        restored = server.url("restored")
        await run([postgres["pg_restore"], "-d", restored, dump])
    old = await connect(restored)
    try:
        text = "SELECT erased_at, account FROM applicant WHERE id = $1"
        assert (await old.fetchrow(text, gone))["erased_at"] is None
        with pytest.raises(MissingKeyError):
            await identities(old, "applicant_id = $1", gone)
        assert await rights.sealed_of(old, gone)
        [read_again] = await identities(old, "applicant_id = $1", kept)
        assert read_again["full_name"] == "Kept Kookaburra"
        await old.execute("DELETE FROM person_index WHERE applicant_id = $1", kept)

        assert await reconcile(KEYS, old) >= 1
        assert await reconcile(KEYS, old) == 0
        await erase_all(old)
        assert await identities(old, "applicant_id = $1", gone) == []
        assert await rights.sealed_of(old, gone) == set()
        assert await rights.sealed_of(old, kept) == rights.SEALED
        assert (await old.fetchrow(text, gone))["erased_at"] is not None
        assert await old.fetchval(_INDEXED, gone) == 0
        await assert_jobs_skip(old, gone)
        assert await old.fetchval(_INDEXED, kept) > 0
        cause = "SELECT cause, keys_deleted_at IS NOT NULL FROM erasure WHERE applicant_id = $1"
        assert tuple(await old.fetchrow(cause, gone)) == ("RESTORED", True)
    finally:
        await old.close()


async def test_an_old_copy_of_the_keys_brings_nobody_back(who, connection) -> None:
    """The store was restored and knows nothing of an erasure, of which the database does."""
    with TemporaryDirectory(prefix="gerbang-") as folder:
        create_key_file(Path(folder, "keys.json"))
        old = open_keys(Path(folder, "keys.json"))
        case = await withdrawn_case(who)
        subject = await order_erasure(who, case)
        await erase_all(connection)
        assert subject in await old.make_data_keys([subject])
        assert await reconcile(old, connection) >= 1
        assert await old.make_data_keys([subject]) == {}
        # Of the others nobody was erased, but for those of whom the database says it too.
        found = {one.subject for one in await old.erased_subjects(UUID(int=0))}
        deleted = "SELECT applicant_id FROM erasure WHERE keys_deleted_at IS NOT NULL"
        assert found == {row[0] for row in await connection.fetch(deleted)}
