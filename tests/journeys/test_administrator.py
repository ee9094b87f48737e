"""Nights and days of administrators: whose reach is taken back, at once or in due time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from tests.gateway.changing import key
from tests.gateway.conftest import Answer, Viewer
from tests.gateway.live import APPLICATIONS, Client, Gateway, credentials, served

pytestmark = pytest.mark.anyio

CASES = "{ applications(first: 9) { nodes { reference } totalCount { value } } }"
WHO = "{ viewer { subject role } }"
FIGURES = """{ volumes(from: "2025-01-01", to: "2025-12-31", groupBy: [COUNTRY]) {
    rows { intake { value } }
} }"""
#: How soon nothing may be in reach any more.
SECONDS = 5.0
_ANSWER = """suspension {
    id partner { code } subject reason suspendedBy endsAt confirmedBy liftProposedBy
    liftedBy liftReason
} errors { code path }"""
SUSPENDED = "{ suspensions(first: 20) { nodes { reason suspendedBy partner { code } subject } } }"
OF_THE_PARTNER = ("agent-au", "manager-au", "manager-pacific", "service")
OF_OTHERS = ("manager-andalan", "officer", "supervisor", "leadership", "applicant")


async def administer(viewer: Viewer, mutation: str, **given: Any) -> tuple[Any, list[str]]:
    """What came of a mutation: the suspension, or the codes of why not."""
    name = mutation[0].upper() + mutation[1:]
    text = f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ {_ANSWER} }} }}"
    answer = await viewer(text, input={"idempotencyKey": key(), **given})
    assert answer.status == 200, answer.text
    payload = answer.data[mutation]
    return payload["suspension"], [error["code"] for error in payload["errors"]]


@asynccontextmanager
async def suspended(administrator: Viewer, **target: str) -> AsyncIterator[str]:
    """A suspension that is lifted at the end; its id."""
    mutation = "suspendPartner" if "partner" in target else "suspendViewer"
    made, refused = await administer(administrator, mutation, reason="A leak.", **target)
    assert refused == []
    try:
        yield made["id"]
    finally:
        await lift(administrator, made["id"])


def another(administrator: Viewer) -> Viewer:
    """A second administrator, who has nothing else to do with it."""
    return Viewer(administrator.client, {"role": "ADMINISTRATOR", "sub": "administrator-3"})


async def lift(administrator: Viewer, suspension: str) -> None:
    """It is lifted by two."""
    await administer(administrator, "proposeLifting", suspensionId=suspension, reason="Over.")
    await administer(another(administrator), "liftSuspension", suspensionId=suspension)


async def is_refused(viewer: Viewer, question: str = CASES) -> bool:
    answer = await viewer(question)
    if answer.codes != ["SUSPENDED"]:
        return False
    assert (answer.status, "data" in answer.body) == (403, False)
    return True


async def until_refused(viewer: Viewer, began: float, question: str = WHO) -> None:
    while not await is_refused(viewer, question):
        assert time.monotonic() - began < SECONDS
        await asyncio.sleep(0.1)


async def until_answered(viewer: Viewer, question: str = WHO) -> Answer:
    began = time.monotonic()
    while (answer := await viewer(question)).codes:
        assert time.monotonic() - began < SECONDS
        await asyncio.sleep(0.1)
    return answer


@pytest.fixture(scope="module")
async def serving(world: str) -> AsyncIterator[Gateway]:
    """A second gateway on the same world, behind a real server: where the sockets are."""
    async with served(world) as running:
        yield running


async def test_a_partner_is_suspended_at_night_and_confirmed_next_day(
    who: dict[str, Viewer], serving: Gateway, connection: asyncpg.Connection
) -> None:
    night, day = who["administrator"], who["administrator-2"]

    # Everybody at work: the partner's people and its system, and somebody who follows live.
    before = {name: (await who[name](CASES)).body for name in OF_THE_PARTNER}
    assert all(answer["data"]["applications"]["nodes"] for answer in before.values())
    async with (
        serving.as_viewer("manager-au") as follower,
        serving.as_viewer("manager-andalan") as other,
    ):
        await follower.follows(APPLICATIONS)
        await other.follows(APPLICATIONS)

        # 02:00. The partner's system was broken into. One administrator does not wait for another.
        began = time.monotonic()
        made, refused = await administer(
            night, "suspendPartner", partner="NUSA", reason="Its system was broken into."
        )
        assert refused == []
        assert (made["partner"], made["suspendedBy"]) == ({"code": "NUSA"}, "administrator")
        assert made["endsAt"] is not None

        # What is read from the database is out of reach with the very next request …
        for name in OF_THE_PARTNER:
            assert await is_refused(who[name])
            assert await is_refused(who[name], FIGURES) or name == "service"
        # … what needs none, and the open socket, within seconds.
        for name in OF_THE_PARTNER:
            await until_refused(who[name], began)
        assert await follower.is_closed() == (
            4403, "SUSPENDED: The access of your partner is suspended. Ask the directorate.",
        )  # fmt: skip
        assert time.monotonic() - began < SECONDS
        await refuses_new_sockets(serving)

        # Nobody else notices.
        for name in OF_OTHERS:
            assert (await who[name](WHO)).codes == []
        await other.say(type="ping")
        assert (await other.receive())["type"] == "pong"

    # In the own language, a page says what happened, and not why.
    found = await who["agent-au"].send({"query": WHO}, **{"Accept-Language": "id"})
    assert found.errors[0]["message"] == "Akses mitra Anda ditangguhkan. Hubungi direktorat."
    assert "broken" not in found.text

    # Supervision and audit see who did it, and why; a partner does not even see the field.
    for name in ("supervisor", "auditor", "administrator-2"):
        listed = await who[name](SUSPENDED)
        assert [one["reason"] for one in listed.data["suspensions"]["nodes"]] == [
            "Its system was broken into."
        ]
    for name in ("officer", "leadership", "manager-andalan", "screening"):
        assert set((await who[name](SUSPENDED)).codes) == {"FORBIDDEN_FIELD"}

    # Who suspended cannot be the second person.
    _, refused = await administer(night, "confirmSuspension", suspensionId=made["id"])
    assert refused == ["SECOND_PERSON_REQUIRED"]
    # 09:00. Somebody else confirms: it lasts until it is lifted.
    confirmed, refused = await administer(day, "confirmSuspension", suspensionId=made["id"])
    assert refused == []
    assert (confirmed["confirmedBy"], confirmed["endsAt"]) == ("administrator-2", None)
    _, refused = await administer(day, "confirmSuspension", suspensionId=made["id"])
    assert refused == ["ALREADY_CONFIRMED"]
    _, refused = await administer(day, "suspendPartner", partner="NUSA", reason="Again.")
    assert refused == ["ALREADY_SUSPENDED"]
    await a_day_passes(connection)
    assert await is_refused(who["agent-au"])

    # The system was set up anew: one says so, another lifts it, and everything is as before.
    _, refused = await administer(day, "liftSuspension", suspensionId=made["id"])
    assert refused == ["SECOND_PERSON_REQUIRED"]
    proposed, refused = await administer(
        night, "proposeLifting", suspensionId=made["id"], reason="It was set up anew."
    )
    assert (refused, proposed["liftProposedBy"], proposed["liftedBy"]) == (
        [], "administrator", None,
    )  # fmt: skip
    _, refused = await administer(day, "proposeLifting", suspensionId=made["id"], reason="Again.")
    assert refused == ["ALREADY_PROPOSED"]
    _, refused = await administer(night, "liftSuspension", suspensionId=made["id"])
    assert refused == ["SECOND_PERSON_REQUIRED"]
    assert await is_refused(who["agent-au"])
    lifted, refused = await administer(day, "liftSuspension", suspensionId=made["id"])
    assert (refused, lifted["liftedBy"], lifted["liftReason"]) == (
        [], "administrator-2", "It was set up anew.",
    )  # fmt: skip
    for name in OF_THE_PARTNER:
        again = (await until_answered(who[name], CASES)).body
        assert again["data"] == before[name]["data"]
    _, refused = await administer(day, "liftSuspension", suspensionId=made["id"])
    assert refused == ["NOT_SUSPENDED"]


async def test_a_suspension_that_nobody_confirms_ends_after_a_day(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    made, _ = await administer(
        who["administrator"], "suspendViewer", subject="officer-2", reason="Reads by the hundred."
    )
    began = time.monotonic()
    assert await is_refused(who["officer-2"])
    await until_refused(who["officer-2"], began)
    assert (await who["officer"](WHO)).codes == []

    # Nobody confirms it.
    await a_day_passes(connection)
    await until_answered(who["officer-2"], CASES)
    for mutation, given in (
        ("confirmSuspension", {}),
        ("proposeLifting", {"reason": "Over."}),
        ("liftSuspension", {}),
    ):
        _, refused = await administer(
            who["administrator-2"], mutation, suspensionId=made["id"], **given
        )
        assert refused == ["NOT_SUSPENDED"]

    # Day by day, one person alone could suspend for ever: it takes another one to go on.
    _, refused = await administer(
        who["administrator"], "suspendViewer", subject="officer-2", reason="Still."
    )
    assert refused == ["SECOND_PERSON_REQUIRED"]
    async with suspended(who["administrator-2"], subject="officer-2") as id_:
        assert await is_refused(who["officer-2"])
        await administer(who["administrator"], "confirmSuspension", suspensionId=id_)
    await until_answered(who["officer-2"])
    # Two agreed to that one, so either of them may suspend again; then another one.
    for name in ("administrator-2", "administrator"):
        async with suspended(who[name], subject="officer-2"):
            assert await is_refused(who["officer-2"])
        await until_answered(who["officer-2"])


async def test_an_administrator_who_is_suspended_lifts_nothing(who: dict[str, Viewer]) -> None:
    async with suspended(who["administrator"], subject="administrator-2") as id_:
        began = time.monotonic()
        text = """mutation($input: LiftSuspensionInput!) {
            liftSuspension(input: $input) { errors { code } }
        }"""
        lifting = {"idempotencyKey": key(), "suspensionId": id_}
        answer = await who["administrator-2"](text, input=lifting)
        assert (answer.status, answer.codes) == (403, ["SUSPENDED"])
        await until_refused(who["administrator-2"], began)
    await until_answered(who["administrator-2"])


async def test_wrong_partners_viewers_and_suspensions_are_refused(who: dict[str, Viewer]) -> None:
    administrator = who["administrator"]
    for mutation, given, code in (
        ("suspendPartner", {"partner": "ZENITH", "reason": "A leak."}, "NOT_FOUND"),
        ("suspendPartner", {"partner": "ANDALAN", "reason": "  "}, "INVALID"),
        ("suspendViewer", {"subject": "", "reason": "A leak."}, "INVALID"),
        ("confirmSuspension", {"suspensionId": "nonsense"}, "NOT_FOUND"),
        ("proposeLifting", {"suspensionId": "nonsense", "reason": "Over."}, "NOT_FOUND"),
        ("liftSuspension", {"suspensionId": "nonsense"}, "NOT_FOUND"),
    ):
        assert (await administer(administrator, mutation, **given))[1] == [code]


async def refuses_new_sockets(serving: Gateway) -> None:
    async with serving.open() as socket:
        client = Client(socket)
        await client.say(type="connection_init", payload=credentials("agent-au"))
        code, reason = await client.is_closed()
        assert (code, (reason or "").partition(":")[0]) == (4403, "SUSPENDED")


async def a_day_passes(connection: asyncpg.Connection) -> None:
    """For the suspensions: all their instants lie a day further back."""
    await connection.execute(
        "UPDATE suspension SET suspended_at = suspended_at - interval '1 day',"
        " ends_at = ends_at - interval '1 day', confirmed_at = confirmed_at - interval '1 day',"
        " lift_proposed_at = lift_proposed_at - interval '1 day',"
        " lifted_at = lifted_at - interval '1 day'"
    )
