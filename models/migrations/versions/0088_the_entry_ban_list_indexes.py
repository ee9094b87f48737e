"""The entry-ban list: indexes."""

from models.migrations.online import create_index, drop_index

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on screening while indexes are built: all goes on"


def upgrade() -> None:
    create_index("ix_screening_ban", "screening (ban_id) WHERE ban_id IS NOT NULL")


def downgrade() -> None:
    drop_index("ix_screening_ban")
