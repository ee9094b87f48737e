-- What border control reports: matched with visas, and what it says of their holders.

-- Where the holder of a visa is, by all movements so far, in whatever order they were reported.
CREATE FUNCTION write_stay(of_visa text, first_id uuid) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO stay (
        id, visa_number, application_id, presence, is_used, entered_on, departed_on, stay_until,
        overstays_at
    )
    SELECT
        first_id, of_visa, visa.application_id, now_is.presence, NOT is_multiple_entry, now_is.entered_on,
        now_is.departed_on, now_is.stay_until + extended_days::integer,
        CASE WHEN now_is.presence = 'IN_COUNTRY' THEN
            (now_is.stay_until + extended_days::integer + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
        END
    FROM visa
    JOIN application ON application.id = visa.application_id
    JOIN visa_type ON code = visa_type_code
    CROSS JOIN (
        SELECT
            CASE (array_agg(direction ORDER BY crossed_at DESC, direction DESC))[1]
                WHEN 'ENTRY' THEN 'IN_COUNTRY' ELSE 'DEPARTED'
            END AS presence,
            wib_day(max(crossed_at) FILTER (WHERE direction = 'ENTRY')) AS entered_on,
            wib_day(max(crossed_at) FILTER (WHERE direction = 'EXIT')) AS departed_on,
            (array_agg(stay_until ORDER BY crossed_at DESC) FILTER (WHERE direction = 'ENTRY'))[1]
                AS stay_until
        FROM movement WHERE visa_number = of_visa
    ) AS now_is
    WHERE visa.visa_number = of_visa
    ON CONFLICT (visa_number) DO UPDATE SET
        presence = excluded.presence, entered_on = excluded.entered_on,
        departed_on = excluded.departed_on, stay_until = excluded.stay_until,
        overstays_at = excluded.overstays_at,
        confirmed_at = CASE
            WHEN stay.overstays_at = excluded.overstays_at AND stay.entered_on = excluded.entered_on
            THEN stay.confirmed_at
        END
$$;

-- What each visa adds to the figures of stays, day by day: who is in the country from one day to
-- another, who is past the last day of the stay, and that a visa ended without any report. And each
-- extension that was granted, on the day of its first decision.
CREATE VIEW volume_stay_contribution AS
    SELECT application_id, movement.visa_number, change.day, change.kind, change.measured
    FROM (
        SELECT
            visa_number, direction, crossed_at, stay_until,
            lag(direction) OVER life IS NOT DISTINCT FROM 'ENTRY' AS was_there,
            wib_day(lead(crossed_at) OVER life) AS ended_on
        FROM movement
        WINDOW life AS (PARTITION BY visa_number ORDER BY crossed_at, direction)
    ) AS movement
    JOIN visa USING (visa_number)
    CROSS JOIN LATERAL (SELECT stay_until + extended_days::integer AS last_day) AS extended
    CROSS JOIN LATERAL (
        VALUES
            (wib_day(crossed_at), 'in_country', (direction = 'ENTRY')::integer - was_there::integer),
            (last_day + 1, 'overstay', (ended_on IS NULL OR ended_on > last_day)::integer),
            (ended_on, 'overstay', -(ended_on > last_day)::integer)
    ) AS change (day, kind, measured)
    WHERE change.measured <> 0 AND change.day IS NOT NULL
    UNION ALL
    SELECT application_id, visa_number, use_by, 'unused', 1
    FROM visa
    WHERE num_nonnulls(revoked_at, superseded_at, returned_at) = 0
        AND NOT EXISTS (SELECT FROM stay WHERE stay.visa_number = visa.visa_number)
    UNION ALL
    SELECT id, extends_visa_number, wib_day(closed_at), 'extension', 1
    FROM application
    WHERE extends_visa_number IS NOT NULL AND status IN ('GRANTED', 'REVOKED');

-- Add what a visa adds to the figures of stays, or take it off.
CREATE FUNCTION count_stays(of_visa text, sign integer) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO volume_outbox (day, nationality_code, visa_type_code, kind, measured)
    SELECT day, nationality_code, visa_type_code, kind, sign * measured
    FROM volume_stay_contribution
    JOIN application ON application.id = application_id
    WHERE visa_number = of_visa
$$;

-- A visa that is issued, or ends, is another in the figures.
CREATE FUNCTION count_stays_of_visa() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM count_stays(NEW.visa_number, CASE TG_WHEN WHEN 'BEFORE' THEN -1 ELSE 1 END);
        RETURN NEW;
    END
$$;

CREATE TRIGGER count_stays_before
    BEFORE UPDATE OF use_by, extended_days, revoked_at, superseded_at, returned_at ON visa
    FOR EACH ROW EXECUTE FUNCTION count_stays_of_visa();

CREATE TRIGGER count_stays_after
    AFTER INSERT OR UPDATE OF use_by, extended_days, revoked_at, superseded_at, returned_at ON visa
    FOR EACH ROW EXECUTE FUNCTION count_stays_of_visa();

-- Supervisors learn at once that somebody is in the country whose visa was taken back, once of each
-- entry; it closes with the exit, or with another visa of the case.
CREATE FUNCTION tell_of_revoked_in_country(of_case uuid, alert_id uuid, told_by text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        has_visa boolean := EXISTS (
            SELECT FROM visa
            WHERE application_id = of_case
                AND num_nonnulls(revoked_at, superseded_at, returned_at) = 0
        );
    BEGIN
        IF NOT has_visa AND EXISTS (
            SELECT FROM stay WHERE application_id = of_case AND presence = 'IN_COUNTRY'
        ) THEN
            INSERT INTO alert (id, kind, actor, actor_role, application_id)
            VALUES (alert_id, 'REVOKED_IN_COUNTRY', 'keeper', 'ANONYMOUS', of_case)
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE alert
            SET closed_at = clock_timestamp(), closed_by = told_by,
                close_reason = CASE WHEN has_visa THEN 'GRANTED' ELSE 'DEPARTED' END
            WHERE application_id = of_case AND kind = 'REVOKED_IN_COUNTRY' AND closed_at IS NULL;
        END IF;
    END
$$;

-- The alert has the key of the decision that granted the visa, which is taken back once.
CREATE FUNCTION tell_of_visa() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM tell_of_revoked_in_country(
            NEW.application_id, NEW.decision_id,
            (SELECT officer FROM decision WHERE decision.id = NEW.decision_id)
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_of_visa AFTER INSERT OR UPDATE OF revoked_at, superseded_at, returned_at ON visa
    FOR EACH ROW EXECUTE FUNCTION tell_of_visa();

-- By how many days a stay is extended that an application asks for: by the rule of its day.
CREATE FUNCTION days_of_extension(visa_type text, asked_at timestamptz) RETURNS integer
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT days FROM extension_rule
    WHERE visa_type_code = visa_type AND valid_from <= wib_day(asked_at)
    ORDER BY valid_from DESC LIMIT 1
$$;

-- A stay lasts as many days longer as its extensions grant, each by the rule of the day on which it was
-- applied for: also where one is granted only after a correction, or taken back.
CREATE FUNCTION extend_stay() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE visa SET extended_days = coalesce((
            SELECT sum(days_of_extension(visa_type_code, submitted_at)) FROM application
            WHERE extends_visa_number = NEW.extends_visa_number AND status = 'GRANTED'
        ), 0)
        WHERE visa_number = NEW.extends_visa_number;
        PERFORM write_stay(visa_number, id) FROM stay
        WHERE visa_number = NEW.extends_visa_number AND entered_on IS NOT NULL;
        INSERT INTO volume_outbox (day, nationality_code, visa_type_code, kind, measured)
        SELECT wib_day(NEW.closed_at), NEW.nationality_code, NEW.visa_type_code, 'extension', change
        FROM (
            SELECT (NEW.status IN ('GRANTED', 'REVOKED'))::integer
                - (OLD.status IN ('GRANTED', 'REVOKED'))::integer
        ) AS counted (change)
        WHERE change <> 0;
        RETURN NULL;
    END
$$;

CREATE TRIGGER extend_stay AFTER UPDATE OF status ON application
    FOR EACH ROW WHEN (NEW.extends_visa_number IS NOT NULL AND OLD.status <> NEW.status)
    EXECUTE FUNCTION extend_stay();

-- Write the movement of a report that fits the visa of somebody on file; whether it does.
CREATE FUNCTION write_movement(report crossing) RETURNS boolean
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        holder uuid;
        days integer;
        of_case uuid;
        was stay;
        became stay;
    BEGIN
        SELECT applicant_id, visa.stay_days, application.id INTO holder, days, of_case
        FROM visa
        JOIN application ON application.id = visa.application_id
        JOIN person_index AS known USING (applicant_id)
        WHERE visa.visa_number = report.visa_number AND kind = 'PASSPORT'
            AND sha256(convert_to(visa.visa_number, 'UTF8') || known.digest) = ANY (report.passengers)
        LIMIT 1;
        IF holder IS NULL THEN
            RETURN false;
        END IF;
        SELECT * INTO was FROM stay WHERE visa_number = report.visa_number FOR NO KEY UPDATE;
        IF report.crossed_at <= was.removed_until THEN
            RETURN true;
        END IF;
        PERFORM count_stays(report.visa_number, -1);
        INSERT INTO movement (id, applicant_id, visa_number, direction, crossed_at, port, stay_until)
        VALUES (
            report.id, holder, report.visa_number, report.direction, report.crossed_at, report.port,
            CASE report.direction WHEN 'ENTRY' THEN wib_day(report.crossed_at) + days END
        );
        PERFORM write_stay(report.visa_number, report.id);
        PERFORM count_stays(report.visa_number, 1);
        -- What is reported late of earlier stays tells nothing new.
        SELECT * INTO became FROM stay WHERE visa_number = report.visa_number;
        IF (was.presence, was.entered_on) IS DISTINCT FROM (became.presence, became.entered_on) THEN
            PERFORM tell_of_revoked_in_country(of_case, report.id, report.reported_by);
        END IF;
        RETURN true;
    END
$$;

-- A report that fits a visa keeps no visa number; one that fits none is kept as it was reported.
CREATE FUNCTION match_crossing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF write_movement(NEW) THEN
            NEW.visa_number := NULL;
            NEW.matched_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER match_crossing BEFORE INSERT ON crossing
    FOR EACH ROW EXECUTE FUNCTION match_crossing();

-- What was kept is tried again once there is such a visa, or its holder has another passport on file.
CREATE FUNCTION match_kept_crossings(of_visas text[]) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        kept crossing;
    BEGIN
        FOR kept IN
            SELECT * FROM crossing
            WHERE matched_at IS NULL AND visa_number = ANY (of_visas)
            ORDER BY crossed_at, id FOR UPDATE
        LOOP
            IF write_movement(kept) THEN
                UPDATE crossing SET visa_number = NULL, matched_at = clock_timestamp()
                WHERE reported_at = kept.reported_at AND id = kept.id;
            END IF;
        END LOOP;
    END
$$;

CREATE FUNCTION match_crossings_of_visas() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM match_kept_crossings(ARRAY(SELECT visa_number FROM became));
        RETURN NULL;
    END
$$;

CREATE TRIGGER match_crossings AFTER INSERT ON visa
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION match_crossings_of_visas();

CREATE FUNCTION match_crossings_of_passports() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM match_kept_crossings(ARRAY(
            SELECT visa_number FROM visa
            JOIN application ON application.id = application_id
            JOIN became ON became.applicant_id = application.applicant_id
            WHERE became.kind = 'PASSPORT'
        ));
        RETURN NULL;
    END
$$;

CREATE TRIGGER match_crossings AFTER INSERT ON person_index
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION match_crossings_of_passports();

-- In a table of quarters nothing is unique over all of them. What was reported before is refused.
CREATE FUNCTION note_crossing_references() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO crossing_reference (reported_by, report_key, row_id)
        SELECT reported_by, report_key, id FROM became;
        RETURN NULL;
    END
$$;

CREATE TRIGGER note_references AFTER INSERT ON crossing
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION note_crossing_references();

CREATE FUNCTION guard_crossing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.reported_by IS DISTINCT FROM viewer.subject(NULL) OR viewer.role() <> 'BORDER' THEN
            RAISE EXCEPTION 'border control reports crossings, in its own name'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_crossing BEFORE INSERT ON crossing
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_crossing();

-- What is presumed is confirmed once, of somebody who is past the last day of the stay.
CREATE FUNCTION confirm_overstay() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.confirmed_at := clock_timestamp();
        IF current_setting('role') LIKE 'gerbang%writing' AND (
            NEW.confirmed_by IS DISTINCT FROM viewer.subject(NULL) OR viewer.role() <> 'BORDER'
        ) THEN
            RAISE EXCEPTION 'border control confirms overstays, in its own name'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        UPDATE stay SET confirmed_at = NEW.confirmed_at
        WHERE id = NEW.stay_id AND overstays_at <= NEW.confirmed_at AND confirmed_at IS NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'nobody overstays there, or it was confirmed'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER confirm_overstay BEFORE INSERT ON overstay_confirmation
    FOR EACH ROW EXECUTE FUNCTION confirm_overstay();
