"""What administrators and auditors read of the installation: numbers of work, and nobody's."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

WORK = """{ installation { version
    work { kind waiting waitingSince lastDoneAt isLate } keys { usedFor key }
} }"""
CHECKPOINT = "{ installation { checkpoint { entries waiting } } }"
HEAD = """
    INSERT INTO account_head (size, frontier, signed_at)
    VALUES (7, '{}', now() - $1::interval)
    ON CONFLICT (is_only) DO UPDATE SET size = 7, signed_at = excluded.signed_at
"""


async def work_of(who: Mapping[str, Viewer]) -> dict[str, dict[str, Any]]:
    answer = await who["administrator"](WORK)
    assert answer.errors == [], answer.text
    assert answer.data["installation"]["version"]
    return {one["kind"]: one for one in answer.data["installation"]["work"]}


async def test_administrators_read_what_waits(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    for table, kind in (("volume_outbox", "VOLUMES"), ("account_outbox", "ACCOUNT")):
        waiting = await connection.fetchval(f"SELECT count(*) FROM {table}")
        assert (await work_of(who))[kind]["waiting"] == waiting


@pytest.mark.parametrize(("age", "is_late"), [("2 minutes", False), ("4 minutes", True)])
async def test_an_account_that_is_not_signed_is_late_as_readiness_has_it(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, age: str, is_late: bool
) -> None:
    await connection.execute(HEAD.replace("$1", f"'{age}'"))
    assert (await work_of(who))["ACCOUNT"]["isLate"] is is_late
    seen = await who["auditor"](CHECKPOINT)
    assert seen.data["installation"]["checkpoint"]["entries"] == 7


async def test_each_reads_the_own_part_alone(who: Mapping[str, Viewer]) -> None:
    for user, query in (("administrator", CHECKPOINT), ("auditor", WORK), ("supervisor", WORK)):
        answer = await who[user](query)
        assert set(answer.codes) == {"FORBIDDEN_FIELD"}
