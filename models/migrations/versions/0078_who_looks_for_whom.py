"""Who looks for whom."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None
locks = "no table that was there before"


def upgrade() -> None:
    op.create_table(
        "person_lookup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("case_reference", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', "
            "'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', "
            "'TREASURY', 'ADMINISTRATOR', 'ANONYMOUS')",
            name=op.f("ck_person_lookup_actor_role_is_known"),
        ),
        sa.CheckConstraint(
            "by IN ('PASSPORT', 'NAME_AND_BIRTH_DATE')", name=op.f("ck_person_lookup_by_is_known")
        ),
        sa.CheckConstraint(
            "purpose IN ('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA')",
            name=op.f("ck_person_lookup_purpose_is_known"),
        ),
        sa.CheckConstraint("found >= 0", name=op.f("ck_person_lookup_found_is_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_lookup")),
    )
    op.create_index(
        op.f("ix_person_lookup_actor_occurred_at_id"),
        "person_lookup",
        ["actor", "occurred_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_person_lookup_occurred_at_id"),
        "person_lookup",
        ["occurred_at", "id"],
        unique=False,
    )
    run("0078_who_looks_for_whom")


def downgrade() -> None:
    op.drop_index(op.f("ix_person_lookup_occurred_at_id"), table_name="person_lookup")
    op.drop_index(op.f("ix_person_lookup_actor_occurred_at_id"), table_name="person_lookup")
    op.drop_table("person_lookup")
