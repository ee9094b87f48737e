"""Events of corrections."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application_event, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE application_event DROP CONSTRAINT ck_application_event_kind_is_known")
    op.execute(
        "ALTER TABLE application_event ADD CONSTRAINT ck_application_event_kind_is_known "
        "CHECK (kind IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'RECEIVED', "
        "'IN_VERIFICATION', 'INFO_REQUESTED', 'SCREENING', 'HELD', 'RELEASED', "
        "'ANSWER_PROPOSED', 'SCREENED', 'CORRECTION_PROPOSED', 'CORRECTED', "
        "'CORRECTION_REJECTED', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', "
        "'PAYMENT_EXPIRED', 'REVOKED')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE application_event DROP CONSTRAINT ck_application_event_kind_is_known")
    op.execute(
        "ALTER TABLE application_event ADD CONSTRAINT ck_application_event_kind_is_known "
        "CHECK ((kind = ANY (ARRAY['SUBMITTED'::text, 'AWAITING_PAYMENT'::text, 'PAID'::text, "
        "'RECEIVED'::text, 'IN_VERIFICATION'::text, 'INFO_REQUESTED'::text, "
        "'SCREENING'::text, 'HELD'::text, 'RELEASED'::text, 'ANSWER_PROPOSED'::text, "
        "'SCREENED'::text, 'GRANTED'::text, 'REFUSED'::text, 'WITHDRAWN'::text, "
        "'LAPSED'::text, 'PAYMENT_EXPIRED'::text, 'REVOKED'::text]))) NOT VALID"
    )
