"""Changes take the events of transfers."""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application_change, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE application_change DROP CONSTRAINT ck_application_change_kind_is_known")
    op.execute(
        "ALTER TABLE application_change ADD CONSTRAINT ck_application_change_kind_is_known "
        "CHECK (kind IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'RECEIVED', "
        "'IN_VERIFICATION', 'INFO_REQUESTED', 'SCREENING', 'HELD', 'RELEASED', "
        "'ANSWER_PROPOSED', 'SCREENED', 'CORRECTION_PROPOSED', 'CORRECTED', "
        "'CORRECTION_REJECTED', 'TRANSFERRED', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', "
        "'PAYMENT_EXPIRED', 'REVOKED')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE application_change DROP CONSTRAINT ck_application_change_kind_is_known")
    op.execute(
        "ALTER TABLE application_change ADD CONSTRAINT ck_application_change_kind_is_known "
        "CHECK ((kind = ANY (ARRAY['SUBMITTED'::text, 'AWAITING_PAYMENT'::text, 'PAID'::text, "
        "'RECEIVED'::text, 'IN_VERIFICATION'::text, 'INFO_REQUESTED'::text, "
        "'SCREENING'::text, 'HELD'::text, 'RELEASED'::text, 'ANSWER_PROPOSED'::text, "
        "'SCREENED'::text, 'CORRECTION_PROPOSED'::text, 'CORRECTED'::text, "
        "'CORRECTION_REJECTED'::text, 'GRANTED'::text, 'REFUSED'::text, 'WITHDRAWN'::text, "
        "'LAPSED'::text, 'PAYMENT_EXPIRED'::text, 'REVOKED'::text]))) NOT VALID"
    )
