"""Each queue goes along its own index, under row rules, from the front and from a page's border."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from gateway.access.transactions.prepared import PreparedStatement
from gateway.mapping.access_paths import AccessPath
from gateway.mapping.connections import keyset_of
from gateway.mapping.enums import Direction
from gateway.mapping.filters import condition_shapes
from gateway.mapping.keyset import Boundary
from gateway.mapping.listing import ListQuery, condition_values, prepare_listing
from gateway.mapping.queues import conditions_of
from gateway.policy import QUEUES
from models.vocabulary import Queue, Role
from tests.walls.test_walks import some_rows
from tests.walls.undoing import undone
from tests.walls.walking import CATALOGUE, VIEWERS, plan_of, scans_of

pytestmark = pytest.mark.anyio

#: By which index each queue is walked; that of one's own desk by the role.
INDEXES = {
    Queue.FREE: "ix_application_free",
    Queue.OVERDUE: "ix_application_open",
    Queue.HELD: "ix_application_supervised",
    Queue.HITS: "ix_application_supervised",
}
DESKS = {Role.OFFICER: "ix_application_of_officer", Role.SUPERVISOR: "ix_application_of_supervisor"}
ROLES = pytest.mark.parametrize("role", DESKS)
#: Some cases on each desk, held, and with a hit.
QUEUED = """
    UPDATE application SET
        officer = CASE WHEN n % 4 = 0 THEN 'somebody' END,
        supervisor = CASE WHEN n % 4 = 1 THEN 'somebody' END,
        is_assigned = n % 4 < 2, is_held = n % 4 = 2, has_open_hit = n % 4 = 3
    FROM (
        SELECT id AS of_case, row_number() OVER () AS n
        FROM application WHERE closed_at IS NULL AND paid_at IS NOT NULL LIMIT 4000
    ) AS open
    WHERE id = of_case
"""


def pages(role: Role) -> Iterator[tuple[str, str, PreparedStatement, dict[str, Any]]]:
    """The first page of each queue, and one from a border on: its name, index and statement."""
    noun, viewer = CATALOGUE.nouns["Application"], VIEWERS[role]
    keyset = keyset_of(noun, "target_due_at", Direction.ASCENDING)
    for queue, roles in QUEUES.items():
        if role not in roles:
            continue
        conditions = conditions_of(queue, viewer)
        for after in (Boundary.NONE, Boundary.WITH_VALUE):
            listing = ListQuery(
                noun,
                role,
                condition_shapes(conditions),
                keyset,
                after,
                Boundary.NONE,
                True,
                AccessPath.ORDERED,
            )
            prepared = prepare_listing(listing, CATALOGUE.columns(noun, role))
            values = condition_values(conditions)
            index = DESKS[role] if queue is Queue.MINE else INDEXES[queue]
            yield f"{queue}, {after.name}", index, prepared, values


@ROLES
async def test_each_queue_is_walked_along_its_index(
    world: str, connection: asyncpg.Connection, role: Role
) -> None:
    asked, aside = 0, []
    async with undone(connection):
        await some_rows(connection)
        await connection.execute(QUEUED)
        await connection.execute("ANALYZE application")
        for name, index, prepared, _ in pages(role):
            asked += 1
            scans = [*scans_of(await plan_of(connection, role, prepared), "application")]
            aside += [
                f"{name}: {scan['Node Type']} {scan.get('Index Name')}{', sorted' * is_sorted}"
                for scan, is_sorted in scans
                if scan.get("Index Name") != index or is_sorted
            ]
            assert scans
    assert aside == []
    assert asked == 2 * sum(role in roles for roles in QUEUES.values())
