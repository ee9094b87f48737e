"""An index of the files that went to centres of another country."""

from models.migrations.online import create_index, drop_index

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application while the index is built: all goes on"


def upgrade() -> None:
    create_index(
        "ix_application_successor_country",
        "application (successor_country_code, submitted_at, id) WHERE successor_country_code IS "
        "NOT NULL",
    )


def downgrade() -> None:
    drop_index("ix_application_successor_country")
