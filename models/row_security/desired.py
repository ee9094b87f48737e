"""The desired row security: the scripts' statements parsed into comparable objects.

The scripts stay plain SQL that can be run as a whole. An unknown statement raises ValueError, so
that none is ever ignored.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\$\$.*?\$\$|;", re.DOTALL)

_ROLES = re.compile(r"DO \$\$.*?ARRAY\[([^\]]*)\].*CREATE ROLE.*\$\$", re.DOTALL)
_SCHEMA = re.compile(r"CREATE SCHEMA IF NOT EXISTS (\w+)")
_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (viewer\.\w+) \(.*\)", re.DOTALL)
_FUNCTION = re.compile(
    r"CREATE OR REPLACE FUNCTION (viewer\.\w+)\(([^)]*)\) RETURNS\b.*", re.DOTALL
)
_TRIGGER = re.compile(r"CREATE OR REPLACE TRIGGER (\w+) BEFORE [A-Z ]+ ON (\w+)\s.*", re.DOTALL)
_WALLED = re.compile(r"ALTER TABLE (\w+) ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
_POLICY = re.compile(r"CREATE POLICY (\w+) ON (\w+) FOR (\w+) TO (\w+)\s.*", re.DOTALL)
_GRANT = re.compile(r"GRANT (\w+)(?: \(([^)]*)\))? ON (?:(SCHEMA|FUNCTION) )?([^()]*) TO (\w+)")
#: Statements that need no parsing, because ``steps`` enforces them anyway: no rights beyond those
#: granted, and nobody creates temporary tables.
_ALWAYS_ENFORCED = re.compile(
    r"REVOKE \w+ ON (ALL \w+ IN )?SCHEMA (public|viewer) FROM [\w, ]+"
    r"|DO \$\$.*REVOKE TEMPORARY.*\$\$",
    re.DOTALL,
)


class Grant(NamedTuple):
    """A privilege of a role, or of PUBLIC, on an object or one of its columns."""

    kind: str
    thing: str
    column: str | None
    privilege: str
    role: str


class Policy(NamedTuple):
    """A row policy, and the statement that creates it."""

    table: str
    name: str
    verb: str
    role: str
    source: str


class Function(NamedTuple):
    """A function of the schema ``viewer``."""

    name: str
    #: With the types only, as in ``viewer.field(text, int)``.
    signature: str
    source: str


class Guard(NamedTuple):
    """A trigger that guards a table, and the statement that creates it."""

    table: str
    name: str
    source: str


@dataclass
class RowSecurity:
    """Everything that the scripts create."""

    roles: tuple[str, ...] = ()
    create_roles: str = ""
    #: Schemas and tables by name, with the statements that create them.
    creations: dict[str, str] = field(default_factory=dict[str, str])
    functions: dict[str, Function] = field(default_factory=dict[str, Function])
    protected_tables: set[str] = field(default_factory=set[str])
    policies: dict[tuple[str, str], Policy] = field(default_factory=dict[tuple[str, str], Policy])
    guards: dict[tuple[str, str], Guard] = field(default_factory=dict[tuple[str, str], Guard])
    #: Functions are named without their types here.
    grants: set[Grant] = field(default_factory=set[Grant])


def parse_row_security(*scripts: str) -> RowSecurity:
    """Parse the scripts."""
    wall = RowSecurity()
    for script in scripts:
        for statement in statements(script):
            _parse_statement(wall, statement)
    return wall


def statements(script: str) -> Iterator[str]:
    """The statements of a script, without the comments between and around them."""
    parts: list[str] = []
    place = 0
    for token in _TOKEN.finditer(script):
        parts.append(script[place : token.start()])
        place = token.end()
        if token[0] == ";":
            yield "".join(parts).strip()
            parts.clear()
        elif not token[0].startswith("--"):
            parts.append(token[0])
    if rest := ("".join(parts) + script[place:]).strip():
        raise ValueError(f"a statement of the row rules does not end: {rest[:80]}")


def fingerprint(source: str) -> str:
    """The hash of a source that is stored in the comment of what it created."""
    return hashlib.sha256(source.encode()).hexdigest()[:32]


def _parse_statement(wall: RowSecurity, statement: str) -> None:
    if found := _POLICY.fullmatch(statement):
        name, table, verb, role = found.groups()
        wall.policies[table, name] = Policy(table, name, verb, role, statement)
    elif found := _GRANT.fullmatch(statement):
        wall.grants.update(_grants(*found.groups()))
    elif found := _WALLED.fullmatch(statement):
        wall.protected_tables.add(found[1])
    elif found := _FUNCTION.fullmatch(statement):
        types = ", ".join(each.split(None, 1)[1] for each in _split_list(found[2]))
        wall.functions[found[1]] = Function(found[1], f"{found[1]}({types})", statement)
    elif found := _TRIGGER.fullmatch(statement):
        name, table = found.groups()
        wall.guards[table, name] = Guard(table, name, statement)
    elif found := _ROLES.fullmatch(statement):
        wall.roles = tuple(name.strip("'") for name in _split_list(found[1]))
        wall.create_roles = statement
    elif found := _SCHEMA.fullmatch(statement) or _TABLE.fullmatch(statement):
        wall.creations[found[1]] = statement
    elif not _ALWAYS_ENFORCED.fullmatch(statement):
        raise ValueError(f"a statement of the row rules is not understood: {statement[:80]}")


def _grants(
    privilege: str, columns: str | None, kind: str | None, things: str, role: str
) -> Iterator[Grant]:
    for thing in _split_list(things):
        for column in _split_list(columns) if columns else (None,):
            yield Grant(kind or "TABLE", thing, column, privilege, role)


def _split_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text.strip() else []
