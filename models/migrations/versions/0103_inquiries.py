"""Inquiries."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import leave_account, note_for_account, run

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on applicant"


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("most_people", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("review_reason", sa.Text(), nullable=True),
        sa.Column(
            "is_reviewed",
            sa.Boolean(),
            sa.Computed("reviewed_at IS NOT NULL", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "starts_with(reference, 'INQ-')", name=op.f("ck_inquiry_reference_is_own")
        ),
        sa.CheckConstraint(
            "verdict IN ('JUSTIFIED', 'UNJUSTIFIED')", name=op.f("ck_inquiry_verdict_is_known")
        ),
        sa.CheckConstraint("approved_by <> opened_by", name=op.f("ck_inquiry_approved_by_another")),
        sa.CheckConstraint(
            "ends_at IS NULL OR approved_by IS NOT NULL OR minutes <= 60 AND most_people <= 50",
            name=op.f("ck_inquiry_large_takes_two"),
        ),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 1440 AND most_people BETWEEN 1 AND 500",
            name=op.f("ck_inquiry_limited"),
        ),
        sa.CheckConstraint(
            "num_nulls(approved_by, approved_at) IN (0, 2)", name=op.f("ck_inquiry_approved_once")
        ),
        sa.CheckConstraint(
            "num_nulls(ends_at, review_due_at) IN (0, 2)", name=op.f("ck_inquiry_due_once_begun")
        ),
        sa.CheckConstraint(
            "num_nulls(reviewed_by, reviewed_at, verdict, review_reason) IN (0, 4)",
            name=op.f("ck_inquiry_reviewed_with_reason"),
        ),
        sa.CheckConstraint(
            "reviewed_by <> opened_by AND reviewed_by IS DISTINCT FROM approved_by OR reviewed_by IS NULL",  # noqa: E501
            name=op.f("ck_inquiry_reviewed_by_another"),
        ),
        sa.CheckConstraint(
            "seen BETWEEN 0 AND most_people", name=op.f("ck_inquiry_within_its_limit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
        sa.UniqueConstraint("reference", name=op.f("uq_inquiry_reference")),
    )
    op.create_index(
        op.f("ix_inquiry_is_reviewed_opened_at_id"),
        "inquiry",
        ["is_reviewed", "opened_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_inquiry_opened_at_id"), "inquiry", ["opened_at", "id"], unique=False)
    op.create_index(
        op.f("ix_inquiry_opened_by_opened_at_id"),
        "inquiry",
        ["opened_by", "opened_at", "id"],
        unique=False,
    )
    op.create_table(
        "inquiry_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_inquiry_person_applicant_id")
        ),
        sa.ForeignKeyConstraint(
            ["reference"], ["inquiry.reference"], name=op.f("fk_inquiry_person_reference")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_person")),
        sa.UniqueConstraint(
            "reference", "applicant_id", name=op.f("uq_inquiry_person_reference_applicant_id")
        ),
    )
    op.create_index(
        op.f("ix_inquiry_person_applicant_id_reference"),
        "inquiry_person",
        ["applicant_id", "reference"],
        unique=False,
    )
    op.create_index(
        op.f("ix_inquiry_person_reference_opened_at_id"),
        "inquiry_person",
        ["reference", "opened_at", "id"],
        unique=False,
    )
    run("0103_inquiries")
    note_for_account("inquiry", has_steps=True)


def downgrade() -> None:
    leave_account("inquiry")
    op.drop_index(op.f("ix_inquiry_person_reference_opened_at_id"), table_name="inquiry_person")
    op.drop_index(op.f("ix_inquiry_person_applicant_id_reference"), table_name="inquiry_person")
    op.drop_table("inquiry_person")
    op.drop_index(op.f("ix_inquiry_opened_by_opened_at_id"), table_name="inquiry")
    op.drop_index(op.f("ix_inquiry_opened_at_id"), table_name="inquiry")
    op.drop_index(op.f("ix_inquiry_is_reviewed_opened_at_id"), table_name="inquiry")
    op.drop_table("inquiry")
    for name in ("guard_inquiry", "raise_inquiry", "tell_of_inquiry"):
        op.execute(f"DROP FUNCTION {name}")
