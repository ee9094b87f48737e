"""A replay: whom the list of today would have stopped, of those whom the system cleared."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from models.ban import RULE_VERSION
from models.ban_list.comparison import BanList
from models.jobs.screener import replay_cleared_cases
from models.jobs.screening import bring_up_to_date
from models.person.vault import MissingKeyError
from models.row_security import SCREENER
from tests.linking import KEYS
from tests.models.test_screening_by_system import (
    ANSWERS,
    BAN,
    BORN,
    FOUND,
    MINE,
    NOAH,
    READ,
    Meanwhile,
    ban,
    paid,
    screen_all,
)
from tests.people import rewrite
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio
__all__ = ["paid"]

#: The holder of a visa that is live, and the file of somebody else that is open.
RUBY, VISA, OPEN = "Ruby Hale", application_id("AUSY-GRAN-0001"), application_id("SGPO-OPEN-0006")
_CLEARED = """
    INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,
        list_version, rule_version)
    VALUES (gen_random_uuid(), $1, 'ENTRY_BAN', 'CLEAR', now(), now(), $2, $3)
"""
_ASKED = "INSERT INTO screening_replay (id, asked_by) VALUES (gen_random_uuid(), 'supervisor')"
_LINES = "SELECT list_version, files, unread, candidates FROM screening_replay_line ORDER BY 1"
_REPLAY = "SELECT * FROM screening_replay"
_CANDIDATES = "SELECT application_id FROM screening_replay_candidate ORDER BY application_id"


@pytest.fixture
async def cleared(paid) -> AsyncIterator[asyncpg.Connection]:
    """A live visa and two open files, cleared by older lists; and a replay is asked for.

    Whatever is done is undone.
    """
    undone = paid.transaction()
    await undone.start()
    await paid.execute("DELETE FROM screening")
    await paid.execute("UPDATE visa SET use_by = current_date + 30 WHERE application_id = $1", VISA)
    for case, by in ((VISA, "old"), (MINE, "older"), (OPEN, "older")):
        await paid.execute(_CLEARED, case, by, RULE_VERSION)
    await paid.execute(_ASKED)
    yield paid
    await undone.rollback()


async def _replay(connection: asyncpg.Connection, **given: Any) -> list[tuple[Any, ...]]:
    """Replay to the end; the lines."""
    entries = BanList()
    while await replay_cleared_cases(KEYS, connection, entries, **given) is not None:
        pass
    return [tuple(row) for row in await connection.fetch(_LINES)]


async def _results(connection: asyncpg.Connection, case: UUID) -> list[str]:
    return [row["result"] for row in await connection.fetch(ANSWERS, case)]


@pytest.mark.parametrize("batch", [{}, {"limit": 1}, {"among": 1}, {"limit": 1, "among": 2}])
async def test_whom_the_list_of_today_would_have_stopped_is_counted_and_asked_about(
    cleared, batch
) -> None:
    await ban(cleared, "HALE, Rubi; Noach Finch", BORN)
    await rewrite(cleared, applicant_id(RUBY), full_name=RUBY, birth_date=BORN)
    assert await _replay(cleared, **batch) == [("old", 1, 0, 1), ("older", 2, 0, 1)]
    found = [row[0] for row in await cleared.fetch(_CANDIDATES)]
    assert found == sorted((VISA, MINE))
    # A visa is asked about; an open file is no more clear, as one that was never cleared.
    assert (await _results(cleared, VISA), await _results(cleared, MINE)) == (["PENDING"], [])
    assert await _results(cleared, OPEN) == ["CLEAR"]
    for case in (VISA, MINE):
        assert [tuple(row) for row in await cleared.fetch(FOUND, case)] == [(BAN, "LIKENESS")]
    # Nobody clears them but people, and nobody of them is read twice.
    await screen_all(cleared)
    assert await _results(cleared, MINE) == []
    assert await cleared.fetchval(READ, applicant_id(RUBY)) == 1
    listed = BanList()
    listed.entries[BAN] = None  # type: ignore[assignment]
    done = await cleared.fetchrow(_REPLAY)
    assert (done["list_version"], done["rule_version"]) == (listed.version, RULE_VERSION)
    assert done["completed_at"] is not None
    # Asked for again, it finds nobody anew.
    await cleared.execute(_ASKED)
    await _replay(cleared)
    assert len(await cleared.fetch(_CANDIDATES)) == 2


@pytest.mark.parametrize(
    ("statement", "files"),
    [
        ("SELECT", 3),
        # By today's list and rule, and one of both alone; by a person; void.
        ("UPDATE screening SET list_version = $today", 0),
        ("UPDATE screening SET list_version = $today, rule_version = '0'", 3),
        ("UPDATE screening SET list_version = NULL, rule_version = NULL, answered_by = 'x'", 0),
        ("UPDATE screening SET voided_at = now()", 0),
        # Something else was answered later.
        ("INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at)"
         " SELECT gen_random_uuid(), application_id, 'ENTRY_BAN', 'NO_MATCH',"
         " now() + interval '1 hour', now() + interval '1 hour' FROM screening", None),
        # Of what is over nothing is asked, nor of visas that are not live; of nobody who is erased.
        ("UPDATE visa SET use_by = current_date - 400", 2),
        ("UPDATE application SET status = 'REVOKED' WHERE status = 'GRANTED'", 2),
        ("UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE stage <> 'CLOSED'",
         1),
        ("DELETE FROM identity", 0),
    ],
)  # fmt: skip
async def test_a_replay_looks_at_live_visas_and_open_files_that_the_system_cleared(
    cleared, statement: str, files: int | None
) -> None:
    if files is None:  # a resolution has a reason, and two people
        await cleared.execute("ALTER TABLE screening DROP CONSTRAINT"
                              " ck_screening_resolved_with_reason_by_two")  # fmt: skip
    await cleared.execute("SET LOCAL session_replication_role = replica")
    await cleared.execute(statement.replace("$today", f"'{BanList().version}'"))
    await cleared.execute("SET LOCAL session_replication_role = origin")
    assert sum(line[1] for line in await _replay(cleared)) == (files or 0)


async def test_a_file_that_is_with_the_screening_authority_is_asked_about(cleared) -> None:
    await ban(cleared, "FINCH, Noach")
    await cleared.execute("SET LOCAL session_replication_role = replica")
    await cleared.execute("UPDATE application SET status = 'SCREENING' WHERE id = $1", MINE)
    await cleared.execute("SET LOCAL session_replication_role = origin")
    assert (await _replay(cleared))[1] == ("older", 2, 0, 1)
    assert await _results(cleared, MINE) == ["PENDING"]


async def test_whom_nobody_can_read_is_counted_as_unread(cleared) -> None:
    leaving = {"leaving": [applicant_id(NOAH)]}
    assert await _replay(cleared, **leaving) == [("old", 1, 0, 0), ("older", 2, 1, 0)]
    assert await cleared.fetchval(READ, applicant_id(NOAH)) == 0


async def test_a_replay_waits_for_a_list_that_it_can_open(cleared) -> None:
    await ban(cleared, None)
    with pytest.raises(MissingKeyError):
        await _replay(cleared)


async def test_what_has_changed_meanwhile_is_no_candidate(cleared) -> None:
    """Corrected, it is void; ended, it is not asked; and another list is compared anew."""
    await ban(cleared, "HALE, Rubi; Noach Finch", BORN)
    await rewrite(cleared, applicant_id(RUBY), full_name=RUBY, birth_date=BORN)

    async def work() -> None:
        await cleared.execute("RESET ROLE")
        await cleared.execute("UPDATE screening SET voided_at = now() WHERE application_id = $1",
                              VISA)  # fmt: skip
        await cleared.execute("UPDATE application SET status = 'WITHDRAWN', closed_at = now()"
                              " WHERE id = $1", MINE)  # fmt: skip
        await cleared.execute("UPDATE ban_entry SET is_screened = true")
        await cleared.execute(f"SET LOCAL ROLE {SCREENER}")

    entries = BanList()
    await bring_up_to_date(KEYS, cleared, entries)
    meanwhile = Meanwhile(work)
    assert await replay_cleared_cases(meanwhile, cleared, entries) == 3  # type: ignore[arg-type]
    assert await cleared.fetch(_CANDIDATES) == []
    assert [tuple(row) for row in await cleared.fetch(_LINES)] == [
        ("old", 1, 0, 0), ("older", 2, 0, 0),
    ]  # fmt: skip
    assert await _results(cleared, MINE) == ["CLEAR"]


async def test_a_list_that_changed_meanwhile_is_compared_anew(cleared) -> None:
    async def work() -> None:
        await cleared.execute("RESET ROLE")
        await ban(cleared, "HALE, Rubi", BORN)
        await cleared.execute(f"SET LOCAL ROLE {SCREENER}")

    meanwhile = Meanwhile(work)
    assert await replay_cleared_cases(meanwhile, cleared, BanList()) == 3  # type: ignore[arg-type]
    assert await cleared.fetch(_LINES) == []
    assert (await cleared.fetchrow(_REPLAY))["reached"] is None
