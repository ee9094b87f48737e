"""What stands against an erasure: it waits, and goes on by itself."""

import pytest

from models.rights.erasure_steps import hide_due
from tests.gateway.changing import granted_case, row_id, submitted_case
from tests.gateway.test_erasing import erase_all, read
from tests.linking import KEYS
from tests.rights import order_erasure, withdrawn_case
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio


async def test_an_open_case_and_a_visa_that_serves_stand_against_it(who, connection) -> None:
    for case in (await submitted_case(who), await granted_case(who)):
        subject = await order_erasure(who, case)
        await erase_all(connection)
        assert (await read(who, case))["identity"] is not None
        assert subject in await KEYS.open_data_keys([subject])
    # Once the visa serves no more, it goes on by itself.
    expire = "UPDATE visa SET use_by = use_by - 4000 WHERE application_id = $1"
    await connection.execute(expire, row_id(case))
    await erase_all(connection)
    assert (await read(who, case))["identity"] is None


@pytest.mark.parametrize("state", ["PROPOSED", "APPROVED"])
async def test_a_correction_on_its_way_stands_against_it(who, connection, state) -> None:
    case = await withdrawn_case(who)
    subject = await order_erasure(who, case)
    async with undone(connection):
        await connection.execute(
            "INSERT INTO identity_version (applicant_id, number, written_at)"
            " VALUES ($1, 7, now())", subject,
        )  # fmt: skip
        by = "'two', now()" if state == "APPROVED" else "NULL, NULL"
        await connection.execute(
            "INSERT INTO correction (id, application_id, applicant_id, version, state,"
            " proposed_at, proposed_by, proposed_role, approved_by, approved_at)"
            f" VALUES (gen_random_uuid(), $1, $2, 7, $3, now(), 'one', 'APPLICANT', {by})",
            *(row_id(case), subject, state),
        )
        due = "SELECT erased_at FROM erasure WHERE applicant_id = $1"
        await hide_due(connection, 100)
        assert await connection.fetchval(due, subject) is None
        await connection.execute("UPDATE correction SET state = 'LAPSED', closed_at = now()")
        await hide_due(connection, 100)
        assert await connection.fetchval(due, subject) is not None
