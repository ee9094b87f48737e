"""Indexes in the order of pages: decisions and screenings of a case need no sorting."""

from models.migrations.online import create_index, drop_index

revision = "0131"
down_revision = "0130"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on decision and screening while indexes are built: all goes on"

_INDEXES = (
    ("decision", "application_id, decided_at"),
    ("screening", "application_id, requested_at"),
)


def upgrade() -> None:
    for table, columns in _INDEXES:
        name = f"ix_{table}_{columns.replace(', ', '_')}"
        create_index(f"{name}_id", f"{table} ({columns}, id)")
        drop_index(name)


def downgrade() -> None:
    for table, columns in _INDEXES:
        name = f"ix_{table}_{columns.replace(', ', '_')}"
        create_index(name, f"{table} ({columns})")
        drop_index(f"{name}_id")
