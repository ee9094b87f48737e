"""What applicants are asked for: a row for each thing."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on application"


def upgrade() -> None:
    op.create_table(
        "requested_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('PASSPORT_SCAN', 'PHOTOGRAPH', 'RETURN_TICKET', 'ITINERARY', "
            "'ACCOMMODATION', "
            "'BANK_STATEMENT', 'INVITATION_LETTER', 'GUARANTEE_LETTER', 'EMPLOYMENT_LETTER', "
            "'EMPLOYMENT_CONTRACT', 'CURRICULUM_VITAE', 'BUSINESS_LICENCE', "
            "'DEED_OF_ESTABLISHMENT', 'INVESTMENT_PLAN', 'PROOF_OF_INCOME', "
            "'HEALTH_INSURANCE', 'VACCINATION_CERTIFICATE', 'POLICE_CERTIFICATE', "
            "'BIRTH_CERTIFICATE', 'MARRIAGE_CERTIFICATE', 'PARENTAL_CONSENT', "
            "'RESIDENCE_PERMIT', 'FULL_NAME', 'BIRTH_DATE', 'BIRTH_PLACE', 'SEX', "
            "'NATIONALITY', 'PASSPORT_NUMBER', 'PASSPORT_EXPIRY', 'EMAIL', 'PHONE', "
            "'OCCUPATION', 'TRIP_PURPOSE', 'ARRIVAL_DATE', 'LENGTH_OF_STAY', "
            "'ADDRESS_IN_INDONESIA')",
            name=op.f("ck_requested_item_kind_is_known"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_requested_item_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "answered_at >= requested_at", name=op.f("ck_requested_item_answered_after_request")
        ),
        sa.CheckConstraint(
            "length(note) BETWEEN 1 AND 500", name=op.f("ck_requested_item_note_is_bounded")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_requested_item_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_item")),
    )
    op.create_index(
        op.f("ix_requested_item_application_id_requested_at_id"),
        "requested_item",
        ["application_id", "requested_at", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_requested_item_application_id_requested_at_id"), table_name="requested_item"
    )
    op.drop_table("requested_item")
