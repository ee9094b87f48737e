"""Until when to pay or to answer, of what waits; and the visas of grants of before."""

from models.migrations.online import add_rows, back_fill

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None
locks = "none: rows of application and visa, a few at a time"

# As of a wait that begins now: by the deadline of the day on which it began (WIB).
_ANSWER_BY = """(
    SELECT began.at + allowed.days * interval '24 hours'
    FROM (
        SELECT max(occurred_at) AS at FROM application_event
        WHERE application_id = application.id AND kind = 'INFO_REQUESTED'
    ) AS began
    CROSS JOIN LATERAL (
        SELECT days FROM deadline
        WHERE wait = 'ANSWER' AND valid_from <= wib_day(began.at)
        ORDER BY valid_from DESC LIMIT 1
    ) AS allowed
)"""
# A number is random, as any is: twelve digits of 32, of a hash of 122 random bits.
_VISAS = """
    INSERT INTO visa (visa_number, application_id, decision_id, issued_at, use_by, stay_days,
        revoked_at, superseded_at)
    SELECT
        (
            SELECT 'ID' || string_agg(
                substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + get_byte(drawn.bytes, at) % 32, 1),
                ''
            )
            FROM (
                SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(decision.id)) AS bytes
            ) AS drawn
            CROSS JOIN generate_series(0, 11) AS at
        ),
        decision.application_id, decision.id, decision.decided_at,
        wib_day(decision.decided_at) + type.use_within_days::integer, type.stay_days,
        CASE WHEN application.current_decision_id = decision.id
            AND application.status = 'REVOKED'
            THEN (
                SELECT max(occurred_at) FROM application_event
                WHERE application_id = application.id AND kind = 'REVOKED'
            )
        END,
        (SELECT later.decided_at FROM decision AS later WHERE later.supersedes_id = decision.id)
    FROM decision
    JOIN application ON application.id = decision.application_id
    JOIN visa_type AS type ON type.code = application.visa_type_code
    WHERE {range} AND decision.outcome = 'GRANTED'
    ON CONFLICT (decision_id) DO NOTHING
"""


def upgrade() -> None:
    back_fill(
        "application",
        "id",
        "pay_by = (SELECT due_at FROM bill WHERE application_id = application.id)",
        "pay_by IS NULL AND status IN ('SUBMITTED', 'AWAITING_PAYMENT')",
    )
    back_fill(
        "application",
        "id",
        f"answer_by = {_ANSWER_BY}",
        "answer_by IS NULL AND status = 'INFO_REQUESTED'",
    )
    add_rows("decision", "id", _VISAS)


def downgrade() -> None:
    """Nothing: the columns and the table go with earlier revisions."""
