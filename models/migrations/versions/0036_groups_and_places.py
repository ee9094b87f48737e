"""Groups and places."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("application", sa.Column("group_reference", sa.Text(), nullable=True))
    op.execute(
        "ALTER TABLE application ADD CONSTRAINT ck_application_group_reference_is_formed "
        "CHECK (group_reference ~ '^G(-[0-9A-Z]{4}){3}$') NOT VALID"
    )
    op.execute(
        "ALTER TABLE application ADD CONSTRAINT ck_application_group_through_a_partner CHECK "
        "(group_reference IS NULL OR channel <> 'DIRECT') NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE application DROP CONSTRAINT ck_application_group_through_a_partner")
    op.execute("ALTER TABLE application DROP CONSTRAINT ck_application_group_reference_is_formed")
    op.drop_column("application", "group_reference")
