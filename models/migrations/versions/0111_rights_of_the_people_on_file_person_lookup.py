"""Rights of the people on file: person_lookup."""

from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on person_lookup, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE person_lookup DROP CONSTRAINT ck_person_lookup_purpose_is_known")
    op.execute(
        "ALTER TABLE person_lookup ADD CONSTRAINT ck_person_lookup_purpose_is_known CHECK "
        "(purpose IN ('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA', 'DATA_REQUEST')) NOT "
        "VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE person_lookup DROP CONSTRAINT ck_person_lookup_purpose_is_known")
    op.execute(
        "ALTER TABLE person_lookup ADD CONSTRAINT ck_person_lookup_purpose_is_known CHECK "
        "((purpose = ANY (ARRAY['CASEWORK'::text, 'SUPERVISION'::text, 'INTAKE'::text, "
        "'OWN_DATA'::text]))) NOT VALID"
    )
