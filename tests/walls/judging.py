"""Sees whether a mutant of the policy changes what is reached, one wall at a time."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from graphql import get_named_type, is_leaf_type, print_schema
from sqlalchemy import select

from gateway.access import rows
from gateway.access.transactions.prepared import Bound, PreparedStatement, prepare
from gateway.execution.role_schema import role_schema
from gateway.mapping.catalogue import Catalogue
from gateway.policy import POLICY, QUEUES
from gateway.row_security import row_security
from gateway.rules import Rule
from gateway.schema.build import PolicyGapError, build_schema
from gateway.viewer import Viewer
from models import Base
from models.row_security import database_role, writing_role
from models.vocabulary import Role
from tests.acting import act
from tests.gateway.oracle import Claims, role_of
from tests.gateway.schemas import FULL
from tests.walls import clocks
from tests.walls.field_rights import BEHIND
from tests.walls.mutants import Mutant
from tests.walls.reach import BY_RULE, REACH, WHO, Key, Reach, viewer
from tests.walls.undoing import undone

#: Our row rules, which thousands of mutants are compared with.
OURS = row_security(Catalogue(FULL))
AGREED = {name: access.rows for name, access in POLICY.items()}
_VIEWS = Path(__file__).parents[2] / "gateway" / "schema" / "roles"


# --- The first wall ------------------------------------------------------------------------------


async def first_wall(connection: asyncpg.Connection, mutant: Mutant) -> str | None:
    """How a gateway with the mutant differs from ours, while the database holds nothing back."""
    with mutant.planted():
        return await _by_statements(connection, mutant) or by_schema(mutant.role)


async def _by_statements(connection: asyncpg.Connection, mutant: Mutant) -> str | None:
    if not _changes_rows(mutant):
        return None
    for name, claims in _viewers(mutant.role):
        for type_name, seen in BY_RULE:
            found = await allowed_by_statement(connection, type_name, seen, claims)
            if difference := _difference(type_name, seen, claims, found):
                return f"statement of {name}: {difference}"
    return None


def select_reached(type_name: str, table: str, names: Iterable[str], asking: Viewer) -> Bound:
    """The statement of ours that reads columns of what a viewer reaches in a table."""
    rule = rows.rule_of_reading(type_name, asking.role)
    return _prepare(asking.role, type_name, table, tuple(names), rule).bind(asking)


@cache
def _prepare(
    role: Role, type_name: str, table: str, names: tuple[str, ...], _: Rule | None
) -> PreparedStatement:
    """By the rule of the moment, which may be a mutant's: compiled once for all viewers."""
    columns = Base.metadata.tables[table].c
    reached = select(*(columns[name] for name in names)).where(
        rows.reachable_in_role(type_name, role, lambda attribute: columns[attribute.key])
    )
    return prepare(rows.vouch_for(reached, type_name), role)


async def allowed_by_statement(
    connection: asyncpg.Connection, type_name: str, reach: Reach, claims: Claims
) -> set[Key]:
    """The rows that a statement of ours reaches by itself."""
    reached = select_reached(type_name, reach.table, reach.columns, viewer(claims))
    found = await connection.fetch(reached.statement.text, *reached.arguments)
    return {tuple(row) for row in found}


def _changes_rows(mutant: Mutant) -> bool:
    return mutant.access.rows != AGREED[mutant.type_name]


def by_schema(role: Role) -> str | None:
    """How the schema built now differs from the one that was agreed on, for a role."""
    return _by_view(role) or _by_the_build()


def _by_view(role: Role) -> str | None:
    """The role's view of the schema is the one that was last agreed on."""
    try:
        shown = print_schema(role_schema(FULL, Catalogue(FULL), role)) + "\n"
    except (TypeError, ValueError):
        return f"the schema of {role}, which is none"
    return None if shown == agreed_view(role) else f"the schema of {role}"


@cache
def agreed_view(role: Role) -> str:
    return (_VIEWS / f"{role.lower()}.graphql").read_text(encoding="utf-8")


def _by_the_build() -> str | None:
    with suppress(PolicyGapError):
        build_schema()
        return None
    return "the build, which finds a gap"


# --- The second wall -----------------------------------------------------------------------------


async def second_wall(connection: asyncpg.Connection, mutant: Mutant) -> str | None:
    """How a database with the mutant's row rules differs from ours; no statement has a condition.

    Everything is rolled back.
    """
    changes = rule_changes(mutant)
    if not changes:
        return None
    killer = await with_changes(connection, changes, mutant.role)
    assert killer or _changes_rows(mutant), f"nothing shows of {mutant.name}"
    return killer


class Mistake(Protocol):
    """A mistake in the policy."""

    def planted(self) -> AbstractContextManager[None]:
        """Within this the policy has it."""
        ...


def rule_changes(mutant: Mistake) -> list[str]:
    """The statements that make a database of our row rules one of a mutant's, if they differ."""
    with mutant.planted():
        theirs = row_security(Catalogue(FULL))
    if theirs == OURS:
        return []
    changes = [*_undo_statements(OURS, theirs), *_statements(theirs, OURS)]
    assert changes
    return changes


async def with_changes(
    connection: asyncpg.Connection, changes: list[str], role: Role
) -> str | None:
    """What shows after some changes to the database, to viewers of a role or in its grants."""
    async with undone(connection):
        before = await grants_of(connection)
        try:
            await connection.execute(";\n".join(changes))
        except asyncpg.PostgresSyntaxError:
            return "PostgreSQL, which refuses the row rules"
        for name, claims in _viewers(role):
            for type_name, seen in REACH:
                found = await allowed_by_database(connection, seen, claims)
                if difference := _difference(type_name, seen, claims, found):
                    return f"row rule for {name}: {difference}"
            if await clocks.allowed_by_database(connection, claims) != clocks.allowed_by_domain(
                claims
            ):
                return f"row rule for durations of {name}"
        return by_grants(before, await grants_of(connection))


async def allowed_by_database(
    connection: asyncpg.Connection, reach: Reach, claims: Claims
) -> set[Key]:
    """The rows that the database lets a viewer reach with a statement of no condition."""
    with suppress(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await act(connection, viewer(claims))
            statement = f"SELECT {', '.join(reach.columns)} FROM {reach.table}"
            found = {tuple(row) for row in await connection.fetch(statement)}
            await connection.execute("RESET ROLE")
            return found
    return set()


async def grants_of(connection: asyncpg.Connection) -> set[tuple[str, str, str]]:
    """Who may do what with which column, table and function."""
    found = await connection.fetch(
        """
        SELECT role, format('%s.%s', relname, attname) AS column, verb
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0,
            unnest($1::text[]) AS role,
            unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) AS verb
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT attisdropped
            AND has_column_privilege(role, attrelid, attnum, verb)
        UNION ALL
        SELECT role, relname, verb
        FROM pg_class, unnest($1::text[]) AS role,
            unnest('{DELETE,TRUNCATE,TRIGGER}'::text[]) AS verb
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND has_table_privilege(role, pg_class.oid, verb)
        UNION ALL
        SELECT role, proname, 'EXECUTE'
        FROM pg_proc, unnest($1::text[]) AS role
        WHERE pronamespace = 'viewer'::regnamespace
            AND has_function_privilege(role, pg_proc.oid, 'EXECUTE')
        """,
        [name(role) for role in Role for name in (database_role, writing_role)],
    )
    return {tuple(row) for row in found}


def by_grants(before: set[tuple[str, str, str]], after: set[tuple[str, str, str]]) -> str | None:
    for role, column, verb in sorted(before ^ after):
        change = "gains" if (role, column, verb) in after else "loses"
        return f"grant: {role} {change} {verb} of {column}"
    return None


def _undo_statements(ours: str, theirs: str) -> Iterator[str]:
    for statement in _statements(ours, theirs):
        words = statement.split()
        if words[:2] == ["CREATE", "POLICY"]:
            yield f"DROP POLICY {words[2]} ON {words[4]}"
        else:
            yield statement.replace("GRANT", "REVOKE", 1).replace(" TO ", " FROM ")


def _statements(script: str, other: str) -> list[str]:
    """The statements of a script that another has not."""
    theirs = set(other.split(";\n"))
    return [one.strip() for one in script.split(";\n") if one not in theirs]


# --- Why some are no mutants at all --------------------------------------------------------------


def same_before_the_first(mutant: Mutant) -> str | None:
    """Why a gateway with the mutant is ours all the same."""
    if mutant.type_name not in BEHIND and f"type {mutant.type_name} " not in agreed_view(
        mutant.role
    ):
        return f"nothing that {mutant.role} can ask leads to {mutant.type_name}"
    is_of_counting = mutant.access.counts_only != POLICY[mutant.type_name].counts_only
    if is_of_counting and f"type {mutant.type_name}Connection " not in agreed_view(mutant.role):
        return f"{mutant.role} has no list of {mutant.type_name} to count"
    is_of_queues = (mutant.type_name, mutant.field) == ("Query", "workList")
    if is_of_queues and not any(mutant.role in roles for roles in QUEUES.values()):
        return f"no queue is for {mutant.role}"
    led_to = _object_type_of(mutant)
    if led_to and f"type {led_to} " not in agreed_view(mutant.role):
        return f"it leads to {led_to}, of which {mutant.role} reads nothing"
    return None


def _object_type_of(mutant: Mutant) -> str | None:
    """The type that the mutant's field leads to, if it is one with fields of its own."""
    if mutant.type_name in BEHIND:
        return None
    type_: Any = FULL.type_map[mutant.type_name]
    named = get_named_type(type_.fields[mutant.field].type) if mutant.field else None
    return None if named is None or is_leaf_type(named) else named.name


def same_before_the_second(mutant: Mutant) -> str | None:
    """Why a database with the mutant's row rules is ours all the same."""
    if not _changes_rows(mutant):
        return "it changes no column's grant: others of the role's fields need the same, or none"
    if mutant.type_name == "Centre" and mutant.what.endswith("asks for places"):
        return "no centre is called like a country, which are the places of who has no centre"
    held = {found.table: name for name, found in REACH}
    if mutant.through and mutant.role in AGREED[held[mutant.through]]:
        return f"the rows of {mutant.through} that it goes through have a row rule of their own"
    return None


# --- Both ----------------------------------------------------------------------------------------


def _viewers(role: Role) -> list[tuple[str, Claims]]:
    return [(name, claims) for name, claims in WHO.items() if role_of(claims) == role]


def _difference(type_name: str, reach: Reach, claims: Claims, found: set[Key]) -> str | None:
    expected = reach.reached(claims)
    if found == expected:
        return None
    return f"{type_name} too many {len(found - expected)}, too few {len(expected - found)}"
