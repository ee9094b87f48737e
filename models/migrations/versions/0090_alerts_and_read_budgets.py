"""Alerts, and what read budgets count."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on access_event and person_lookup, for an instant"


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "written_in",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.Column(
            "raised_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column(
            "is_open",
            sa.Boolean(),
            sa.Computed("closed_at IS NULL", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', "
            "'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', "
            "'TREASURY', 'ADMINISTRATOR', 'ANONYMOUS')",
            name=op.f("ck_alert_actor_role_is_known"),
        ),
        sa.CheckConstraint("kind IN ('READ_BUDGET')", name=op.f("ck_alert_kind_is_known")),
        sa.CheckConstraint("closed_by <> actor", name=op.f("ck_alert_closed_by_another")),
        sa.CheckConstraint(
            "num_nulls(closed_at, closed_by, close_reason) IN (0, 3)",
            name=op.f("ck_alert_closed_with_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("number", name=op.f("uq_alert_number")),
    )
    op.create_index(
        op.f("ix_alert_actor_kind_raised_at"), "alert", ["actor", "kind", "raised_at"], unique=False
    )
    op.create_index(
        op.f("ix_alert_is_open_raised_at_id"), "alert", ["is_open", "raised_at", "id"], unique=False
    )
    op.create_index(op.f("ix_alert_raised_at_id"), "alert", ["raised_at", "id"], unique=False)
    op.create_index(
        op.f("ix_alert_written_in_number"), "alert", ["written_in", "number"], unique=False
    )
    op.create_table(
        "budgeted_read",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "actor_role", "person", name=op.f("pk_budgeted_read")),
    )
    run("0090_alerts_and_read_budgets")


def downgrade() -> None:
    op.execute("DROP TRIGGER count_reads ON access_event")
    op.execute("DROP TRIGGER count_reads ON person_lookup")
    op.drop_table("budgeted_read")
    op.drop_index(op.f("ix_alert_written_in_number"), table_name="alert")
    op.drop_index(op.f("ix_alert_raised_at_id"), table_name="alert")
    op.drop_index(op.f("ix_alert_is_open_raised_at_id"), table_name="alert")
    op.drop_index(op.f("ix_alert_actor_kind_raised_at"), table_name="alert")
    op.drop_table("alert")
    for function in ("count_reads", "count_lookups", "tell_of_alerts", "guard_alert"):
        op.execute(f"DROP FUNCTION {function}")
