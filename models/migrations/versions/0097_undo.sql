DROP TRIGGER volume_changes_of_overturned ON application;

DROP FUNCTION volume_changes_of_overturned;

DROP VIEW volume_overturned;

CREATE OR REPLACE FUNCTION volume_changes_of_decisions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (day, kind, ground, measured)
        SELECT wib_day(first_one.decided_at), 'ground', changed.ground, sum(changed.sign)
        FROM (
            SELECT 1 AS sign, application_id, ground FROM became
            UNION ALL
            SELECT -1, superseded.application_id, superseded.ground
            FROM became
            JOIN decision AS superseded ON superseded.id = became.supersedes_id
        ) AS changed
        JOIN decision AS first_one
            ON first_one.application_id = changed.application_id
            AND first_one.supersedes_id IS NULL
        WHERE changed.ground IS NOT NULL
        GROUP BY 1, 3
        HAVING sum(changed.sign) <> 0;
        RETURN NULL;
    END
$$;

CREATE OR REPLACE FUNCTION volume_changes_of_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (day, kind, measured)
        SELECT
            wib_day(occurred_at),
            CASE kind WHEN 'SCREENING' THEN 'referral' ELSE 'hold' END,
            count(*)
        FROM became
        WHERE kind IN ('SCREENING', 'HELD')
        GROUP BY 1, 2;
        INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)
        SELECT
            wib_day(became.occurred_at),
            application.visa_type_code,
            CASE became.kind WHEN 'GRANTED' THEN 'officer_granted' ELSE 'officer_refused' END,
            became.actor,
            count(*)
        FROM became
        JOIN application ON application.id = became.application_id
        WHERE became.kind IN ('GRANTED', 'REFUSED') AND became.actor_role = 'OFFICER'
        GROUP BY 1, 2, 3, 4;
        RETURN NULL;
    END
$$;
