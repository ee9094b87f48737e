"""Alembic's environment: uses the given connection, with one transaction per revision."""

from alembic import context

from models.migrations.schema_objects import complete_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=complete_metadata(),
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
