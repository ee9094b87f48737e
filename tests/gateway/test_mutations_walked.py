"""All kinds of users walk through lives of applications, and a model says what must come of it."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from random import Random

import asyncpg
import pytest

from models.life import Verb, steps
from models.volumes import fold, verify
from tests.gateway.changing import (
    IDENTITY,
    PASSPORTS,
    MutationAnswer,
    change,
    events,
    key,
    pay,
    perform,
    receipt,
    row,
    row_id,
    wait_until_linked,
)
from tests.gateway.conftest import Viewer
from tests.gateway.life_calls import (
    ANNOUNCED,
    AUTHORITY,
    CALLS,
    DECISIONS,
    OFFICERS,
    any_of,
    onward,
)
from tests.gateway.life_case import Call, Case
from tests.gateway.life_model import READ_NO_STATUS, follow, refusal
from tests.premises import Premises, holds

pytestmark = pytest.mark.anyio

#: As the GRANTER draws of what a rule would grant.
_DRAW = """
    INSERT INTO grant_check (application_id, rule_code, verdict, unmet, is_decided_twice)
    VALUES ($1, 'C1-2', 'SAMPLED', '{}', true)
"""
#: Whether a refusal of the type is announced, as a decree would say it.
_DECREE = """
    INSERT INTO handling_rule (visa_type_code, valid_from, is_announced, is_corrected)
    VALUES ('C1', '2020-01-01', $1, true)
    ON CONFLICT (visa_type_code, valid_from) DO UPDATE SET is_announced = excluded.is_announced
"""
#: Of somebody else each time: of many files of one name and birth date each counts for the others.
_BIRTH_DATES = (date(1960, 1, 1) + timedelta(number) for number in count())
STATUSES = ("WRONG_STATUS", "STATUS_CHANGED", "WRONG_STAGE", "STAGE_CHANGED")


@dataclass(frozen=True)
class Walk:
    """A few applications, and users who do what they may and what they may not."""

    who: dict[str, Viewer]
    connection: asyncpg.Connection
    chance: Random
    #: Whether officers wait for a grant to become possible, rather than refuse.
    is_patient: bool
    #: Whether a refusal is announced first.
    is_announced: bool
    cases: list[Case] = field(default_factory=list)

    async def go(self, steps_each: int) -> None:
        """Begin some way into a life, so that its end is walked as often as its beginning."""
        await self.connection.execute(_DECREE, self.is_announced)
        await self._submit()
        for _ in range(self.chance.randrange(steps_each * 4 // 5)):
            await self._onward(self.cases[0])
        ways = [self._submit, *[self._onward] * 4, self._do_anything, self._expect_another_status,
                self._expect_a_stage]  # fmt: skip
        for _ in range(steps_each):
            await self.chance.choice(ways if len(self.cases) < 3 else ways[1:])()

    async def _submit(self) -> None:
        is_calling = self.chance.random() < 0.5
        values = {"visaType": "C1", "nationality": "AF" if is_calling else "AU"}
        agent = self.who["agent-au"]
        born_on = next(_BIRTH_DATES).isoformat()
        person = {**IDENTITY, "passportNumber": next(PASSPORTS), "birthDate": born_on}
        id_ = await perform(agent, "submitApplication", **values, identity=person)
        is_decided_twice = self.chance.random() < 0.5
        if is_decided_twice:
            await self.connection.execute(_DRAW, row_id(id_))
        is_first = self.is_announced
        case = Case(id_, is_calling, is_decided_twice=is_decided_twice, is_announced_first=is_first)
        self.cases.append(case)

    async def _onward(self, case: Case | None = None) -> None:
        case = case or self.chance.choice(self.cases)
        calls = [onward(case, self.chance) for _ in range(4 if self.is_patient else 1)]
        call = next((call for call in calls if call and not _is_refusal(call)), calls[0])
        if call and call.mutation == "announceRefusal":
            await self._call(case, Call("recordDecision", call.user, DECISIONS[1]))
        if call:
            await self._call(case, call)
        await self._try_refused_call(case)

    async def _try_refused_call(self, case: Case) -> None:
        """Try a call that the status allows and something else refuses: each reason is as likely
        as another."""
        nearly: dict[str, list[Call]] = {}
        for call in CALLS:
            if (reason := refusal(case, call)) not in (None, *STATUSES):
                nearly.setdefault(reason, []).append(call)
        if nearly:
            reason = self.chance.choice(sorted(nearly))
            await self._call(case, any_of(nearly[reason], self.chance))

    async def _do_anything(self) -> None:
        await self._call(self.chance.choice(self.cases), any_of(CALLS, self.chance))

    async def _expect_another_status(self) -> None:
        readers = [
            call for call in CALLS if call.user not in (*READ_NO_STATUS, *AUTHORITY, "treasury")
        ]
        await self._expect(readers, {"expectedStatus": "LAPSED"})

    async def _expect_a_stage(self) -> None:
        stage = self.chance.choice(("IN_PROCESS", "WAITING_FOR_APPLICANT", "CLOSED"))
        readers = [call for call in CALLS if call.user in READ_NO_STATUS]
        await self._expect(readers, {"expectedStage": stage})

    async def _expect(self, readers: list[Call], expected: dict[str, str]) -> None:
        call = any_of(readers, self.chance)
        expecting = replace(call, given={**call.given, **expected})
        await self._call(self.chance.choice(self.cases), expecting)

    async def _call(self, case: Case, call: Call) -> None:
        expected, once = refusal(case, call), {"idempotencyKey": key()}
        holds("screened", any(case.answers.values()))
        holds("refused", expected not in (None, *STATUSES))
        if call.mutation == "recordPayment":
            once["receiptNumber"] = receipt()
        if call.mutation in ("recordDecision", "supersedeDecision", "setAsideRevocation"):
            await wait_until_linked(self.who, case.id)
        if call.mutation == "recordDecision" and case.is_decided_twice and case.officer:
            holds("first_of_two", expected is None and not case.first)
            holds("second_of_two", expected is None and bool(case.first))
            holds("again_by_the_first", expected == "SECOND_PERSON_REQUIRED")
        holds("announced", call.mutation == "announceRefusal" and expected is None)
        holds("heard", call.mutation == "answerIntention" and expected is None)
        holds("unheard", expected == "INTENTION_REQUIRED")
        holds("said_twice", expected == "ALREADY_ANNOUNCED")
        answer = await self._change(case, call, once)
        assert answer.codes == ([expected] if expected else [])
        if expected is None:
            follow(case, call)
            assert (await self._change(case, call, once)).payload == answer.payload
        await _compare(self.connection, case)
        if expected is None and call.mutation == "recordDecision" and case.first == call.user:
            await self._give_back_to(case, call)
        if expected is None and call.mutation == "answerIntention" and case.officer:
            await self._call(case, Call("announceRefusal", case.officer, ANNOUNCED))

    async def _give_back_to(self, case: Case, first: Call) -> None:
        """The first tries to be the second, too; then another officer decides."""
        [other] = {*OFFICERS} - {first.user}
        for call in (
            Call("reassignCase", "supervisor", {"officer": first.user, "reason": "In turn."}),
            first,
            Call("reassignCase", "supervisor", {"officer": other, "reason": "In turn."}),
        ):
            await self._call(case, call)
        await self._call(case, Call("recordDecision", other, self.chance.choice(DECISIONS[1:])))

    async def _change(self, case: Case, call: Call, once: dict[str, str]) -> MutationAnswer:
        if call.mutation == "recordPayment":
            return await pay(self.who, case.id, **call.given, **once)
        return await change(self.who[call.user], call.mutation, case.id, **call.given, **once)


def _is_refusal(call: Call) -> bool:
    return call.mutation == "recordDecision" and call.given["outcome"] == "REFUSED"


async def _compare(connection: asyncpg.Connection, case: Case) -> None:
    """Assert that the case in the database is that of the model."""
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
        "SELECT officer, outcome, grounds FROM decision WHERE application_id = $1"
        " ORDER BY decided_at",
        row_id(case.id),
    )
    assert [tuple(one) for one in decisions] == case.decisions
    announced = "SELECT ended_at IS NULL FROM refusal_intention WHERE application_id = $1"
    waits = await connection.fetchval(announced, row_id(case.id))
    assert (waits is not None) is case.is_announced
    assert waits or case.status != "REFUSAL_INTENDED"
    withheld = "SELECT officer FROM withheld_decision WHERE application_id = $1"
    assert await connection.fetchval(withheld, row_id(case.id)) == case.first


#: By which a few walks meet every premise.
_SEED = 600


async def walk(
    who: dict[str, Viewer], connection: asyncpg.Connection, runs: int, steps_each: int
) -> None:
    """Walk, and hold the figures against the rows at the end."""
    second = Viewer(who["officer"].client, {"role": "SUPERVISOR", "sub": "supervisor-2"})
    with Premises(
        screened=0.2,
        refused=0.9,
        first_of_two=0.2,
        second_of_two=0.1,
        again_by_the_first=0.1,
        announced=0.2,
        heard=0.2,
        unheard=0.2,
        said_twice=0.05,
    ) as premises:
        for number in range(runs):
            premises.begin_example()
            viewers, is_patient = {**who, "supervisor-2": second}, number % 2 == 1
            is_announced = number % 3 != 1
            try:
                walk_ = Walk(viewers, connection, Random(_SEED + number), is_patient, is_announced)
                await walk_.go(steps_each)
            except AssertionError as error:
                error.add_note(f"in walk {number}")
                raise
    while await fold(connection):
        pass
    assert await verify(connection) == []


async def test_lives_go_as_the_model_says(who, world, connection) -> None:
    await walk(who, connection, runs=5, steps_each=25)


@pytest.mark.proof
async def test_two_hundred_walks_of_fifty_steps_go_as_the_model_says(
    who, world, connection
) -> None:
    await walk(who, connection, runs=200, steps_each=50)


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
    monkeypatch.setattr(steps, "BY_ATTEMPT", steps.steps_by_attempt(without_needs(verb)))
    with pytest.raises(AssertionError):
        await walk(who, connection, runs=40, steps_each=50)


@pytest.mark.proof
async def test_an_event_that_is_not_written_is_found_by_the_walk(
    who, world, connection, monkeypatch
) -> None:
    quiet = tuple(
        replace(one, event=None) if one.verb is Verb.WITHDRAW else one for one in steps.STEPS
    )
    monkeypatch.setattr(steps, "BY_ATTEMPT", steps.steps_by_attempt(quiet))
    with pytest.raises(AssertionError):
        await walk(who, connection, runs=40, steps_each=50)
