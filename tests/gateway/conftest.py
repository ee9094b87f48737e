"""The gateway on the small world, asked over HTTP."""

import json
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from models.database.pipelined_connection import PipelinedConnection
from models.database.pool import ConnectionPool
from tests import tokens
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.linking import linking
from tests.listening import listening

ACCEPT = "application/graphql-response+json"


#: Seconds for which somebody asks with one token, which is good for five times as long.
SIGNED_FOR = 60

#: What is left of a viewer's budget is another after each question.
_BUDGET = re.compile(r',"remaining":\d+,"resetsAt":"[^"]+"')


def without_budget(text: str) -> str:
    """An answer without its remaining budget, which differs each time."""
    return _BUDGET.sub("", text)


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP."""

    status: int
    body: dict[str, Any]
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self.body.get("errors", [])

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks: a role and a scope, as the token says them."""

    client: httpx2.AsyncClient
    claims: dict[str, Any]

    async def __call__(self, query: str, /, **variables: Any) -> Answer:
        return await self.send({"query": query, "variables": variables})

    async def send(self, body: Any, **headers: str) -> Answer:
        """Any body at all, and headers beside those that say who asks."""
        return await self.send_signed(body, {**self.authorization(), **headers})

    def authorization(self) -> dict[str, str]:
        """The header that says who asks: as of whoever has signed in, the same for a minute."""
        if not self.claims:
            return {}
        minute = int(time.time() // SIGNED_FOR)
        return {"Authorization": f"Bearer {_token(json.dumps(self.claims), minute)}"}

    async def send_signed(self, body: Any, headers: Mapping[str, str]) -> Answer:
        headers = {"Accept": ACCEPT, **headers}
        if isinstance(self.client, InProcessClient):
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            quick = await self.client.post_quickly("/graphql", content, headers)
            return Answer(
                quick.status, json.loads(quick.content), quick.content.decode(), quick.headers
            )
        response = await self.client.post("/graphql", json=body, headers=headers)
        return Answer(response.status_code, response.json(), response.text, response.headers)


@lru_cache
def _token(claims: str, _: int) -> str:
    return tokens.token(**json.loads(claims))


CLAIMS: dict[str, dict[str, Any]] = {
    "leadership": {"role": "LEADERSHIP", "sub": "leadership"},
    "officer": {"role": "OFFICER", "sub": "officer"},
    "officer-2": {"role": "OFFICER", "sub": "officer-2"},
    "supervisor": {"role": "SUPERVISOR", "sub": "supervisor"},
    "supervisor-2": {"role": "SUPERVISOR", "sub": "supervisor-2"},
    "manager-au": {
        "role": "PARTNER_MANAGER", "sub": "manager-au", "partner": "NUSA", "countries": ["AU"],
    },
    "manager-pacific": {
        "role": "PARTNER_MANAGER", "sub": "manager-pacific", "partner": "NUSA",
        "countries": ["AU", "NZ"],
    },
    "manager-andalan": {
        "role": "PARTNER_MANAGER", "sub": "manager-andalan", "partner": "ANDALAN",
        "countries": ["AU"],
    },
    "agent-au": {
        "role": "PARTNER_AGENT", "sub": "agent-au", "partner": "NUSA", "countries": ["AU"],
        "centres": ["AU-SYD"],
    },
    "auditor": {"role": "AUDITOR", "sub": "auditor"},
    "auditor-2": {"role": "AUDITOR", "sub": "auditor-2"},
    "applicant": {"role": "APPLICANT", "sub": "applicant"},
    "service": {
        "role": "PARTNER_SERVICE", "sub": "service", "partner": "NUSA",
        "countries": ["AU", "NZ", "SG"],
    },
    "screening": {"role": "SCREENING", "sub": "screening"},
    "screening-2": {"role": "SCREENING", "sub": "screening-2"},
    "treasury": {"role": "TREASURY", "sub": "treasury"},
    "treasury-2": {"role": "TREASURY", "sub": "treasury-2"},
    "administrator": {"role": "ADMINISTRATOR", "sub": "administrator"},
    "administrator-2": {"role": "ADMINISTRATOR", "sub": "administrator-2"},
    "border": {"role": "BORDER", "sub": "border"},
    "carrier": {"role": "CARRIER", "sub": "carrier"},
    "anonymous": {},
}  # fmt: skip


def viewers(client: httpx2.AsyncClient) -> dict[str, Viewer]:
    """Everybody of the small world, as they ask one gateway."""
    return {name: Viewer(client, claims) for name, claims in CLAIMS.items()}


PATIENT = {"queue_seconds": "40", "request_seconds": "60", "drain_seconds": "60"}


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway on this module's small world, where nobody is refused a turn for having waited
    a few seconds: a test about turns says how long they may take."""
    async with running_gateway(tokens.settings(world, **PATIENT)) as application, linking(world):
        yield application


@pytest.fixture(scope="module")
async def client(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    async with InProcessClient(app) as opened:
        yield opened


@pytest.fixture(scope="module")
def who(client: httpx2.AsyncClient) -> dict[str, Viewer]:
    """The viewers by name: ``await who["manager-au"]("{ viewer { role } }")``."""
    return viewers(client)


@dataclass
class Traffic:
    """What went to the database: the statements, and how often a connection was taken."""

    statements: list[str] = field(default_factory=list)
    connections: int = 0


@pytest.fixture
def traffic() -> Iterator[Traffic]:
    """Notes what goes to the database from now on."""
    noted = Traffic()

    acquire = ConnectionPool.acquire

    async def acquire_and_count(self: ConnectionPool) -> PipelinedConnection:
        noted.connections += 1
        return await acquire(self)

    with (
        pytest.MonkeyPatch.context() as patch,
        listening(lambda text, _: noted.statements.append(text)),
    ):
        patch.setattr(ConnectionPool, "acquire", acquire_and_count)
        yield noted
