"""What others are told of a ground."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on decision, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column(
        "decision",
        sa.Column("is_incomplete", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("decision", sa.Column("public_reason", sa.Text(), nullable=True))
    op.execute(
        "ALTER TABLE decision ADD CONSTRAINT ck_decision_is_incomplete_as_decided CHECK "
        "(is_incomplete = coalesce(ground = 'INCOMPLETE', false)) NOT VALID"
    )
    op.execute(
        "ALTER TABLE decision ADD CONSTRAINT ck_decision_public_reason_as_decided CHECK "
        "(public_reason IS NOT DISTINCT FROM CASE WHEN ground IN ('ENTRY_BAN', 'SECURITY') "
        "THEN 'NOT_DISCLOSED' ELSE ground END) NOT VALID"
    )
    run("0068_what_others_are_told")


def downgrade() -> None:
    run("0068_undo")
    op.execute("ALTER TABLE decision DROP CONSTRAINT ck_decision_public_reason_as_decided")
    op.execute("ALTER TABLE decision DROP CONSTRAINT ck_decision_is_incomplete_as_decided")
    op.drop_column("decision", "public_reason")
    op.drop_column("decision", "is_incomplete")
