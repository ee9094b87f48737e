"""Rights of the people on file: access_event."""

from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on access_event, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE access_event DROP CONSTRAINT ck_access_event_purpose_is_known")
    op.execute(
        "ALTER TABLE access_event ADD CONSTRAINT ck_access_event_purpose_is_known CHECK "
        "(purpose IN ('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA', 'DATA_REQUEST')) NOT "
        "VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE access_event DROP CONSTRAINT ck_access_event_purpose_is_known")
    op.execute(
        "ALTER TABLE access_event ADD CONSTRAINT ck_access_event_purpose_is_known CHECK "
        "((purpose = ANY (ARRAY['CASEWORK'::text, 'SUPERVISION'::text, 'INTAKE'::text, "
        "'OWN_DATA'::text]))) NOT VALID"
    )
