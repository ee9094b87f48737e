"""The vault: versions of an identity, in force or proposed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on identity_version, for an instant"


def upgrade() -> None:
    op.add_column(
        "identity_version",
        sa.Column(
            "sealed",
            JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column(
        "identity_version",
        sa.Column(
            "versions",
            JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("identity_version", sa.Column("passport_last_four", sa.Text(), nullable=True))
    op.execute(
        "ALTER TABLE identity_version ADD CONSTRAINT "
        "ck_identity_version_passport_last_four_is_four CHECK (passport_last_four ~ "
        "'^[A-Z0-9]{4}$') NOT VALID"
    )


def downgrade() -> None:
    op.execute(
        "ALTER TABLE identity_version DROP CONSTRAINT "
        "ck_identity_version_passport_last_four_is_four"
    )
    op.drop_column("identity_version", "passport_last_four")
    op.drop_column("identity_version", "versions")
    op.drop_column("identity_version", "sealed")
