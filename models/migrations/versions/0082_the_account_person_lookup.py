"""The account: person_lookup."""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on person_lookup, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("person_lookup", sa.Column("mac_key", sa.Text(), nullable=True))
    op.add_column("person_lookup", sa.Column("mac", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("person_lookup", "mac")
    op.drop_column("person_lookup", "mac_key")
