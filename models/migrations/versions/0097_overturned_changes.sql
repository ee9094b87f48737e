-- Decisions and events are only ever added; a correction may move a case to another nationality.
CREATE OR REPLACE FUNCTION volume_changes_of_overturned() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
            trip_purpose, channel, overturned
        )
        SELECT
            day, of_case.country_code, of_case.nationality_code, of_case.partner_code,
            of_case.centre_code, of_case.visa_type_code, of_case.trip_purpose, of_case.channel,
            sign * count(*)
        FROM volume_overturned
        CROSS JOIN (
            VALUES (
                OLD.country_code, OLD.nationality_code, OLD.partner_code, OLD.centre_code,
                OLD.visa_type_code, OLD.trip_purpose, OLD.channel, -1
            ), (
                NEW.country_code, NEW.nationality_code, NEW.partner_code, NEW.centre_code,
                NEW.visa_type_code, NEW.trip_purpose, NEW.channel, 1
            )
        ) AS of_case (
            country_code, nationality_code, partner_code, centre_code, visa_type_code,
            trip_purpose, channel, sign
        )
        WHERE application_id = NEW.id
        GROUP BY
            day, of_case.country_code, of_case.nationality_code, of_case.partner_code,
            of_case.centre_code, of_case.visa_type_code, of_case.trip_purpose,
            of_case.channel, sign;
        RETURN NULL;
    END
$$;

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
        INSERT INTO volume_outbox (
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
            trip_purpose, channel, overturned
        )
        SELECT
            wib_day(first_one.decided_at), country_code, nationality_code, partner_code,
            centre_code, visa_type_code, trip_purpose, channel, count(*)
        FROM became
        JOIN decision AS superseded ON superseded.id = became.supersedes_id
            AND (superseded.outcome, superseded.ground)
                IS DISTINCT FROM (became.outcome, became.ground)
        JOIN decision AS first_one
            ON first_one.application_id = became.application_id
            AND first_one.supersedes_id IS NULL
        JOIN application ON application.id = became.application_id
        GROUP BY
            wib_day(first_one.decided_at), country_code, nationality_code, partner_code,
            centre_code, visa_type_code, trip_purpose, channel;
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
        INSERT INTO volume_outbox (
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
            trip_purpose, channel, overturned
        )
        SELECT
            wib_day(first_one.decided_at), country_code, nationality_code, partner_code,
            centre_code, visa_type_code, trip_purpose, channel, count(*)
        FROM became
        JOIN decision AS first_one
            ON first_one.application_id = became.application_id
            AND first_one.supersedes_id IS NULL
        JOIN application ON application.id = became.application_id
        WHERE became.kind = 'REVOKED'
        GROUP BY
            wib_day(first_one.decided_at), country_code, nationality_code, partner_code,
            centre_code, visa_type_code, trip_purpose, channel;
        RETURN NULL;
    END
$$;
