"""An index of the cases that wait for their applicant: few among all that there ever were."""

from models.migrations.online import create_index, drop_index

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application while an index is built: reads and writes go on"


def upgrade() -> None:
    create_index(
        "ix_application_waiting",
        "application (status, id)"
        " WHERE status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'INFO_REQUESTED')",
    )


def downgrade() -> None:
    drop_index("ix_application_waiting")
