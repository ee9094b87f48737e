"""Keys that belong to nobody are swept, and whoever meets a changed value alerts others."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import leave_account, note_for_account

revision = "0126"
down_revision = "0125"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on alert, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.create_table(
        "key_operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subjects", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'REFUSED') = (reason IS NOT NULL)",
            name=op.f("ck_key_operation_refused_with_reason"),
        ),
        sa.CheckConstraint(
            "kind = 'SWEEP' OR subjects = '{}'", name=op.f("ck_key_operation_sweeps_alone_delete")
        ),
        sa.CheckConstraint(
            "kind IN ('BEGIN', 'SWEEP', 'REFUSED')", name=op.f("ck_key_operation_kind_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_operation")),
    )
    op.create_index(
        op.f("ix_key_operation_occurred_at"), "key_operation", ["occurred_at"], unique=False
    )
    note_for_account("key_operation")
    op.execute("ALTER TABLE alert DROP CONSTRAINT ck_alert_kind_is_known")
    op.add_column("alert", sa.Column("applicant_id", sa.Uuid(), nullable=True))
    op.add_column("alert", sa.Column("ban_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE alert ADD CONSTRAINT ck_alert_about_whom CHECK "
        "(num_nonnulls(applicant_id, ban_id) = (kind = 'TAMPERED')::integer) NOT VALID"
    )
    op.execute(
        "ALTER TABLE alert ADD CONSTRAINT ck_alert_kind_is_known CHECK (kind IN "
        "('READ_BUDGET', 'INQUIRY', 'REVIEW_OVERDUE', 'TAMPERED')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("DELETE FROM alert WHERE kind = 'TAMPERED'")
    op.execute("ALTER TABLE alert DROP CONSTRAINT ck_alert_kind_is_known")
    op.execute("ALTER TABLE alert DROP CONSTRAINT ck_alert_about_whom")
    op.drop_column("alert", "ban_id")
    op.drop_column("alert", "applicant_id")
    op.execute(
        "ALTER TABLE alert ADD CONSTRAINT ck_alert_kind_is_known CHECK ((kind = ANY "
        "(ARRAY['READ_BUDGET'::text, 'INQUIRY'::text, 'REVIEW_OVERDUE'::text]))) NOT VALID"
    )
    leave_account("key_operation")
    op.drop_index(op.f("ix_key_operation_occurred_at"), table_name="key_operation")
    op.drop_table("key_operation")
