"""The pages of lists along the indexes of their order, as the gateway prepares them, and their
plans."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

import asyncpg

from gateway.access.transactions.prepared import PreparedStatement
from gateway.mapping.access_paths import AccessPath
from gateway.mapping.catalogue import Catalogue, DeclaredNoun
from gateway.mapping.connections import keyset_of
from gateway.mapping.enums import Direction
from gateway.mapping.filters import ConditionShape, Relation
from gateway.mapping.keyset import Boundary, Keyset
from gateway.mapping.listing import ListQuery, prepare_listing
from gateway.policy import POLICY
from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act
from tests.gateway.schemas import FULL

CATALOGUE = Catalogue(FULL)
VIEWERS = {
    role: Viewer("somebody", role, partner="NUSA", countries=("AU", "NZ"), centres=("AU-SYD",))
    for role in Role
}
#: By list, the fields that order it, with what it is narrowed to meanwhile: what stands before the
#: order in an index, and what every row along it is looked at for.
ORDERED_BY = {
    "Application": (
        ("submitted_at", "paid_at", "target_due_at", "closed_at", "reference"),
        ((), ("visa_type_code",), ("channel", "country_code")),
    ),
    "AccessEvent": (
        ("occurred_at",),
        (
            *((), ("actor",), ("actor_role",), ("purpose",), ("applicant_id",)),
            *(("case_reference",), ("actor", "purpose"), ("actor_role", "purpose")),
        ),
    ),
}


class Question(NamedTuple):
    """A page of a list: how narrowed, in which order, from which end, from where on."""

    noun: DeclaredNoun
    filtered: tuple[str, ...]
    order: str
    descending: bool
    after: Boundary

    def __str__(self) -> str:
        way = "descending" if self.descending else "ascending"
        narrowed = " ".join(self.filtered) or "everything"
        return f"{self.noun.name} {narrowed} by {self.order} {way}, {self.after.name}"

    @property
    def keyset(self) -> Keyset:
        direction = Direction.DESCENDING if self.descending else Direction.ASCENDING
        return keyset_of(self.noun, self.order, direction)

    @property
    def conditions(self) -> tuple[ConditionShape, ...]:
        row = self.noun.key.class_
        return tuple((getattr(row, name), Relation.EQUALS) for name in self.filtered)

    def prepare(self, role: Role) -> PreparedStatement:
        return prepare_listing(
            ListQuery(
                self.noun,
                role,
                self.conditions,
                self.keyset,
                self.after,
                Boundary.NONE,
                True,
                AccessPath.ORDERED,
            ),
            CATALOGUE.columns(self.noun, role),
        )


def questions(role: Role) -> Iterator[Question]:
    """The pages along an index that a role can ask for."""
    for name, (orders, filters) in ORDERED_BY.items():
        noun = CATALOGUE.nouns[name]
        if role not in POLICY[name].rows:
            continue
        for order, filtered, descending, after in product(orders, filters, (False, True), Boundary):
            question = Question(noun, filtered, order, descending, after)
            is_nullable = question.keyset.column.expression.nullable
            if is_nullable or after is not Boundary.WITHOUT_VALUE:
                yield question


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
    return of_tables(json.loads(found)[0]["Plan"])


_PARTITION = re.compile(r"^(\w+)_\d{4}q\d(?:_(pkey)|_(\w+)_idx)?$")


def of_tables(plan: Any) -> Any:
    """The plan, with partitions and their indexes under the names of their tables'."""
    for node in nodes_of(plan):
        for name in ("Relation Name", "Index Name"):
            if found := _PARTITION.match(node.get(name, "")):
                table, is_key, columns = found.groups()
                index = f"pk_{table}" if is_key else f"ix_{table}_{columns}"
                node[name] = table if name == "Relation Name" else index
    return plan


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
    """Whether a node reads a table by its own name, as the list itself does: a value of a row may
    look up another row under another name. A bitmap of an index names only the index.
    """
    if "Relation Name" in node:
        return node["Relation Name"] == table and node["Alias"].startswith(table)
    return node.get("Index Name", "").startswith((f"ix_{table}_", f"uq_{table}_", f"pk_{table}"))
