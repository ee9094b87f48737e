-- A revocation is heard of like a correction, by whoever reads the outcome.
-- A file that a place had to give up is heard of where it goes.
-- What supervision does is heard of by supervisors alone: answers are as holds.
-- Partners read a stage. An event that leaves it as it was is nothing to them, not even its time.
-- Whoever writes an event needs no right here, and gets none.
CREATE OR REPLACE FUNCTION tell_of_application_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO application_change (id, application_id, kind, changed)
        SELECT
            event.id, event.application_id, event.kind,
            CASE
                WHEN event.kind IN ('HELD', 'RELEASED', 'ANSWER_PROPOSED', 'SCREENED') THEN 'HOLD'
                WHEN event.kind IN ('SUBMITTED', 'PAID', 'RECEIVED', 'TRANSFERRED') THEN 'STAGE'
                WHEN stage_after(event.kind) <> before.stage THEN 'STAGE'
                WHEN event.kind IN ('GRANTED', 'REFUSED', 'REVOKED') THEN 'DECISION'
                ELSE 'STATUS'
            END
        FROM happened AS event
        LEFT JOIN LATERAL (
            SELECT stage_after(earlier.kind) AS stage
            FROM application_event AS earlier
            WHERE earlier.application_id = event.application_id
                AND earlier.sequence < event.sequence
                AND stage_after(earlier.kind) IS NOT NULL
            ORDER BY earlier.sequence DESC
            LIMIT 1
        ) AS before ON true;
        NOTIFY gerbang_change;
        RETURN NULL;
    END
$$;
