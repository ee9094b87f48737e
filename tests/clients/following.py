"""Clients that follow through cuts and ends of tokens, each as a process of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import asyncpg

from gateway.mapping.ids import GlobalId
from models.vocabulary import Status
from tests.clients.running import TOKEN_SECONDS, Client, Line, line_to, running, short_tokens
from tests.gateway.followers import EVENT, reference_of
from tests.gateway.live import Gateway
from tests.models.crowd import CrowdCase, crowd, join
from tests.world import SYDNEY

TOKEN_ENDS = 2
#: Whose identity each client reads.
APPLICANT = "Noah Finch"

ASSIGN = "INSERT INTO assignment (application_id, officer, assigned_at) VALUES ($1, $2, now())"


@dataclass(frozen=True)
class Program:
    """The command of a client, whether what it needs is here, and whether it renews its token
    inside the socket."""

    command: tuple[str, ...]
    is_here: bool = True
    renews: bool = False


@dataclass
class Journey:
    """The way of one client, from a page to the last change."""

    program: Program
    case: CrowdCase
    client: Client
    line: Line
    #: How often it began to follow anew while tokens ended.
    beginnings: int = 0
    failure: BaseException | None = None

    async def go(self, replicas: Sequence[Gateway], cuts: int) -> None:
        """Through cuts, then through ends of its tokens."""
        rng = Random(1)
        for _ in range(cuts):
            before = len(self.client.of("heartbeat"))
            self.line.port = rng.choice(replicas).port
            assert self.line.cut() > 0
            await self.client.wait_for("heartbeat", before + 1)
            await asyncio.sleep(rng.uniform(0, 0.3))
        before = len(self.client.of("heartbeat"))
        seconds = (TOKEN_ENDS + 0.5) * TOKEN_SECONDS
        if self.program.renews:
            await asyncio.sleep(seconds)
        else:
            await self.client.wait_for("heartbeat", before + TOKEN_ENDS, seconds + 10)
        self.beginnings = len(self.client.of("heartbeat")) - before


async def follow_all(
    programs: Mapping[str, Program],
    replicas: Sequence[Gateway],
    writer: asyncpg.Connection,
    workspace: Path,
    people: list[CrowdCase],
    cuts: int,
) -> dict[str, Journey]:
    """Let all follow while something happens to each of the people; their journeys by name."""
    cases = {name: _case_in_verification(cuts + number) for number, name in enumerate(programs)}
    await join(writer, [*people, *cases.values()])
    for name, case in cases.items():
        await writer.execute(ASSIGN, case.id, name)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(short_tokens(workspace, programs))
        journeys = {
            name: await _begin(stack, name, program, cases[name], replicas[0].port, workspace)
            for name, program in programs.items()
        }
        everyone = list(journeys.values())
        await _each(everyone, lambda one: one.client.wait_for("heartbeat", seconds=60))
        seconds = cuts * 0.4 + TOKEN_ENDS * TOKEN_SECONDS
        committing = asyncio.create_task(_commit(writer, people, seconds))
        await _each(everyone, lambda one: one.go(replicas, cuts))
        await committing
        awaited = set(map(reference_of, people))
        await _each(everyone, lambda one: one.client.wait_for_silence(awaited))
    return journeys


async def _begin(
    stack: AsyncExitStack, name: str, program: Program, case: CrowdCase, port: int, workspace: Path
) -> Journey:
    line, line_port = await stack.enter_async_context(line_to(port))
    given = {
        "url": f"http://127.0.0.1:{line_port}/graphql",
        "websocketUrl": f"ws://127.0.0.1:{line_port}/graphql",
        "token": str(workspace / name),
        "renewSeconds": 0.5 if program.renews else 1_000,
        "application": GlobalId("Application", str(case.id)).encode(),
        "reference": reference_of(case),
    }
    client = await stack.enter_async_context(
        running(*program.command, folder=workspace, name=name, given=given)
    )
    return Journey(program, case, client, line)


async def _each(journeys: Sequence[Journey], step: Callable[[Journey], Awaitable[object]]) -> None:
    """Let each take a step; one that fails takes no more, and holds nobody up."""
    going = [one for one in journeys if one.failure is None]
    outcomes = await asyncio.gather(*map(step, going), return_exceptions=True)
    for one, outcome in zip(going, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            one.failure = outcome


async def _commit(writer: asyncpg.Connection, people: list[CrowdCase], seconds: float) -> None:
    for one in people:
        await writer.execute(EVENT, one.id)
        await asyncio.sleep(seconds / len(people))


def _case_in_verification(number: int) -> CrowdCase:
    """An application on which an officer works."""
    (one,) = crowd(1, seed=1_000 + number)
    return replace(
        one,
        name=APPLICANT,
        place=SYDNEY,
        status=Status.IN_VERIFICATION,
        received_at=one.submitted_at + timedelta(hours=1),
        paid_at=one.submitted_at + timedelta(hours=2),
        due_at=one.submitted_at + timedelta(hours=26),
        asked_at=None,
        paused=timedelta(),
        closed_at=None,
    )
