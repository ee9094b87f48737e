"""Successors of closed places: application."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None
locks = (
    "ACCESS EXCLUSIVE on application, SHARE ROW EXCLUSIVE on centre, for an instant: "
    "nothing is rewritten"
)


def upgrade() -> None:
    op.add_column("application", sa.Column("successor_centre_code", sa.Text(), nullable=True))
    op.add_column("application", sa.Column("successor_country_code", sa.Text(), nullable=True))
    op.add_column(
        "application", sa.Column("left_partner_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_foreign_key(
        "fk_application_successor",
        "application",
        "centre",
        ["successor_centre_code", "partner_code", "successor_country_code"],
        ["code", "partner_code", "country_code"],
        postgresql_not_valid=True,
    )
    op.execute(
        "ALTER TABLE application ADD CONSTRAINT ck_application_left_its_partner CHECK "
        "(partner_code IS NOT NULL AND successor_centre_code IS NULL OR left_partner_at IS "
        "NULL) NOT VALID"
    )
    op.execute(
        "ALTER TABLE application ADD CONSTRAINT ck_application_successor_in_a_country CHECK "
        "((successor_centre_code IS NULL) = (successor_country_code IS NULL)) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE application DROP CONSTRAINT ck_application_successor_in_a_country")
    op.execute("ALTER TABLE application DROP CONSTRAINT ck_application_left_its_partner")
    op.drop_constraint("fk_application_successor", "application", type_="foreignkey")
    op.drop_column("application", "left_partner_at")
    op.drop_column("application", "successor_country_code")
    op.drop_column("application", "successor_centre_code")
