-- Changes of the national figures: decisions and events are only ever added.

CREATE FUNCTION volume_changes_of_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER volume_changes AFTER INSERT ON decision
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION volume_changes_of_decisions();

CREATE FUNCTION volume_changes_of_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO volume_outbox (day, kind, measured)
        SELECT
            wib_day(occurred_at),
            CASE kind WHEN 'SCREENING' THEN 'referral' ELSE 'hold' END,
            count(*)
        FROM became
        WHERE kind IN ('SCREENING', 'HELD')
        GROUP BY 1, 2;
        RETURN NULL;
    END
$$;

CREATE TRIGGER volume_changes AFTER INSERT ON application_event
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION volume_changes_of_events();
