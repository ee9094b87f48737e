"""Who asked whom a breach has reached."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import leave_account, note_for_account

revision = "0119"
down_revision = "0118"
branch_labels = None
depends_on = None
locks = "no table that was there before"

_ROLES = (
    "'LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', "
    "'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'ANONYMOUS'"
)


def upgrade() -> None:
    op.create_table(
        "breach_lookup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("viewer", sa.Text(), nullable=True),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("mac_key", sa.Text(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            f"actor_role IN ({_ROLES})", name=op.f("ck_breach_lookup_actor_role_is_known")
        ),
        sa.CheckConstraint(
            "list IN ('READ', 'IN_REACH')", name=op.f("ck_breach_lookup_list_is_known")
        ),
        sa.CheckConstraint(
            "window_from < window_before", name=op.f("ck_breach_lookup_window_is_one")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_lookup")),
    )
    op.create_index(
        op.f("ix_breach_lookup_occurred_at_id"),
        "breach_lookup",
        ["occurred_at", "id"],
        unique=False,
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON breach_lookup"
        " EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER of_age AFTER DELETE ON breach_lookup REFERENCING OLD TABLE AS gone"
        " FOR EACH STATEMENT EXECUTE FUNCTION require_age('occurred_at')"
    )
    note_for_account("breach_lookup")


def downgrade() -> None:
    leave_account("breach_lookup")
    op.drop_table("breach_lookup")
