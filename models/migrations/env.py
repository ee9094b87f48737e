"""Alembic's environment: uses the given connection, with one transaction per revision."""

from alembic import context

import models.publication.tables  # pyright: ignore[reportUnusedImport]
import models.volumes.grains  # noqa: F401  # pyright: ignore[reportUnusedImport] - tables to compare with
from models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
