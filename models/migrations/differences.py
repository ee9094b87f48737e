"""Says in sentences how the models and models/schema differ from a migrated database."""

from collections.abc import Iterator
from typing import NamedTuple

from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import ops
from sqlalchemy import Connection, MetaData

from models.migrations.constraints import (
    compare_constraints,
    compare_generated_columns,
    compare_partitions,
)
from models.migrations.drafting import flat_operations, table_of
from models.migrations.schema_objects import Definitions, compare_objects
from models.schema import ObjectKey, SchemaStatement


class Difference(NamedTuple):
    """Something that differs: its table, and a sentence."""

    table: str
    sentence: str
    #: What differs, if it is a function, trigger, view or type, and its place in models/schema.
    key: ObjectKey | None = None
    statement: SchemaStatement | None = None
    #: Whether `gerbang migration new` writes a revision for it.
    is_drafted: bool = True


def differences(
    connection: Connection, metadata: MetaData, of_models: Definitions
) -> list[Difference]:
    """Each table, column, index, constraint, generated column, function, trigger, view or type."""
    # First of all: others make temporary tables, which would change how the server names tables.
    objects = compare_objects(connection, of_models)
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    script = produce_migrations(context, metadata)
    of_new_tables = {
        each.table_name
        for each in flat_operations(script.upgrade_ops)
        if isinstance(each, ops.CreateTableOp)
    }
    return [
        *(
            Difference(table_of(each), _sentence(each))
            for each in flat_operations(script.upgrade_ops)
        ),
        *(
            Difference(each.table, str(each).removesuffix(": write a migration"))
            for each in compare_constraints(connection, metadata)
            if each.table not in of_new_tables
        ),
        *(
            Difference(table, sentence.removesuffix(": write a migration"))
            for table, sentence in compare_generated_columns(connection, metadata)
        ),
        *(
            Difference(table, sentence, is_drafted=False)
            for table, sentence in compare_partitions(connection, metadata)
        ),
        *(Difference(each.key.table, str(each), each.key, each.statement) for each in objects),
    ]


def _sentence(operation: ops.MigrateOperation) -> str:
    """What an operation that is missing would bring, or take away."""
    match operation:
        case ops.CreateTableOp(table_name=table):
            return _missing_in_database(f"the table {table}")
        case ops.DropTableOp(table_name=table):
            return _left_over(f"the table {table}")
        case ops.AddColumnOp(table_name=table, column=column):
            return _missing_in_database(f"the column {table}.{column.name}")
        case ops.DropColumnOp(table_name=table, column_name=column):
            return _left_over(f"the column {table}.{column}")
        case ops.AlterColumnOp(table_name=table, column_name=column):
            changed = ", ".join(_alterations(operation)) or "definition"
            return f"the models say another {changed} of {table}.{column} than the database"
        case ops.CreateIndexOp(table_name=table, index_name=name):
            return _missing_in_database(f"the index {name} of {table}")
        case ops.DropIndexOp(table_name=table, index_name=name):
            return _left_over(f"the index {name} of {table}")
        case ops.AddConstraintOp():
            constraint = operation.to_constraint()
            return _missing_in_database(
                f"the constraint {constraint.name} of {constraint.table.name}"
            )
        case ops.DropConstraintOp(table_name=table, constraint_name=name):
            return _left_over(f"the constraint {name} of {table}")
        case _:
            return f"the models and the database differ: {operation.to_diff_tuple()}"


def _alterations(operation: ops.AlterColumnOp) -> Iterator[str]:
    if operation.modify_type is not None:
        yield "type"
    if operation.modify_nullable is not None:
        yield "NOT NULL"
    if operation.modify_server_default is not False:
        yield "default"


def _missing_in_database(what: str) -> str:
    return f"the models have {what}, the database does not"


def _left_over(what: str) -> str:
    return f"the database has {what}, the models do not"
