"""All kinds of users walk through lives of applications, and a model says what must come of it."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models.life import Verb, steps
from models.volumes import fold, verify
from tests.gateway.changing import (
    IDENTITY,
    Changed,
    change,
    done,
    events,
    key,
    linked,
    pay,
    receipt,
    row,
    row_id,
)
from tests.gateway.conftest import Viewer
from tests.gateway.life_calls import AUTHORITY, CALLS, any_of, onward
from tests.gateway.life_model import READ_NO_STATUS, Call, Case, follow, refusal

pytestmark = pytest.mark.anyio

STATUSES = ("WRONG_STATUS", "STATUS_CHANGED", "WRONG_STAGE", "STAGE_CHANGED")
SEEDS = st.integers(0, 2**32 - 1)


@dataclass(frozen=True)
class Ground:
    """What the walk goes on: the loop of the gateway, its viewers, the database beneath it."""

    loop: asyncio.AbstractEventLoop
    who: dict[str, Viewer]
    connection: asyncpg.Connection

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)


def walk_on(ground: Ground) -> type[RuleBasedStateMachine]:
    class Walk(RuleBasedStateMachine):
        """A few applications, and users who do what they may and what they may not."""

        def __init__(self) -> None:
            super().__init__()
            self.cases: list[Case] = []

        @initialize(is_calling=st.booleans(), seed=SEEDS)
        def begin(self, is_calling: bool, seed: int) -> None:
            """Some way into a life, so that its end is walked as often as its beginning."""
            self._submit(is_calling)
            chance = Random(seed)
            for _ in range(chance.randrange(8)):
                self._onward(self.cases[0], chance)

        @precondition(lambda self: len(self.cases) < 3)
        @rule(is_calling=st.booleans())
        def submit(self, is_calling: bool) -> None:
            self._submit(is_calling)

        @rule(seed=SEEDS)
        def do_what_is_next(self, seed: int) -> None:
            chance = Random(seed)
            self._onward(chance.choice(self.cases), chance)

        @rule(seed=SEEDS)
        def do_anything(self, seed: int) -> None:
            chance = Random(seed)
            self._call(chance.choice(self.cases), any_of(CALLS, chance))

        @rule(seed=SEEDS)
        def expect_another_status(self, seed: int) -> None:
            chance = Random(seed)
            readers = [
                call for call in CALLS if call.user not in (*READ_NO_STATUS, *AUTHORITY, "treasury")
            ]
            call = any_of(readers, chance)
            expecting = {**call.given, "expectedStatus": "LAPSED"}
            self._call(chance.choice(self.cases), replace(call, given=expecting))

        @rule(seed=SEEDS, stage=st.sampled_from(["IN_PROCESS", "WAITING_FOR_APPLICANT", "CLOSED"]))
        def expect_a_stage(self, seed: int, stage: str) -> None:
            chance = Random(seed)
            call = any_of([call for call in CALLS if call.user in READ_NO_STATUS], chance)
            expecting = {**call.given, "expectedStage": stage}
            self._call(chance.choice(self.cases), replace(call, given=expecting))

        def _submit(self, is_calling: bool) -> None:
            said = {"visaType": "C1", "nationality": "AF" if is_calling else "AU"}
            call = done(
                ground.who["agent-au"], "submitApplication", **said, identity=dict(IDENTITY)
            )
            self.cases.append(Case(ground.run(call), is_calling))

        def _onward(self, case: Case, chance: Random) -> None:
            if call := onward(case, chance):
                self._call(case, call)
            self._knock(case, chance)

        def _knock(self, case: Case, chance: Random) -> None:
            """What the status would let be done, and something else does not: where guards are,
            each reason as likely as another."""
            nearly: dict[str, list[Call]] = {}
            for call in CALLS:
                if (reason := refusal(case, call)) not in (None, *STATUSES):
                    nearly.setdefault(reason, []).append(call)
            if nearly:
                self._call(case, any_of(nearly[chance.choice(sorted(nearly))], chance))

        def _call(self, case: Case, call: Call) -> None:
            expected, once = refusal(case, call), {"idempotencyKey": key()}
            if call.mutation == "recordPayment":
                once["receiptNumber"] = receipt()
            if call.mutation in ("recordDecision", "supersedeDecision", "setAsideRevocation"):
                ground.run(linked(ground.who, case.id))
            told = self._changed(case, call, once)
            assert told.codes == ([expected] if expected else [])
            if expected is None:
                follow(case, call)
                assert self._changed(case, call, once).payload == told.payload
            ground.run(_compare(ground.connection, case))

        def _changed(self, case: Case, call: Call, once: dict[str, str]) -> Changed:
            viewer = ground.who[call.user]
            if call.mutation == "recordPayment":
                return ground.run(pay(ground.who, case.id, **call.given, **once))
            return ground.run(change(viewer, call.mutation, case.id, **call.given, **once))

    return Walk


async def _compare(connection: asyncpg.Connection, case: Case) -> None:
    """The database has of a case what the model has."""
    written = await row(connection, case.id)
    assert (written["status"], written["is_held"], written["received_at"] is not None) == (
        case.status, case.is_held, case.is_received,
    )  # fmt: skip
    assert [kind for _, kind, _ in await events(connection, case.id)] == case.events
    missing = await connection.fetch(
        "SELECT kind FROM requested_item WHERE application_id = $1 AND answered_at IS NULL",
        row_id(case.id),
    )
    assert {kind for (kind,) in missing} == case.missing
    documents = await connection.fetch(
        "SELECT kind FROM case_document WHERE application_id = $1 AND recorded_at IS NULL",
        row_id(case.id),
    )
    assert {kind for (kind,) in documents} == case.documents_missing
    decisions = await connection.fetch(
        "SELECT officer, outcome, ground FROM decision WHERE application_id = $1"
        " ORDER BY decided_at",
        row_id(case.id),
    )
    assert [tuple(one) for one in decisions] == case.decisions


async def walk(
    who: dict[str, Viewer], connection: asyncpg.Connection, runs: int, steps_each: int
) -> None:
    """Walk, and hold the figures against the rows at the end."""
    second = Viewer(who["officer"].client, {"role": "SUPERVISOR", "sub": "supervisor-2"})
    viewers = {**who, "supervisor-2": second}
    ground = Ground(asyncio.get_running_loop(), viewers, connection)
    how = settings(
        max_examples=runs,
        stateful_step_count=steps_each,
        deadline=None,
        phases=[Phase.generate],  # each try is a life over HTTP: too dear to be made shorter
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    await asyncio.to_thread(run_state_machine_as_test, walk_on(ground), settings=how)
    while await fold(connection):
        pass
    assert await verify(connection) == []


async def test_lives_go_as_the_model_says(who, world, connection) -> None:
    await walk(who, connection, runs=6, steps_each=25)


@pytest.mark.proof
async def test_three_hundred_walks_of_fifty_steps_go_as_the_model_says(
    who, world, connection
) -> None:
    await walk(who, connection, runs=300, steps_each=50)


# --- The walk would find it ----------------------------------------------------------------------


def without_needs(verb: Verb) -> tuple[steps.Step, ...]:
    return tuple(replace(one, needs=()) if one.verb is verb else one for one in steps.STEPS)


@pytest.mark.parametrize(
    "verb",
    [
        Verb.GRANT,
        *(
            pytest.param(verb, marks=pytest.mark.proof)
            for verb in (Verb.CORRECT_TO_REFUSED, Verb.REASSIGN, Verb.RECORD_SCREENING)
        ),
    ],
)
async def test_a_step_without_its_needs_is_found_by_the_walk(
    who, world, connection, monkeypatch, verb
) -> None:
    monkeypatch.setattr(steps, "STEPS", without_needs(verb))
    with pytest.raises(AssertionError):
        await walk(who, connection, runs=40, steps_each=50)


@pytest.mark.proof
async def test_an_event_that_is_not_written_is_found_by_the_walk(
    who, world, connection, monkeypatch
) -> None:
    quiet = tuple(
        replace(one, event=None) if one.verb is Verb.WITHDRAW else one for one in steps.STEPS
    )
    monkeypatch.setattr(steps, "STEPS", quiet)
    with pytest.raises(AssertionError):
        await walk(who, connection, runs=40, steps_each=50)
