"""Reading a sealed value that was changed in the database raises an alert: once for each
subject and hour, and `gerbang doctor` says so."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from gateway.doctor.database import examine_vault
from gateway.mapping.ids import GlobalId
from models.jobs import linker
from models.supervision.alert import raise_tampering
from tests.gateway.changing import (
    change,
    in_verification,
    reference_of,
    row,
    row_id,
    submitted_case,
    wait_until_linked,
)
from tests.gateway.conftest import Viewer
from tests.journeys.test_ban import WHO_IS_IT, approve_ban, call, passport, propose_ban, reference

pytestmark = pytest.mark.anyio

READ = """
    query ($case: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $case) { ... on Application { applicant { identity { fullName } } } }
    }
"""
ALERTS = """
    query { alerts(last: 50) { nodes {
        id kind actor actorRole isOpen applicant { id } banEntry { id }
    } } }
"""
_SWAP = """
    UPDATE {table} SET sealed = other.sealed FROM {table} AS other
    WHERE ({table}.{key}, other.{key}) IN (($1, $2), ($2, $1))
"""
SWAP_PEOPLE = _SWAP.format(table="identity", key="applicant_id")
SWAP_BANS = _SWAP.format(table="banned_person", key="ban_id")
_FORGET = "DELETE FROM alert WHERE kind = 'TAMPERED'"


async def tampering_alerts(auditor: Viewer) -> list[dict[str, Any]]:
    """The alerts of changed values, as an auditor reads them."""
    asked = await auditor(ALERTS)
    assert asked.errors == [], asked.text
    return [one for one in asked.data["alerts"]["nodes"] if one["kind"] == "TAMPERED"]


async def read(viewer: Viewer, case: str, named: str) -> list[str]:
    return (await viewer(READ, case=case, **{"for": named})).codes


async def swapped_pair(who: dict[str, Viewer], connection: asyncpg.Connection) -> list[Any]:
    """Two cases on an officer's desk, whose people somebody has swapped in the database."""
    cases = [await in_verification(who) for _ in range(2)]
    people = [(await row(connection, case))["applicant_id"] for case in cases]
    named = [await reference_of(who["officer"], case) for case in cases]
    await connection.execute(SWAP_PEOPLE, *people)
    return [*zip(cases, people, named, strict=True)]


async def test_people_who_were_swapped_are_an_alert_once_an_hour(who, connection) -> None:
    assert [finding async for finding in examine_vault(connection)] == []
    pair = await swapped_pair(who, connection)
    for _ in range(3):
        for case, _, named in pair:
            assert await read(who["officer"], case, named) == ["INTERNAL"]
    assert await read(who["supervisor"], pair[0][0], pair[0][2]) == ["INTERNAL"]
    alerts = await tampering_alerts(who["auditor"])
    assert {one["applicant"]["id"] for one in alerts} == {
        GlobalId("Applicant", str(person)).encode() for _, person, _ in pair
    }
    # Whoever read it again within the hour raised no other alert.
    assert [(one["actor"], one["actorRole"]) for one in alerts] == [("officer", "OFFICER")] * 2
    [finding] = [finding async for finding in examine_vault(connection)]
    assert finding.what.startswith("Sealed values were changed in the database: 2 open alerts")
    assert all(str(person) not in str(finding) for _, person, _ in pair)
    # An hour later there is another alert.
    await connection.execute(
        "UPDATE alert SET raised_at = raised_at - interval '61 minutes' WHERE kind = 'TAMPERED'"
    )
    await read(who["supervisor"], pair[0][0], pair[0][2])
    assert len(await tampering_alerts(who["auditor"])) == 3
    # What is put back is read, and a supervisor who did not meet it closes the alerts.
    await connection.execute(SWAP_PEOPLE, *(person for _, person, _ in pair))
    assert await read(who["officer"], pair[0][0], pair[0][2]) == []
    for one in await tampering_alerts(who["auditor"]):
        closer = who["supervisor-2"]
        assert (await change(closer, "closeAlert", alertId=one["id"], reason="So.")).codes == []
    assert [finding async for finding in examine_vault(connection)] == []
    await connection.execute(_FORGET)


async def test_a_banned_person_who_was_swapped_is_an_alert(who, connection) -> None:
    bans = [await propose_ban(who["screening"], **passport(f"QZALERT0{n}")) for n in (1, 2)]
    ids = [row_id(ban) for ban in bans]
    await connection.execute(SWAP_BANS, *ids)
    named = {"ban": bans[0], "for": await reference(who, bans[0])}
    assert (await who["screening-2"](WHO_IS_IT, **named)).codes == ["INTERNAL"]
    await connection.execute(SWAP_BANS, *ids)
    [alert] = await tampering_alerts(who["auditor"])
    assert (alert["banEntry"], alert["applicant"]) == ({"id": bans[0]}, None)
    await connection.execute(_FORGET)


_RELINK = "UPDATE application SET is_linked = false WHERE applicant_id = $1"
_REMOVE_NAME = "UPDATE identity SET sealed = sealed - 'full_name' WHERE applicant_id = $1"
_PUT_BACK = "UPDATE identity SET sealed = $2 WHERE applicant_id = $1"


@pytest.mark.parametrize("changed", ["swapped", "removed"])
async def test_whose_value_was_changed_stays_unlinked_and_others_do_not_wait(
    who, connection, monkeypatch, changed: str
) -> None:
    monkeypatch.setattr(linker, "_TRIED_AGAIN_AFTER_SECONDS", 0.5)
    cases = [await in_verification(who) for _ in range(2)]
    people = [(await row(connection, case))["applicant_id"] for case in cases]
    was = await connection.fetchval(
        "SELECT sealed FROM identity WHERE applicant_id = $1", people[0]
    )
    if changed == "swapped":
        await connection.execute(SWAP_PEOPLE, *people)
    else:
        await connection.execute(_REMOVE_NAME, people[0])
    await connection.execute(_RELINK, people[0])
    await submitted_case(who)  # which is linked all the same
    async with asyncio.timeout(30):
        while not (alerts := await tampering_alerts(who["auditor"])):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await submitted_case(who)
    assert not (await row(connection, cases[0]))["is_linked"]
    if changed == "swapped":
        await connection.execute(SWAP_PEOPLE, *people)
    else:
        await connection.execute(_PUT_BACK, people[0], was)
    await wait_until_linked(who, cases[0])
    [alert] = alerts
    assert (alert["actor"], row_id(alert["applicant"]["id"])) == ("keeper", people[0])
    await connection.execute(_FORGET)


async def test_a_changed_entry_of_the_ban_list_keeps_no_other_from_being_compared(
    who, connection
) -> None:
    ban = await propose_ban(who["screening"], **passport("QZCHANGED1"))
    await connection.execute(
        """UPDATE banned_person SET sealed = jsonb_set(sealed, '{passport_number}', '"AAAA"')
        WHERE ban_id = $1""",
        row_id(ban),
    )
    assert (await call(who["screening-2"], "approveBan", banId=ban))[1] == []
    other = await approve_ban(who, **passport("QZWHOLE01"))
    indexed = "SELECT count(*) FROM ban_index WHERE ban_id = $1"
    async with asyncio.timeout(30):
        while not await connection.fetchval(indexed, row_id(other)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await connection.fetchval(indexed, row_id(ban)) == 0
    [alert] = await tampering_alerts(who["auditor"])
    assert (alert["actor"], alert["banEntry"]) == ("keeper", {"id": ban})
    for one, mutation in (("", "proposeBanWithdrawal"), ("-2", "approveBanWithdrawal")):
        given = {"banId": ban} if one else {"banId": ban, "reason": "Somebody changed it."}
        assert (await call(who[f"screening{one}"], mutation, **given))[1] == []
    await connection.execute(_FORGET)


async def test_a_table_that_was_changed_floods_nobody(who, connection) -> None:
    """An alert of each of so many, and no more of one viewer within the hour."""
    undone = connection.transaction()
    await undone.start()
    try:
        counting = "SELECT count(*) FROM alert WHERE kind = 'TAMPERED'"
        for _ in range(3):
            await raise_tampering(connection, {UUID(int=0): False})
        assert await connection.fetchval(counting) == 1
        await connection.execute(
            "INSERT INTO alert (id, kind, actor, actor_role, applicant_id)"
            " SELECT gen_random_uuid(), 'TAMPERED', 'keeper', 'ANONYMOUS', gen_random_uuid()"
            " FROM generate_series(1, 18)"
        )
        # What others met, and what else the keeper told, is not counted.
        await connection.execute(
            "INSERT INTO alert (id, kind, actor, actor_role, applicant_id) SELECT"
            " gen_random_uuid(), 'TAMPERED', 'officer', 'OFFICER', gen_random_uuid()"
            " FROM generate_series(1, 20) UNION ALL SELECT gen_random_uuid(), 'UNLOGGED',"
            " 'keeper', 'ANONYMOUS', NULL FROM generate_series(1, 20)"
        )
        for number in range(1, 4):
            await raise_tampering(connection, {UUID(int=number): False})
        assert await connection.fetchval(f"{counting} AND actor = 'keeper'") == 20
    finally:
        await undone.rollback()
