"""What the database lets the GRANTER do, whatever its job says."""

from uuid import uuid4

import asyncpg
import pytest

from models.row_security import GRANTER
from tests.models.test_granting import MINE, certain
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio
__all__ = ["certain"]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer,"
        " grant_rule_code) VALUES (gen_random_uuid(), $1, 'REFUSED', '{SECURITY}', now(),"
        " 'director', 'B1-1')",
        "INSERT INTO decision (id, application_id, outcome, decided_at, officer)"
        " VALUES (gen_random_uuid(), $1, 'GRANTED', now(), 'director')",
        "INSERT INTO decision (id, application_id, outcome, decided_at, officer, grant_rule_code)"
        " VALUES (gen_random_uuid(), $1, 'GRANTED', now(), 'somebody', 'B1-1')",
        "UPDATE application SET status = 'REFUSED' WHERE id = $1",
        "UPDATE application SET is_held = false WHERE id = $1",
        "UPDATE screening SET result = 'CLEAR' WHERE application_id = $1",
        "SELECT full_name FROM identity WHERE applicant_id = $1",
        "DELETE FROM grant_check WHERE application_id = $1",
    ],
)
async def test_the_database_lets_the_granter_do_nothing_else(certain, statement) -> None:
    async with undone(certain):
        await certain.execute(f"SET LOCAL ROLE {GRANTER}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await certain.execute(statement, MINE)


async def test_a_visa_by_rule_serves_as_long_as_was_asked_for(certain) -> None:
    decide = (
        "INSERT INTO decision (id, application_id, outcome, decided_at, officer, grant_rule_code)"
        " VALUES ($2, $1, 'GRANTED', now(), 'director', 'B1-1')"
    )
    issue = (
        "INSERT INTO visa (visa_number, application_id, decision_id, issued_at, use_by, stay_days)"
        " VALUES ('ID0000000000ZZ', $1, $2, now(), wib_day(now()) + $3::int, 30)"
    )
    await certain.execute("UPDATE application SET use_within_days = 365 WHERE id = $1", MINE)
    for days, is_issued in ((365, True), (364, False), (366, False), (90, False)):
        async with undone(certain):
            await certain.execute(f"SET LOCAL ROLE {GRANTER}")
            await certain.execute(decide, MINE, decision := uuid4())
            if is_issued:
                await certain.execute(issue, MINE, decision, days)
            else:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await certain.execute(issue, MINE, decision, days)


async def test_a_stopped_rule_grants_nothing_past_the_job_either(certain) -> None:
    decide = (
        "INSERT INTO decision (id, application_id, outcome, decided_at, officer, grant_rule_code)"
        " VALUES (gen_random_uuid(), $1, 'GRANTED', now(), 'director', 'B1-1')"
    )
    async with undone(certain):
        await certain.execute(f"SET LOCAL ROLE {GRANTER}")
        await certain.execute(decide, MINE)
    await certain.execute("INSERT INTO grant_rule_stop (id, rule_code, stopped_by, reason)"
                          " VALUES (gen_random_uuid(), 'B1-1', 'supervisor', 'Why.')")  # fmt: skip
    async with undone(certain):
        await certain.execute(f"SET LOCAL ROLE {GRANTER}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await certain.execute(decide, MINE)
