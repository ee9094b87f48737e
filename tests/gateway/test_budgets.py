"""Budgets of viewers: spent, given back, refilled, and each one's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.execution import budgets
from gateway.execution.budgets import VALUES_PER_TOKEN, Budgets
from gateway.execution.cost import MOST
from models.vocabulary import Role
from tests import tokens
from tests.gateway.changing import everything, global_id, key
from tests.gateway.conftest import ACCEPT, Traffic, Viewer, viewers
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.gateway.live import KINDS, happens, served
from tests.premises import holds, premise

pytestmark = pytest.mark.anyio

LIST = "{ __schema { types { name } } }"
WITHDRAWAL = """mutation($i: WithdrawApplicationInput!) {
    withdrawApplication(input: $i) { errors { code } } }"""
#: `resetsAt` has milliseconds, and the remaining budget is a whole number.
TICK = timedelta(seconds=0.05)
LANE = "somebody", Role.OFFICER


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


# --- The buckets ---------------------------------------------------------------------------------


async def test_a_budget_is_spent_and_refills() -> None:
    clock = Clock()
    budgets = Budgets(100, 10, clock=clock)
    assert budgets.take(LANE, 100) == 0
    assert budgets.take(LANE, 30) == pytest.approx(3)
    clock.now += 3
    assert budgets.take(LANE, 30) == 0
    assert budgets.remaining(LANE) == (0, pytest.approx(10))


def test_of_a_role_the_budget_that_is_used_most_is_told() -> None:
    budgets = Budgets(100, 10, clock=Clock())
    for name, spent in (("one", 30), ("other", 80), ("third", 50)):
        budgets.take((name, Role.OFFICER), spent)
    budgets.take(("fourth", Role.AUDITOR), 10)
    told = [(one.role, one.viewers, one.least_left) for one in budgets.use_by_role()]
    assert told == [(Role.AUDITOR, 1, 90), (Role.OFFICER, 3, 20)]


def test_processes_share_a_budget_of_which_each_has_something() -> None:
    assert [Budgets(n, 10, processes=4).capacity for n in (3, 4, 8)] == [1, 1, 2]
    assert [Budgets(n, 10).maximum for n in (100, MOST, MOST + 1)] == [100, MOST, MOST]
    budgets = Budgets(100, 10, processes=2, clock=Clock())
    budgets.take(LANE, 50)
    assert budgets.remaining(LANE) == (0, pytest.approx(10))


async def test_what_is_given_back_can_be_asked_for_at_once() -> None:
    budgets = Budgets(100, 10, clock=Clock())
    budgets.take(LANE, 100)
    budgets.give_back(LANE, 60)
    assert budgets.remaining(LANE)[0] == 60
    budgets.give_back(LANE, -20)
    assert budgets.remaining(LANE)[0] == 40


@given(st.lists(st.tuples(st.integers(1, 100), st.floats(0, 5)), max_size=50))
@premise(waits=0.1, goes_on=0.2)
async def test_never_more_is_spent_than_there_was(asked: list[tuple[int, float]]) -> None:
    clock = Clock()
    budgets, taken = Budgets(100, 10, clock=clock), 0
    for values, pause in asked:
        clock.now += pause
        wait = budgets.take(LANE, values)
        holds("goes_on", not wait)
        if holds("waits", wait):
            clock.now += wait  # the answered wait suffices
            assert budgets.take(LANE, values) == 0
        taken += values
        assert taken <= 100 + 10 * (clock.now - 1_000) + 0.01


async def test_nothing_is_saved_up_in_a_quiet_time() -> None:
    clock = Clock()
    budgets = Budgets(100, 10, clock=clock)
    budgets.take(LANE, 50)
    clock.now += 3_600
    assert budgets.take(LANE, 100) == 0
    assert budgets.take(LANE, 10) == pytest.approx(1)
    clock.now += 3_600
    budgets.give_back(LANE, -100)  # an answer that cost more than was taken for it
    assert budgets.take(LANE, 10) == pytest.approx(1)


async def test_no_less_than_nothing_remains() -> None:
    budgets = Budgets(100, 10, clock=Clock())
    budgets.take(LANE, 90)
    budgets.give_back(LANE, -50)
    assert budgets.remaining(LANE) == (0, pytest.approx(14))


async def test_full_budgets_are_forgotten() -> None:
    clock = Clock()
    budgets = Budgets(100, 10, clock=clock)
    for number in range(10_000):
        clock.now += 0.01
        budgets.take((str(number), Role.OFFICER), 100)
    assert len(budgets) <= 2_100  # a thousand are not full again, and as many wait to be forgotten
    spent = range(9_001, 10_000)  # which are not full again
    assert all(budgets.remaining((str(number), Role.OFFICER))[1] > 0 for number in spent)
    kept = len(budgets)
    budgets.give_back(("9999", Role.OFFICER), 100)
    assert budgets.remaining(("9999", Role.OFFICER)) == (100, 0)
    assert len(budgets) == kept - 1


async def test_replicas_have_their_share() -> None:
    budgets = Budgets(100, 10, processes=4, clock=Clock())
    assert budgets.capacity == 25
    budgets.take(LANE, 25)
    assert budgets.take(LANE, 5) == pytest.approx(2)


# --- Over HTTP -----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The budgets' clock stands still, and how slow this machine is costs nothing."""
    clock = Clock()
    monkeypatch.setattr("gateway.service.Budgets", partial(Budgets, clock=clock))
    monkeypatch.setattr(budgets, "VALUES_PER_TENTH", 0)
    monkeypatch.setattr(budgets, "VALUES_PER_STEP", 0)
    return clock


@asynccontextmanager
async def gateway_with(world: str, **settings: str) -> AsyncIterator[dict[str, Viewer]]:
    async with (
        running_gateway(tokens.settings(world, **settings)) as app,
        InProcessClient(app) as client,
    ):
        yield viewers(client)


async def ask(viewer: Viewer, query: str, **variables: Any) -> httpx2.Response:
    signed = tokens.bearer(**viewer.claims) if viewer.claims else {}
    body = {"query": query, "variables": variables}
    return await viewer.client.post("/graphql", json=body, headers={"Accept": ACCEPT, **signed})


def cost_of(response: httpx2.Response) -> dict[str, Any]:
    return response.json()["extensions"]["cost"]


async def spend(viewer: Viewer) -> httpx2.Response:
    """Send new documents until one is refused; the refusal."""
    for number in range(200):
        response = await ask(viewer, f"{{ a{number}: __typename b: __typename }}")
        if response.status_code != 200:
            return response
    raise AssertionError("nothing was refused")


#: A list costs more than what is left when a document of eight tokens is too much.
SMALL = {"budget": "1500", "budget_refill": "100"}


async def test_a_spent_budget_suffices_again_after_retry_after(
    world: str, traffic: Traffic, clock: Clock
) -> None:
    async with gateway_with(world, **SMALL) as who:
        await ask(who["officer"], LIST)
        await spend(who["officer"])
        refused = await ask(who["officer"], LIST)
        assert refused.status_code == 429
        (error,) = refused.json()["errors"]
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert error["extensions"]["cost"] == cost_of(refused)
        cost = cost_of(refused)
        assert cost["remaining"] < cost["requested"]
        assert "data" not in refused.json()
        before = traffic.connections
        assert (await ask(who["officer"], LIST)).status_code == 429
        assert traffic.connections == before
        clock.now += int(refused.headers["retry-after"])
        assert (await ask(who["officer"], LIST)).status_code == 200


async def test_others_have_budgets_of_their_own(world: str) -> None:
    async with gateway_with(world, **SMALL) as who:
        await spend(who["officer"])
        assert (await ask(who["officer-2"], LIST)).status_code == 200
        assert (await ask(who["anonymous"], LIST)).status_code == 200
        assert (await spend(who["anonymous"])).status_code == 429
        assert (await ask(who["officer-2"], LIST)).status_code == 200
        in_another_role = Viewer(who["officer"].client, {"role": "AUDITOR", "sub": "officer"})
        assert (await ask(in_another_role, LIST)).status_code == 200


async def test_a_wrong_argument_costs_its_document_once_and_no_values(world: str) -> None:
    query = "{ countries(first: 0) { nodes { code } } }"
    async with gateway_with(world, **SMALL) as who:
        first, second = [cost_of(await ask(who["officer"], query)) for _ in range(2)]
    assert (first["actual"], second["actual"]) == (0, 0)
    assert first["remaining"] == second["remaining"] < 1500


async def test_what_an_answer_did_not_hold_is_given_back(world: str) -> None:
    async with gateway_with(world, budget="100000", budget_refill="1") as who:
        text = "{ countries(first: 100) { nodes { code } } }"
        await ask(who["officer"], text)  # its tokens are charged the first time
        before = cost_of(await ask(who["officer"], "{ __typename }"))["remaining"]
        answer = cost_of(await ask(who["officer"], text))
        assert answer["actual"] < answer["requested"]
        assert before - answer["actual"] <= answer["remaining"] <= before - answer["actual"] + 2


async def test_a_document_is_charged_by_its_tokens_once(world: str) -> None:
    async with gateway_with(world, budget="100000", budget_refill="1") as who:
        before = cost_of(await ask(who["officer"], "{ __typename }"))["remaining"]
        text = "{ " + " ".join(f"a{n}: __typename" for n in range(20)) + " }"
        first = cost_of(await ask(who["officer"], text))["remaining"]
        assert before - first >= 60 * VALUES_PER_TOKEN
        again = cost_of(await ask(who["officer"], text))["remaining"]
        assert first - again <= 20


async def test_an_answer_says_when_the_budget_is_full_again(world: str) -> None:
    async with gateway_with(world, budget="10000", budget_refill="100") as who:
        began = datetime.now(UTC)
        answer = cost_of(await ask(who["officer"], "{ __typename }"))
        resets_at = datetime.fromisoformat(answer["resetsAt"])
        missing = timedelta(seconds=(10_000 - answer["remaining"]) / 100)
        assert began - TICK < resets_at - missing < datetime.now(UTC) + TICK
        assert answer["resetsAt"].endswith("Z")


async def test_errors_report_the_cost_too_and_give_it_back(world: str) -> None:
    async with gateway_with(world, budget="100000", budget_refill="1") as who:
        text = "{ applications(first: 100) { nodes { nothing } } }"
        first, again = [cost_of(await ask(who["manager-au"], text)) for _ in range(2)]
        assert (first["requested"], first["actual"]) == (102, 0)
        assert again["remaining"] >= first["remaining"]


async def test_a_mutation_beyond_the_budget_changes_nothing(world: str, connection) -> None:
    async with gateway_with(world, budget="3500", budget_refill="1") as who:
        viewer, text = who["agent-au"], WITHDRAWAL
        nobody = {"idempotencyKey": key(), "applicationId": "nobody"}
        # What a mutation costs beside its answer is not given back.
        answers = [await viewer(text, i=nobody) for _ in range(4)]
        assert answers[-1].codes == ["RATE_LIMITED"]
        before = await everything(connection)
        good = {"idempotencyKey": key(), "applicationId": global_id("AUSY-PAID-0013")}
        assert (await viewer(text, i=good)).status == 429
        assert await everything(connection) == before


async def test_replicas_report_their_share(world: str) -> None:
    async with gateway_with(world, budget="400000", budget_processes="4") as who:
        assert cost_of(await ask(who["officer"], "{ __typename }"))["remaining"] <= 100_000


async def test_a_subscription_beyond_the_budget_is_refused_by_a_message(world: str) -> None:
    async with (
        served(world, budget="600", budget_refill="1") as running,
        running.as_viewer("officer") as officer,
    ):
        await officer.follows(KINDS)
        await officer.subscribe(KINDS.replace("reference", "a: reference b: status"), id="2")
        assert_is_refused(await officer.receive(), "2")


async def test_each_payload_is_charged(world: str, connection) -> None:
    async with (
        served(world, budget="600", budget_refill="1") as running,
        running.as_viewer("officer") as officer,
    ):
        await officer.follows(KINDS)
        for _ in range(100):
            await happens(connection, "AUSY-PAID-0013", "RECEIVED")
            message = await officer.receive()
            if message["type"] == "error":
                break
            assert message["payload"]["extensions"]["cost"]["actual"] == 6
        assert_is_refused(message, "1")


def assert_is_refused(message: dict[str, Any], id_: str) -> None:
    assert (message["id"], message["type"]) == (id_, "error")
    (error,) = message["payload"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["cost"]["remaining"] < error["extensions"]["cost"]["requested"]
