"""Every small mistake in the policy is found at each wall by itself."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import chain, islice, product

import asyncpg
import pytest

from gateway.policy import MUTATIONS
from gateway.viewer import Viewer
from models import Base
from models.row_security import database_role
from models.vocabulary import Role
from tests.acting import act
from tests.walls import administering, change_rights, documents_in_hand
from tests.walls.judging import (
    allowed_by_database,
    allowed_by_statement,
    first_wall,
    grants_of,
    same_before_the_first,
    same_before_the_second,
    second_wall,
)
from tests.walls.mutants import Mutant, changed_rights, count_mutants, field_mutants, row_mutants
from tests.walls.reach import BY_RULE, REACH, WHO, viewer
from tests.walls.undoing import undone
from tests.world import applicant_id

pytestmark = pytest.mark.anyio

#: All of them take half an hour.
_PARTS = 10


@pytest.mark.parametrize("name", WHO)
async def test_each_wall_alone_reaches_what_the_matrix_says(complete_world, name) -> None:
    await require_reach(complete_world, name)


async def require_reach(connection: asyncpg.Connection, name: str) -> None:
    claims = WHO[name]
    for type_name, found in BY_RULE:
        reached = await allowed_by_statement(connection, type_name, found, claims)
        assert reached == found.reached(claims), type_name
    for type_name, found in REACH:
        reached = await allowed_by_database(connection, found, claims)
        assert reached == found.reached(claims), type_name


async def judge(connection: asyncpg.Connection, mutants: Iterable[Mutant]) -> list[str]:
    """A line for each mutant before each wall: what killed it, or why nothing could."""
    lines, survivors = [], []
    for mutant in mutants:
        first, second = await first_wall(connection, mutant), await second_wall(connection, mutant)
        for wall, killer, reason in (
            (1, first, same_before_the_first(mutant)),
            (2, second, same_before_the_second(mutant) if first or not mutant.through else None),
        ):
            lines.append(f"{mutant.name} | wall {wall} | {killer or f'the same: {reason}'}")
            if not killer and not reason:
                survivors.append(lines[-1])
    assert survivors == []
    return lines


async def test_some_mutants_of_the_policy_are_killed(complete_world) -> None:
    sample = chain(islice(row_mutants(), 5, None, 796), islice(field_mutants(), 9, None, 4804))
    await judge(complete_world, sample)


@pytest.mark.proof
@pytest.mark.parametrize("part", range(_PARTS))
async def test_every_mutant_of_the_policy_is_killed(complete_world, report, part: int) -> None:
    every = chain(row_mutants(), count_mutants(), field_mutants())
    report(await judge(complete_world, islice(every, part, None, _PARTS)))
    for name in WHO:  # or else time has killed some
        await require_reach(complete_world, name)


# --- Who may change what -------------------------------------------------------------------------


@pytest.mark.parametrize("name", WHO)
async def test_each_wall_alone_lets_change_what_the_domain_says(complete_world, name) -> None:
    claims = WHO[name]
    for mutation in change_rights.MAY:
        found = await change_rights.allowed_by_statement(complete_world, mutation, claims)
        assert found == change_rights.changeable(mutation, claims), mutation
        differs = await change_rights.differs_in_another_state(complete_world, mutation, claims)
        assert differs is None, mutation
    async with undone(complete_world):
        assert await change_rights.created_in_database(
            complete_world, claims
        ) == change_rights.may_make(claims)
        assert await change_rights.allowed_by_database(
            complete_world, claims
        ) == change_rights.may_change(claims)
        written = administering.allowed_by_domain(claims)
        assert await administering.allowed_by_database(complete_world, claims) == written
        assert await administering.past_the_ledger(complete_world, claims) == set()
        noted = await documents_in_hand.noted_by_database(complete_world, viewer(claims))
        assert noted == change_rights.changeable("fetchVisa", claims)
        needed = change_rights.readable_to_change(claims)
        assert await change_rights.read_to_change(complete_world, claims) == needed


@pytest.mark.proof
async def test_every_mutant_of_the_rights_to_change_is_killed(complete_world, report) -> None:
    assert change_rights.MAY.keys() == MUTATIONS.keys()
    lines, survivors = [], []
    for right in list(changed_rights()):
        first = await change_rights.first_wall(complete_world, right)
        second = await change_rights.second_wall(complete_world, right)
        reason = change_rights.same_before_the_second(right)
        lines.append(f"{right.name} | wall 1 | {first}")
        lines.append(f"{right.name} | wall 2 | {second or f'the same: {reason}'}")
        if not (first and (second or reason)):
            survivors += lines[-2:]
    report(lines)
    assert survivors == []


# --- Verb by verb --------------------------------------------------------------------------------

TABLES = sorted(Base.metadata.tables)
VERBS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


async def test_every_verb_granted_in_addition_is_noticed(complete_world) -> None:
    """Of every table and verb, to each role: no role may insert all of a row."""
    before = await grants_of(complete_world)
    async with undone(complete_world):
        roles = ", ".join(database_role(role) for role in Role)
        for table in TABLES:
            await complete_world.execute(f"GRANT {', '.join(VERBS)} ON {table} TO {roles}")
        gained = await grants_of(complete_world) - before
    expected = {(database_role(role), table, verb)
                for role, table, verb in product(Role, TABLES, VERBS)}  # fmt: skip
    assert {(role, of.partition(".")[0], verb) for role, of, verb in gained} == expected


#: What is said in the log of who reads, and for what.
OWN = {
    "actor": "officer",
    "actor_role": "OFFICER",
    "actor_partner_code": None,
    "actor_country_code": None,
    "purpose": "CASEWORK",
    "case_reference": "SGPO-OPEN-0006",
}
#: What is said otherwise, by a viewer who acts in which role.
ENTRIES: dict[str, tuple[dict[str, str], Role]] = {
    "in the own name and role": ({}, Role.OFFICER),
    "in another name": ({"actor": "officer-2"}, Role.OFFICER),
    "in another role": ({"actor_role": "SUPERVISOR"}, Role.OFFICER),
    "of a partner": ({"actor_partner_code": "NUSA"}, Role.OFFICER),
    "of a country": ({"actor_country_code": "AU"}, Role.OFFICER),
    "for what another role does": ({"purpose": "SUPERVISION"}, Role.OFFICER),
    "for another case": ({"case_reference": "SGPO-HELD-0007"}, Role.OFFICER),
    "sealed for another role": ({}, Role.SUPERVISOR),
}
CONDITIONS = (
    "actor = (SELECT viewer.subject('OFFICER'))",
    "actor_role = 'OFFICER'",
    "actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('OFFICER'))",
    "actor_country_code IS NOT DISTINCT FROM (SELECT own[1]"
    " FROM viewer.countries('OFFICER') AS own WHERE cardinality(own) = 1)",
    "purpose IN ('CASEWORK')",
    "case_reference = (SELECT viewer.purpose_reference('OFFICER'))",
)


async def entries_taken(connection: asyncpg.Connection) -> set[str]:
    """Which entries of the log the database takes from officers."""
    taken = set()
    for name, (otherwise, sealed_for) in ENTRIES.items():
        with suppress(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                case = "SGPO-OPEN-0006"
                await act(connection, Viewer("officer", sealed_for, purpose_reference=case))
                await connection.execute("SET LOCAL ROLE gerbang_officer")
                await connection.execute(
                    f"INSERT INTO access_event (id, applicant_id, {', '.join(OWN)},"
                    " fields, trace_id)"
                    " VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, '{}', 'trace')",
                    *(applicant_id("Wei Tan"), *(OWN | otherwise).values()),
                )
                taken.add(name)
                await connection.execute("RESET ROLE")
    return taken


async def test_viewers_write_the_log_in_their_own_name_alone(complete_world) -> None:
    async with undone(complete_world):
        assert await entries_taken(complete_world) == {"in the own name and role"}
        for forgotten in CONDITIONS:
            kept = " AND ".join(one for one in CONDITIONS if one != forgotten)
            await complete_world.execute(
                f"ALTER POLICY officer_insert ON access_event WITH CHECK ({kept})"
            )
            assert await entries_taken(complete_world) > {"in the own name and role"}, forgotten
