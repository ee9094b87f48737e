"""The entry-ban list: screening."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None
locks = (
    "SHARE ROW EXCLUSIVE on ban_entry, ACCESS EXCLUSIVE on screening, for an instant: "
    "nothing is rewritten"
)


def upgrade() -> None:
    op.add_column("screening", sa.Column("ban_id", sa.Uuid(), nullable=True))
    op.add_column(
        "screening",
        sa.Column("kept_from", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_foreign_key(
        op.f("fk_screening_ban_id"),
        "screening",
        "ban_entry",
        ["ban_id"],
        ["id"],
        postgresql_not_valid=True,
    )
    run("0087_untold_hits")


def downgrade() -> None:
    for name in ("guard_kept_from", "keep_from_proposers"):
        op.execute(f"DROP TRIGGER {name} ON screening")
        op.execute(f"DROP FUNCTION {name}")
    op.drop_constraint(op.f("fk_screening_ban_id"), "screening", type_="foreignkey")
    op.drop_column("screening", "kept_from")
    op.drop_column("screening", "ban_id")
