"""Subscriptions resume: from the position that a client sends after a cut, and with a new token."""

import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from models.access_tokens.verification import LEEWAY_SECONDS
from models.database.connections import connect
from tests import tokens
from tests.gateway.live import APPLICATIONS, VOLUMES, Client, Gateway, credentials, happens, served

pytestmark = pytest.mark.anyio

#: It selects no position, as a client that leaves this to its library would.
PLAIN = """subscription {
    applicationChanged { ... on ApplicationChange { application { reference } } }
}"""
#: Who somebody is, whenever something happens.
NAMES = """subscription @purpose(code: CASEWORK, reference: "SGPO-OPEN-0006") {
    applicationChanged { position ... on ApplicationChange {
        application { applicant { identity { fullName } } }
    } }
}"""
CASES = ("AUSY-PAID-0013", "NZGR-WITH-0009", "AUME-INCO-0004")


@pytest.fixture(scope="module")
async def live(world: str) -> AsyncIterator[Gateway]:
    async with served(world) as running:
        yield running


@pytest.fixture
async def writer(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    yield connection
    await connection.close()


async def _follow(client: Client, query: str, position: Any = None, **variables: Any) -> None:
    extensions = {} if position is None else {"extensions": {"position": position}}
    payload = {"query": query, "variables": variables, **extensions}
    await client.say(type="subscribe", id="1", payload=payload)


async def _next(client: Client) -> tuple[Any, str]:
    """The value of the next payload, and its position."""
    payload = (await client.receive())["payload"]
    (value,) = payload["data"].values()
    return value, payload["extensions"]["position"]


def _reference(value: Any) -> str | None:
    return value["application"]["reference"] if value else None


# --- After a cut ---------------------------------------------------------------------------------


async def test_a_client_that_echoes_the_position_gets_every_change_exactly_once(
    live: Gateway, writer
) -> None:
    async with live.as_viewer("officer") as officer:
        await _follow(officer, PLAIN)
        value, position = await _next(officer)
        assert value == {}
    for number, case in enumerate(CASES):
        await happens(writer, case, "RECEIVED")
        async with live.as_viewer("officer") as officer:
            await _follow(officer, PLAIN, position)
            assert (await _next(officer))[0] == {}  # each beginning has its heartbeat
            value, position = await _next(officer)
            assert _reference(value) == case
            if number == len(CASES) - 1:
                await officer.receives_nothing()


async def test_each_change_of_a_batch_has_a_position_of_its_own(live: Gateway, writer) -> None:
    async with live.as_viewer("officer") as officer:
        await _follow(officer, PLAIN)
        _, begin = await _next(officer)
        async with writer.transaction():
            for case in CASES:
                await happens(writer, case, "RECEIVED")
        positions = [(await _next(officer))[1] for _ in CASES]
    for position, rest in zip((begin, *positions), (CASES, CASES[1:], CASES[2:], ()), strict=True):
        async with live.as_viewer("officer") as officer:
            await _follow(officer, PLAIN, position)
            await _next(officer)
            assert [_reference((await _next(officer))[0]) for _ in rest] == list(rest)


async def test_the_echoed_position_comes_before_the_variables_of_the_first_time(
    live: Gateway, writer
) -> None:
    async with live.as_viewer("officer") as officer:
        await _follow(officer, APPLICATIONS)
        _, first = await _next(officer)
        await happens(writer, CASES[0], "RECEIVED")
        _, second = await _next(officer)
    await happens(writer, CASES[1], "RECEIVED")
    async with live.as_viewer("officer") as officer:
        await _follow(officer, APPLICATIONS, second, after=first)
        await _next(officer)
        assert _reference((await _next(officer))[0]) == CASES[1]


@pytest.mark.parametrize(
    ("position", "code"), [("made up", "INVALID_CURSOR"), (1, "BAD_REQUEST"), ([], "BAD_REQUEST")]
)
async def test_a_wrong_position_is_refused_and_never_overlooked(
    live: Gateway, position: Any, code: str
) -> None:
    async with live.as_viewer("officer") as officer:
        await _follow(officer, PLAIN, position)
        refused = await officer.receive()
        assert refused["type"] == "error"
        assert refused["payload"][0]["extensions"]["code"] == code


async def test_a_position_shows_nobody_more_than_the_own_reach(live: Gateway, writer) -> None:
    async with live.as_viewer("officer") as officer:
        await _follow(officer, PLAIN)
        _, position = await _next(officer)
    for case in CASES:
        await happens(writer, case, "RECEIVED")
    async with live.as_viewer("agent-au") as agent:
        await _follow(agent, PLAIN, position)
        await _next(agent)
        assert _reference((await _next(agent))[0]) == CASES[0]
        await agent.receives_nothing()


# --- A token renewed -----------------------------------------------------------------------------


def _lasting(seconds: int) -> dict[str, int]:
    now = int(time.time())
    return {"iat": now, "exp": now + seconds}


async def _renew(client: Client, name: str, **claims: Any) -> dict[str, Any]:
    """Send a fresh token in a ping; the payload of the pong."""
    await client.say(type="ping", payload=credentials(name, **claims))
    pong = await client.receive()
    assert pong["type"] == "pong"
    return pong["payload"]


async def test_a_token_renewed_in_a_ping_keeps_the_socket_and_what_it_follows(
    live: Gateway, writer
) -> None:
    first, second = _lasting(2), _lasting(60)
    async with live.as_viewer("officer", **first) as officer:
        await officer.follows(APPLICATIONS)
        assert await _renew(officer, "officer", **second) == {"expiresAt": second["exp"]}
        assert await _renew(officer, "officer", **first) == {"expiresAt": first["exp"]}
        while time.time() < first["exp"] + 0.5:
            await officer.receives_nothing()
        await happens(writer, CASES[0], "RECEIVED")
        assert await officer.references(1) == [CASES[0]]


async def test_identity_is_opened_for_the_token_that_renewed_the_socket(
    live: Gateway, writer
) -> None:
    """The key service judges by the token that lasts the longest, not by one that has expired; and
    other requests show the one that they came with."""
    second = _lasting(60)
    # Accepted for two seconds more.
    briefer = {"iat": second["iat"] - 60, "exp": second["iat"] + 2 - LEEWAY_SECONDS}
    async with live.as_viewer("officer", **second) as officer, live.as_viewer(
        "officer", **second
    ) as other:  # fmt: skip
        for client in (officer, other):
            await client.follows(NAMES)
        await _renew(officer, "officer", **briefer)
        async with live.as_viewer("officer", **second) as renewing:
            await _renew(renewing, "officer", **briefer)
        while time.time() < second["iat"] + 3:
            await officer.receives_nothing()
        await happens(writer, "SGPO-OPEN-0006", "RECEIVED")
        for client in (officer, other):
            applicant = (await client.next_value())["application"]["applicant"]
            assert applicant == {"identity": {"fullName": "Wei Tan"}}


async def test_a_renewed_token_ends_the_socket_in_its_turn(live: Gateway) -> None:
    async with live.as_viewer("officer", **_lasting(2)) as officer:
        renewed = _lasting(4)
        await _renew(officer, "officer", **renewed)
        assert (await officer.is_closed())[0] == 4403
        assert time.time() > renewed["exp"] - 0.5


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("officer", {"sub": "somebody-else"}),
        ("manager-au", {"countries": ["AU", "NZ"]}),
        ("manager-au", {"partner": "ANDALAN"}),
        ("agent-au", {"centres": []}),
        ("officer", {"pools": ["OTHERS"]}),
    ],
)
async def test_a_token_of_another_person_or_other_rights_ends_the_socket(
    live: Gateway, name: str, claims: dict[str, Any]
) -> None:
    async with live.as_viewer(name) as viewer:
        await viewer.say(type="ping", payload=credentials(name, **claims))
        code, reason = await viewer.is_closed()
        assert (code, (reason or "").split(":")[0]) == (
            4403,
            "The new token is another person's, or has other rights",
        )


async def test_a_token_that_is_refused_changes_nothing(live: Gateway) -> None:
    life = _lasting(3)
    async with live.as_viewer("officer", **life) as officer:
        await officer.follows(VOLUMES)
        for payload in ({"authorization": "Bearer x.y.z"}, tokens.bearer("LEADERSHIP")):
            await officer.say(type="ping", payload=payload)
            pong = await officer.receive()
            assert set(pong["payload"]) == {"refused"}
            assert "x.y.z" not in pong["payload"]["refused"]
        assert (await officer.is_closed())[0] == 4403
        assert time.time() > life["exp"] - 0.5


async def test_a_token_in_a_ping_is_one_text(live: Gateway) -> None:
    for payload in ({"authorization": 1}, {"Authorization": "a", "authorization": "b"}):
        async with live.as_viewer("officer") as officer:
            await officer.say(type="ping", payload=payload)
            assert (await officer.is_closed())[0] == 4400
