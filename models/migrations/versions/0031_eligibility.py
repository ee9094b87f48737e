"""Who may take which visa type."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on visa_type"

#: What there is stays open: B1 as the ministry's index has it, the others for their category.
_OPEN = """
    INSERT INTO eligibility
    SELECT code, entry, purpose, valid_from, true
    FROM visa_type
    CROSS JOIN unnest(ARRAY['VISA_FREE', 'VISA_ON_ARRIVAL', 'VISA_REQUIRED', 'CALLING_VISA'])
        AS entry
    CROSS JOIN unnest(ARRAY['TOURISM', 'BUSINESS', 'INVESTMENT', 'GOVERNMENT', 'TRANSIT'])
        AS purpose
    WHERE CASE code
        WHEN 'B1' THEN entry IN ('VISA_FREE', 'VISA_ON_ARRIVAL') AND purpose <> 'INVESTMENT'
        ELSE purpose = category
    END
"""


def upgrade() -> None:
    op.create_table(
        "eligibility",
        sa.Column("visa_type_code", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "entry IN ('VISA_FREE', 'VISA_ON_ARRIVAL', 'VISA_REQUIRED', 'CALLING_VISA')",
            name=op.f("ck_eligibility_entry_is_known"),
        ),
        sa.CheckConstraint(
            "purpose IN ('TOURISM', 'BUSINESS', 'INVESTMENT', 'GOVERNMENT', 'TRANSIT')",
            name=op.f("ck_eligibility_purpose_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["visa_type_code"], ["visa_type.code"], name=op.f("fk_eligibility_visa_type_code")
        ),
        sa.PrimaryKeyConstraint(
            "visa_type_code", "entry", "purpose", "valid_from", name=op.f("pk_eligibility")
        ),
    )
    op.execute(_OPEN)


def downgrade() -> None:
    op.drop_table("eligibility")
