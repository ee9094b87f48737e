"""Subscriptions: each subscriber receives the changes that its role reads."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from gateway.access.fields import is_readable, readable_fields
from gateway.mapping.ids import GlobalId
from models.database.connections import connect
from models.volumes import fold
from tests.gateway.both_ways import plans_off, plans_watched
from tests.gateway.live import (
    APPLICATIONS,
    KINDS,
    VOLUMES,
    Client,
    Gateway,
    credentials,
    happens,
    served,
)
from tests.gateway.test_policy_enforced import VIEWERS
from tests.world import application_id

pytestmark = pytest.mark.anyio

IDENTITY = """subscription Case %s { applicationChanged { position ... on ApplicationChange {
    application { reference applicant { identity { fullName } } } } } }"""


@pytest.fixture(scope="module")
async def live(world: str) -> AsyncIterator[Gateway]:
    async with served(world) as running:
        yield running


@pytest.fixture
async def writer(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    yield connection
    await connection.close()


async def refusal_of(viewer: Client, query: str, **variables: object) -> str:
    await viewer.subscribe(query, **variables)
    refused = await viewer.receive()
    assert refused["type"] == "error"
    return refused["payload"][0]["extensions"]["code"]


async def test_an_event_is_sent_once_with_what_the_role_reads(live: Gateway, writer) -> None:
    async with live.as_viewer("officer") as officer:
        await officer.follows(KINDS)
        await happens(writer, "AUSY-PAID-0013", "RECEIVED")
        payload = await officer.next_value()
        assert payload["kind"] == "RECEIVED"
        assert payload["application"] == {"reference": "AUSY-PAID-0013", "status": "PAID"}
        await officer.receives_nothing()


LINKED = """subscription($after: String) { applicationChanged(after: $after) {
    position ... on ApplicationChange { __typename kind application {
        id reference country { name } applicant { nationality { code } } events(first: 2) {
            nodes { kind } } } } } }"""


async def test_a_plan_reads_of_changes_what_the_executor_would(live: Gateway, writer) -> None:
    async with live.as_viewer("officer") as officer:
        begun = await officer.follows(LINKED)
        with plans_watched() as answered:
            await happens(writer, "AUSY-PAID-0013", "RECEIVED")
            await happens(writer, "AUME-INCO-0004", "RECEIVED")
            payload = [await officer.next_value() for _ in range(2)]
        assert answered
        assert all(answered)
    with plans_off():
        async with live.as_viewer("officer") as officer:
            await officer.follows(LINKED, after=begun)
            again = [await officer.next_value() for _ in range(2)]
    for one in (*payload, *again):  # which are sealed anew each time
        assert one.pop("position")
    assert again == payload
    assert payload[0]["application"]["applicant"] == {"nationality": {"code": "AU"}}
    assert payload[0]["application"]["events"]["nodes"]


REACHES = {
    "officer": {"SYD", "MEL", "NZ", "ANDALAN", "RUBY"},
    "supervisor": {"SYD", "MEL", "NZ", "ANDALAN", "RUBY"},
    "auditor": {"SYD", "MEL", "NZ", "ANDALAN", "RUBY"},
    "manager-au": {"SYD", "MEL"},
    "manager-pacific": {"SYD", "MEL", "NZ"},
    "manager-andalan": {"ANDALAN"},
    "agent-au": {"SYD"},
    "applicant": {"RUBY"},
    "service": {"SYD", "MEL", "NZ"},
}
CASES = {
    "SYD": "AUSY-PAID-0013",
    "MEL": "AUME-INCO-0004",
    "NZ": "NZGR-WITH-0009",
    "ANDALAN": "ANDA-LAPS-0012",
    "RUBY": "DIRE-UNPA-0011",
}


@pytest.mark.parametrize("name", REACHES)
async def test_changes_out_of_reach_leave_no_trace(live: Gateway, writer, name: str) -> None:
    async with live.as_viewer(name) as viewer:
        await viewer.follows(APPLICATIONS)
        for reference in CASES.values():
            await happens(writer, reference, "RECEIVED")
        reached = [reference for where, reference in CASES.items() if where in REACHES[name]]
        assert await viewer.references(len(reached)) == reached
        await viewer.receives_nothing()


@pytest.mark.parametrize("name", ["leadership", "administrator", "anonymous"])
async def test_whoever_reads_no_case_follows_none(live: Gateway, name: str) -> None:
    if name == "leadership":
        async with live.as_viewer(name) as viewer:
            await viewer.subscribe(APPLICATIONS)
            refused = await viewer.receive()
            assert refused["type"] == "error"
            assert {one["extensions"]["code"] for one in refused["payload"]} == {"FORBIDDEN_FIELD"}
        return
    async with live.open() as socket:
        client = Client(socket)
        await client.say(type="connection_init", payload=credentials(name))
        code, _ = await client.is_closed()
        assert code == 4403


async def closes(writer: asyncpg.Connection, reference: str, *, days_ago: int) -> None:
    """Say of a case that is closed that it was closed then."""
    await writer.execute(
        "UPDATE application SET closed_at = now() - $2 * interval '1 day' WHERE id = $1",
        *(application_id(reference), days_ago),
    )


async def test_partners_hear_of_stages_and_never_of_a_status_or_a_hold(
    live: Gateway, writer
) -> None:
    async with (
        live.as_viewer("manager-au") as manager,
        live.as_viewer("agent-au") as agent,
        live.as_viewer("officer") as officer,
        live.as_viewer("supervisor") as supervisor,
    ):
        for viewer in (manager, agent):
            await viewer.follows(APPLICATIONS)
        for viewer in (officer, supervisor):
            await viewer.follows(KINDS)
        case = "AUSY-LATE-0002"  # granted so far
        await closes(writer, case, days_ago=29)
        kinds = ["REVOKED", "REFUSED", "HELD", "RELEASED", "SCREENING", "IN_VERIFICATION"]
        kinds += ["GRANTED"]
        for kind in kinds:
            await happens(writer, case, kind)
        assert [(await supervisor.next_value())["kind"] for _ in kinds] == kinds
        without_holds = [kind for kind in kinds if kind not in ("HELD", "RELEASED")]
        assert [(await officer.next_value())["kind"] for _ in without_holds] == without_holds
        # Back in process, and closed again; the agent reads outcomes besides.
        assert await manager.references(2) == [case] * 2
        assert await agent.references(4) == [case] * 4
        # Outcomes of long ago the agent reads no more, so receives no correction or revocation.
        await closes(writer, case, days_ago=31)
        for kind in ("REFUSED", "REVOKED"):
            await happens(writer, case, kind)
            assert [(await one.next_value())["kind"] for one in (officer, supervisor)] == [kind] * 2
        for viewer in (manager, agent, officer, supervisor):
            await viewer.receives_nothing()


async def test_an_applicant_hears_of_stages_and_decisions_and_never_of_how_one_works_on_it(
    live: Gateway, writer
) -> None:
    async with live.as_viewer("applicant") as applicant:
        await applicant.follows(APPLICATIONS)
        case = "AUSY-GRAN-0001"  # granted so far
        # Back in process, and then at work: the first of these alone is another stage.
        for kind in ("IN_VERIFICATION", "SCREENING", "HELD", "RELEASED", "IN_VERIFICATION"):
            await happens(writer, case, kind)
        assert await applicant.references(1) == [case]
        await applicant.receives_nothing()
        for kind in ("GRANTED", "REVOKED"):
            await happens(writer, case, kind)
            assert await applicant.references(1) == [case]


@pytest.mark.parametrize("name", ["manager-au", "applicant"])
async def test_kind_does_not_exist_for_who_reads_no_status(live: Gateway, name: str) -> None:
    async with live.as_viewer(name) as viewer:
        await viewer.subscribe(KINDS)
        refused = await viewer.receive()
        assert refused["type"] == "error"
        found = {one["extensions"].get("coordinate") for one in refused["payload"]}
        assert found == {"ApplicationChange.kind", "Application.status"}


async def test_where_narrows_what_is_followed(live: Gateway, writer) -> None:
    async with live.as_viewer("officer") as officer:
        await officer.follows(APPLICATIONS, where={"country": {"eq": "NZ"}})
        await happens(writer, "AUSY-PAID-0013", "RECEIVED")
        await happens(writer, "NZGR-WITH-0009", "RECEIVED")
        assert await officer.references(1) == ["NZGR-WITH-0009"]
        await officer.receives_nothing()


RECEIVE = """mutation($input: MarkReceivedInput!) {
    markReceived(input: $input) { errors { code } application { receivedAt } } }"""


async def test_a_mutation_reaches_subscribers(live: Gateway, who) -> None:
    query = """subscription { applicationChanged {
        position ... on ApplicationChange { application { reference receivedAt } } } }"""
    async with live.as_viewer("manager-au") as manager, live.as_viewer("officer") as officer:
        await manager.follows(query)
        await officer.follows(KINDS)
        case = GlobalId("Application", str(application_id("AUSY-PAID-0013"))).encode()
        named = {"applicationId": case, "idempotencyKey": str(uuid4())}
        done = (await who["agent-au"](RECEIVE, input=named)).data["markReceived"]
        assert done["errors"] == []
        payload = await manager.next_value()
        assert payload["application"] == {"reference": "AUSY-PAID-0013", **done["application"]}
        assert (await officer.next_value())["kind"] == "RECEIVED"


# --- Identity ------------------------------------------------------------------------------------


async def test_identity_takes_a_purpose_and_each_read_is_logged(live: Gateway, writer) -> None:
    async with live.as_viewer("officer") as officer:
        assert await refusal_of(officer, IDENTITY % "") == "PURPOSE_REQUIRED"
        before = await writer.fetchval("SELECT count(*) FROM access_event")
        await officer.subscribe(
            IDENTITY % '@purpose(code: CASEWORK, reference: "SGPO-OPEN-0006")', id="2"
        )
        assert set(await officer.next_value()) == {"position"}
        assert await writer.fetchval("SELECT count(*) FROM access_event") == before
        await happens(writer, "SGPO-OPEN-0006", "RECEIVED")
        payload = await officer.next_value()
        assert payload["application"]["applicant"]["identity"] == {"fullName": "Wei Tan"}
        assert await writer.fetchval("SELECT count(*) FROM access_event") == before + 1


# --- Volumes -------------------------------------------------------------------------------------


async def _figures_change(connection: asyncpg.Connection, reference: str) -> None:
    await connection.execute(
        "UPDATE application SET fee_idr = fee_idr + 1 WHERE reference = $1", reference
    )
    await fold(connection)


async def test_volumes_changed_is_sent_after_a_fold_that_changed_figures(
    live: Gateway, writer
) -> None:
    async with (
        live.as_viewer("leadership") as leadership,
        live.as_viewer("manager-au") as manager,
        live.as_viewer("manager-pacific") as pacific,
    ):
        await fold(writer)
        for viewer in (leadership, manager, pacific):
            await viewer.follows(VOLUMES)
        await fold(writer)
        await leadership.receives_nothing()
        await _figures_change(writer, "NZGR-WITH-0009")
        assert set(await leadership.next_value()) == {"position", "asOf"}
        await pacific.next_value()
        await manager.receives_nothing()
        await _figures_change(writer, "AUSY-PAID-0013")
        await manager.next_value()


async def test_volumes_changed_is_sent_at_most_once_a_second(live: Gateway, writer) -> None:
    async with live.as_viewer("officer") as officer:
        await officer.follows(VOLUMES)
        heard = 0
        loop = asyncio.get_running_loop()
        began = loop.time()
        while loop.time() - began < 2.5:
            await _figures_change(writer, "AUSY-PAID-0013")
            try:
                await officer.next_value(0.05)
            except TimeoutError:
                continue
            heard += 1
        assert 1 <= heard <= 3


async def test_who_has_published_figures_or_none_does_not_follow_them(live: Gateway) -> None:
    for name in ("agent-au", "applicant", "service"):
        async with live.as_viewer(name) as viewer:
            assert await refusal_of(viewer, VOLUMES) == "FORBIDDEN_FIELD"


# --- The policy, role by role --------------------------------------------------------------------


FIELDS = {
    "applicationChanged": ("ApplicationChange", ("position", "kind", "application")),
    "volumesChanged": ("VolumesChange", ("position", "asOf")),
}


@pytest.mark.parametrize("role", list(VIEWERS))
async def test_a_subscribed_field_is_sent_or_refused_by_the_policy(live: Gateway, role) -> None:
    if not readable_fields("Subscription", role):
        async with live.open() as socket:
            client = Client(socket)
            await client.say(type="connection_init", payload=credentials(VIEWERS[role]))
            assert (await client.is_closed())[0] == 4403
        return
    async with live.as_viewer(VIEWERS[role]) as viewer:
        for way, (type_name, fields) in FIELDS.items():
            for name in fields:
                inside = f"{name} {{ __typename }}" if name == "application" else name
                followed = f"__typename ... on {type_name} {{ {inside} }}"
                await viewer.subscribe(f"subscription {{ {way} {{ {followed} }} }}", id=name + way)
                message = await viewer.receive()
                may = is_readable("Subscription", way, role) and is_readable(type_name, name, role)
                assert message["type"] == ("next" if may else "error")
                if not may:
                    codes = {one["extensions"]["code"] for one in message["payload"]}
                    assert codes == {"FORBIDDEN_FIELD"}
                await viewer.say(type="complete", id=name + way)
