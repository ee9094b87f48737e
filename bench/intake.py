"""What a feed of applications costs: one by one, in batches, and the same rows by a bare COPY."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import SystemRandom
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bench.asking import Client
from bench.change_process import IDENTITY, SUBMISSION, change, settings_of_keys
from bench.measuring import Spent, median_of, processor_clock, show_table, spend
from bench.page import gateway_on
from bench.world import world
from gateway.schema.mutations.inputs import MOST_AT_ONCE
from models.case.reference_numbers import new_billing_code, new_reference
from models.database.connections import connected
from models.key_service import LocalKeyService
from models.person.vault import Person, Vault
from models.row_keys import new_key

_BATCH = """mutation($input: SubmitApplicationsInput!) {
    submitApplications(input: $input) {
        results { application { reference bill { code } } errors { code } } errors { code }
    }
}"""
_SINGLE = 50
#: In the order in which they are written: what is selected of the newest applications.
_TABLES = {
    "applicant": "id IN (SELECT applicant_id FROM newest)",
    "identity": "applicant_id IN (SELECT applicant_id FROM newest)",
    "application": "id IN (SELECT id FROM newest)",
    "bill": "application_id IN (SELECT id FROM newest)",
    "application_event": "application_id IN (SELECT id FROM newest)",
}
_ROWS = """
    WITH newest AS (SELECT id, applicant_id FROM application ORDER BY id DESC LIMIT {})
    SELECT * FROM {} WHERE {}
"""
_KEYS = {"id", "applicant_id", "application_id"}


async def measure(applications: int, rounds: int) -> None:
    """Print what an application costs by each way, and how many times as much as by COPY."""
    async with world(applications) as url, connected(url) as connection:
        settings = await settings_of_keys(url)
        async with gateway_on(url, "service", *settings) as client:
            clock = await processor_clock(url)
            ways: dict[str, tuple[int, Callable[[], Awaitable[object]]]] = {
                "one by one": (_SINGLE, partial(_submit_singly, client)),
                f"batches of {MOST_AT_ONCE}": (MOST_AT_ONCE, partial(_submit, client)),
            }
            await _submit(client)
            rows = await _newest(connection)
            ways["COPY of their sealed rows"] = MOST_AT_ONCE, partial(_copy, connection, rows)
            keys = _local_keys(settings)
            ways["sealing alone, one by one"] = MOST_AT_ONCE, partial(_seal_singly, keys)
            ways["sealing alone, in a batch"] = MOST_AT_ONCE, partial(_seal, keys, MOST_AT_ONCE)
            spent = {name: list[Spent]() for name in ways}
            for number in range(rounds + 1):
                for name, (times, way) in ways.items():
                    one = await spend(way, times, clock)
                    if number:  # the first round only warms up
                        spent[name].append(one)
            await keys.close()
    copied = median(each.both for each in spent["COPY of their sealed rows"])
    show_table(
        "An application handed in, ms",
        ("way", "a second", "by the clock", "this process", "and the database", "of COPY"),
        [_row(name, each, copied) for name, each in spent.items()],
    )


def _row(name: str, spent: Sequence[Spent], copied: float) -> Sequence[str]:
    wall, own, both = median_of(spent)
    return (
        name, f"{1000 / wall:,.0f}", f"{wall:.3f}", f"{own:.3f}", f"{both:.3f}",
        f"{both / copied:.1f}",
    )  # fmt: skip


def _application() -> dict[str, Any]:
    return {**SUBMISSION, "identity": {**IDENTITY, "passportNumber": uuid4().hex[:12].upper()}}


async def _submit_singly(client: Client) -> None:
    for _ in range(_SINGLE):
        await change(client, "submitApplication", _application())


async def _submit(client: Client) -> None:
    items = [{**_application(), "idempotencyKey": uuid4().hex} for _ in range(MOST_AT_ONCE)]
    given = {"input": {"idempotencyKey": uuid4().hex, "applications": items}}
    answer = json.loads(await client.post("/graphql", {"query": _BATCH, "variables": given}))
    results = answer["data"]["submitApplications"]["results"]
    if any(each["errors"] for each in results):
        raise RuntimeError(f"not all was taken in: {results[0]['errors']}")


async def _newest(connection: asyncpg.Connection) -> Mapping[str, list[dict[str, Any]]]:
    """The rows of the newest applications by table, without what the database fills in itself."""
    filled = {tuple(row) for row in await connection.fetch(_FILLED)}
    return {
        table: [
            {name: value for name, value in row.items() if (table, name) not in filled}
            for row in await connection.fetch(_ROWS.format(MOST_AT_ONCE, table, which))
        ]
        for table, which in _TABLES.items()
    }


_FILLED = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE is_generated = 'ALWAYS' OR is_identity = 'YES'
"""


async def _copy(
    connection: asyncpg.Connection, rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """The same rows once more, under new keys: indexes and triggers as they are, no row rules."""
    named: dict[UUID, UUID] = {}
    async with connection.transaction():
        for table, of_table in rows.items():
            records = [_anew(row, named) for row in of_table]
            await connection.copy_records_to_table(
                table, records=[tuple(each.values()) for each in records], columns=[*records[0]]
            )


def _anew(row: Mapping[str, Any], named: dict[UUID, UUID]) -> dict[str, Any]:
    """A row of another application, whose other rows get the same new keys."""
    new = dict(row)
    for name in _KEYS & row.keys():
        new[name] = named.setdefault(row[name], new_key())
    if "reference" in row:
        new["reference"] = new_reference(SystemRandom())
    if "billing_code" in row:
        new["billing_code"] = new_billing_code(SystemRandom())
    return new


def _local_keys(settings: Sequence[Mapping[str, str]]) -> LocalKeyService:
    [named] = settings
    file = Path(named["GERBANG_KEY_SERVICE"].removeprefix("file:"))
    return LocalKeyService.open(file, named["GERBANG_KEY_STORE"])


async def _seal_singly(keys: LocalKeyService) -> None:
    for _ in range(MOST_AT_ONCE):
        await _seal(keys, 1)


async def _seal(keys: LocalKeyService, people: int) -> None:
    values = {
        "full_name": "Olive Zephyrine", "passport_number": "P0000001", "birth_date": "1990-02-03",
        "email": "olive@example.net", "phone": "+61400000000", "passport_expires_on": "2041-07-23",
    }  # fmt: skip
    await Vault(keys).seal([Person(new_key(), 1, values) for _ in range(people)])
