"""The log of reads takes the role SCREENING."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on access_event, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE access_event DROP CONSTRAINT ck_access_event_actor_role_is_known")
    op.execute(
        "ALTER TABLE access_event ADD CONSTRAINT ck_access_event_actor_role_is_known CHECK "
        "(actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', "
        "'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', "
        "'ADMINISTRATOR', 'ANONYMOUS')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE access_event DROP CONSTRAINT ck_access_event_actor_role_is_known")
    op.execute(
        "ALTER TABLE access_event ADD CONSTRAINT ck_access_event_actor_role_is_known CHECK "
        "((actor_role = ANY (ARRAY['LEADERSHIP'::text, 'OFFICER'::text, 'SUPERVISOR'::text, "
        "'PARTNER_MANAGER'::text, 'PARTNER_AGENT'::text, 'AUDITOR'::text, 'APPLICANT'::text, "
        "'PARTNER_SERVICE'::text, 'TREASURY'::text, 'ADMINISTRATOR'::text, "
        "'ANONYMOUS'::text]))) NOT VALID"
    )
