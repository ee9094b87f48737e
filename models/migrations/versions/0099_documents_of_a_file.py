"""Which documents a visa type requires, and which are there of a case."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on application, visa_type"

_IS_KNOWN = (
    "kind IN ('PASSPORT_SCAN', 'PHOTOGRAPH', 'RETURN_TICKET', 'ITINERARY', "
    "'ACCOMMODATION', 'BANK_STATEMENT', 'INVITATION_LETTER', 'GUARANTEE_LETTER', "
    "'EMPLOYMENT_LETTER', 'EMPLOYMENT_CONTRACT', 'CURRICULUM_VITAE', "
    "'BUSINESS_LICENCE', 'DEED_OF_ESTABLISHMENT', 'INVESTMENT_PLAN', "
    "'PROOF_OF_INCOME', 'HEALTH_INSURANCE', 'VACCINATION_CERTIFICATE', "
    "'POLICE_CERTIFICATE', 'BIRTH_CERTIFICATE', 'MARRIAGE_CERTIFICATE', "
    "'PARENTAL_CONSENT', 'RESIDENCE_PERMIT')"
)


def upgrade() -> None:
    op.create_table(
        "required_document",
        sa.Column("visa_type_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            _IS_KNOWN,
            name=op.f("ck_required_document_kind_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["visa_type_code"], ["visa_type.code"], name=op.f("fk_required_document_visa_type_code")
        ),
        sa.PrimaryKeyConstraint(
            "visa_type_code", "kind", "valid_from", name=op.f("pk_required_document")
        ),
    )
    op.create_table(
        "case_document",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            _IS_KNOWN,
            name=op.f("ck_case_document_kind_is_known"),
        ),
        sa.CheckConstraint(
            "(recorded_at IS NULL) = (recorded_by IS NULL)",
            name=op.f("ck_case_document_recorded_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_case_document_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "kind", name=op.f("pk_case_document")),
    )
    run("0099_checklist")


def downgrade() -> None:
    op.execute("DROP TRIGGER write_checklist ON application")
    op.execute("DROP FUNCTION write_checklist")
    run("0099_undo")
    op.drop_table("case_document")
    op.drop_table("required_document")
