"""What was done to keys: indexes."""

from models.migrations.online import create_index, drop_index

revision = "0129"
down_revision = "0128"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on key_operation while indexes are built: all goes on"


def upgrade() -> None:
    drop_index("ix_key_operation_occurred_at")
    create_index("ix_key_operation_kind_occurred_at_id", "key_operation (kind, occurred_at, id)")
    create_index("ix_key_operation_occurred_at_id", "key_operation (occurred_at, id)")


def downgrade() -> None:
    create_index("ix_key_operation_occurred_at", "key_operation (occurred_at)")
    drop_index("ix_key_operation_kind_occurred_at_id")
    drop_index("ix_key_operation_occurred_at_id")
