"""The vault: constraints validated."""

from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on identity_version while its rows are read: all goes on"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE identity_version VALIDATE CONSTRAINT "
        "ck_identity_version_passport_last_four_is_four"
    )


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
