"""What is written is noted for the account."""

from alembic import op

from models.migrations.scripts import leave_account, note_for_account, run

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None
locks = (
    "SHARE ROW EXCLUSIVE on access_event, decision, linker_read, person_lookup, reference_change,"
    " suspension: what reads goes on"
)

_SOURCES = ("access_event", "person_lookup", "linker_read", "decision")
_IN_STEPS = ("reference_change", "suspension")


def upgrade() -> None:
    run("0083_entries_of_the_account")
    for table in _SOURCES:
        note_for_account(table)
    for table in _IN_STEPS:
        note_for_account(table, has_steps=True)


def downgrade() -> None:
    for table in _SOURCES + _IN_STEPS:
        leave_account(table)
    op.execute("DROP FUNCTION note_for_account")
