"""Every key that is made while people work is a UUID of version 7, so keys sort by time."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Uuid

from models.base import Base
from models.keys import new_key
from tests.gateway.changing import IDENTITY, cleared, document, done, granted, key, refused
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

#: Every table whose primary key is a UUID, with it, and what says in which order rows were made.
KEYED = {
    table.name: column.name
    for table in Base.metadata.tables.values()
    if len(key_columns := table.primary_key.columns) == 1
    and isinstance((column := key_columns[0]).type, Uuid)
}
_FIRST_APPLIED = "(SELECT min(submitted_at) FROM application WHERE applicant_id = {})"
#: When a row was made; people were, when they first applied.
MADE_AT = {
    "applicant": _FIRST_APPLIED.format("applicant.id"),
    "identity": _FIRST_APPLIED.format("identity.applicant_id"),
    "application": "submitted_at",
    "decision": "decided_at",
    "screening": "requested_at",
    "access_event": "occurred_at",
}


async def test_keys_that_a_walk_of_mutations_makes_are_of_version_7_and_in_order(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    assert MADE_AT.keys() == KEYED.keys()
    before = {table: set(await _keys(connection, table)) for table in KEYED}
    await _walk(who)
    for table in KEYED:
        made = [each for each in await _keys(connection, table) if each not in before[table]]
        assert len(made) > 1, f"the walk makes no rows of {table}"
        assert {each.version for each in made} == {7}, table
        assert made == sorted(made), table


async def test_the_database_makes_no_keys_of_its_own(connection: asyncpg.Connection) -> None:
    """The one random UUID that it makes is a version, and no key nor the name of one."""
    defaults = await connection.fetch(
        """
        SELECT columns.table_name, columns.column_name, EXISTS (
            SELECT FROM pg_constraint JOIN pg_attribute
                ON attrelid = conrelid AND attnum = ANY (conkey)
            WHERE conrelid = format('%I.%I', table_schema, table_name)::regclass
                AND attname = column_name AND contype IN ('p', 'f', 'u')
        ) AS is_key
        FROM information_schema.columns AS columns
        WHERE table_schema = 'public' AND data_type = 'uuid' AND column_default IS NOT NULL
        """
    )
    assert [tuple(default) for default in defaults] == [("data_version", "version", False)]


def test_keys_of_one_process_only_grow_and_say_when_they_were_made() -> None:
    keys = [new_key() for _ in range(20_000)]
    assert keys == sorted(set(keys))
    assert {(each.version, each.variant) for each in keys} == {(7, "specified in RFC 4122")}
    milliseconds = [each.int >> 80 for each in keys]
    assert milliseconds[-1] - milliseconds[0] < 60_000


async def _walk(who: Mapping[str, Viewer]) -> None:
    """Ways through the life of applications that together write to every table with such a key."""
    own = {"visaType": "B1", "nationality": "AU"}
    await done(who["applicant"], "submitApplication", **own)
    batch = [{**own, "identity": {**IDENTITY, "passportNumber": f"X000000{n}"}} for n in range(3)]
    asked = await who["agent-au"](
        document("submitApplications", "results { application { id } }"),
        input={"idempotencyKey": key(), "applications": batch},
    )
    assert asked.errors == [], asked.text
    id_ = await granted(who)
    await done(who["supervisor"], "supersedeDecision", id_, outcome="REFUSED", ground="INCOMPLETE")
    await refused(who)
    for _ in range(2):
        await _read_identity(who, await cleared(who))


async def _read_identity(who: Mapping[str, Viewer], id_: str) -> None:
    asked = await who["officer"](
        "query($id: ID!) { application(by: {id: $id}) { reference } }", id=id_
    )
    reference: Any = asked.data["application"]["reference"]
    asked = await who["officer"](
        "query($case: String!) @purpose(code: CASEWORK, reference: $case)"
        " { application(by: {reference: $case}) { applicant { identity { fullName } } } }",
        case=reference,
    )
    assert asked.errors == [], asked.text


async def _keys(connection: asyncpg.Connection, table: str) -> list[UUID]:
    """The keys of a table in the order in which its rows were made."""
    rows = await connection.fetch(
        f"SELECT {KEYED[table]} AS key FROM {table} ORDER BY {MADE_AT[table]}, 1"
    )
    return [row["key"] for row in rows]
