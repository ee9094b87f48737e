"""Sex, place of birth, issuing state and expiry of passports: constraints validated."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on identity, while rows are read: reads and writes go on"


def upgrade() -> None:
    op.execute("ALTER TABLE identity VALIDATE CONSTRAINT fk_identity_passport_issuing_state")
    op.execute("ALTER TABLE identity VALIDATE CONSTRAINT ck_identity_sex_is_known")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
