"""The purpose of the trip."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("application", sa.Column("trip_purpose", sa.Text(), nullable=True))
    op.execute(
        "ALTER TABLE application ADD CONSTRAINT ck_application_trip_purpose_is_known CHECK "
        "(trip_purpose IN ('TOURISM', 'BUSINESS', 'INVESTMENT', 'GOVERNMENT', 'TRANSIT')) NOT "
        "VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE application DROP CONSTRAINT ck_application_trip_purpose_is_known")
    op.drop_column("application", "trip_purpose")
