"""What was done to keys: constraints validated."""

from alembic import op

revision = "0130"
down_revision = "0129"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on key_operation, while rows are read: reads and writes go on"


def upgrade() -> None:
    op.execute("ALTER TABLE key_operation VALIDATE CONSTRAINT ck_key_operation_changes_name_keys")
    op.execute("ALTER TABLE key_operation VALIDATE CONSTRAINT ck_key_operation_erased_are_counted")
    op.execute("ALTER TABLE key_operation VALIDATE CONSTRAINT ck_key_operation_kind_is_known")
    op.execute("ALTER TABLE key_operation VALIDATE CONSTRAINT ck_key_operation_retired_is_named")
    op.execute("ALTER TABLE key_operation VALIDATE CONSTRAINT ck_key_operation_used_for_is_known")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
