"""Drafts the revisions that bring a database to the models: what to do, and how to undo it.

Alembic finds what differs; what it would do to a table in use is done as `online` does it. One
difference can take several revisions: what locks a table, what runs outside a transaction, and
what reads every row are never in the same one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import ops
from sqlalchemy import CheckConstraint, Connection, MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

from models.migrations.constraints import compare_constraints
from models.migrations.lock_rules import FIGURES, SMALL
from models.migrations.schema_objects import Definitions, ObjectDifference, compare_objects


class DraftError(Exception):
    """A difference that no revision can be drafted for; the text says what to do instead."""


@dataclass
class Draft:
    """One revision: the lines that go up, those that go down, and what they import."""

    #: What follows the title, and the name of the file, of what all revisions are about.
    title: str = ""
    name: str = ""
    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    #: The functions of `online` that the lines call.
    helpers: set[str] = field(default_factory=set)
    #: The statements of the scripts beside it, which run after the lines that go up, and before
    #: those that go down.
    script: list[str] = field(default_factory=list)
    undo: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.up or self.script)


@dataclass
class _Drafts:
    """The revisions in the making."""

    new_tables: set[str]
    #: Their triggers go with them; with columns, as ``table.column``, the constraints of these.
    dropped_tables: set[str]
    dropped_columns: set[str]
    #: What may share a transaction: new tables, and those with few rows.
    shared: Draft = field(default_factory=Draft)
    #: A revision for each table that it locks.
    by_table: dict[str, Draft] = field(default_factory=dict)
    functions: Draft = field(default_factory=lambda: Draft(": functions and triggers", "functions"))
    #: A revision for each table that loses a trigger, which locks it.
    triggers: dict[str, Draft] = field(default_factory=dict)
    indexes: Draft = field(default_factory=lambda: Draft(": indexes", "indexes"))
    #: Unique constraints that take such an index over.
    swaps: dict[str, Draft] = field(default_factory=dict)
    proofs: Draft = field(default_factory=lambda: Draft(": constraints validated", "validated"))

    def draft_of(self, table: str) -> Draft:
        """The revision that may lock a table."""
        if not self.is_in_use(table):
            return self.shared
        group = _group(table)
        return self.by_table.setdefault(group, Draft(f": {group}", group))

    def swap_of(self, table: str) -> Draft:
        group = _group(table)
        return self.swaps.setdefault(
            group, Draft(f": unique constraints of {group}", f"{group}_unique")
        )

    def triggers_of(self, table: str) -> Draft:
        return self.triggers.setdefault(table, Draft(f": triggers of {table}", f"{table}_triggers"))

    def is_in_use(self, table: str) -> bool:
        return table not in self.new_tables and table not in SMALL

    def goes_with_a_column(self, table: str, constraint: Any) -> bool:
        return any(f"{table}.{each}" in self.dropped_columns for each in constraint.columns)

    def in_order(self) -> list[Draft]:
        """Those with something to do; the first that locks needs no name of its own."""
        locking = (self.shared, *self.by_table.values(), self.functions, *self.triggers.values())
        first, *others = [each for each in locking if not each.is_empty] or [None]
        if first:
            first.title = first.name = ""
        later = (self.indexes, *self.swaps.values(), self.proofs)
        return [*filter(None, (first, *others)), *(each for each in later if each.up)]


def _group(table: str) -> str:
    """The tables that one revision may lock: a single one, or those of the figures."""
    return "figures" if table.startswith(FIGURES) else table


def draft(connection: Connection, metadata: MetaData, of_models: Definitions) -> list[Draft]:
    """The revisions that are missing, in order; none if nothing differs."""
    # First of all: others make temporary tables, which would change how the server names tables.
    objects = compare_objects(connection, of_models)
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    script = produce_migrations(context, metadata)
    operations = list(flat_operations(script.upgrade_ops))
    drafts = _Drafts(
        {each.table_name for each in operations if isinstance(each, ops.CreateTableOp)},
        {each.table_name for each in operations if isinstance(each, ops.DropTableOp)},
        {
            f"{each.table_name}.{each.column_name}"
            for each in operations
            if isinstance(each, ops.DropColumnOp)
        },
    )
    for operation in operations:
        _take_up(operation, drafts)
    for operation in flat_operations(script.downgrade_ops):
        _take_down(operation, drafts)
    _checks(connection, metadata, drafts)
    _objects(objects, drafts)
    return drafts.in_order()


def _take_up(operation: ops.MigrateOperation, drafts: _Drafts) -> None:
    """Put an operation into the revision that it belongs to."""
    indexes, table = drafts.indexes, table_of(operation)
    in_use = drafts.is_in_use(table)
    match operation:
        case ops.CreateIndexOp() if in_use:
            indexes.up.append(_creation(*_definition(operation)))
            indexes.down.append(f'drop_index("{operation.index_name}")')
            indexes.helpers |= {"create_index", "drop_index"}
        case ops.DropIndexOp() if in_use:
            indexes.up.append(f'drop_index("{operation.index_name}")')
            indexes.down.append(_creation(*_definition(operation.reverse())))
            indexes.helpers |= {"create_index", "drop_index"}
        case ops.CreateUniqueConstraintOp() if in_use:
            _make_unique(operation, drafts)
        case ops.DropConstraintOp(constraint_type="unique") if in_use:
            # One that is replaced is dropped when its successor takes over.
            if not drafts.goes_with_a_column(table, operation.reverse()):
                drafts.swap_of(table).up.insert(0, _drop(table, operation.constraint_name))
        case ops.CreateForeignKeyOp() if in_use:
            operation.kw["postgresql_not_valid"] = True
            drafts.draft_of(table).up += _render(operation)
            drafts.proofs.up.append(_validation(table, str(operation.constraint_name)))
        case ops.AddColumnOp(column=column):
            if not column.nullable and column.server_default is None:
                raise DraftError(
                    f"{table}.{column.name} must have a value, and the rows of {table} have none:"
                    " let it be null in the models, or give it a constant server_default"
                    " (docs/migrations.md)"
                )
            drafts.draft_of(table).up += _render(operation)
        case _:
            drafts.draft_of(table).up += _render(operation)


def _take_down(operation: ops.MigrateOperation, drafts: _Drafts) -> None:
    """How an operation is undone, unless it is in the revision of the indexes."""
    table = table_of(operation)
    in_use = drafts.is_in_use(table)
    match operation:
        case ops.CreateIndexOp() | ops.DropIndexOp() if in_use:
            return
        case ops.CreateUniqueConstraintOp() if in_use:
            goes = drafts.goes_with_a_column(table, operation)
            (drafts.draft_of if goes else drafts.swap_of)(table).down += _render(operation)
        case ops.DropConstraintOp(constraint_type="unique") if in_use:
            drafts.swap_of(table).down.insert(0, _drop(table, operation.constraint_name))
        case _:
            drafts.draft_of(table).down += _render(operation)


def _make_unique(operation: ops.CreateUniqueConstraintOp, drafts: _Drafts) -> None:
    """Build the index first, without a lock; the constraint then takes it over."""
    table, name = operation.table_name, str(operation.constraint_name)
    nulls = " NULLS NOT DISTINCT" if operation.kw.get("postgresql_nulls_not_distinct") else ""
    definition = f"{table} ({', '.join(map(str, operation.columns))}){nulls}"
    indexes = drafts.indexes
    indexes.up.append(_creation(f"{name}_next", definition, True))
    indexes.down.append(f'drop_index("{name}_next")')
    indexes.helpers |= {"create_index", "drop_index"}
    drafts.swap_of(table).up.append(
        _execute_line(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}_next")
    )


def _creation(name: str, definition: str, is_unique: bool) -> str:
    """A line that builds an index."""
    unique = ", is_unique=True" if is_unique else ""
    return f'create_index("{name}", {literal(definition, inner=12)}{unique})'


def table_of(operation: ops.MigrateOperation) -> str:
    """The table that an operation changes."""
    return str(getattr(operation, "table_name", None) or getattr(operation, "source_table", ""))


def _checks(connection: Connection, metadata: MetaData, drafts: _Drafts) -> None:
    """CHECK constraints, which Alembic does not compare: put up NOT VALID, and proven later."""
    for check in compare_constraints(connection, metadata):
        if check.table in drafts.new_tables:
            continue
        table, name, changes = check.table, check.name, drafts.draft_of(check.table)
        drop = _drop(table, name)
        # Dropped first: a constraint goes with a column that it names.
        if check.of_database:
            changes.up.insert(0, drop)
        if check.of_models:
            words = _words_of_models(metadata, table, name) or check.of_models
            changes.up.append(_execute_line(_addition(table, name, words)))
            changes.down.insert(0, drop)
            if drafts.is_in_use(table):
                drafts.proofs.up.append(_validation(table, name))
        if check.of_database:
            # What was written meanwhile may break it, so it is not proven again.
            changes.down.append(_execute_line(_addition(table, name, check.of_database)))


def _objects(differences: list[ObjectDifference], drafts: _Drafts) -> None:
    """Functions, views and triggers; undone in the opposite order, with their old text.

    A trigger is replaced while everybody reads, but dropping one locks its table.
    """
    losing = {each.key.table for each in differences if each.of_models is None} - {""}
    removed: list[ObjectDifference] = []
    for each in differences:
        if each.key.kind == "TYPE":
            raise DraftError(f"{each}: write a revision for it yourself, with --empty")
        if each.key.table in drafts.dropped_tables:
            drafts.draft_of(each.key.table).down.append(f'op.execute("""{each.of_database}""")')
        elif each.key.table in losing:
            _replace(each, drafts.triggers_of(each.key.table))
        elif each.of_models is None:
            removed.append(each)
        elif each.statement and each.statement.precedes_tables and each.of_database is None:
            _replace(each, drafts.shared, is_first=True)
        else:
            _replace(each, drafts.functions)
    for each in removed:  # once no trigger calls them
        _replace(each, [drafts.functions, *drafts.triggers.values()][-1])


def _replace(difference: ObjectDifference, one: Draft, *, is_first: bool = False) -> None:
    """Put an object that differs into a revision."""
    kind, name, table = difference.key
    drop = f"DROP {kind} {name}" + (f" ON {table}" if table else "")
    was, becomes = difference.of_database, difference.of_models
    if difference.statement and becomes:
        becomes = _REPLACEABLE.sub("CREATE OR REPLACE ", difference.statement.sql)
    is_dropped = becomes is None or _cannot_be_replaced(difference)
    up = [*([drop] if was and is_dropped else []), *([becomes] if becomes else [])]
    down = [*([drop] if becomes and (was is None or is_dropped) else []), *([was] if was else [])]
    if is_first:
        one.up[:0] = [f'op.execute("""{up[0]}""")']
        one.down += [f'op.execute("{drop}")']
    else:
        one.script += up
        one.undo[:0] = down


#: How an object is created that can be replaced, unlike a constraint trigger.
_REPLACEABLE = re.compile("^CREATE (?!CONSTRAINT)")


def _cannot_be_replaced(each: ObjectDifference) -> bool:
    """Whether a function has other arguments or another result, or a trigger is a constraint."""
    of_both = [text or "" for text in (each.of_models, each.of_database)]
    if each.key.kind == "TRIGGER":
        return any(text.startswith("CREATE CONSTRAINT") for text in of_both)
    return each.key.kind == "FUNCTION" and len(set(map(_signature, of_both))) == 2


def _signature(definition: str) -> str:
    return definition.split("\n LANGUAGE", 1)[0]


def _words_of_models(metadata: MetaData, table: str, name: str) -> str | None:
    """A constraint as the models write it, which is shorter than what the server makes of it."""
    for each in metadata.tables[table].constraints:
        if isinstance(each, CheckConstraint) and each.name == name:
            return f"CHECK ({each.sqltext})"
    return None


def _definition(operation: Any) -> tuple[str, str, bool]:
    """The name of an index, what follows ON, and whether it is unique."""
    index = operation.to_index()
    sql = str(CreateIndex(index).compile(dialect=postgresql.dialect()))
    definition = re.sub(r"\s+", " ", sql.split(" ON ", 1)[1]).replace('"', '\\"')
    return str(index.name), definition, bool(index.unique)


def _addition(table: str, name: str, definition: str) -> str:
    not_valid = "" if table in SMALL or definition.endswith("NOT VALID") else " NOT VALID"
    on_one_line = re.sub(r"\s*\n\s*", " ", definition)  # PostgreSQL breaks those with a CASE
    return f"ALTER TABLE {table} ADD CONSTRAINT {name} {on_one_line}{not_valid}"


def _validation(table: str, name: str) -> str:
    return _execute_line(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _drop(table: str, constraint: Any) -> str:
    return _execute_line(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")


def _execute_line(sql: str) -> str:
    """A line that executes a statement."""
    return f"op.execute({literal(sql, inner=8)})"


def literal(text: str, *, inner: int) -> str:
    """A text as Python code; a long one is several literals, indented by so much."""
    if len(text) < 75:
        return f'"{text}"'
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > 84:
            lines.append("")
        lines[-1] += f"{word} "
    literals = "\n".join(f'{" " * inner}"{line}"' for line in (*lines[:-1], lines[-1].rstrip()))
    return f"\n{literals}\n{' ' * (inner - 4)}"


def _render(operation: ops.MigrateOperation) -> list[str]:
    """Alembic's own lines for an operation."""
    code = render_python_code(ops.UpgradeOps([operation])).replace("astext_type=Text()", "")
    # Elements of PostgreSQL's own ARRAY are written without their module.
    code = code.replace("postgresql.ARRAY(", "postgresql.ARRAY(sa.")
    lines = (line for line in code.splitlines() if not line.strip().startswith("#"))
    return ["\n".join(lines).strip()]


def flat_operations(container: Any) -> Iterator[ops.MigrateOperation]:
    for operation in getattr(container, "ops", ()):
        if isinstance(operation, ops.ModifyTableOps):
            yield from flat_operations(operation)
        else:
            yield operation
