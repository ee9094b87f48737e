"""Documents of a file: reference_change."""

from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on reference_change, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE reference_change DROP CONSTRAINT ck_reference_change_kind_is_known")
    op.execute(
        "ALTER TABLE reference_change ADD CONSTRAINT ck_reference_change_kind_is_known CHECK "
        "(kind IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', "
        "'FEE', 'SERVICE_TARGET', 'DEADLINE', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE')) NOT "
        "VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE reference_change DROP CONSTRAINT ck_reference_change_kind_is_known")
    op.execute(
        "ALTER TABLE reference_change ADD CONSTRAINT ck_reference_change_kind_is_known CHECK "
        "((kind = ANY (ARRAY['COUNTRY'::text, 'ENTRY_RULE'::text, 'VISA_TYPE'::text, "
        "'ELIGIBILITY'::text, 'FEE'::text, 'SERVICE_TARGET'::text, 'DEADLINE'::text, "
        "'PARTNER'::text, 'PARTNER_COUNTRY'::text, 'CENTRE'::text]))) NOT VALID"
    )
