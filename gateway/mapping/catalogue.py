"""All declared nouns, found in the schema: what the statements of every operation are made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type
from sqlalchemy import ColumnElement, Label
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.fields import readable_fields
from gateway.mapping.declare import (
    DECLARATION,
    KEY,
    SOURCE,
    ChangePosition,
    Column,
    Source,
    Storage,
    ToMany,
    ToOne,
    Translated,
)
from models.vocabulary import Role


@dataclass(frozen=True, eq=False)
class DeclaredField:
    """One field of a noun: its names, where its value comes from, the noun it leads to."""

    name: str
    python_name: str
    source: Source
    target_name: str


@dataclass(frozen=True, eq=False)
class DeclaredNoun:
    """One noun: its class, where its rows are, its fields by their names in the API."""

    name: str
    cls: type[Any]
    storage: Storage
    fields: dict[str, DeclaredField]

    @property
    def key(self) -> InstrumentedAttribute[Any]:
        return self.storage.key

    def record(self, labels: tuple[str, ...], values: tuple[Any, ...]) -> Any:
        """An instance that carries a row: fields read its attributes."""
        made = object.__new__(self.cls)
        made.__dict__.update(zip(labels, values, strict=True))
        return made


class Catalogue:
    """The declared nouns of a schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.nouns = {noun.name: noun for noun in _find_nouns(schema)}
        self._target_names = {
            field.source: field.target_name
            for noun in self.nouns.values()
            for field in noun.fields.values()
        }
        self.columns = lru_cache(maxsize=None)(self._columns)

    def target(self, source: ToOne | ToMany) -> DeclaredNoun:
        """The noun that a link leads to."""
        return self.nouns[self._target_names[source]]

    def readable(self, noun: DeclaredNoun, role: Role) -> list[DeclaredField]:
        """The fields that a role reads."""
        readable = readable_fields(noun.name, role)
        return [field for field in noun.fields.values() if field.name in readable]

    def _columns(self, noun: DeclaredNoun, role: Role) -> tuple[Label[Any], ...]:
        """What a row of the noun is read with: its key, and the fields of the role."""
        return label_columns(noun, self.readable(noun, role))


def hidden_label(column: InstrumentedAttribute[Any]) -> str:
    """The label under which a row carries a column that is no field, such as a link's."""
    return f"_{column.key}"


def label_columns(noun: DeclaredNoun, fields: Iterable[DeclaredField]) -> tuple[Label[Any], ...]:
    """The key of a noun and what some of its fields need."""
    wanted: dict[str, ColumnElement[Any]] = {KEY: noun.key.expression}
    for field in fields:
        wanted.update(_columns_for(field))
    return tuple(expression.label(label) for label, expression in wanted.items())


def _columns_for(field: DeclaredField) -> Iterator[tuple[str, Any]]:
    match field.source:
        case Column(value):
            yield field.python_name, value
        case Translated(columns):
            yield from ((str(column.key), column) for column in columns.values())
        case ToOne(local) | ToMany(local):
            yield hidden_label(local), local
        case ChangePosition(written_in, id_):
            yield from ((hidden_label(column), column) for column in (written_in, id_))


def _find_nouns(schema: GraphQLSchema) -> Iterator[DeclaredNoun]:
    for name, type_ in schema.type_map.items():
        cls = getattr(type_.extensions.get(DECLARATION), "origin", None)
        stored = getattr(cls, "__stored__", None)
        if isinstance(type_, GraphQLObjectType) and cls and stored:
            yield DeclaredNoun(name, cls, stored, dict(_find_fields(type_.fields)))


def _find_fields(fields: dict[str, GraphQLField]) -> Iterator[tuple[str, DeclaredField]]:
    for name, field in fields.items():
        definition = field.extensions[DECLARATION]
        source = definition.metadata.get(SOURCE)
        if source is not None:
            target_name = get_named_type(field.type).name
            yield name, DeclaredField(name, definition.python_name, source, target_name)
