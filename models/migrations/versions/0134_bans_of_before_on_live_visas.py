"""Entries of the ban list that match a visa past its last day of entry, whose holder may still be
in the country, are compared again: such a match made no hit."""

from alembic import op

revision = "0134"
down_revision = "0133"
branch_labels = None
depends_on = None
locks = "none: rows of ban_match and ban_entry"

_COMPARE_AGAIN = """
    WITH without_hit AS (
        DELETE FROM ban_match USING application, visa
        WHERE application.id = ban_match.application_id AND application.status = 'GRANTED'
            AND visa.decision_id = application.current_decision_id
            AND visa.revoked_at IS NULL AND ban_match.ended_at IS NULL
            AND wib_day(now()) BETWEEN visa.use_by + 1 AND visa.use_by + visa.stay_days::integer
            AND NOT EXISTS (
                SELECT FROM screening
                WHERE screening.application_id = application.id
                    AND screening.ban_id = ban_match.ban_id
            )
        RETURNING ban_match.ban_id
    )
    UPDATE ban_entry SET is_screened = false WHERE id IN (SELECT ban_id FROM without_hit)
"""


def upgrade() -> None:
    # accepted: the matches of a ban list are few
    op.execute(_COMPARE_AGAIN)


def downgrade() -> None:
    """Nothing: what was found stays found."""
