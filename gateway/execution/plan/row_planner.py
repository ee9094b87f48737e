"""Plans rows: which of their columns and links a selection set asks for, and in which form."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_argument_values,
    get_named_type,
    is_non_null_type,
)

from gateway.access.rows import reads_every_row
from gateway.execution.plan.levels import (
    ColumnSet,
    Join,
    KeySource,
    Level,
    LinkedCount,
    LinkedPage,
    LinkedRows,
    Reading,
    RowsByKeys,
    WholeTable,
)
from gateway.execution.plan.page_planner import PagePlanner, selection_sets
from gateway.execution.plan.tree import (
    Branch,
    ColumnValue,
    Constant,
    DerivedValue,
    FollowedLink,
    FollowedPages,
    GlobalIdValue,
    JoinedRow,
    MoneyValue,
    ReferenceRow,
    RowEntry,
    RowShape,
)
from gateway.execution.plan.values import (
    TYPENAME,
    NotPlannableError,
    Render,
    Sets,
    column_of_record,
    constant_value,
    id_of_record,
    object_of,
    plan_value,
    position_of_record,
    reference_to_changed,
    reference_to_linked,
    reference_to_record,
    references_to_named,
)
from gateway.mapping.catalogue import DeclaredNoun, hidden_label, label_columns
from gateway.mapping.declare import (
    CHANGED_TYPE,
    NAMED_ROWS,
    ChangePosition,
    Column,
    DerivedField,
    MoneyColumn,
    RuledValue,
    ToMany,
    ToOne,
    ToPages,
    TranslatedColumn,
)
from gateway.mapping.enums import Currency
from gateway.mapping.linked_pages import linked_by
from gateway.mapping.money import Money
from gateway.strawberry_bridge import metadata_of
from models.vocabulary import Role
from models.volumes.versions import NAMED_TABLES

#: More tables are not joined in one statement: PostgreSQL then stops looking for the best order.
_MOST_TABLES = 8


class RowPlanner(PagePlanner):
    """Plans the rows of one operation for one role."""

    def _row_value(
        self, type_: GraphQLObjectType, noun: DeclaredNoun, nodes: list[FieldNode]
    ) -> Constant | GlobalIdValue | ColumnValue | None:
        """A field of a row that is a value of it; None for links and what is derived."""
        name = nodes[0].name.value
        if name == TYPENAME:
            return Constant(type_.name)
        if name not in noun.fields:
            if name == "id":
                return GlobalIdValue(type_.name)
            raise NotPlannableError  # it has a resolver
        is_nullable = not is_non_null_type(type_.fields[name].type)
        field = noun.fields[name]
        match field.source:
            case Column():
                return ColumnValue(field.python_name, is_nullable)
            case RuledValue():
                return ColumnValue(field.python_name, is_nullable, is_ruled=True)
            case TranslatedColumn(columns):
                language = self.arguments(type_.fields[name], nodes[0])["language"]
                return ColumnValue(str(columns[language].key), is_nullable)
            case _:
                return None

    # --- Rows ------------------------------------------------------------------------------------

    def _row_shape(self, level: Level, column_set: ColumnSet, sets: Sets) -> RowShape:
        noun = column_set.noun
        type_ = self._type(noun.name)
        entries = {
            key: self._row_entry(level, column_set, type_, nodes)
            for key, nodes in self.selected_fields(type_, sets)
        }
        return RowShape(column_set, entries)

    def _row_entry(
        self, level: Level, column_set: ColumnSet, type_: GraphQLObjectType, nodes: list[FieldNode]
    ) -> RowEntry:
        noun = column_set.noun
        value = self._row_value(type_, noun, nodes)
        field = noun.fields.get(nodes[0].name.value)
        if field is None:
            assert value is not None
            return value
        if isinstance(value, ColumnValue):
            column_set.add(field, value.label)
            return value
        column_set.add(field)
        sets, of_api = selection_sets(nodes), type_.fields[field.name]
        match field.source:
            case MoneyColumn():
                money = dict(self._money(of_api.type, sets))
                return MoneyValue(field.python_name, not is_non_null_type(of_api.type), money)
            case DerivedField(resolve) as source:
                looked_at = self._catalogue.derived_from(noun, source, self._role)
                for each in looked_at:
                    column_set.add(each)
                labels = tuple(column.key for column in label_columns(noun, looked_at, self._role))
                render = plan_value(self, of_api.type, sets)
                arguments = partial(get_argument_values, of_api, nodes[0]) if of_api.args else None
                return DerivedValue(labels[1:], resolve, render, arguments)
            case ChangePosition(written_in, id_) as source:
                resolve = partial(_position_in_row, noun.name, source)
                labels = hidden_label(written_in), hidden_label(id_)
                return DerivedValue(labels, resolve, plan_value(self, of_api.type, sets))
            case ToOne() as link if found := self._reference_row(level, link, sets):
                return found
            case ToOne() as link if joined := self._join(level, column_set, link):
                return JoinedRow(self._row_shape(level, joined, sets))
            case ToOne() | ToMany() as link:
                target = self._catalogue.target(link)
                keys = KeySource(level, column_set, link.local)
                below = self._level(target, LinkedRows(link), keys, ColumnSet(target, self._role))
                shape = self._row_shape(below, below.columns, sets)
                return FollowedLink(below, shape, isinstance(link, ToMany))
            case ToPages() as link:
                linked = linked_by(link, self._catalogue.target(link), self._role)
                keys = KeySource(level, column_set, link.local)
                page = LinkedPage(link, nodes[0])
                shape = self._page_shape(
                    of_api, sets, linked.noun, page, partial(LinkedCount, linked), keys
                )
                return FollowedPages(keys, shape)
            case _:
                raise NotPlannableError

    def _money(self, type_: Any, sets: Sets) -> Iterator[tuple[str, str | None]]:
        """What is selected of a sum of money."""
        named = get_named_type(type_)
        words = {TYPENAME: named.name, "amount": None, "currency": Currency.IDR.value}
        for key, nodes in self.selected_fields(named, sets):
            yield key, words[nodes[0].name.value]

    def _join(self, level: Level, column_set: ColumnSet, link: ToOne) -> ColumnSet | None:
        """The columns of a link that is joined: the same for all places that select it.

        Reads that are logged have statements of their own, which show whose rows were read.
        """
        target = self._catalogue.target(link)
        if link in column_set.joins:
            return column_set.joins[link]
        if target.storage.is_logged or len(list(level.columns.tree())) >= _MOST_TABLES:
            return None
        if isinstance(level.reading, LinkedRows) and isinstance(level.reading.link, ToMany):
            return None  # its order is that of columns which are not selected
        joined = column_set.joins[link] = ColumnSet(target, self._role, Join(column_set, link))
        return joined

    def _reference_row(self, level: Level, link: ToOne, sets: Sets) -> ReferenceRow | None:
        """The row of a link to reference data, all of which everybody in the role may read."""
        target, left = self._catalogue.target(link), self._fields_left
        if isinstance(level.reading, WholeTable) or not _is_reference(target, self._role):
            return None
        branch = self._rows(target.name, WholeTable(), sets)
        if not _is_whole_table(branch, self._role):
            self._fields_left = left
            return None
        self._reference.append(branch)
        return ReferenceRow(hidden_label(link.local), len(self._reference) - 1)

    def _rows(self, type_name: str, reading: Reading, sets: Sets) -> Branch:
        noun = self._catalogue.nouns[type_name]

        def shape() -> RowShape:
            level = self._level(noun, reading, None, ColumnSet(noun, self._role))
            return self._row_shape(level, level.columns, sets)

        return self._branch(shape)

    def record(self, type_: GraphQLObjectType, sets: Sets) -> Render | None:
        """How to render a record that a resolver has read with all columns of the role.

        Where more than its columns is selected, the row is read again, with its links.
        """
        noun = self._catalogue.nouns.get(type_.name)
        if noun is None:
            return None
        parts: dict[str, Render] = {}
        for key, nodes in self.selected_fields(type_, sets):
            match self._row_value(type_, noun, nodes):
                case Constant(text):
                    parts[key] = partial(constant_value, text)
                case GlobalIdValue(name):
                    parts[key] = partial(id_of_record, name)
                case ColumnValue(label, is_ruled=False):
                    parts[key] = partial(column_of_record, label)
                case _ if isinstance(noun.fields[nodes[0].name.value].source, MoneyColumn):
                    parts[key] = self._money_of_record(type_, noun, nodes)
                case _ if noun.is_change:
                    parts[key] = self._part_of_change(type_, noun, nodes)
                case _:
                    return partial(reference_to_record, self._rows_by_keys(type_.name, sets))
        return object_of(parts)

    def _money_of_record(
        self, type_: GraphQLObjectType, noun: DeclaredNoun, nodes: list[FieldNode]
    ) -> Render:
        field = noun.fields[nodes[0].name.value]
        render = plan_value(self, type_.fields[field.name].type, selection_sets(nodes))
        return lambda record, count: render(Money.of(record.__dict__[field.python_name]), count)

    def _part_of_change(
        self, type_: GraphQLObjectType, noun: DeclaredNoun, nodes: list[FieldNode]
    ) -> Render:
        """A field of a change that is no column: its position, or what it links to."""
        field = noun.fields[nodes[0].name.value]
        match field.source:
            case ChangePosition() as source:
                return partial(position_of_record, source)
            case ToOne(local, remote) as link:
                target = self._catalogue.target(link)
                if remote is not target.key:
                    raise NotPlannableError
                is_nullable = not is_non_null_type(type_.fields[field.name].type)
                branch = self._rows_by_keys(target.name, selection_sets(nodes))
                return partial(reference_to_linked, branch, hidden_label(local), is_nullable)
            case _:
                raise NotPlannableError

    def named(self, field: GraphQLField, sets: Sets) -> Render | None:
        """How to render rows that a value names: the viewer its partner, the payload of a mutation
        what was changed."""
        metadata = metadata_of(field)
        if rows := metadata.get(NAMED_ROWS):
            branch = self._rows_by_keys(rows.type_name, sets)
            return partial(references_to_named, branch, rows.attribute)
        type_name = metadata.get(CHANGED_TYPE)
        if type_name is None:
            return None
        is_uuid = self._catalogue.nouns[type_name].key.type.python_type is UUID
        branch = self._rows_by_keys(type_name, sets)
        return partial(reference_to_changed, branch, UUID if is_uuid else str)

    def _rows_by_keys(self, type_name: str, sets: Sets) -> Branch:
        """Rows that the value of a root field names."""
        branch = self._rows(type_name, RowsByKeys(), sets)
        self._branches.append(branch)
        return branch


def _position_in_row(type_name: str, source: ChangePosition, row: Any, info: Any) -> str:
    return info.context.position(type_name, source, row)


def _is_reference(noun: DeclaredNoun, role: Role) -> bool:
    """Whether rows are reference data, all of which everybody in a role may read."""
    return noun.key.class_.__tablename__ in NAMED_TABLES and reads_every_row(noun.name, role)


def _is_whole_table(branch: Branch, role: Role) -> bool:
    """Whether the version and the role decide all that a branch reads."""
    (level, *others), shape = branch.levels, branch.shape
    assert isinstance(shape, RowShape)
    joined = level.columns.tree()
    return (
        not others
        and all(_is_reference(column_set.noun, role) for column_set in joined)
        and not any(_is_derived(shape))
    )


def _is_derived(shape: RowShape) -> Iterator[bool]:
    for entry in shape.entries.values():
        yield isinstance(entry, DerivedValue)
        if isinstance(entry, JoinedRow):
            yield from _is_derived(entry.shape)
