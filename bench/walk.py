"""How far a reader follows an operation through the code: the files and functions that it runs."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
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

OPERATIONS = ("page", "volumes", "decision")
_VOLUMES = """{
    volumes(from: "2025-10-01", to: "2026-09-30", groupBy: [COUNTRY]) {
        rows { country { code name } intake { value } wip { value } }
    }
}"""
_DECISION = """mutation ($input: RecordDecisionInput!) {
    recordDecision(input: $input) { application { status } errors { code } }
}"""
_ON_THE_DESK = """
    SELECT application.id
    FROM application
    JOIN assignment ON assignment.application_id = application.id
    WHERE application.status IN ('IN_VERIFICATION', 'SCREENING')
        AND assignment.officer = $1 AND assignment.ended_at IS NULL
    LIMIT $2
"""


class Walk:
    """The functions of ours that ran, in the order in which they were first entered."""

    def __init__(self) -> None:
        self._entered: dict[CodeType, None] = {}

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Note what is entered within this block, in this thread."""
        sys.setprofile(self._note)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(_OURS):
            self._entered.setdefault(frame.f_code)

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

    def lines(self) -> Iterator[str]:
        """The functions, below the file that each is in."""
        last = ""
        for code, file in zip(self._entered, self.files, strict=True):
            if file != last:
                yield file
            yield f"    {code.co_qualname}"
            last = file


async def measure(applications: int, shows: str | None) -> None:
    """Print how many files, functions and file switches each operation takes once it is warm.

    ``shows`` names the one operation to follow, whose functions are printed in order.
    """
    walks: dict[str, Walk] = {}
    async with world(applications) as url:
        bodies = await _bodies(url)
        for name, (viewer, next_body) in bodies.items():
            if shows not in (None, name):
                continue
            async with gateway_on(url, viewer) as client:
                walks[name] = await _walk(client, next_body)
    if shows:
        print("\n".join(walks[shows].lines()))
    rows = [
        (name, f"{len(set(walk.files))}", f"{walk.functions}", f"{walk.switches}")
        for name, walk in walks.items()
    ]
    show_table("The way of an operation", ("operation", "files", "functions", "switches"), rows)


async def _bodies(url: str) -> Mapping[str, tuple[str, Callable[[], Any]]]:
    """Who asks, and what; a decision is of another case each time, on the desk of who decides."""
    async with connected(url) as connection:
        on_the_desk = iter(await connection.fetch(_ON_THE_DESK, "officer", _WARM_UPS + 1))

    def decision() -> Any:
        return {
            "idempotencyKey": str(uuid4()),
            "applicationId": GlobalId("Application", str(next(on_the_desk)["id"])).encode(),
            "outcome": "REFUSED",
            "ground": "INCOMPLETE",
        }

    asked = (
        ("officer", lambda: {"query": PAGE}),
        ("leadership", lambda: {"query": _VOLUMES}),
        ("officer", lambda: {"query": _DECISION, "variables": {"input": decision()}}),
    )
    return dict(zip(OPERATIONS, asked, strict=True))


async def _walk(client: Client, next_body: Callable[[], Any]) -> Walk:
    for _ in range(_WARM_UPS):
        await _ask(client, next_body())
    walk = Walk()
    body = next_body()
    with walk.watch():
        answer = await client.post("/graphql", body)
    _require_success(answer)
    return walk


async def _ask(client: Client, body: Any) -> None:
    _require_success(await client.post("/graphql", body))


def _require_success(answer: bytes) -> None:
    """Raise RuntimeError for errors, since the way to an error is another one."""
    body = json.loads(answer)
    payload = next(iter(body["data"].values())) if body.get("data") else {}
    if "errors" in body or payload.get("errors"):
        raise RuntimeError(answer.decode())
