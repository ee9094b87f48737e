"""Last characters of passport numbers, in rows of their own."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on applicant, for an instant"


def upgrade() -> None:
    op.create_table(
        "passport_ending",
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("last_four", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "last_four ~ '^[A-Z0-9]{4}$'", name=op.f("ck_passport_ending_last_four_is_four")
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"],
            ["applicant.id"],
            name=op.f("fk_passport_ending_applicant_id_applicant"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("applicant_id", name=op.f("pk_passport_ending")),
    )
    run("0116_passport_endings")


def downgrade() -> None:
    op.execute("DROP TRIGGER move_new_passport_ending ON applicant")
    op.execute("DROP TRIGGER move_passport_ending ON applicant")
    op.execute("DROP FUNCTION move_passport_ending")
    op.execute(
        "UPDATE applicant SET passport_last_four = last_four FROM passport_ending"
        " WHERE applicant_id = applicant.id"
    )
    op.drop_table("passport_ending")
