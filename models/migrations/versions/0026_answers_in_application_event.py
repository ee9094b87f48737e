"""Events of answers, which supervisors alone hear of."""

from alembic import op

from models.migrations.scripts import run

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application_event, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE application_event DROP CONSTRAINT ck_application_event_kind_is_known")
    op.execute(
        "ALTER TABLE application_event DROP CONSTRAINT ck_application_event_actor_role_is_known"
    )
    op.execute(
        "ALTER TABLE application_event ADD CONSTRAINT "
        "ck_application_event_actor_role_is_known CHECK (actor_role IN ('LEADERSHIP', "
        "'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', "
        "'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'ANONYMOUS')) NOT VALID"
    )
    op.execute(
        "ALTER TABLE application_event ADD CONSTRAINT ck_application_event_kind_is_known "
        "CHECK (kind IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'RECEIVED', "
        "'IN_VERIFICATION', 'INFO_REQUESTED', 'SCREENING', 'HELD', 'RELEASED', "
        "'ANSWER_PROPOSED', 'SCREENED', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', "
        "'PAYMENT_EXPIRED', 'REVOKED')) NOT VALID"
    )
    run("0026_answers_told")


def downgrade() -> None:
    run("0026_before")
    op.execute("ALTER TABLE application_event DROP CONSTRAINT ck_application_event_kind_is_known")
    op.execute(
        "ALTER TABLE application_event DROP CONSTRAINT ck_application_event_actor_role_is_known"
    )
    op.execute(
        "ALTER TABLE application_event ADD CONSTRAINT "
        "ck_application_event_actor_role_is_known CHECK ((actor_role = ANY "
        "(ARRAY['LEADERSHIP'::text, 'OFFICER'::text, 'SUPERVISOR'::text, "
        "'PARTNER_MANAGER'::text, 'PARTNER_AGENT'::text, 'AUDITOR'::text, 'APPLICANT'::text, "
        "'PARTNER_SERVICE'::text, 'TREASURY'::text, 'ADMINISTRATOR'::text, "
        "'ANONYMOUS'::text]))) NOT VALID"
    )
    op.execute(
        "ALTER TABLE application_event ADD CONSTRAINT ck_application_event_kind_is_known "
        "CHECK ((kind = ANY (ARRAY['SUBMITTED'::text, 'AWAITING_PAYMENT'::text, 'PAID'::text, "
        "'RECEIVED'::text, 'IN_VERIFICATION'::text, 'INFO_REQUESTED'::text, "
        "'SCREENING'::text, 'HELD'::text, 'RELEASED'::text, 'GRANTED'::text, 'REFUSED'::text, "
        "'WITHDRAWN'::text, 'LAPSED'::text, 'PAYMENT_EXPIRED'::text, 'REVOKED'::text]))) NOT "
        "VALID"
    )
