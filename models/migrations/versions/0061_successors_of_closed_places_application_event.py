"""Events of transfers, of which everybody hears who has the file."""

from alembic import op

from models.migrations.scripts import run

revision = "0061"
down_revision = "0060"
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
        "'CORRECTION_REJECTED', 'TRANSFERRED', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', "
        "'PAYMENT_EXPIRED', 'REVOKED')) NOT VALID"
    )
    run("0061_transfers_told")


def downgrade() -> None:
    run("0026_answers_told")
    op.execute("ALTER TABLE application_event DROP CONSTRAINT ck_application_event_kind_is_known")
    op.execute(
        "ALTER TABLE application_event ADD CONSTRAINT ck_application_event_kind_is_known "
        "CHECK ((kind = ANY (ARRAY['SUBMITTED'::text, 'AWAITING_PAYMENT'::text, 'PAID'::text, "
        "'RECEIVED'::text, 'IN_VERIFICATION'::text, 'INFO_REQUESTED'::text, "
        "'SCREENING'::text, 'HELD'::text, 'RELEASED'::text, 'ANSWER_PROPOSED'::text, "
        "'SCREENED'::text, 'CORRECTION_PROPOSED'::text, 'CORRECTED'::text, "
        "'CORRECTION_REJECTED'::text, 'GRANTED'::text, 'REFUSED'::text, 'WITHDRAWN'::text, "
        "'LAPSED'::text, 'PAYMENT_EXPIRED'::text, 'REVOKED'::text]))) NOT VALID"
    )
