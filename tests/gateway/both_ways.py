"""Executes each operation twice, by a plan and by the executor alone, and compares the answers."""

import asyncio
import gc
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLError

from gateway.execution import runner
from gateway.execution.cost import values_in
from gateway.execution.plan.plans import PlanCache
from gateway.logs import WhyExecutor
from models.database.connections import connect
from tests.gateway.conftest import Answer, Viewer, without_budget

#: What a document that reads identity or looks somebody up has in it.
_MAY_LOG = re.compile("@purpose|identity|person|people", re.IGNORECASE)
#: What a read of identity leaves behind, but for what is drawn anew each time.
EVENTS = """
DELETE FROM access_event WHERE trace_id = $1 RETURNING applicant_id, actor, actor_role,
    actor_partner_code, actor_country_code, purpose, case_reference, fields
"""


@dataclass(frozen=True)
class LoggedAnswer:
    """An answer, and the reads of identity that were logged for it."""

    asked: Answer
    events: list[tuple[Any, ...]]

    @property
    def bytes(self) -> tuple[int, str]:
        return self.asked.status, without_budget(self.asked.text)


@dataclass
class Tally:
    """How the operations were answered."""

    planned: int = 0
    #: Answered without a plan, although there was no error.
    unplanned: int = 0
    logged: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    #: What plans answered, for each viewer.
    viewers: Counter[str] = field(default_factory=Counter)
    #: Answers of plans in which a null stands, and those in which a list is empty.
    nulls: int = 0
    empty: int = 0

    def note(self, viewer: str, answer: LoggedAnswer, answered: list[bool | None]) -> None:
        self.logged += bool(answer.events)
        self.errors.update(answer.asked.codes)
        if answered == [True]:
            self.planned += 1
            self.viewers[viewer] += 1
            self.nulls += ":null" in answer.asked.text
            self.empty += ":[]" in answer.asked.text
        elif not answer.asked.errors:
            self.unplanned += 1


class BothWays:
    """The two ways, for viewers of one world."""

    def __init__(self, who: Mapping[str, Viewer], owner: asyncpg.Connection) -> None:
        self._who = who
        self._owner = owner
        self.tally = Tally()

    async def compare(self, viewer: str, body: dict[str, Any]) -> bool:
        """Assert that both ways answer the same and log the same; whether there was a plan.

        What no plan has begun to answer is asked for once: both ways are one there.
        """
        trace = secrets.token_hex(16)
        with plans_watched() as answered:
            by_plan = await self._ask(viewer, body, trace)
        answers = [by_plan]
        if answered and answered != [False]:
            with plans_off():
                answers.append(await self._ask(viewer, body, trace))
        for found in answers:
            assert_honest_cost(found.asked, body)
            assert_early(found.asked, body)
        for by_executor in answers[1:]:
            if not _are_other_failures(by_plan.asked, by_executor.asked):
                assert by_plan.bytes == by_executor.bytes, f"{by_plan.asked.status} {viewer} {body}"
            assert by_plan.events == by_executor.events, f"{by_plan.asked.status} {viewer} {body}"
        self.tally.note(viewer, by_plan, answered)
        return answered == [True]

    async def logged_reads(self) -> int:
        """How many are in the log: as many as before, where each answer's were looked for."""
        return await self._owner.fetchval("SELECT count(*) FROM access_event")

    async def _ask(self, viewer: str, body: dict[str, Any], trace: str) -> LoggedAnswer:
        traced = {"traceparent": f"00-{trace}-{'1' * 16}-01"}
        asked = await self._who[viewer].send(body, **traced)
        if not _MAY_LOG.search(body["query"]):
            return LoggedAnswer(asked, [])
        events = [tuple(event) for event in await self._owner.fetch(EVENTS, trace)]
        return LoggedAnswer(asked, sorted(events))


def assert_honest_cost(asked: Answer, question: Any) -> None:
    """Assert that the actual cost is what the answer holds beside other work, and no more than was
    requested."""
    cost = asked.body.get("extensions", {}).get("cost")
    if cost is None:
        assert asked.status == HTTPStatus.BAD_REQUEST, (asked.body, question)
        return
    held = values_in(asked.body.get("data"))
    is_honest = cost["actual"] == held + cost["work"] <= cost["requested"]
    assert is_honest, f"{asked.status} {cost} holds {held}: {question}"


#: What arguments alone can be wrong in. `INVALID_INPUT` may also be found in what rows hold.
OF_ARGUMENTS = {"INVALID_CURSOR", "INVALID_VARIABLES"}


def assert_early(asked: Answer, question: Any) -> None:
    """Assert that wrong arguments were refused before anything was executed."""
    if OF_ARGUMENTS & set(asked.codes):
        assert asked.status == HTTPStatus.BAD_REQUEST, (asked.body, question)
        assert "data" not in asked.body


def _are_other_failures(one: Answer, other: Answer) -> bool:
    """Where several fields fail and there are no data, chance decides which error is reported."""
    has_none = "data" in one.body and one.body["data"] is other.body.get("data") is None
    return has_none and one.status == other.status and _places(one) != _places(other)


def _places(asked: Answer) -> list[Any]:
    return [error.get("path") for error in asked.errors]


@asynccontextmanager
async def both_ways(who: Mapping[str, Viewer], world: str) -> AsyncIterator[BothWays]:
    owner = await connect(world)
    try:
        # The log refuses to forget; what one way wrote there, the other would read.
        await owner.execute("SET session_replication_role = replica")
        yield BothWays(who, owner)
    finally:
        await owner.close()


@contextmanager
def left_behind_ignored() -> Iterator[None]:
    """Of several fields that fail the executor forgets all but the first; it cancels the statements
    of the others, and the driver then forgets a future of its connection."""
    loop = asyncio.get_running_loop()
    found = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if found and not isinstance(context.get("exception"), ConnectionError | GraphQLError):
            found(loop, context)

    loop.set_exception_handler(handle)
    gc.freeze()  # only what is made meanwhile is gone through, not the schemas of all roles
    try:
        yield
        gc.collect()  # futures tell when they are forgotten
    finally:
        gc.unfreeze()
        loop.set_exception_handler(found)


@contextmanager
def plans_watched() -> Iterator[list[bool | None]]:
    """Notes for each operation whether a plan answered it; None where its plan failed."""
    answered: list[bool | None] = []
    plan_of, run_plan = PlanCache.plan, runner.run_plan

    def watch_plan(self: PlanCache, *arguments: Any) -> Any:
        plan = plan_of(self, *arguments)
        if isinstance(plan, WhyExecutor):
            answered.append(False)
        return plan

    async def watch_run(*arguments: Any) -> Any:
        try:
            found = await run_plan(*arguments)
        except Exception:
            answered.append(None)
            raise
        answered.append(True)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlanCache, "plan", watch_plan)
        patch.setattr(runner, "run_plan", watch_run)
        yield answered


@contextmanager
def plans_off() -> Iterator[None]:
    """The executor alone answers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlanCache, "plan", lambda *_: WhyExecutor.REFUSED)
        yield


class ComparingClient:
    """Answers both ways, but for the instant up to which figures are right."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer

    async def __call__(self, document: str, **variables: Any) -> tuple[Answer, bool]:
        """The answer, and whether a plan gave it."""
        with plans_watched() as answered:
            by_plan = await self._viewer(document, **variables)
        with plans_off():
            by_executor = await self._viewer(document, **variables)
        assert (by_plan.status, _comparable(by_plan)) == (
            by_executor.status,
            _comparable(by_executor),
        )
        return by_plan, answered == [True]


def _comparable(answer: Answer) -> str:
    return re.sub(r'("asOf":|"traceId":)"[^"]*"', r"\1", without_budget(answer.text))
