"""Which cases stand in which queue, whoever works from it."""

import asyncpg
import pytest

from tests.gateway.conftest import Viewer
from tests.world import application_id

pytestmark = pytest.mark.anyio

QUEUES = {
    "officer": ("MINE", "FREE", "OVERDUE"),
    "supervisor": ("MINE", "FREE", "OVERDUE", "HELD", "HITS"),
}
#: A case that nobody has, with time left and nothing against it.
AT_EASE = (
    "UPDATE application SET officer = NULL, supervisor = NULL, is_assigned = false,"
    " is_held = false, is_visa_held = false, has_open_hit = false, received_at = paid_at,"
    " target_due_at = now() + interval '1 day' WHERE id = $1"
)
OPEN, GRANTED, REFUSED = "SGPO-OPEN-0006", "AUSY-GRAN-0001", "AUME-INCO-0004"


async def queues_with(reference: str, who: dict[str, Viewer]) -> set[tuple[str, str]]:
    """In whose queues a case is."""
    found: set[tuple[str, str]] = set()
    for name, queues in QUEUES.items():
        for queue in queues:
            answer = await who[name](
                f"{{ workList(queue: {queue}, first: 50) {{ nodes {{ reference }} }} }}"
            )
            assert answer.errors == []
            if {"reference": reference} in answer.data["workList"]["nodes"]:
                found.add((name, queue))
    return found


def of_both(*queues: str) -> set[tuple[str, str]]:
    return {(name, queue) for name in QUEUES for queue in queues}


@pytest.mark.parametrize(
    ("reference", "change", "expected"),
    [
        (OPEN, "is_held = false", of_both("FREE")),
        (OPEN, "target_due_at = now() - interval '1 hour'", of_both("FREE", "OVERDUE")),
        (OPEN, "officer = 'officer', is_assigned = true", {("officer", "MINE")}),
        (OPEN, "supervisor = 'supervisor', is_assigned = true", {("supervisor", "MINE")}),
        (OPEN, "officer = 'officer-2', is_assigned = true", set()),
        (OPEN, "received_at = NULL", set()),
        (OPEN, "is_held = true", {*of_both("FREE"), ("supervisor", "HELD")}),
        (OPEN, "has_open_hit = true", {*of_both("FREE"), ("supervisor", "HITS")}),
        (GRANTED, "is_visa_held = true", {("supervisor", "HELD")}),
        (GRANTED, "target_due_at = now() - interval '1 hour'", set()),
        (REFUSED, "is_held = true", set()),
    ],
)  # fmt: skip
async def test_a_case_is_in_the_queues_that_its_state_says(
    who: dict[str, Viewer],
    connection: asyncpg.Connection,
    reference: str,
    change: str,
    expected: set[tuple[str, str]],
) -> None:
    case = application_id(reference)
    await connection.execute(AT_EASE, case)
    await connection.execute(f"UPDATE application SET {change} WHERE id = $1", case)
    assert await queues_with(reference, who) == expected
    await connection.execute(AT_EASE, case)
