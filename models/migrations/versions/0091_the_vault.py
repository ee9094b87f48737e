"""The vault: what says who somebody is can be sealed, and need not be plain."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on identity, for an instant"


def upgrade() -> None:
    op.add_column(
        "identity",
        sa.Column(
            "sealed",
            JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column(
        "identity",
        sa.Column(
            "versions",
            JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.alter_column("identity", "full_name", existing_type=sa.TEXT(), nullable=True)
    op.alter_column("identity", "passport_number", existing_type=sa.TEXT(), nullable=True)
    op.alter_column("identity", "birth_date", existing_type=sa.DATE(), nullable=True)
    op.alter_column("identity", "email", existing_type=sa.TEXT(), nullable=True)
    op.alter_column("identity", "phone", existing_type=sa.TEXT(), nullable=True)


def downgrade() -> None:
    op.alter_column("identity", "phone", existing_type=sa.TEXT(), nullable=False)
    op.alter_column("identity", "email", existing_type=sa.TEXT(), nullable=False)
    op.alter_column("identity", "birth_date", existing_type=sa.DATE(), nullable=False)
    op.alter_column("identity", "passport_number", existing_type=sa.TEXT(), nullable=False)
    op.alter_column("identity", "full_name", existing_type=sa.TEXT(), nullable=False)
    op.drop_column("identity", "versions")
    op.drop_column("identity", "sealed")
