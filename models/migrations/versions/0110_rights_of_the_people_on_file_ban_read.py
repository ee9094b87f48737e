"""Rights of the people on file: ban_read."""

from alembic import op

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on ban_read, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE ban_read DROP CONSTRAINT ck_ban_read_purpose_is_known")
    op.execute(
        "ALTER TABLE ban_read ADD CONSTRAINT ck_ban_read_purpose_is_known CHECK (purpose IN "
        "('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA', 'DATA_REQUEST')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE ban_read DROP CONSTRAINT ck_ban_read_purpose_is_known")
    op.execute(
        "ALTER TABLE ban_read ADD CONSTRAINT ck_ban_read_purpose_is_known CHECK ((purpose = "
        "ANY (ARRAY['CASEWORK'::text, 'SUPERVISION'::text, 'INTAKE'::text, "
        "'OWN_DATA'::text]))) NOT VALID"
    )
