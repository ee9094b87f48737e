"""The adjusted clock leaves out the waits for the applicant, all of them and nothing else."""

from datetime import timedelta

import asyncpg
import pytest

from tests.gateway.changing import global_id, perform, row
from tests.gateway.conftest import Viewer
from tests.world import application_id

pytestmark = pytest.mark.anyio

OPEN = "SGPO-OPEN-0006"
#: What happened to a case that is open since February, and how many days ago.
HAPPENED = (
    ("INFO_REQUESTED", 10),
    ("HELD", 9),  # changes no status: the wait goes on
    ("RELEASED", 8.5),
    ("IN_VERIFICATION", 8),
    ("INFO_REQUESTED", 5),
    ("HELD", 4),
    ("RELEASED", 3),
)


async def test_an_answer_adds_its_wait_to_those_before(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    await connection.executemany(
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
        " SELECT $1, 1 + max(sequence), $2, now() - $3 * interval '1 day'"
        " FROM application_event WHERE application_id = $1",
        [(application_id(OPEN), kind, days) for kind, days in HAPPENED],
    )
    await connection.execute(
        "UPDATE application SET status = 'INFO_REQUESTED', paused_seconds = 2 * 86400"
        " WHERE id = $1",
        application_id(OPEN),
    )
    await perform(who["service"], "answerInformation", global_id(OPEN), items=[])
    paused = timedelta(seconds=(await row(connection, global_id(OPEN)))["paused_seconds"])
    # Two days of the first wait and five of the second.
    assert timedelta(days=7) <= paused < timedelta(days=7, minutes=5)
