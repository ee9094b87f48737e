"""How far a reader follows an operation through the code: the files and functions that it runs, and
how many lines."""

import json
import sys
import tomllib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any
from uuid import uuid4

from bench.asking import Client
from bench.measuring import show_table
from bench.page import PAGE, gateway_on
from bench.world import world
from gateway.mapping.ids import GlobalId
from models.database.connections import connected

_ROOT = Path(__file__).parents[1]
_OURS = tuple(f"{_ROOT / package}/" for package in ("gateway", "models"))
#: What has been cached by then is no part of the way.
_WARM_UPS = 2

#: In two months: so that some are decided just now.
_APPLICATIONS = 2_000
#: Of several walks the shortest counts: on a busy machine, some are late for something.
_WALKS = 7
OPERATIONS = ("case", "page", "volumes", "decision", "payload")
#: How long each way may be: growth is refused by a test, as a loosened right is.
BUDGETS = Path(__file__).with_name("ways.toml")
_CASE = """query Case($id: ID!) {
    application(by: {id: $id}) {
        reference stage status submittedAt
        country { code name }
        applicant { id passportLastFour }
        decision { outcome decidedAt }
    }
}"""
_VOLUMES = """{
    volumes(from: "2025-10-01", to: "2026-09-30", groupBy: [COUNTRY]) {
        rows { country { code name } intake { value } wip { value } }
    }
}"""
_FOLLOWED = """subscription {
    applicationChanged {
        position ... on ApplicationChange { kind application { reference status stage } }
    }
}"""
_HAPPENS = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT application_id, max(sequence) + 1, 'RECEIVED', now() FROM application_event
    WHERE application_id = (SELECT id FROM application ORDER BY submitted_at DESC LIMIT 1)
    GROUP BY application_id
"""
_GIVE = """
    UPDATE assignment SET officer = 'officer'
    WHERE id IN (
        SELECT assignment.id FROM assignment
        JOIN application ON application.id = assignment.application_id
        WHERE assignment.ended_at IS NULL AND application.status = 'IN_VERIFICATION'
        ORDER BY assignment.id LIMIT $1
    )
    RETURNING application_id
"""
_DECISION = """mutation ($input: RecordDecisionInput!) {
    recordDecision(input: $input) { application { status } errors { code } }
}"""


#: What answers pass through in development alone.
_DEVELOPMENT = "ServerTiming."
#: Asks once.
_Ask = Callable[[], Awaitable[bytes]]


class Walk:
    """The functions of ours that ran, in the order in which they were first entered, and how many
    of their lines."""

    def __init__(self) -> None:
        self._entered: dict[CodeType, None] = {}
        self.lines = 0

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Note what runs within this block, in this thread."""
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(None)

    def _enter(self, frame: FrameType, _: str, __: object) -> Callable[..., Any] | None:
        """What traces a frame that is entered, or goes on after a wait: none that is not ours."""
        code = frame.f_code
        if not code.co_filename.startswith(_OURS) or code.co_qualname.startswith(_DEVELOPMENT):
            return None
        self._entered.setdefault(frame.f_code)
        return self._count

    def _count(self, _: FrameType, event: str, __: object) -> Callable[..., Any]:
        self.lines += event == "line"
        return self._count

    @property
    def files(self) -> list[str]:
        """The file of each function; repeated where another function of it follows later."""
        return [str(Path(one.co_filename).relative_to(_ROOT)) for one in self._entered]

    @property
    def functions(self) -> int:
        return len(self._entered)

    @property
    def switches(self) -> int:
        """How often the next function is in another file."""
        files = self.files
        return sum(one != other for one, other in pairwise(files))

    @property
    def length(self) -> dict[str, int]:
        return {
            "files": len(set(self.files)),
            "functions": self.functions,
            "switches": self.switches,
            "lines": self.lines,
        }

    def listed(self) -> Iterator[str]:
        """The functions, below the file that each is in."""
        last = ""
        for code, file in zip(self._entered, self.files, strict=True):
            if file != last:
                yield file
            yield f"    {code.co_qualname}"
            last = file


async def measure(shows: str | None) -> None:
    """Print how many files, functions and file switches each operation takes once it is warm, and
    how many it may take.

    ``shows`` names the one operation to follow, whose functions are printed in order.
    """
    walks = await follow()
    if shows:
        print("\n".join(walks[shows].listed()))
    budgets = tomllib.loads(BUDGETS.read_text())
    rows = [
        (name, *(f"{number} of {budgets[name][what]}" for what, number in walk.length.items()))
        for name, walk in walks.items()
    ]
    head = ("operation", "files", "functions", "switches", "lines")
    show_table("The way of an operation", head, rows)


async def follow() -> Mapping[str, Walk]:
    """The way of each operation, once it is warm."""
    async with (
        world(_APPLICATIONS, months=2) as url,
        gateway_on(url, "officer") as officer,
        gateway_on(url, "leadership") as leadership,
    ):
        cases = await _cases_on_the_desk(url, _WARM_UPS + _WALKS)
        undecided = iter(cases)

        def decision() -> Any:
            return {
                "idempotencyKey": str(uuid4()),
                "applicationId": next(undecided),
                "outcome": "REFUSED",
                "grounds": ["FORGED_DOCUMENT"],  # which nobody announces
            }

        def ask(client: Client, query: str, **variables: Any) -> Awaitable[bytes]:
            return client.post("/graphql", {"query": query, "variables": variables})

        walks = {
            "case": await _walk(lambda: ask(officer, _CASE, id=cases[0])),
            "page": await _walk(lambda: ask(officer, PAGE)),
            "volumes": await _walk(lambda: ask(leadership, _VOLUMES)),
            "decision": await _walk(lambda: ask(officer, _DECISION, input=decision())),
        }
        async with connected(url) as connection, officer.follow(_FOLLOWED) as payloads:

            async def payload() -> bytes:
                await connection.execute(_HAPPENS)
                return await payloads.get()

            return {**walks, "payload": await _walk(payload)}


async def _cases_on_the_desk(url: str, number: int) -> list[str]:
    """The ids of so many cases, which are given to the demo's officer."""
    async with connected(url) as connection:
        rows = await connection.fetch(_GIVE, number)
    return [GlobalId("Application", str(row["application_id"])).encode() for row in rows]


async def _walk(ask: _Ask) -> Walk:
    for _ in range(_WARM_UPS):
        _require_success(await ask())
    walks: list[Walk] = []
    for _ in range(_WALKS):
        walk = Walk()
        with walk.watch():
            answer = await ask()
        _require_success(answer)
        walks.append(walk)
    return min(walks, key=lambda walk: (walk.functions, walk.lines))


def _require_success(answer: bytes) -> None:
    """Raise RuntimeError for errors, since the way to an error is another one."""
    body = json.loads(answer)
    body = body.get("payload", body)  # of a message that a follower is sent
    payload = next(iter(body["data"].values())) if body.get("data") else {}
    if "errors" in body or payload.get("errors"):
        raise RuntimeError(answer.decode())
