"""What officers had decided and given back before."""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None
locks = "no table: the keeper waits while it is filled, about a second for 500,000 decisions"

# What is in the outbox, or is folded already, is left out, all in one snapshot: it is counted once.
_FILL = """
    INSERT INTO volume_officer AS kept (
        starts_on, officer, visa_type_code, granted, refused, given_back, given_back_after_reading
    )
    SELECT
        day, officer, visa_type_code,
        sum(CASE kind WHEN 'officer_granted' THEN measured ELSE 0 END),
        sum(CASE kind WHEN 'officer_refused' THEN measured ELSE 0 END),
        sum(CASE kind WHEN 'officer_given_back' THEN measured ELSE 0 END),
        sum(CASE kind WHEN 'officer_given_back_after_reading' THEN measured ELSE 0 END)
    FROM (
        SELECT
            wib_day(decided.occurred_at) AS day,
            application.visa_type_code,
            CASE decided.kind WHEN 'GRANTED' THEN 'officer_granted' ELSE 'officer_refused' END
                AS kind,
            decided.actor AS officer,
            1 AS measured
        FROM application_event AS decided
        JOIN application ON application.id = decided.application_id
        WHERE decided.kind IN ('GRANTED', 'REFUSED') AND decided.actor_role = 'OFFICER'
        UNION ALL
        SELECT wib_day(desk.ended_at), application.visa_type_code, of.kind, desk.officer, 1
        FROM assignment AS desk
        JOIN application ON application.id = desk.application_id
        CROSS JOIN (
            VALUES ('officer_given_back'), ('officer_given_back_after_reading')
        ) AS of (kind)
        WHERE desk.role = 'OFFICER' AND desk.ended_by = desk.officer AND desk.reason IS NOT NULL
            AND (of.kind = 'officer_given_back' OR EXISTS (
                SELECT FROM access_event AS was_read
                WHERE was_read.applicant_id = application.applicant_id
                    AND was_read.actor = desk.officer
                    AND was_read.occurred_at BETWEEN desk.assigned_at AND desk.ended_at
            ))
        UNION ALL
        SELECT day, visa_type_code, kind, done_by, -measured
        FROM volume_outbox
        WHERE done_by IS NOT NULL
        UNION ALL
        SELECT starts_on, visa_type_code, of.kind, officer, -of.measured
        FROM volume_officer
        CROSS JOIN LATERAL (VALUES
            ('officer_granted', granted),
            ('officer_refused', refused),
            ('officer_given_back', given_back),
            ('officer_given_back_after_reading', given_back_after_reading)
        ) AS of (kind, measured)
    ) AS missing
    GROUP BY day, officer, visa_type_code
    HAVING bool_or(measured > 0)
    ON CONFLICT ON CONSTRAINT uq_volume_officer DO UPDATE SET
        granted = kept.granted + excluded.granted,
        refused = kept.refused + excluded.refused,
        given_back = kept.given_back + excluded.given_back,
        given_back_after_reading = kept.given_back_after_reading
            + excluded.given_back_after_reading
"""


def upgrade() -> None:
    op.execute("SELECT pg_advisory_xact_lock(7461002)")
    # accepted: only the keeper writes this table, and waits
    op.execute(_FILL)


def downgrade() -> None:
    # accepted: only the keeper writes this table
    op.execute("DELETE FROM volume_officer")
