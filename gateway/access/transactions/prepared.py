"""Statements that are compiled once for a role and bound to the values of each request; and
their results as rows.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

import orjson
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult
from sqlalchemy import (
    JSON,
    ClauseElement,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import asyncpg

from gateway.access.rows import require_vouched, vouch_for
from gateway.rules import Scope
from gateway.viewer import Viewer
from models.vocabulary import Role

#: Made without a connection, it gives instants in UTC, whatever the session's time zone.
_transformer = Transformer()


class Record(tuple[Any, ...]):
    """A row: a tuple that knows the labels of its columns, each of which is an attribute too."""

    __slots__ = ()
    labels: ClassVar[tuple[str, ...]]

    def value(self, label: str) -> Any:
        """The value of a column by its label."""
        return self[self.labels.index(label)]


def decode_records(result: PGresult) -> Sequence[Record]:
    """The rows of a result in binary format."""
    names = [result.fname(column) or b"" for column in range(result.nfields)]
    _transformer.set_pgresult(result)
    return _transformer.load_rows(0, result.ntuples, _record_class(b"\0".join(names)))


@lru_cache(maxsize=1_000)
def _record_class(names: bytes) -> type[Record]:
    labels = tuple(names.decode().split("\0"))
    attributes = {
        label: property(itemgetter(number))
        for number, label in enumerate(labels)
        if not hasattr(Record, label)
    }
    return type("Record", (Record,), {**attributes, "__slots__": (), "labels": labels})


#: Numbers parameters as the server does, and casts each to its type: arguments are sent as text.
_DIALECT = asyncpg.dialect()
#: The names of parameters to which the viewer is bound.
SCOPES = frozenset(scope.value for scope in Scope)
#: Statements of each kind that are kept: more than there are, and a bound all the same.
_MOST_KEPT = 1_000


class Planning(Enum):
    """How the database plans a prepared statement, as settings of PostgreSQL."""

    #: Once, for all values. By default, PostgreSQL plans many statements again for each request,
    #: which takes twice as long as reading a page. What is joined is seldom the same for two rows
    #: of a page: to remember it costs a tenth of the page, and saves nothing. Not knowing the
    #: values, it also expects few rows of any country or centre: by a bitmap scan it would fetch
    #: and sort all of them for a page, instead of walking an index in its order.
    ONCE = (
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_memoize", "off"),
        ("enable_bitmapscan", "off"),
    )
    #: For the values of each request, where the best index depends on them.
    EACH_TIME = (
        ("plan_cache_mode", "force_custom_plan"),
        ("enable_memoize", "off"),
        ("enable_bitmapscan", "on"),
        # A page is over before compiling it, or starting workers for it, pays.
        ("jit", "off"),
        ("max_parallel_workers_per_gather", "0"),
    )
    #: As the database sees fit, where the values decide which way is the shortest.
    BY_VALUES = (("plan_cache_mode", "auto"), ("enable_memoize", "on"), ("enable_bitmapscan", "on"))


_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement as text. `prepare` and `prepare_once` make them."""

    text: str
    planning: Planning
    _parameters: tuple[str, ...]
    _constants: Mapping[str, Any]
    #: The parameters whose values are written as JSON.
    _documents: frozenset[str] = frozenset()
    #: Whether it may take no longer than a list: see `MOST_LIST_SECONDS`.
    is_list: bool = False
    #: What of its viewer it depends on, besides the role.
    scopes: frozenset[str] = frozenset()

    def bind(self, viewer: Viewer, given: Mapping[str, Any] = _NOTHING) -> "Bound":
        """The statement with its arguments for a viewer, and values by name."""
        return Bound(self, self.arguments(viewer, given))

    def arguments(self, viewer: Viewer, given: Mapping[str, Any]) -> list[Any]:
        """The positional arguments: the viewer's scope, named values and constants."""
        return [
            (getattr(viewer, name) or None)
            if name in SCOPES
            else (given[name] if name in given else self._constants[name])
            for name in self._parameters
        ]

    def arguments_of_row(self, row: Mapping[str, Any]) -> list[Any]:
        """The arguments of a statement that writes a row: each is the value of a column, none a
        scope."""
        return [
            json.dumps(row[name]) if name in self._documents else row[name]
            for name in self._parameters
        ]


class Bound(NamedTuple):
    """A prepared statement with its arguments."""

    statement: PreparedStatement
    arguments: Sequence[Any]


def prepare(
    statement: Select[Any],
    role: Role,
    planning: Planning = Planning.BY_VALUES,
    *,
    is_list: bool = False,
) -> PreparedStatement:
    """Compile a vouched statement.

    Raises PermissionError for any other.
    """
    require_vouched(statement)
    return _compile(statement, role, planning, is_list=is_list)


def bind_for(viewer: Viewer, type_name: str, statement: Select[Any]) -> Bound:
    """Prepare a statement with values of one request for its viewer.

    The caller vouches that it is restricted by the policy of a type.
    """
    return prepare(vouch_for(statement, type_name), viewer.role).bind(viewer)


@lru_cache(_MOST_KEPT)
def prepare_reading(
    role: Role, build: Callable[..., Select[Any]], *shape: Any
) -> PreparedStatement:
    """Compile a vouched statement, the first time that it is asked for in a role.

    ``build`` makes it from the role and its shape: whatever else its text depends on.
    """
    return prepare(build(role, *shape), role)


@lru_cache(_MOST_KEPT)
def prepare_once(role: Role, build: Callable[..., ClauseElement], *shape: Any) -> PreparedStatement:
    """Compile a statement of a mutation, the first time that it is asked for.

    ``build`` makes it from its shape: whatever its text depends on besides the role.
    """
    return _compile(build(*shape), role, Planning.ONCE)


#: From so many on, rows of a table are inserted by one statement: one for each would take the
#: database four times as long. No step of one case writes as many.
MANY_ROWS = 25


def insert_many(role: Role, table: Table, rows: Sequence[Mapping[str, Any]]) -> Bound:
    """Bind the statement that inserts rows, which all have the same columns, as one JSON."""
    statement = prepare_once(role, _build_insert_of_many, table, tuple(rows[0]))
    return Bound(statement, [orjson.dumps(rows, default=_octets).decode()])


def _octets(value: Any) -> str:
    """Octets as PostgreSQL reads them. Raises TypeError for anything else without JSON."""
    if isinstance(value, bytes):
        return rf"\x{value.hex()}"
    raise TypeError(type(value).__name__)


def _build_insert_of_many(table: Table, columns: Sequence[str]) -> Any:
    given = func.json_to_recordset(cast(bindparam("rows", None, Text), JSON))
    rows = given.table_valued(*(column(name, table.c[name].type) for name in columns))
    named = rows.render_derived(name="given", with_types=True)
    return insert(table).from_select(columns, select(*named.c))


def _compile(
    statement: ClauseElement, role: Role, planning: Planning, *, is_list: bool = False
) -> PreparedStatement:
    compiled: Any = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    parameters = tuple(compiled.positiontup or ())
    documents = (name for name, bound in compiled.binds.items() if isinstance(bound.type, JSON))
    # The server plans a prepared statement anew whenever the role changes: with the role in a
    # comment, each role has prepared statements of its own.
    return PreparedStatement(
        f"{compiled} /* {role} */",
        planning,
        parameters,
        compiled.params,
        frozenset(documents),
        is_list,
        SCOPES.intersection(parameters),
    )
