"""What each role asks, through the gateway and under its row rules: milliseconds, and plans.

The questions are those of the dashboard's screens, and of the peers' bench; figures have another
version before each, so that none come from memory.
"""

import json
import re
from collections.abc import Iterator, Mapping
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

import asyncpg
import click
from graphql import NonNullTypeNode, OperationDefinitionNode, OperationType, parse

from bench.asking import Client
from bench.capacity.plans import explaining
from bench.capacity.steps import Figures, Installation, Step, percentiles
from bench.change_process import sign_in
from bench.page import gateway_on
from bench.peers.questions import OURS, QUESTIONS, sample
from dashboard.pages.documents import screen_documents
from gateway.development.users import demo_users
from models.database.connections import connected
from models.synthetic.inputs import reference
from models.vocabulary import Role
from tests.walls.test_among_a_million import (
    MOST_READ,
    rows_of_lists,
    rows_of_queues,
)

_TIMES, _WARM = 100, 3
#: A question that takes long is asked less often.
_SECONDS, _FEWEST = 5.0, 10
_RENEW = "UPDATE data_version SET version = gen_random_uuid() WHERE data = 'figures'"
_USERS = {
    Role.PARTNER_MANAGER: "manager-au",
    Role.PARTNER_AGENT: "agent-au",
    Role.PARTNER_SERVICE: "service",
}
#: No budget ends a measurement.
_UNLIMITED = {"GERBANG_BUDGET": "1000000000"} | {
    f"GERBANG_READ_BUDGET_{role}": "1000000" for role in ("OFFICER", "SUPERVISOR")
}
#: Cases within the reach of each who names one: of the partner's centre, of its country, or any.
_REFERENCES = """
    SELECT reference FROM application
    WHERE ($1::text[] IS NULL OR country_code = ANY ($1))
        AND ($2::text IS NULL OR partner_code = $2)
        AND ($3::text[] IS NULL OR centre_code = ANY ($3))
    ORDER BY submitted_at DESC LIMIT 2000
"""
_READS_CASES = re.compile(r"\b(application|applications|workList)\b")
_NOT_SENT = frozenset({Role.ANONYMOUS, Role.APPLICANT})


class RoleQuestion(NamedTuple):
    """A document, who sends it, and its variables; a case that it names is another each time."""

    title: str
    role: Role
    user: str
    document: str
    variables: Mapping[str, Any]
    variants: tuple[Mapping[str, Any], ...] = ()

    @property
    def key(self) -> str:
        return f"{self.role}: {self.title}"


async def _questions(it: Installation) -> list[RoleQuestion]:
    known = await sample(it.url)
    return [
        *_of_screens(),
        *(
            RoleQuestion(
                each.title, _role_of(each.viewer), each.viewer, each.documents[OURS], {},
                tuple(each.variants(known)),
            )
            for each in QUESTIONS
        ),
    ]  # fmt: skip


def _of_screens() -> Iterator[RoleQuestion]:
    """Every question that a screen sends for a role with all that it needs."""
    for each in screen_documents():
        [operation] = [
            one for one in parse(each.text).definitions if isinstance(one, OperationDefinitionNode)
        ]
        needed = {
            one.variable.name.value
            for one in operation.variable_definitions or ()
            if isinstance(one.type, NonNullTypeNode) and one.default_value is None
        }
        if operation.operation is not OperationType.QUERY or needed - each.variables.keys():
            continue
        for role in Role:
            if role in each.sent_for(map(str, Role)) and role not in _NOT_SENT:
                title = f"{each.screen} ({each.name})"
                user = _USERS.get(role, role.lower())
                yield RoleQuestion(title, role, user, each.text, each.variables)


def _role_of(user: str) -> Role:
    return demo_users(reference())[user].roles[0]


async def _ask_all(it: Installation) -> Figures:
    """Milliseconds of each question, on a gateway with nothing else to do; then their plans."""
    return await _ask(it, await _questions(it))


async def _ask_about_cases(it: Installation) -> Figures:
    """Of copied rows the figures know nothing."""
    asked = await _questions(it)
    return await _ask(it, [each for each in asked if _READS_CASES.search(each.document)])


async def _ask(it: Installation, questions: list[RoleQuestion]) -> Figures:
    asked = dict[str, Any]()
    async with connected(it.url) as renewing:
        references = await _references(renewing, {each.user for each in questions})
        async with gateway_on(it.url, "officer", {**_UNLIMITED, **it.key_settings}) as beside:
            clients = await _sign_in(beside, questions)
            for each in questions:
                bodies = _bodies(each, references[each.user])
                taken, began = list[float](), perf_counter()
                while len(taken) < _WARM + _TIMES and (
                    len(taken) < _WARM + _FEWEST or perf_counter() - began < _SECONDS
                ):
                    client = clients[each.user]
                    taken.append(await _milliseconds(renewing, client, next(bodies), each))
                asked[each.key] = percentiles(taken[_WARM:])
        async with (
            explaining(it) as plans,
            gateway_on(it.url, "officer", {**_UNLIMITED, **it.key_settings}) as beside,
        ):
            clients = await _sign_in(beside, questions)
            for each in questions:
                bodies = _bodies(each, references[each.user])
                plans.skip()
                for _ in range(3):
                    await _milliseconds(renewing, clients[each.user], next(bodies), each)
                asked[each.key] = {**asked[each.key], **await plans.judge()}
    return {"asked": asked}


async def _sign_in(beside: Client, questions: list[RoleQuestion]) -> Mapping[str, Client]:
    return {user: await sign_in(beside, user) for user in {each.user for each in questions}}


async def _references(connection: asyncpg.Connection, users: set[str]) -> Mapping[str, list[str]]:
    found = dict[str, list[str]]()
    for user in users:
        known = demo_users(reference())[user]
        rows = await connection.fetch(
            _REFERENCES, known.countries or None, known.partner, known.centres or None
        )
        found[user] = [row[0] for row in rows] or ["0000-0000-0000"]
    return found


def _bodies(each: RoleQuestion, references: list[str]) -> Iterator[Mapping[str, Any]]:
    dice = Random(each.key)
    while True:
        variables = dict(dice.choice(each.variants) if each.variants else each.variables)
        if "reference" in variables:
            variables["reference"] = dice.choice(references)
        yield {"query": each.document, "variables": variables}


async def _milliseconds(
    renewing: asyncpg.Connection, client: Client, body: Mapping[str, Any], each: RoleQuestion
) -> float:
    await renewing.execute(_RENEW)
    began = perf_counter()
    answer = await client.post("/graphql", body)
    taken = 1000 * (perf_counter() - began)
    if b'"errors"' in answer and (errors := json.loads(answer).get("errors")):
        raise click.ClickException(f"{each.key}: {errors[0]}")
    return taken


async def _walk(it: Installation) -> Figures:
    """Rows that pages of lists and queues read of their table, from either end and from the midst
    on: see tests/walls/test_among_a_million.py, whose bound holds."""
    read = dict[str, int]()
    async with connected(it.url) as connection:
        for role in (Role.OFFICER, Role.SUPERVISOR):
            found = dict(await rows_of_queues(connection, role))
            if role is Role.OFFICER:
                found |= await rows_of_lists(connection, role)
            read |= {f"{role}: {name}": rows for name, rows in found.items()}
    too_many = {name: rows for name, rows in read.items() if rows > MOST_READ}
    return {"pages": len(read), "read": max(read.values()), "bound": MOST_READ, "faults": too_many}


ASK = Step("questions", _ask_all)
WALK = Step("pages of lists and queues", _walk)
#: The same once many rows are copied beside them.
ASK_AGAIN = Step("questions among the multiplied", _ask_about_cases)
WALK_AGAIN = Step("pages among the multiplied", _walk)
