"""Why something was held, released, corrected or revoked, with its event."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application_event, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("application_event", sa.Column("reason", sa.Text(), nullable=True))
    op.execute(
        "ALTER TABLE application_event ADD CONSTRAINT ck_application_event_reason_is_bounded "
        "CHECK (length(reason) BETWEEN 1 AND 2000) NOT VALID"
    )


def downgrade() -> None:
    op.execute(
        "ALTER TABLE application_event DROP CONSTRAINT ck_application_event_reason_is_bounded"
    )
    op.drop_column("application_event", "reason")
