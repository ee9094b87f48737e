"""What was verified of a viewer is kept where no statement of a gateway's role writes."""

from dataclasses import replace

import asyncpg
import pytest

from models.database.connections import connect
from models.row_security import database_role, login_at
from models.vocabulary import Role
from tests import tokens
from tests.acting import act
from tests.models.test_row_security import (
    COUNT,
    MANAGER,
    MARK,
    acting,
    is_refused,
    seal_context,
    seal_of_another,
)
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

#: A manager of Australia who says to be one of Singapore too.
ELSEWHERE = replace(MANAGER, countries=("AU", "SG"))
#: What the database would keep of that, had it verified it.
KEPT = ",".join(seal_context(ELSEWHERE, seconds=3_600).split(",")[:7])
WRITES = {
    "as a setting": f"SET {MARK} = '{KEPT}'",
    "as a setting of the transaction": f"SET LOCAL {MARK} = '{KEPT}'",
    "by a function": f"SELECT set_config('{MARK}', '{KEPT}', true)",
    "by the view of settings": f"UPDATE pg_settings SET setting = '{KEPT}' WHERE name = '{MARK}'",
    "by another language": f"DO $$ BEGIN PERFORM set_config('{MARK}', '{KEPT}', true); END $$",
    "for the role": f"ALTER ROLE CURRENT_USER SET {MARK} = '{KEPT}'",
    "for the login": f"ALTER ROLE SESSION_USER SET {MARK} = '{KEPT}'",
    "by a function that sets it": (
        f"CREATE FUNCTION pg_temp.set() RETURNS int SET {MARK} = '{KEPT}' LANGUAGE sql RETURN 1"
    ),
    "as nothing": f"RESET {MARK}",
    "by a seal of its own": f"SELECT viewer.authenticate('{seal_of_another(MANAGER)}')",
}
COUNTRIES = "SELECT DISTINCT country_code FROM application ORDER BY 1"


@pytest.mark.parametrize("become", ["", "RESET ROLE; "])
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
async def test_nobody_but_the_owner_writes_what_was_verified(
    login: asyncpg.Connection, write: str, become: str
) -> None:
    async with login.transaction():
        await act(login, MANAGER)
        assert await is_refused(login, become + write)
        assert [row[0] for row in await login.fetch(COUNTRIES)] == ["AU"]


async def test_nobody_sets_it_before_a_transaction(world: str, login: asyncpg.Connection) -> None:
    assert await is_refused(login, f"SET {MARK} = '{KEPT}'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await login.execute(f"ALTER SYSTEM SET {MARK} = '{KEPT}'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(login_at(world, tokens.PASSWORD), server_settings={MARK: KEPT})


@pytest.mark.parametrize("forget", ["RESET ALL", "ROLLBACK TO SAVEPOINT before"])
async def test_whoever_forgets_it_reads_nothing(login: asyncpg.Connection, forget: str) -> None:
    async with login.transaction():
        await login.execute("SAVEPOINT before")
        await act(login, MANAGER)
        await login.execute(forget)
        await login.execute(f"SET LOCAL ROLE {database_role(MANAGER.role)}")
        assert await is_refused(login, COUNT)


#: What would let a role write it: the right to do so, and a setting that is anybody's.
WEAKENED = {
    "granted": f"GRANT SET ON PARAMETER {MARK} TO {database_role(MANAGER.role)}",
    "kept in a setting that is anybody's": """
        DO $$
        DECLARE source text;
        BEGIN
            FOR source IN SELECT pg_get_functiondef(oid) FROM pg_proc
                WHERE proname IN ('authenticate', 'sealed')
            LOOP
                EXECUTE replace(source, 'backtrace_functions', 'gerbang.viewer');
            END LOOP;
        END $$
    """,
}
#: Rows of another partner first, for which nobody needs to know of which countries the viewer is;
#: then those of the own partner, in whichever countries the context says by then.
SWAPPING = """
SELECT read.country_code FROM (
    SELECT CASE WHEN turn = 2 THEN set_config('{mark}', '{kept}', true) END AS swapped
    FROM generate_series(1, 2) AS turn
) AS turns
CROSS JOIN LATERAL (
    SELECT {columns} WHERE application.partner_code
        = CASE WHEN turns.swapped IS NULL THEN 'ANDALAN' ELSE 'NUSA' END
    OFFSET 0
) AS read
"""
THROUGH = "application.country_code FROM application JOIN applicant ON applicant.id = applicant_id"


@pytest.mark.parametrize("columns", ["country_code FROM application", THROUGH])
async def test_a_statement_cannot_swap_the_context_while_it_runs(world: str, columns: str) -> None:
    swapping = SWAPPING.format(mark=MARK, kept=KEPT, columns=columns)
    async with acting(world, Role.PARTNER_MANAGER, lambda _: seal_context(MANAGER)) as connection:
        assert await is_refused(connection, swapping)


@pytest.mark.parametrize("weakened", WEAKENED.values(), ids=WEAKENED)
async def test_one_that_could_write_it_would_swap_it(world: str, weakened: str) -> None:
    mark = MARK if "GRANT" in weakened else "gerbang.viewer"
    swapping = SWAPPING.format(mark=mark, kept=KEPT, columns="country_code FROM application")
    owner = await connect(world)
    try:
        async with undone(owner):
            await owner.execute(weakened)
            await act(owner, MANAGER)
            assert {row[0] for row in await owner.fetch(swapping)} == {"AU", "SG"}
    finally:
        await owner.close()
