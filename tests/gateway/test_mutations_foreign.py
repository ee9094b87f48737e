"""No mutation changes or reveals rows and people out of the viewer's reach."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from gateway.mapping.ids import GlobalId
from models.database.connections import connect
from models.vocabulary import Role
from tests.gateway import walls
from tests.gateway.changing import IDENTITY, change, everything, global_id, key, perform
from tests.gateway.test_mutations_denied import (
    BATCHES,
    CALLED,
    NOTES,
    OWN,
    SCOPED,
    SUBMISSION,
    WEBHOOKS,
    call,
    comparable,
)
from tests.world import visa_number

pytestmark = pytest.mark.anyio

each_scoped_call = pytest.mark.parametrize(
    ("name", "mutation"),
    [
        (name, mutation)
        for name, role in (("agent-au", Role.PARTNER_AGENT), ("applicant", Role.APPLICANT),
                           ("service", Role.PARTNER_SERVICE))
        for mutation in sorted(CALLED[role])
        if not mutation.startswith("submit")
        and not mutation.startswith("lodge")
        and "laim" not in mutation  # it names a file by what its applicant knows
        and mutation not in {"fetchVisa", *OWN, *NOTES, *WEBHOOKS, *BATCHES}
    ],
)  # fmt: skip


@each_scoped_call
async def test_foreign_missing_and_malformed_ids_answer_alike(
    who, world, connection, traffic, name, mutation
) -> None:
    before = await everything(connection)
    traffic.statements.clear()
    first = comparable(await call(who[name], mutation, global_id(SCOPED[name])))
    path = list(traffic.statements)
    assert first[1]["data"][mutation]["errors"][0]["code"] == "NOT_FOUND"
    for id_ in (
        GlobalId("Application", str(uuid4())).encode(), "", "nonsense", "x" * 500,
        GlobalId("Application", "1").encode(), GlobalId("Country", "AU").encode(),
        global_id(SCOPED[name]) + "=",
    ):  # fmt: skip
        traffic.statements.clear()
        assert comparable(await call(who[name], mutation, id_)) == first
        assert traffic.statements == path
    assert await everything(connection) == before


@each_scoped_call
async def test_the_database_alone_keeps_foreign_rows_from_being_changed(
    who, world, connection, traffic, name, mutation
) -> None:
    with walls.first_wall_down():
        await test_foreign_missing_and_malformed_ids_answer_alike(
            who, world, connection, traffic, name, mutation
        )


async def test_a_foreign_and_a_missing_visa_answer_alike(who, world, traffic) -> None:
    fetching = """
        mutation ($input: FetchVisaInput!) @purpose(code: DELIVERY, reference: "ANDA-CORR-0005") {
            fetchVisa(input: $input) { visaDocument { pdf } errors { code message path } }
        }
    """

    async def path(number: str) -> tuple[Any, list[str]]:
        traffic.statements.clear()
        given = {"visaNumber": number, "idempotencyKey": key()}
        return comparable(await who["service"](fetching, input=given)), list(traffic.statements)

    foreign = await path(visa_number("ANDA-CORR-0005"))
    assert foreign[0][1]["data"]["fetchVisa"]["errors"][0]["code"] == "NOT_FOUND"
    for missing in ("ID0000000000000", "", "nonsense", "x" * 500):
        assert await path(missing) == foreign


async def test_a_foreign_row_is_never_waited_for(who, world) -> None:
    other = await connect(world)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM application FOR UPDATE")
            answer = await asyncio.wait_for(
                call(who["agent-au"], "withdrawApplication", global_id("ANDA-CORR-0005")), 2
            )
    finally:
        await other.close()
    assert answer.data["withdrawApplication"]["errors"][0]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("country", ["AU", "SG"])
async def test_no_answer_reveals_that_a_passport_is_known_elsewhere(
    who, world, traffic, country
) -> None:
    """Wei Tan applied in Singapore; Jack Doyle at this very centre."""
    number = {"SG": "PSG0006", "AU": "PAU0002"}[country]

    async def path(passport: str) -> tuple[Any, list[str]]:
        traffic.statements.clear()
        person = {**IDENTITY, "passportNumber": passport}
        changed = await change(
            who["agent-au"], "submitApplication", **{**SUBMISSION, "identity": person}
        )
        return (changed.codes, set(changed.payload)), list(traffic.statements)

    assert await path(number) == await path("NEVERSEEN1")


async def test_an_agent_reaches_a_person_only_through_the_own_applications(who, world) -> None:
    """The person of an application handed in with a known passport is somebody new."""
    person = {**IDENTITY, "passportNumber": "PSG0006"}
    id_ = await perform(who["agent-au"], "submitApplication", **{**SUBMISSION, "identity": person})
    answer = await who["officer"](
        f"""{{ node(id: "{id_}") {{
            ... on Application {{ applicant {{ applications(first: 9) {{ nodes {{ id }} }} }} }}
        }} }}"""
    )
    assert answer.data["node"]["applicant"]["applications"] == {"nodes": [{"id": id_}]}
