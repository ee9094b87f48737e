"""What is walked goes along the index of its order, under row rules, however long the list is."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from gateway.mapping.access_paths import walked_prefix
from gateway.policy import POLICY
from gateway.rules import EveryRow
from models import AccessEvent
from models.vocabulary import Role
from tests.walls.undoing import undone
from tests.walls.walking import Question, plan_of, questions, scans_of

pytestmark = pytest.mark.anyio

#: What only steers the planner: whether an index serves shows in a small table too.
ONLY_INDEXES = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;"
    " SET LOCAL enable_sort = off; SET LOCAL plan_cache_mode = force_generic_plan"
)
#: A reference is unique, so what is sorted behind it is one row at a time.
OF_REFERENCES = "uq_application_reference"


#: Each row of a synthetic world, many times over and a little earlier.
COPIED = """
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, status, submitted_at, received_at, paid_at,
        closed_at, target_due_at, fee_idr, current_decision_id, group_reference,
        use_within_days)
    SELECT gen_random_uuid(),
        regexp_replace(upper(substr(md5(id::text || number), 1, 12)), '(.{4})(.{4})',
            '\\1-\\2-'),
        applicant_id, nationality_code, visa_type_code, channel, partner_code, country_code,
        centre_code, status, submitted_at - number * interval '7 minutes',
        received_at - number * interval '7 minutes', paid_at - number * interval '7 minutes',
        closed_at - number * interval '7 minutes', target_due_at - number * interval '7 minutes',
        fee_idr, current_decision_id, group_reference, coalesce(use_within_days, 90)
    FROM application, generate_series(1, $1::int) AS number
"""
#: A read of each application; a person is read some sixty times among a million.
READS = """
    INSERT INTO access_event (id, applicant_id, actor, actor_role, actor_partner_code,
        actor_country_code, purpose, case_reference, fields, trace_id, occurred_at)
    SELECT gen_random_uuid(),
        overlay(applicant_id::text PLACING left(md5(reference), 1) FROM 1)::uuid,
        'officer-' || ascii(reference),
        CASE WHEN reference < '8' THEN 'OFFICER' ELSE 'SUPERVISOR' END, partner_code, country_code,
        CASE WHEN reference < 'A' THEN 'CASEWORK' ELSE 'SUPERVISION' END, reference, '{}', 'trace',
        submitted_at
    FROM application
"""

_IN_PARTITION = "'2025-01-01Z'::timestamptz + random() * interval '80 days'"
_OTHER_PARTITIONS = """
    SELECT partition::regclass::text AS name FROM partitions_made() WHERE since <> '2025-01-01Z'
"""


def index_of(question: Question) -> str:
    """The name of the index that has the order, behind what is narrowed to one value."""
    if question.order == "reference":
        return OF_REFERENCES
    prefix = walked_prefix(question.conditions, question.keyset)
    columns = [*sorted(prefix), question.order]
    if question.noun.key.class_ is AccessEvent and columns == ["occurred_at"]:
        return "pk_access_event"
    return "_".join(["ix", question.noun.key.class_.__tablename__, *columns, "id"])


def aside(question: Question, plan: Any) -> list[str]:
    """The scans of the list's table that are not along the walk's index, or are sorted after."""
    table, index = question.noun.key.class_.__tablename__, index_of(question)
    return [
        f"{question}: {scan['Node Type']} {scan.get('Index Name')}{', sorted' * is_sorted}"
        for scan, is_sorted in scans_of(plan, table)
        if scan.get("Index Name") != index or is_sorted
    ]


def whole_lists(role: Role) -> Iterator[Question]:
    """The questions about lists of which a role reaches every row."""
    return (
        question
        for question in questions(role)
        if isinstance(POLICY[question.noun.name].rows[role], EveryRow)
    )


async def some_rows(connection: asyncpg.Connection) -> None:
    """Enough of them, until the transaction ends, for the planner to tell indexes apart."""
    await connection.execute("SET LOCAL session_replication_role = replica")
    await connection.execute(COPIED, 100)
    # In one partition: of one that has a handful of rows any index will do.
    for row in await connection.fetch(_OTHER_PARTITIONS):
        await connection.execute(f"DROP TABLE {row['name']}")
    await connection.execute(READS.replace(" submitted_at\n", f" {_IN_PARTITION}\n"))
    await connection.execute("ANALYZE application, access_event")
    await connection.execute(ONLY_INDEXES)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR])
async def test_each_order_has_its_index(
    world: str, connection: asyncpg.Connection, role: Role
) -> None:
    found, asked, prefixed = [], 0, 0
    async with undone(connection):
        await some_rows(connection)
        for question in whole_lists(role):
            plan = await plan_of(connection, role, question.prepare(role))
            found += aside(question, plan)
            asked += 1
            prefixed += bool(walked_prefix(question.conditions, question.keyset))
    assert found == []
    assert asked > 50
    assert bool(prefixed) is (role is Role.AUDITOR), "who reads the whole access log"


async def test_an_order_without_its_index_is_seen(
    world: str, connection: asyncpg.Connection
) -> None:
    async with undone(connection):
        await some_rows(connection)
        await connection.execute("DROP INDEX ix_application_target_due_at_id")
        found = [
            line
            for question in whole_lists(Role.OFFICER)
            for line in aside(
                question, await plan_of(connection, Role.OFFICER, question.prepare(Role.OFFICER))
            )
        ]
    assert found
    assert all("by target_due_at" in line for line in found)
