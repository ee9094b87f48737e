"""Successors of closed places."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on centre, partner_country, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("centre", sa.Column("successor_code", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_centre_successor_code"), "centre", "centre", ["successor_code"], ["code"]
    )
    op.add_column("partner_country", sa.Column("successor_code", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_partner_country_successor_code"),
        "partner_country",
        "centre",
        ["successor_code"],
        ["code"],
        use_alter=True,
    )
    op.execute(
        "ALTER TABLE centre ADD CONSTRAINT ck_centre_succeeded_by_another CHECK "
        "(successor_code <> code)"
    )
    op.execute(
        "ALTER TABLE centre ADD CONSTRAINT ck_centre_succeeded_once_closed CHECK "
        "(successor_code IS NULL OR closed_on IS NOT NULL)"
    )
    op.execute(
        "ALTER TABLE partner_country ADD CONSTRAINT ck_partner_country_succeeded_once_closed "
        "CHECK (successor_code IS NULL OR closed_on IS NOT NULL)"
    )


def downgrade() -> None:
    op.execute(
        "ALTER TABLE partner_country DROP CONSTRAINT ck_partner_country_succeeded_once_closed"
    )
    op.execute("ALTER TABLE centre DROP CONSTRAINT ck_centre_succeeded_once_closed")
    op.execute("ALTER TABLE centre DROP CONSTRAINT ck_centre_succeeded_by_another")
    op.drop_constraint(
        op.f("fk_partner_country_successor_code"), "partner_country", type_="foreignkey"
    )
    op.drop_column("partner_country", "successor_code")
    op.drop_constraint(op.f("fk_centre_successor_code"), "centre", type_="foreignkey")
    op.drop_column("centre", "successor_code")
