"""An index for the countries of a partner, stage by stage."""

from models.migrations.online import create_index, drop_index

revision = "0132"
down_revision = "0131"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application while an index is built: all goes on"

_COLUMNS = "partner_code, country_code, stage, submitted_at"


def upgrade() -> None:
    create_index(
        f"ix_application_{_COLUMNS.replace(', ', '_')}_id", f"application ({_COLUMNS}, id)"
    )


def downgrade() -> None:
    drop_index(f"ix_application_{_COLUMNS.replace(', ', '_')}_id")
