"""Sex, place of birth, issuing state and expiry of passports."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
locks = (
    "SHARE ROW EXCLUSIVE on country, ACCESS EXCLUSIVE on identity, for an instant: "
    "nothing is rewritten"
)


def upgrade() -> None:
    op.add_column("identity", sa.Column("sex", sa.Text(), nullable=True))
    op.add_column("identity", sa.Column("place_of_birth", sa.Text(), nullable=True))
    op.add_column("identity", sa.Column("passport_issuing_state", sa.Text(), nullable=True))
    op.add_column("identity", sa.Column("passport_expires_on", sa.Date(), nullable=True))
    op.create_foreign_key(
        op.f("fk_identity_passport_issuing_state"),
        "identity",
        "country",
        ["passport_issuing_state"],
        ["code"],
        postgresql_not_valid=True,
    )
    op.execute(
        "ALTER TABLE identity ADD CONSTRAINT ck_identity_sex_is_known CHECK (sex IN ('F', "
        "'M', 'X')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE identity DROP CONSTRAINT ck_identity_sex_is_known")
    op.drop_constraint(op.f("fk_identity_passport_issuing_state"), "identity", type_="foreignkey")
    op.drop_column("identity", "passport_expires_on")
    op.drop_column("identity", "passport_issuing_state")
    op.drop_column("identity", "place_of_birth")
    op.drop_column("identity", "sex")
