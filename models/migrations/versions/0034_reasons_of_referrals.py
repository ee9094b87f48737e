"""Why supervision was asked, with the question."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on screening, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column("screening", sa.Column("referral_reason", sa.Text(), nullable=True))
    op.add_column("screening", sa.Column("referral_note", sa.Text(), nullable=True))
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_referral_note_is_bounded CHECK "
        "(length(referral_note) <= 2000) NOT VALID"
    )
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_referral_reason_is_known CHECK "
        "(referral_reason IN ('ROUTINE', 'IDENTITY_IN_DOUBT', 'DOCUMENTS_IN_DOUBT', "
        "'PURPOSE_IN_DOUBT', 'TRAVEL_HISTORY', 'INFORMATION_RECEIVED')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_referral_reason_is_known")
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_referral_note_is_bounded")
    op.drop_column("screening", "referral_note")
    op.drop_column("screening", "referral_reason")
