"""What it takes to look a person up, and from a new entry of the ban list to its hits."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import date
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple
from uuid import UUID

import asyncpg

from bench.asking import Client
from bench.measuring import processor_clock, show, show_table
from bench.page import gateway_on
from bench.world import prepare, prepare_keys, server
from models.case.decision import IS_LIVE
from models.database.connections import connect
from models.jobs.linker import keep_linking
from models.key_service import KeyService, LocalKeyService, create_key_file
from models.person.identity import Identity
from models.person.sealed import cells_sql
from models.person.vault import Cell, Vault
from models.row_keys import new_key
from models.synthetic import Scale, synthesise

_VIEWER = "supervisor"
#: Look-ups of each kind in a round: three kinds, and a supervisor's budget is 30.
_LOOK_UPS = 9
_LOOK_UP = """
    query ($by: PeopleBy!) @purpose(code: SUPERVISION, reference: "%s") {
        people(by: $by) { id }
    }
"""
_A_CASE = "query ($reference: String!) { application(by: {reference: $reference}) { id } }"
_CELLS = ("full_name", "birth_date", "passport_number")
#: The newest who have a live visa.
_PEOPLE = f"""
    SELECT
        application.id AS case, reference, identity.applicant_id, passport_issuing_state,
        {cells_sql(*(getattr(Identity, name) for name in _CELLS))}
    FROM identity
    JOIN application ON application.applicant_id = identity.applicant_id
    JOIN visa ON decision_id = current_decision_id
    WHERE status = 'GRANTED' AND {IS_LIVE}
    ORDER BY application.id DESC LIMIT $1
"""
_PROPOSE = """
    INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by)
    VALUES ($1::uuid, $1::uuid::text, 'OVERSTAY', 'Of a bench.', wib_day(now()), 'screening')
"""
_ABOUT = """
    INSERT INTO banned_person (ban_id, issuing_state, passport_number) VALUES ($1, $2, $3)
"""
_APPROVE = """
    UPDATE ban_entry SET approved_by = 'screening-2', approved_at = clock_timestamp()
    WHERE id = ANY ($1)
"""
_IN_QUEUE = "SELECT bool_and(has_open_hit) FROM application WHERE id = ANY ($1)"
_AT_ONCE = 20
_LONGEST_SECONDS = 120


class _Person(NamedTuple):
    """Somebody on file with a live visa."""

    case: UUID
    reference: str
    issuing_state: str
    full_name: str
    birth_date: date
    passport_number: str


async def measure(applications: int, rounds: int) -> None:
    """Print the milliseconds of a look-up, and the seconds until a hit is in the queue."""
    keys_file = Path(tempfile.mkdtemp(prefix="gerbang-bench-")) / "keys.json"
    create_key_file(keys_file)
    with server() as running:
        url = running.url("bench")
        store = await prepare_keys(url)
        keys = LocalKeyService.open(keys_file, store)
        await prepare(url)
        await synthesise(
            url, applications=applications, months=24, seed=1, scale=Scale.PARTNER, keys=keys
        )
        people = await _people(url, keys, 2 * _AT_ONCE + rounds)
        named = {"GERBANG_KEY_SERVICE": f"file:{keys_file}", "GERBANG_KEY_STORE": store}
        async with gateway_on(url, _VIEWER, named) as client:
            await _look_up(client, url, people, rounds)
        await _rescreen(url, keys, people, rounds)


async def _people(url: str, keys: KeyService, number: int) -> list[_Person]:
    connection = await connect(url)
    rows = await connection.fetch(_PEOPLE, number)
    await connection.close()
    cells = [Cell(row["applicant_id"], name, row[name]) for row in rows for name in _CELLS]
    opened = iter(await Vault(keys).open(cells))
    return [
        _Person(
            row["case"], row["reference"], row["passport_issuing_state"],
            name, date.fromisoformat(born), number,
        )
        for row, name, born, number in zip(rows, opened, opened, opened, strict=True)
    ]  # fmt: skip


async def _look_up(client: Client, url: str, people: Sequence[_Person], rounds: int) -> None:
    """Each look-up is of the next person, so that no answer is remembered.

    In each round there are as many as a viewer's budget of an hour has room for: they are counted
    in their log, so more of them would be dearer than anybody's are.
    """
    next_one = cycle(people)

    async def look_up(by: Callable[[_Person], dict[str, object]]) -> object:
        return await _ask(client, _LOOK_UP % people[0].reference, by=by(next(next_one)))

    ways: dict[str, Callable[[], Awaitable[object]]] = {
        "an application by its reference": lambda: _ask(
            client, _A_CASE, reference=next(next_one).reference
        ),
        "a person by passport": lambda: look_up(_passport),
        "a person by name and birth date": lambda: look_up(_name),
        "nobody on file": lambda: look_up(_nobody),
    }
    clocks = {"by the clock": perf_counter, "processor": await processor_clock(url)}
    spent = {clock: dict.fromkeys(ways, 0.0) for clock in clocks}
    for number in range(rounds + 1):
        await _forget_look_ups(url)
        for name in ways if number % 2 == 0 else reversed(ways):
            began = {clock: seconds() for clock, seconds in clocks.items()}
            for _ in range(_LOOK_UPS):
                await ways[name]()
            if number:  # the first round warms up
                for clock, seconds in clocks.items():
                    spent[clock][name] += (seconds() - began[clock]) / (rounds * _LOOK_UPS)
    for clock, seconds in spent.items():
        show(f"A look-up, {clock}", "answer", seconds)


async def _forget_look_ups(url: str) -> None:
    """An hour passes for the budget."""
    connection = await connect(url)
    await connection.execute("SET session_replication_role = replica")  # the log is append-only
    await connection.execute("DELETE FROM person_lookup")
    await connection.execute("VACUUM person_lookup")
    await connection.close()


async def _ask(client: Client, query: str, **variables: object) -> object:
    answer = await client.post("/graphql", {"query": query, "variables": variables})
    if b'"errors"' in answer:
        raise RuntimeError(answer.decode())
    return answer


def _passport(of: _Person) -> dict[str, object]:
    return {"passport": {"issuingState": of.issuing_state, "number": of.passport_number}}


def _nobody(of: _Person) -> dict[str, object]:
    return {"passport": {"issuingState": of.issuing_state, "number": f"N{new_key().hex[-8:]}"}}


def _name(of: _Person) -> dict[str, object]:
    born = of.birth_date.isoformat()
    return {"nameAndBirthDate": {"fullName": of.full_name.upper(), "birthDate": born}}


async def _rescreen(url: str, keys: KeyService, people: Sequence[_Person], rounds: int) -> None:
    """From the second person's approval until the case is in the queue of hits."""
    stop, connection = asyncio.Event(), await connect(url)
    linking = asyncio.create_task(keep_linking(keys, url, stop))
    alone, crowd = people[:rounds], people[rounds : rounds + _AT_ONCE]
    try:
        one = [await _seconds_until_hit(connection, [person]) for person in alone]
        many = await _seconds_until_hit(connection, crowd)
    finally:
        stop.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(linking, 10)
        await connection.close()
    rows = [
        ("one entry", f"{median(one):.3f} s", f"{max(one):.3f} s"),
        (f"{_AT_ONCE} entries at once, all hits", f"{many:.3f} s", ""),
    ]
    head = ("from the approval of", "in the queue after", f"the longest of {rounds}")
    show_table("A visa that a new entry of the ban list holds", head, rows)


async def _seconds_until_hit(connection: asyncpg.Connection, people: Sequence[_Person]) -> float:
    """Raises TimeoutError if it takes longer than anybody would wait."""
    bans = [new_key() for _ in people]
    for ban, person in zip(bans, people, strict=True):
        await connection.execute(_PROPOSE, ban)
        await connection.execute(_ABOUT, ban, person.issuing_state, person.passport_number)
    cases = [person.case for person in people]
    await connection.execute(_APPROVE, bans)
    began = perf_counter()
    async with asyncio.timeout(_LONGEST_SECONDS):
        while not await connection.fetchval(_IN_QUEUE, cases):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.002)
    return perf_counter() - began
