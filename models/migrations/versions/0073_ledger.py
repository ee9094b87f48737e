"""The ledger of reference changes; `gerbang init` tells it what is there without a decree."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.migrations.scripts import run

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None
locks = "none"

_FUNCTIONS = (
    "tell_reference_change, guard_reference_change, write_reference_row, compare_reference_rows,"
    " may_become, reference_change_day, reference_in_force, reference_row, reference_subject,"
    " reference_key, reference_days, reference_field, untold_reference_rows"
)


def upgrade() -> None:
    op.create_table(
        "reference_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("targets", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("changed", JSONB(), nullable=False),
        sa.Column("decree", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("is_initial", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            sa.Computed(
                "CASE WHEN is_initial THEN 'INITIAL' WHEN cancelled_by IS NOT NULL THEN"
                " 'CANCELLED' WHEN approved_by IS NOT NULL THEN 'APPROVED' ELSE "
                "'PROPOSED' END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'FEE', "
            "'SERVICE_TARGET', 'DEADLINE', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE')",
            name=op.f("ck_reference_change_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('INITIAL', 'PROPOSED', 'APPROVED', 'CANCELLED')",
            name=op.f("ck_reference_change_state_is_known"),
        ),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)",
            name=op.f("ck_reference_change_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "NOT is_initial OR num_nonnulls(approved_by, cancelled_by) = 0",
            name=op.f("ck_reference_change_initial_by_nobody"),
        ),
        sa.CheckConstraint(
            "approved_by <> proposed_by", name=op.f("ck_reference_change_approved_by_another")
        ),
        sa.CheckConstraint(
            "num_nulls(cancelled_by, cancelled_at, cancel_reason) IN (0, 3)",
            name=op.f("ck_reference_change_cancelled_with_reason"),
        ),
        sa.CheckConstraint(
            "num_nulls(decree, reason, proposed_by) = CASE WHEN is_initial THEN 3 ELSE 0 END",
            name=op.f("ck_reference_change_by_a_decree"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_change")),
    )
    op.create_index(
        op.f("ix_reference_change_kind_proposed_at_id"),
        "reference_change",
        ["kind", "proposed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reference_change_proposed_at_id"),
        "reference_change",
        ["proposed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reference_change_state_proposed_at_id"),
        "reference_change",
        ["state", "proposed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reference_change_subject_kind_proposed_at_id"),
        "reference_change",
        ["subject", "kind", "proposed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reference_change_subject_proposed_at_id"),
        "reference_change",
        ["subject", "proposed_at", "id"],
        unique=False,
    )
    op.create_table(
        "reference_change_value",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'FEE', "
            "'SERVICE_TARGET', 'DEADLINE', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE')",
            name=op.f("ck_reference_change_value_kind_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["reference_change.id"], name=op.f("fk_reference_change_value_change_id")
        ),
        sa.PrimaryKeyConstraint(
            "change_id", "line", "place", name=op.f("pk_reference_change_value")
        ),
    )
    run("0073_ledger")


def downgrade() -> None:
    op.drop_table("reference_change_value")
    op.drop_table("reference_change")
    op.execute(f"DROP FUNCTION {_FUNCTIONS}")
