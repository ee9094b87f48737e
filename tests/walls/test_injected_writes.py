"""What an injected statement of a writing role may do: no more than a step of the role, from its
status and in the viewer's name."""

from contextlib import suppress
from dataclasses import replace
from itertools import islice

import asyncpg
import pytest

from models import Base
from models.row_security import database_role, writing_role
from models.vocabulary import Role
from tests.acting import act, act_writing
from tests.walls import moving
from tests.walls.moving import CASE, MOVES, VIEWERS, is_let_through
from tests.walls.undoing import undone
from tests.walls.written_columns import NEVER_READ, WRITTEN
from tests.world import applicant_id

pytestmark = pytest.mark.anyio

#: The owner's and the database's own: roles write none of it.
VERBS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


async def columns_written(connection: asyncpg.Connection, role: str) -> set[tuple[str, str, str]]:
    """What a database role may write: table, verb and column."""
    found = await connection.fetch(
        """
        SELECT relname, verb, attname FROM pg_class
        JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped,
            unnest('{INSERT,UPDATE,REFERENCES}'::text[]) AS verb
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND has_column_privilege($1, attrelid, attnum, verb)
        UNION ALL
        SELECT relname, verb, '' FROM pg_class,
            unnest('{DELETE,TRUNCATE,TRIGGER}'::text[]) AS verb
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND has_table_privilege($1, pg_class.oid, verb)
        """,
        role,
    )
    return {tuple(row) for row in found}


def columns_by_domain(role: str) -> set[tuple[str, str, str]]:
    return {
        (table, verb, column)
        for table, verbs in WRITTEN.get(role, {}).items()
        for verb, columns in verbs.items()
        for column in columns.split()
    }


@pytest.mark.parametrize("role", Role)
async def test_each_role_writes_the_columns_that_the_domain_gives_it(complete_world, role) -> None:
    written = await columns_written(complete_world, writing_role(role))
    assert written == columns_by_domain(role)


async def test_no_writing_role_reads_a_column_hidden_from_its_domain_role(complete_world) -> None:
    for thing, roles in NEVER_READ.items():
        table, _, column = thing.partition(".")
        columns = [column] if column else Base.metadata.tables[table].c.keys()
        for role in roles.split():
            for each in columns:
                read = "SELECT has_column_privilege($1, $2, $3, 'SELECT')"
                found = await complete_world.fetchval(read, writing_role(Role(role)), table, each)
                assert not found, f"{role} reads {table}.{each}"


# --- The statements of the review ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["PARTNER_AGENT", "APPLICANT", "PARTNER_SERVICE", "SCREENING"])
async def test_no_injected_statement_reads_a_ground(complete_world, name) -> None:
    async with undone(complete_world):
        await act_writing(complete_world, VIEWERS[name])
        with suppress(asyncpg.InsufficientPrivilegeError):
            assert await complete_world.fetch("SELECT grounds FROM decision") == []


@pytest.mark.parametrize("name", ["PARTNER_AGENT", "APPLICANT"])
async def test_a_role_that_reads_the_public_ground_cannot_read_the_ground(
    complete_world, name
) -> None:
    """Not even of a decision in the own reach, by a statement that is injected where it reads."""
    readable = "is_incomplete" if name == "PARTNER_AGENT" else "public_reasons"
    async with undone(complete_world):
        await act(complete_world, VIEWERS[name])
        assert await complete_world.fetch(f"SELECT {readable} FROM decision") != []
    for column in {"grounds", "is_incomplete", "public_reasons"} - {readable}:
        async with undone(complete_world):
            await act(complete_world, VIEWERS[name])
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await complete_world.fetch(f"SELECT {column} FROM decision")


@pytest.mark.parametrize("name", ["OFFICER", "SUPERVISOR"])
async def test_no_injected_statement_begins_a_case_that_is_on_no_desk(complete_world, name) -> None:
    async with undone(complete_world):
        await moving.prepare(complete_world)
        await moving.put_into(complete_world, "PAID", "IN_VERIFICATION")
        _, (given, begun), *_ = moving.ways(VIEWERS[name], "PAID", "IN_VERIFICATION")
        assert await is_let_through(complete_world, VIEWERS[name], given, begun)
        assert not await is_let_through(complete_world, VIEWERS[name], begun)


@pytest.mark.parametrize("name", MOVES)
async def test_no_injected_statement_grants_what_is_not_the_roles_to_grant(
    complete_world, name
) -> None:
    async with undone(complete_world):
        await moving.prepare(complete_world)
        await moving.put_into(complete_world, "IN_VERIFICATION", "HELD")
        [(decision, grant)] = moving.ways(VIEWERS[name], "IN_VERIFICATION", "GRANTED")
        may = name == "OFFICER"
        assert await is_let_through(complete_world, VIEWERS[name], decision, grant) is may
        if may:
            in_another_name = decision.replace("'officer'", "'officer-2'")
            yesterday = decision.replace("now()", "now() - interval '1 day'")
            for wrong in (in_another_name, yesterday):
                assert not await is_let_through(complete_world, VIEWERS[name], wrong)
        for blocked in (
            "UPDATE application SET is_held = true WHERE id = $1",
            "UPDATE screening SET result = 'HIT' WHERE application_id = $1",
            "UPDATE assignment SET ended_at = now() WHERE application_id = $1",
        ):
            async with undone(complete_world):
                await complete_world.execute(blocked, CASE)
                assert not await is_let_through(complete_world, VIEWERS[name], decision), blocked


async def test_no_injected_statement_changes_an_answer(complete_world) -> None:
    changed = (
        "UPDATE screening SET result = 'CLEAR', answered_at = now(), answered_by = '{{}}'"
        f" WHERE application_id = '{moving.application_id('SGPO-HELD-0007')}'"
    )
    for viewer in VIEWERS.values():
        assert not await is_let_through(complete_world, viewer, changed.format(viewer.subject))


async def test_no_injected_statement_dates_a_read_back(complete_world) -> None:
    for name in ("OFFICER", "SUPERVISOR", "APPLICANT"):
        viewer = VIEWERS[name]
        purpose = "OWN_DATA" if name == "APPLICANT" else "CASEWORK"
        async with undone(complete_world):
            await act(complete_world, replace(viewer, purpose_reference="AUSY-GRAN-0001"))
            entry = (
                "INSERT INTO access_event (id, applicant_id, actor, actor_role, purpose,"
                " case_reference, fields, trace_id{}) VALUES (gen_random_uuid(), $1, $2, $3, $4,"
                " 'AUSY-GRAN-0001', '{{}}', 'injected'{})"
            )
            said = (applicant_id("Ruby Hale"), viewer.subject, name, purpose)
            dated = entry.format(", occurred_at", ", '2020-01-01'")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with complete_world.transaction():
                    await complete_world.execute(dated, *said)
            await complete_world.execute(entry.format("", ""), *said)
            await complete_world.execute("RESET ROLE")
            assert await complete_world.fetchval(
                "SELECT occurred_at BETWEEN now() AND clock_timestamp() FROM access_event"
                " WHERE trace_id = 'injected'"
            )


# --- From which status to which ------------------------------------------------------------------


@pytest.mark.parametrize("name", MOVES)
async def test_a_role_moves_cases_as_the_domain_says(complete_world, name) -> None:
    refused = set(islice(sorted(moving.ALL - MOVES[name]), len(name) % 9, None, 9))
    assert await moving.possible_moves(complete_world, name, MOVES[name] | refused) == MOVES[name]


@pytest.mark.proof
@pytest.mark.parametrize("name", MOVES)
async def test_a_role_moves_no_case_otherwise(complete_world, name) -> None:
    assert await moving.possible_moves(complete_world, name, moving.ALL) == MOVES[name]


@pytest.mark.parametrize("name", MOVES)
async def test_no_event_is_written_without_its_step(complete_world, name) -> None:
    async with undone(complete_world):
        await moving.prepare(complete_world)
        await moving.put_into(complete_world, "IN_VERIFICATION", "GRANTED")
        for kind in (*moving.STATUSES, "RECEIVED", "HELD", "SCREENED", "ANSWER_PROPOSED"):
            event = moving.event_of(VIEWERS[name], kind)
            assert not await is_let_through(complete_world, VIEWERS[name], event), kind


@pytest.mark.parametrize(
    ("source", "conditions", "is_possible"),
    [
        # What was revoked in error is granted on the same conditions.
        ("REVOKED", "{WITH_FAMILY}", True),
        ("REVOKED", "{}", False),
        ("REVOKED", "{WITH_FAMILY,NO_EMPLOYMENT}", False),
        # A correction has its own, if only they are others.
        ("GRANTED", "{NO_EMPLOYMENT}", True),
        ("GRANTED", "{}", True),
        ("GRANTED", "{WITH_FAMILY}", False),
        ("GRANTED", "{NO_HASTE}", False),
        ("GRANTED", "{NO_EMPLOYMENT,NO_EMPLOYMENT}", False),
    ],
)
async def test_a_grant_is_granted_anew_on_the_conditions_that_its_step_allows(
    complete_world, source: str, conditions: str, is_possible: bool
) -> None:
    async with undone(complete_world):
        await moving.prepare(complete_world)
        await moving.put_into(complete_world, source, "GRANTED", VIEWERS["SUPERVISOR"])
        await complete_world.execute(
            "UPDATE decision SET conditions = '{WITH_FAMILY}' WHERE application_id = $1", CASE
        )
        decision, *others = next(moving.ways(VIEWERS["SUPERVISOR"], source, "GRANTED"))
        granted = decision.replace("grounds,", "grounds, conditions,")
        granted = granted.replace("'{}',", f"'{{}}', '{conditions}',")
        moved = (granted, *others)
        assert await is_let_through(complete_world, VIEWERS["SUPERVISOR"], *moved) is is_possible


# --- What a loosened guard lets through ----------------------------------------------------------


@pytest.mark.parametrize("table", ["application", "decision", "screening"])
async def test_without_its_guard_a_table_takes_more(complete_world, table) -> None:
    async with undone(complete_world):
        await moving.prepare(complete_world)
        await complete_world.execute(f"DROP TRIGGER guard ON {table}")
        await moving.put_into(complete_world, "PAID", "HELD")
        [statements] = {
            "application": moving.ways(VIEWERS["OFFICER"], "PAID", "INFO_REQUESTED"),
            "decision": [[next(moving.ways(VIEWERS["OFFICER"], "PAID", "GRANTED"))[0]]],
            "screening": [[next(moving.ways(VIEWERS["OFFICER"], "PAID", "SCREENING"))[0]]],
        }[table]
        assert await is_let_through(complete_world, VIEWERS["OFFICER"], *statements)


async def test_a_verb_granted_to_a_writing_role_in_addition_is_noticed(complete_world) -> None:
    for role in (writing_role(Role.OFFICER), writing_role(Role.LEADERSHIP)):
        before = await columns_written(complete_world, role)
        for verb in VERBS:
            async with undone(complete_world):
                await complete_world.execute(f"GRANT {verb} ON deadline TO {role}")
                assert await columns_written(complete_world, role) != before, verb
    assert not await columns_written(complete_world, database_role(Role.LEADERSHIP))
