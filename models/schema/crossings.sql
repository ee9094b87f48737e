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
        now_is.departed_on, now_is.entered_on + visa.stay_days::integer,
        CASE WHEN now_is.presence = 'IN_COUNTRY' THEN
            (now_is.entered_on + visa.stay_days::integer + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
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
            wib_day(max(crossed_at) FILTER (WHERE direction = 'EXIT')) AS departed_on
        FROM movement WHERE visa_number = of_visa
    ) AS now_is
    WHERE visa.visa_number = of_visa
    ON CONFLICT (visa_number) DO UPDATE SET
        presence = excluded.presence, entered_on = excluded.entered_on,
        departed_on = excluded.departed_on, stay_until = excluded.stay_until,
        overstays_at = excluded.overstays_at
$$;

-- A report that fits the visa of somebody on file is a movement of theirs, and keeps no visa number;
-- one that fits none is kept as it was reported.
CREATE FUNCTION match_crossing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        holder uuid;
    BEGIN
        SELECT applicant_id INTO holder
        FROM visa
        JOIN application ON application.id = visa.application_id
        JOIN person_index AS known USING (applicant_id)
        WHERE visa.visa_number = NEW.visa_number AND kind = 'PASSPORT'
            AND sha256(convert_to(visa.visa_number, 'UTF8') || known.digest) = ANY (NEW.passengers)
        LIMIT 1;
        IF holder IS NOT NULL THEN
            INSERT INTO movement (id, applicant_id, visa_number, direction, crossed_at, port)
            VALUES (NEW.id, holder, NEW.visa_number, NEW.direction, NEW.crossed_at, NEW.port);
            PERFORM write_stay(NEW.visa_number, NEW.id);
            NEW.visa_number := NULL;
            NEW.matched_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER match_crossing BEFORE INSERT ON crossing
    FOR EACH ROW EXECUTE FUNCTION match_crossing();

-- The database says when something was reported.
CREATE FUNCTION guard_crossing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.reported_at := clock_timestamp();
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
