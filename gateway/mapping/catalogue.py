"""The catalogue of all nouns that the schema declares, with their fields and columns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type
from sqlalchemy import ARRAY, ColumnElement, Label, any_, bindparam
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.fields import is_readable, readable_fields
from gateway.access.rows import (
    names_for_the_purpose,
    select_reachable_in_role,
    select_value_in_role,
)
from gateway.access.transactions.prepared import Planning, PreparedStatement, prepare
from gateway.mapping.declare import (
    KEY,
    SOURCE,
    Beside,
    ChangePosition,
    Column,
    DerivedField,
    MoneyColumn,
    RuledValue,
    Source,
    Storage,
    ToMany,
    ToOne,
    ToPages,
    TranslatedColumn,
)
from gateway.strawberry_bridge import declaring_class, metadata_of, python_name
from models.vocabulary import Role

#: The label of the column by which a loader selects rows, and the parameter with its values.
LOADED_BY, KEYS = "_by", "keys"
#: Statements of loaders that are kept: more than nouns, their links and roles make.
_MOST_PREPARED = 2_000
#: Columns to select, each under its label.
Columns = tuple[Label[Any], ...]


@dataclass(frozen=True, eq=False)
class DeclaredField:
    """One field of a noun: its name in the API and in Python, its source, the type it returns."""

    name: str
    python_name: str
    source: Source
    target_name: str


@dataclass(frozen=True, eq=False)
class DeclaredNoun:
    """One noun: its class, its table, and its fields by API name."""

    name: str
    cls: type[Any]
    storage: Storage
    fields: dict[str, DeclaredField]

    @property
    def key(self) -> InstrumentedAttribute[Any]:
        return self.storage.key

    @property
    def is_change(self) -> bool:
        """Whether it is followed, so that each of its rows has a position."""
        return any(isinstance(field.source, ChangePosition) for field in self.fields.values())

    def record(self, labels: tuple[str, ...], values: tuple[Any, ...]) -> Any:
        """An instance of the noun with the values of a row as its attributes."""
        # Without __init__: a row has only the columns that were selected.
        instance = object.__new__(self.cls)
        instance.__dict__.update(zip(labels, values, strict=True))
        return instance


class Catalogue:
    """The declared nouns of a schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.nouns = {noun.name: noun for noun in _find_nouns(schema)}
        #: With those that have row rules, and no type in the schema.
        self.ruled = self.nouns | dict(_nouns_of_ruled_values(self.nouns.values()))
        self._target_names = {
            field.source: field.target_name
            for noun in self.nouns.values()
            for field in noun.fields.values()
        }
        self.columns = lru_cache(maxsize=None)(self._columns)
        self.prepared_by = lru_cache(_MOST_PREPARED)(self._prepared_by)

    def target(self, source: ToOne | ToMany | ToPages) -> DeclaredNoun:
        """The noun that a link leads to."""
        return self.nouns[self._target_names[source]]

    def readable(self, noun: DeclaredNoun, role: Role) -> list[DeclaredField]:
        """The fields of a noun that a role may read."""
        fields = self._own(noun, role)
        return fields + [fact for field in fields for fact in _facts(field, role)]

    def own_columns(self, noun: DeclaredNoun, role: Role) -> Columns:
        """Those of `columns` that are of the noun's own table: not what derived fields look at."""
        return label_columns(noun, self._own(noun, role), role)

    def _own(self, noun: DeclaredNoun, role: Role) -> list[DeclaredField]:
        readable = readable_fields(noun.name, role)
        return [field for field in noun.fields.values() if field.name in readable]

    def derived_from(
        self, noun: DeclaredNoun, source: DerivedField, role: Role
    ) -> list[DeclaredField]:
        """What a derived field looks at, as far as the role may read it."""
        readable = self.readable(noun, role)
        labels = {fact.label for fact in source.facts}
        return [
            field
            for field in readable
            if field.python_name in source.fields or field.python_name in labels
        ]

    def _columns(self, noun: DeclaredNoun, role: Role) -> Columns:
        """The columns to select for a noun: its key, and all fields that the role may read."""
        return label_columns(noun, self.readable(noun, role), role)

    def _prepared_by(
        self,
        noun: DeclaredNoun,
        role: Role,
        column: InstrumentedAttribute[Any],
        order: tuple[Any, ...],
    ) -> PreparedStatement:
        """The statement that loads rows of a noun by the values of a column."""
        keys = bindparam(KEYS, None, ARRAY(column.type))
        columns = (*self.columns(noun, role), column.label(LOADED_BY))
        rows = select_reachable_in_role(noun.name, role, *columns).where(column == any_(keys))
        return prepare(rows.order_by(*order), role, Planning.ONCE)


def hidden_label(column: InstrumentedAttribute[Any]) -> str:
    """The label of a selected column that is no field itself, such as the local end of a link."""
    return f"_{column.key}"


def label_columns(noun: DeclaredNoun, fields: Iterable[DeclaredField], role: Role) -> Columns:
    """The columns to select for some fields of a noun, and its key, in a role."""
    columns: dict[str, ColumnElement[Any]] = {KEY: noun.key.expression}
    for field in fields:
        columns.update(_columns_for(field, role))
    return tuple(expression.label(label) for label, expression in columns.items())


def _columns_for(field: DeclaredField, role: Role) -> Iterator[tuple[str, Any]]:
    match field.source:
        case Column(value) | MoneyColumn(value):
            yield field.python_name, value
        case TranslatedColumn(columns):
            yield from ((str(column.key), column) for column in columns.values())
        case ToOne(local) | ToMany(local) | ToPages(local):
            yield hidden_label(local), local
        case RuledValue((type_name, _), local, remote, value):
            on = remote == local
            yield field.python_name, select_value_in_role(type_name, role, value, on, local)
        case ChangePosition(written_in, id_):
            yield from ((hidden_label(column), column) for column in (written_in, id_))
        case DerivedField():
            return


def _facts(field: DeclaredField, role: Role) -> Iterator[DeclaredField]:
    """What a derived field looks at besides the fields of its row, as far as the role reads it."""
    if isinstance(field.source, DerivedField):
        for fact in field.source.facts:
            if is_readable(*fact.coordinate, role):
                name, value = ".".join(fact.coordinate), fact.value
                if isinstance(value, Beside):
                    value = _value_beside(value, fact.coordinate[0], role)
                yield DeclaredField(name, fact.label, Column(value), field.target_name)


def _value_beside(beside: Beside, type_name: str, role: Role) -> ColumnElement[Any]:
    on = beside.remote == beside.local
    if beside.is_named:
        on &= names_for_the_purpose(beside.value)
    return select_value_in_role(type_name, role, beside.value, on, beside.local)


def _find_nouns(schema: GraphQLSchema) -> Iterator[DeclaredNoun]:
    for name, type_ in schema.type_map.items():
        cls = declaring_class(type_)
        storage = getattr(cls, "__stored__", None)
        if isinstance(type_, GraphQLObjectType) and cls and storage:
            yield DeclaredNoun(name, cls, storage, dict(_find_fields(type_.fields)))


def _nouns_of_ruled_values(nouns: Iterable[DeclaredNoun]) -> Iterator[tuple[str, DeclaredNoun]]:
    """The nouns behind ruled values: of each, the value is the one field."""
    for noun in nouns:
        for field in noun.fields.values():
            if isinstance(field.source, RuledValue):
                name, field_name = field.source.coordinate
                value = Column(field.source.value)
                only = DeclaredField(field_name, field.python_name, value, field.target_name)
                storage = Storage(field.source.remote, False)
                yield name, DeclaredNoun(name, object, storage, {field_name: only})


def _find_fields(fields: dict[str, GraphQLField]) -> Iterator[tuple[str, DeclaredField]]:
    for name, field in fields.items():
        source = metadata_of(field).get(SOURCE)
        if source is not None:
            target_name = get_named_type(field.type).name
            if isinstance(source, ToPages):
                target_name = target_name.removesuffix("Connection")
            yield name, DeclaredField(name, python_name(field), source, target_name)
