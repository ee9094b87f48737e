"""Groups and places: indexes."""

from models.migrations.online import create_index, drop_index

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application while indexes are built: all goes on"


def upgrade() -> None:
    create_index(
        "ix_application_group_reference_submitted_at_id",
        "application (group_reference, submitted_at, id)",
    )
    create_index(
        "ix_application_place",
        "application (coalesce(centre_code, country_code), submitted_at, id)",
    )


def downgrade() -> None:
    drop_index("ix_application_group_reference_submitted_at_id")
    drop_index("ix_application_place")
