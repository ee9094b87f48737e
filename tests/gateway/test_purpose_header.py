"""The purpose of reading identity can be a header: directives get lost where clients rewrite."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from gateway.access.purpose import stated_purpose
from gateway.errors import RequestError
from gateway.viewer import Viewer as GatewayViewer
from models.database.connections import connect
from models.vocabulary import Role
from tests import tokens
from tests.gateway.conftest import Answer, Viewer
from tests.gateway.live import Client, Gateway, credentials, happens, served

pytestmark = pytest.mark.anyio

REFERENCE = "SGPO-OPEN-0006"
STATED = f"CASEWORK; reference={REFERENCE}"
PLAIN = '{ application(by: {reference: "SGPO-OPEN-0006"}) { applicant { identity { email } } } }'
DIRECTED = f'query @purpose(code: CASEWORK, reference: "{REFERENCE}") {PLAIN}'
LINES = """
    SELECT purpose, case_reference, fields FROM access_event
    WHERE actor = 'officer' ORDER BY occurred_at DESC, id DESC LIMIT $1
"""


@pytest.fixture(scope="module")
async def owner(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    yield connection
    await connection.close()


async def ask(
    who: dict[str, Viewer], query: str, stated: str | None, name: str = "officer"
) -> Answer:
    headers = {} if stated is None else {"Gerbang-Purpose": stated}
    return await who[name].send({"query": query}, **headers)


def refusal(answer: Answer) -> tuple[int, list[str]]:
    assert "data" not in answer.body
    return answer.status, answer.codes


@pytest.mark.parametrize(("countries", "logged"), [(["AU"], "AU"), (["AU", "NZ"], None)])
async def test_a_read_is_logged_with_the_country_of_a_viewer_who_has_one(
    client, owner: asyncpg.Connection, countries: list[str], logged: str | None
) -> None:
    agent = {"role": "PARTNER_AGENT", "sub": f"agent-of-{len(countries)}", "partner": "NUSA"}
    viewer = Viewer(client, {**agent, "countries": countries, "centres": ["AU-SYD"]})
    query = (
        '{ application(by: {reference: "AUSY-PAID-0013"}) { applicant { identity { email } } } }'
    )
    answer = await viewer.send({"query": query}, **{"Gerbang-Purpose": "INTAKE"})
    assert (answer.status, answer.errors) == (200, [])
    assert answer.data["application"]["applicant"]["identity"]["email"]
    [line] = await owner.fetch(
        "SELECT actor_partner_code, actor_country_code FROM access_event WHERE actor = $1",
        agent["sub"],
    )
    assert tuple(line) == ("NUSA", logged)


@pytest.mark.parametrize(
    ("query", "stated"),
    [
        (DIRECTED, None),
        (PLAIN, STATED),
        (PLAIN, f'CASEWORK;reference="{REFERENCE}"'),
        (PLAIN, f'  CASEWORK;  reference="{REFERENCE}" '),
        (DIRECTED, STATED),
    ],
)
async def test_each_way_leaves_the_same_line_in_the_log(
    who, owner: asyncpg.Connection, query: str, stated: str | None
) -> None:
    before = await owner.fetchval("SELECT count(*) FROM access_event")
    answer = await ask(who, query, stated)
    assert answer.errors == []
    assert answer.data["application"]["applicant"]["identity"]["email"]
    assert await owner.fetchval("SELECT count(*) FROM access_event") == before + 1
    [line] = await owner.fetch(LINES, 1)
    assert tuple(line) == ("CASEWORK", REFERENCE, ["email"])


@pytest.mark.parametrize(
    "stated",
    ["", "CASEWORK", "casework; reference=A-1", "NOSINESS; reference=A-1", "CASEWORK; reference",
     "CASEWORK; reference=", "CASEWORK; reference=A-1; more=1", "CASEWORK; more=1",
     "CASEWORK; reference=A-1; reference=A-1", 'CASEWORK; reference="A-1', "CASEWORK, reference=A",
     "CASEWORK; reference=A-1, CASEWORK; reference=A-1", "CASEWORK; reference=Ruby Hale",
     'CASEWORK; reference="Ruby Hale"', "CASEWORK; Reference=A-1", "Ruby Hale",
     'CASEWORK; reference="A\\"1"'],
)  # fmt: skip
async def test_an_invalid_purpose_is_refused_and_never_quoted(who, traffic, stated: str) -> None:
    before = traffic.connections
    answer = await ask(who, PLAIN, stated)
    assert refusal(answer) in [(400, ["BAD_REQUEST"]), (400, ["PURPOSE_REQUIRED"])]
    assert "Ruby" not in answer.text
    assert "NOSINESS" not in answer.text
    assert "reference" in answer.errors[0]["message"]
    assert traffic.connections == before


async def test_two_headers_are_one_too_many(who) -> None:
    twice = [("Gerbang-Purpose", STATED), ("Gerbang-Purpose", STATED)]
    viewer: Viewer = who["officer"]
    response = await viewer.client.post(
        "/graphql",
        json={"query": PLAIN},
        headers=[
            *twice,
            *authorization_headers(viewer),
            ("Accept", "application/graphql-response+json"),
        ],
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def authorization_headers(viewer: Viewer) -> list[tuple[str, str]]:
    return list(tokens.bearer(**viewer.claims).items())


@pytest.mark.parametrize(
    "stated", ["CASEWORK; reference=7K3M-9QPX-2F4E", f"SUPERVISION; reference={REFERENCE}"]
)
async def test_directive_and_header_must_agree(who, stated: str) -> None:
    assert refusal(await ask(who, DIRECTED, stated)) == (400, ["PURPOSE_DIFFERS"])


async def test_a_header_allows_no_more_than_the_directive(who) -> None:
    supervision = f"SUPERVISION; reference={REFERENCE}"
    assert refusal(await ask(who, PLAIN, supervision)) == (403, ["PURPOSE_NOT_ALLOWED"])
    assert refusal(await ask(who, PLAIN, None)) == (403, ["PURPOSE_REQUIRED"])


async def test_a_purpose_that_a_variable_leaves_null_is_the_clients_mistake(who, traffic) -> None:
    before = traffic.connections
    query = f'query($c: Purpose = CASEWORK) @purpose(code: $c, reference: "{REFERENCE}") {PLAIN}'
    answer = await who["officer"](query, c=None)
    assert refusal(answer) == (400, ["INVALID_VARIABLES"])
    assert traffic.connections == before


async def test_who_reads_no_identity_may_send_any(who) -> None:
    for stated in (STATED, "nonsense"):
        assert (await ask(who, "{ viewer { role } }", stated)).errors == []


# --- Over a socket -------------------------------------------------------------------------------

FOLLOWED = """subscription { applicationChanged { position ... on ApplicationChange { application {
    reference applicant { identity { email } }
} } } }"""


@pytest.fixture
async def live(world: str) -> AsyncIterator[Gateway]:
    async with served(world) as running:
        yield running


@pytest.mark.parametrize(
    ("payload", "headers"),
    [({"gerbang-purpose": STATED}, {}), ({"Gerbang-Purpose": STATED}, {}),
     ({}, {"Gerbang-Purpose": STATED})],
)  # fmt: skip
async def test_a_socket_states_it_once_for_all_its_operations(
    live: Gateway, owner: asyncpg.Connection, payload: Any, headers: Any
) -> None:
    async with live.open(additional_headers=headers) as socket:
        officer = Client(socket)
        await officer.say(type="connection_init", payload={**credentials("officer"), **payload})
        assert await officer.receive() == {"type": "connection_ack"}
        await officer.follows(FOLLOWED)
        await happens(owner, "SGPO-OPEN-0006", "RECEIVED")
        assert (await officer.next_value())["application"]["applicant"]["identity"]["email"]
    [line] = await owner.fetch(LINES, 1)
    assert tuple(line) == ("CASEWORK", REFERENCE, ["email"])


async def test_a_socket_that_states_none_or_nonsense_reads_no_identity(live: Gateway) -> None:
    for payload, code in (({}, "PURPOSE_REQUIRED"), ({"gerbang-purpose": "x"}, "BAD_REQUEST")):
        async with live.open() as socket:
            officer = Client(socket)
            await officer.say(type="connection_init", payload={**credentials("officer"), **payload})
            assert await officer.receive() == {"type": "connection_ack"}
            await officer.subscribe(FOLLOWED)
            refused = await officer.receive()
            assert refused["payload"][0]["extensions"]["code"] == code


@pytest.mark.parametrize(
    ("role", "stated", "code"),
    [
        (Role.APPLICANT, (), None),
        (Role.PARTNER_AGENT, (), "PURPOSE_REQUIRED"),
        (Role.PARTNER_AGENT, ("INTAKE",), None),
        (Role.PARTNER_AGENT, ("INTAKE; reference=AUSY-GRAN-0001",), None),
        (Role.PARTNER_AGENT, ("INTAKE; reference=Olive",), "PURPOSE_REQUIRED"),
        (Role.PARTNER_AGENT, ("INTAKE; reference=INQ-7K3M-9QPX",), "PURPOSE_NOT_ALLOWED"),
        (Role.OFFICER, ("CASEWORK",), "PURPOSE_REQUIRED"),
        (Role.OFFICER, ('CASEWORK; reference="AUSY-GRAN-0001"',), None),
        (Role.OFFICER, ("CASEWORK; reference=INQ-7K3M-9QPX",), "PURPOSE_NOT_ALLOWED"),
        (Role.OFFICER, ("SUPERVISION; reference=AUSY-GRAN-0001",), "PURPOSE_NOT_ALLOWED"),
        (Role.OFFICER, ("CASEWORK; case=AUSY-GRAN-0001",), "BAD_REQUEST"),
        (Role.OFFICER, ("CASEWORK; reference=A; reference=A",), "BAD_REQUEST"),
        (Role.OFFICER, ("CASEWORK; reference=A", "CASEWORK; reference=A"), "BAD_REQUEST"),
        (Role.SUPERVISOR, ("SUPERVISION; reference=INQ-7K3M-9QPX",), None),
        (Role.SUPERVISOR, ("CASEWORK; reference=INQ-7K3M-9QPX",), "PURPOSE_NOT_ALLOWED"),
        (Role.AUDITOR, ("DATA_REQUEST; reference=INQ-7K3M-9QPX",), "PURPOSE_NOT_ALLOWED"),
        (Role.LEADERSHIP, ("CASEWORK; reference=A",), "PURPOSE_NOT_ALLOWED"),
    ],
)
def test_a_role_states_its_purpose_and_a_case(
    role: Role, stated: tuple[str, ...], code: str | None
) -> None:
    viewer = GatewayViewer("somebody", role)
    if code is None:
        stated_purpose(viewer, None, stated)
    else:
        with pytest.raises(RequestError) as refused:
            stated_purpose(viewer, None, stated)
        assert refused.value.code == code
