"""The pages of lists along the declared walks, as the gateway prepares them, and their plans."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import asyncpg

from gateway.access.fields import readable_fields
from gateway.access.transactions.prepared import PreparedStatement
from gateway.mapping.catalogue import Catalogue, DeclaredNoun
from gateway.mapping.connections import keyset_of
from gateway.mapping.declare import ToOne
from gateway.mapping.enums import Direction
from gateway.mapping.filters import Relation
from gateway.mapping.keyset import Boundary
from gateway.mapping.listing import ListQuery, prepare_listing
from gateway.mapping.walks import Walk
from gateway.schema import access_event, application
from gateway.strawberry_bridge import to_camel_case
from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act
from tests.gateway.schemas import FULL

CATALOGUE = Catalogue(FULL)
WALKS = {"Application": application.WALKS, "AccessEvent": access_event.WALKS}
VIEWERS = {
    role: Viewer("somebody", role, partner="NUSA", countries=("AU", "NZ"), centres=("AU-SYD",))
    for role in Role
}


class Question(NamedTuple):
    """A page of a list: along which walk, from which end, from where on, how it is narrowed."""

    noun: DeclaredNoun
    walk: Walk
    descending: bool
    after: Boundary
    relation: Relation

    def __str__(self) -> str:
        way = "descending" if self.descending else "ascending"
        relation, after = self.relation.name, self.after.name
        return f"{self.noun.name} {self.walk} {way}, {relation}, {after}"

    @property
    def columns(self) -> list[Any]:
        """The filtered columns, in the order of their parameters, then the ordered one."""
        return [_column(self.noun, name) for name in (*sorted(self.walk.filters), self.walk.order)]

    def prepare(self, role: Role) -> PreparedStatement:
        *filtered, _ = self.columns
        direction = Direction.DESCENDING if self.descending else Direction.ASCENDING
        return prepare_listing(
            ListQuery(
                self.noun,
                role,
                tuple((column, self.relation) for column in filtered),
                keyset_of(self.noun, self.walk.order, direction),
                self.after,
                Boundary.NONE,
                True,
            ),
            CATALOGUE.columns(self.noun, role),
        )


def questions(role: Role) -> Iterator[Question]:
    """Every walk that a role can take."""
    for name, walks in WALKS.items():
        noun, readable = CATALOGUE.nouns[name], readable_fields(name, role)
        for walk in walks:
            names = {to_camel_case(each) for each in (*walk.filters, walk.order)}
            if names <= readable:
                yield from _along(noun, walk)


def _along(noun: DeclaredNoun, walk: Walk) -> Iterator[Question]:
    is_nullable = bool(_column(noun, walk.order).expression.nullable)
    for descending in (False, True):
        for after in Boundary:
            if after is Boundary.WITHOUT_VALUE and not is_nullable:
                continue
            yield Question(noun, walk, descending, after, Relation.EQUALS)
            if len(walk.filters) == 1:
                yield Question(noun, walk, descending, after, Relation.IS_ONE_OF)


def _column(noun: DeclaredNoun, python_name: str) -> Any:
    source: Any = next(f.source for f in noun.fields.values() if f.python_name == python_name)
    return source.local if isinstance(source, ToOne) else source.value


async def plan_of(
    connection: asyncpg.Connection,
    role: Role,
    prepared: PreparedStatement,
    given: Mapping[str, Any] | None = None,
) -> Any:
    """The generic plan of a statement; with values, as it ran."""
    values = prepared.arguments(VIEWERS[role], given or {})
    await act(connection, VIEWERS[role])
    options = "ANALYZE, FORMAT JSON" if given else "FORMAT JSON"
    await connection.execute(f"PREPARE asked AS {prepared.text}")
    written = ", ".join([_literal(value) if given else "NULL" for value in values])
    explained = f"EXPLAIN ({options}) EXECUTE asked{f'({written})' if values else ''}"
    found = await connection.fetchval(explained)
    await connection.execute("DEALLOCATE asked; RESET ROLE")
    return json.loads(found)[0]["Plan"]


def _literal(value: Any) -> str:
    """A value as SQL; EXECUTE takes no parameters."""
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        return f"'{{{','.join(map(str, value))}}}'"  # of whatever type its place takes
    if isinstance(value, int):
        return str(value)
    return "'{}'".format(str(value).replace("'", "''"))


def nodes_of(node: Any) -> Iterator[Any]:
    """A node of a plan, and all below it."""
    yield node
    for below in node.get("Plans", ()):
        yield from nodes_of(below)


def scans_of(node: Any, table: str, is_sorted: bool = False) -> Iterator[tuple[Any, bool]]:
    """The scans of a table, each with whether its rows are sorted before they are limited."""
    if _is_of(node, table):
        yield node, is_sorted
    is_sorted = node["Node Type"] == "Sort" or (is_sorted and node["Node Type"] != "Limit")
    for below in node.get("Plans", ()):
        yield from scans_of(below, table, is_sorted)


def _is_of(node: Any, table: str) -> bool:
    """Whether a node reads a table; a bitmap of an index names only the index."""
    if "Relation Name" in node:
        return node["Relation Name"] == table
    return node.get("Index Name", "").startswith((f"ix_{table}_", f"uq_{table}_", f"pk_{table}"))
