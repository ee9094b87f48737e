"""Indexes of the queues."""

from models.migrations.online import create_index, drop_index

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application while indexes are built: all goes on"


def upgrade() -> None:
    create_index(
        "ix_application_free",
        "application (target_due_at, id) WHERE NOT is_assigned AND (received_at IS NOT NULL "
        "OR partner_code IS NULL) AND status IN ('PAID', 'IN_VERIFICATION', 'SCREENING')",
    )
    create_index("ix_application_held", "application (target_due_at, id) WHERE is_held")
    create_index(
        "ix_application_of_officer",
        "application (officer, target_due_at, id) WHERE officer IS NOT NULL",
    )
    create_index(
        "ix_application_of_supervisor",
        "application (supervisor, target_due_at, id) WHERE supervisor IS NOT NULL",
    )
    create_index(
        "ix_application_running",
        "application (target_due_at, id) WHERE paid_at IS NOT NULL AND closed_at IS NULL",
    )


def downgrade() -> None:
    drop_index("ix_application_free")
    drop_index("ix_application_held")
    drop_index("ix_application_of_officer")
    drop_index("ix_application_of_supervisor")
    drop_index("ix_application_running")
