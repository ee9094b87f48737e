"""People from before the vault are sealed while the gateway goes on serving."""

import asyncio
from typing import Any

import asyncpg
import pytest

from models.jobs.sealing import keep_sealed, seal_plain
from models.person.identity import PLAIN
from models.person.vault import SEALED
from tests import linking
from tests.gateway.changing import IDENTITY, perform, reference_of, submitted_case

pytestmark = pytest.mark.anyio

OF_A_CASE = """
    query ($case: ID!, $for: String!) @purpose(code: INTAKE, reference: $for) {
        node(id: $case) { ... on Application { applicant {
            identity { fullName passportNumber birthDate email phone }
        } } }
    }
"""


async def number_of(connection: asyncpg.Connection, table: str, condition: str) -> int:
    return await connection.fetchval(f"SELECT count(*) FROM {table} WHERE {condition}")


async def identity_of(who: Any, case: str) -> dict[str, Any]:
    named = {"case": case, "for": await reference_of(who["agent-au"], case)}
    return (await who["agent-au"](OF_A_CASE, **named)).data["node"]["applicant"]["identity"]


async def settle(connection: asyncpg.Connection, table: str) -> None:
    """Wait until nothing of a table is plain."""
    while await number_of(connection, table, PLAIN):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def unseal(connection: asyncpg.Connection, case: str) -> None:
    """The person of a case, and an older version of it, as a gateway of before wrote them."""
    plain = {
        "full_name": IDENTITY["fullName"],
        "passport_number": IDENTITY["passportNumber"],
        "birth_date": IDENTITY["birthDate"],
        "email": IDENTITY["email"],
    }
    columns = ", ".join(f"{name} = '{value}'" for name, value in plain.items())
    for table in ("identity", "identity_version"):
        await connection.execute(
            f"UPDATE {table} SET sealed = sealed - $2::text[], {columns} WHERE applicant_id ="
            " (SELECT applicant_id FROM application WHERE reference = $1)",
            case, [*plain],
        )  # fmt: skip


async def test_people_from_before_are_sealed_in_steps_while_they_are_read(
    who, world, connection
) -> None:
    for _ in range(3):
        other = await submitted_case(who)
        await unseal(connection, await reference_of(who["agent-au"], other))
    case = await submitted_case(who)
    await perform(who["agent-au"], "proposeCorrection", case, identity={"phone": "+61 400 111 222"})
    before = await identity_of(who, case)
    await unseal(connection, await reference_of(who["agent-au"], case))
    assert await identity_of(who, case) == before  # plain or sealed, it reads alike
    plain = await number_of(connection, "identity", PLAIN)
    assert plain > 3
    assert await number_of(connection, "identity_version", PLAIN)

    # Stopped after a few, it goes on with the others; somebody reads and hands in meanwhile.
    await seal_plain(linking.KEYS, connection, limit=2)
    assert await number_of(connection, "identity", PLAIN) == plain - 2
    stop = asyncio.Event()
    sealing = asyncio.create_task(keep_sealed(linking.KEYS, world, stop, every=0.01))
    try:
        async with asyncio.timeout(30):
            while await number_of(connection, "identity", PLAIN):
                assert await identity_of(who, case) == before
            another = await submitted_case(who)
            await settle(connection, "identity_version")
    finally:
        stop.set()
        await sealing
    assert await identity_of(who, case) == before
    assert (await identity_of(who, another))["fullName"] == IDENTITY["fullName"]
    for table in ("identity", "identity_version"):
        emptied = " AND ".join(f"{column} IS NULL" for column in SEALED)
        assert not await number_of(connection, table, f"NOT ({emptied})")
