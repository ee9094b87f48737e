"""Corrections of the person on file, and the versions of an identity."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on applicant, application, country"


def upgrade() -> None:
    op.create_table(
        "identity_version",
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("passport_number", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("place_of_birth", sa.Text(), nullable=True),
        sa.Column("passport_issuing_state", sa.Text(), nullable=True),
        sa.Column("passport_expires_on", sa.Date(), nullable=True),
        sa.Column("nationality_code", sa.Text(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "passport_number ~ '^[A-Z0-9]{5,12}$'",
            name=op.f("ck_identity_version_passport_number_is_icao"),
        ),
        sa.CheckConstraint("sex IN ('F', 'M', 'X')", name=op.f("ck_identity_version_sex_is_known")),
        sa.CheckConstraint("number > 0", name=op.f("ck_identity_version_number_is_positive")),
        sa.CheckConstraint(
            "valid_until >= valid_from", name=op.f("ck_identity_version_ends_after_it_begins")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from IS NOT NULL",
            name=op.f("ck_identity_version_ends_if_it_began"),
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_identity_version_applicant_id")
        ),
        sa.ForeignKeyConstraint(
            ["nationality_code"],
            ["country.code"],
            name=op.f("fk_identity_version_nationality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["passport_issuing_state"],
            ["country.code"],
            name=op.f("fk_identity_version_passport_issuing_state"),
        ),
        sa.PrimaryKeyConstraint("applicant_id", "number", name=op.f("pk_identity_version")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_role", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'REJECTED') = (reason IS NOT NULL)",
            name=op.f("ck_correction_rejected_with_reason"),
        ),
        sa.CheckConstraint(
            "(state IN ('PROPOSED', 'APPROVED')) = (closed_at IS NULL)",
            name=op.f("ck_correction_open_until_closed"),
        ),
        sa.CheckConstraint(
            "closed_by <> approved_by OR state = 'REJECTED'",
            name=op.f("ck_correction_approved_by_two"),
        ),
        sa.CheckConstraint(
            "proposed_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', "
            "'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', "
            "'ADMINISTRATOR', 'ANONYMOUS')",
            name=op.f("ck_correction_proposed_role_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('PROPOSED', 'APPROVED', 'IN_EFFECT', 'REJECTED', 'LAPSED')",
            name=op.f("ck_correction_state_is_known"),
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by IS NULL)",
            name=op.f("ck_correction_approved_by_whom"),
        ),
        sa.CheckConstraint(
            "closed_at >= proposed_at", name=op.f("ck_correction_closed_after_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id", "version"],
            ["identity_version.applicant_id", "identity_version.number"],
            name=op.f("fk_correction_applicant_id_version"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_correction_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(
        op.f("ix_correction_application_id_proposed_at_id"),
        "correction",
        ["application_id", "proposed_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_correction_open",
        "correction",
        ["applicant_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('PROPOSED', 'APPROVED')"),
    )
    op.create_index("uq_correction_version", "correction", ["applicant_id", "version"], unique=True)
    run("0046_corrections")


def downgrade() -> None:
    op.execute("DROP TRIGGER correct_identity ON correction")
    op.execute("DROP TRIGGER guard_correction ON correction")
    op.execute("DROP FUNCTION correct_identity")
    op.execute("DROP FUNCTION guard_correction")
    op.drop_index("uq_correction_version", table_name="correction")
    op.drop_index(
        "uq_correction_open",
        table_name="correction",
        postgresql_where=sa.text("state IN ('PROPOSED', 'APPROVED')"),
    )
    op.drop_index(op.f("ix_correction_application_id_proposed_at_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_table("identity_version")
