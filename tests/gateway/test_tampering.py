"""Reading a sealed value that was changed in the database raises an alert: once for each
subject and hour, and `gerbang doctor` says so."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from gateway.doctor.vault import examine_vault
from gateway.mapping.ids import GlobalId
from models.jobs.tampering import raise_tampering
from models.person.vault import VaultError
from tests.gateway.changing import (
    change,
    in_verification,
    reference_of,
    row,
    row_id,
    submitted_case,
)
from tests.gateway.conftest import Viewer
from tests.journeys.test_ban import WHO_IS_IT, passport, propose_ban, reference

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


async def test_the_linker_raises_an_alert_for_a_changed_value(who, connection) -> None:
    cases = [await in_verification(who) for _ in range(2)]
    people = [(await row(connection, case))["applicant_id"] for case in cases]
    await connection.execute(SWAP_PEOPLE, *people)
    try:
        await submitted_case(who)  # which wakes it
        await connection.execute(
            "UPDATE application SET is_linked = false WHERE applicant_id = $1", people[0]
        )
        async with asyncio.timeout(30):
            while not (alerts := await tampering_alerts(who["auditor"])):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        await connection.execute(SWAP_PEOPLE, *people)
    [alert] = alerts
    assert (alert["actor"], row_id(alert["applicant"]["id"])) == ("keeper", people[0])
    await connection.execute(_FORGET)


async def test_a_table_that_was_changed_floods_nobody(who, connection) -> None:
    """An alert of each of so many, and no more of one viewer within the hour."""
    undone = connection.transaction()
    await undone.start()
    try:
        counting = "SELECT count(*) FROM alert WHERE kind = 'TAMPERED'"
        for _ in range(3):
            await raise_tampering(connection, VaultError(UUID(int=0), "full_name"))
        assert await connection.fetchval(counting) == 1
        await connection.execute(
            "INSERT INTO alert (id, kind, actor, actor_role, applicant_id)"
            " SELECT gen_random_uuid(), 'TAMPERED', 'keeper', 'ANONYMOUS', gen_random_uuid()"
            " FROM generate_series(1, 18)"
        )
        for number in range(1, 4):
            await raise_tampering(connection, VaultError(UUID(int=number), "full_name"))
        assert await connection.fetchval(counting) == 20
    finally:
        await undone.rollback()
