"""What the account costs: a page with identity, entries that are integrated, entries verified."""

import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from time import process_time

import asyncpg

from bench.measuring import processor_clock, seconds_of, show, show_table, side_by_side
from bench.page import gateway_on
from bench.world import copy_of, prepare_keys, world
from models import AccessEvent
from models.account import CheckpointFolder, integrate, seal_entries, sign_checkpoint, verify
from models.database.connections import connect, connected
from models.key_service import KeyService, LocalKeyService, create_key_file
from models.row_keys import new_key

_VIEWER = "supervisor"
_CASE = "reference status submittedAt visaType { code }"
_IDENTITY = "applicant { identity { fullName birthDate sex passportNumber email phone } }"
_QUESTIONS = {
    "A page of 50 without identity": f"{{ applications(first: 50) {{ nodes {{ {_CASE} }} }} }}",
    "A case with identity": f"""
        query @purpose(code: CASEWORK, reference: "%s") {{
            application(by: {{reference: "%s"}}) {{ {_CASE} {_IDENTITY} }}
        }}
    """,
}


async def measure(applications: int, entries: int, rounds: int) -> None:
    """Print the processor of a page with and without the account, and entries a second."""
    keys_file = Path(tempfile.mkdtemp(prefix="gerbang-bench-")) / "keys.json"
    create_key_file(keys_file)
    async with world(applications) as url:
        store = await prepare_keys(url)
        # Two copies, so that what the server still does about the world itself weighs on neither.
        async with copy_of(url) as accounted, copy_of(accounted) as without:
            await _disable_account(without)
            keyed = {"GERBANG_KEY_SERVICE": f"file:{keys_file}", "GERBANG_KEY_STORE": store}
            await _pages(accounted, without, keyed, rounds)
        keys = LocalKeyService.open(keys_file, store)
        await _sequence_and_verify(url, keys, keys_file.parent, entries)


async def _disable_account(url: str) -> None:
    """As before there was an account: nothing is noted for it."""
    connection = await connect(url)
    await connection.execute("ALTER TABLE access_event DISABLE TRIGGER queue_inserts_for_account")
    await connection.close()


async def _pages(url: str, without: str, keyed: Mapping[str, str], rounds: int) -> None:
    reference = await _some_reference(without)
    async with (
        gateway_on(url, _VIEWER, keyed) as sealing,
        gateway_on(without, _VIEWER, {}) as plain,
    ):
        for name, question in _QUESTIONS.items():
            page = question.replace("%s", reference)
            ways = {
                "with the account": partial(sealing.post, "/graphql", {"query": page}),
                "without": partial(plain.post, "/graphql", {"query": page}),
            }
            clock = await processor_clock(url)
            measured = await side_by_side(ways, rounds, clock)
            show(f"{name}, processor of gateway and database", "answer", measured)


async def _some_reference(url: str) -> str:
    async with connected(url) as connection:
        return await connection.fetchval("SELECT min(reference) FROM application") or ""


async def _sequence_and_verify(url: str, keys: KeyService, folder: Path, entries: int) -> None:
    connection, checkpoints = await connect(url), CheckpointFolder(folder / "checkpoints")
    try:
        await _write(connection, keys, entries)
        waiting = await connection.fetchval("SELECT count(*) FROM account_outbox") or 0
        integrated = await seconds_of(partial(_sequence, connection, keys, checkpoints))
        began = process_time()
        report = await verify(connection, keys, checkpoints)
        processor = process_time() - began
    finally:
        await connection.close()
    assert not report.findings, report.findings
    rows = [
        ("integrated and signed", f"{waiting:,}", f"{waiting / integrated:,.0f}", ""),
        (
            "verified",
            f"{report.entries:,}",
            f"{report.entries / report.seconds:,.0f}",
            f"{report.entries / processor:,.0f}",
        ),
    ]
    head = ("entries", "number", "a second", "a second of our processor")
    show_table("The account", head, rows)


async def _write(connection: asyncpg.Connection, keys: KeyService, entries: int) -> None:
    people = [row[0] for row in await connection.fetch("SELECT id FROM applicant LIMIT 1000")]
    columns = [column.name for column in AccessEvent.__table__.c if column.name != "occurred_at"]
    values = {
        "actor": "officer", "actor_role": "OFFICER", "actor_partner_code": None,
        "actor_country_code": None, "purpose": "CASEWORK", "case_reference": "AUSY-PAID-0013",
        "fields": ["fullName", "birthDate", "passportNumber"], "trace_id": "0" * 32,
    }  # fmt: skip
    rows = [
        {"id": new_key(), "applicant_id": people[number % len(people)], **values}
        for number in range(entries)
    ]
    sealed = await seal_entries(keys, AccessEvent, rows)
    records = [tuple(row[name] for name in columns) for row in sealed]
    await connection.copy_records_to_table("access_event", columns=columns, records=records)


async def _sequence(
    connection: asyncpg.Connection, keys: KeyService, folder: CheckpointFolder
) -> None:
    while await integrate(connection):
        pass
    await sign_checkpoint(connection, keys, folder)
