"""On whose desk the cases are that are on one."""

from models.migrations.online import back_fill

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None
locks = "none: rows of application, a few at a time"

_DESK = "FROM assignment WHERE application_id = application.id AND ended_at IS NULL"


def upgrade() -> None:
    back_fill(
        "application",
        "id",
        f"officer = (SELECT officer {_DESK} AND role = 'OFFICER'),"
        f" supervisor = (SELECT officer {_DESK} AND role = 'SUPERVISOR'), is_assigned = true",
        f"NOT is_assigned AND EXISTS (SELECT {_DESK})",
    )


def downgrade() -> None:
    """Nothing: the columns go with the revision before."""
