-- Complaints: who lodges, sorts, entrusts and answers one, and by when.

-- When so many working days have ended after an instant, by today's calendar.
CREATE FUNCTION end_of_working_days(instant timestamptz, days integer) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT end_of_wib_day(counted.day)
    FROM (
        SELECT wib_day(instant) + later AS day FROM generate_series(1, days + 90) AS later
    ) AS counted
    LEFT JOIN day_off ON day_off.day = counted.day
    WHERE NOT coalesce(is_off, extract(isodow FROM counted.day) > 5)
    ORDER BY counted.day OFFSET days - 1 LIMIT 1
$$;

-- An applicant lodges one about a case of their own, a centre or the directorate. An auditor sorts
-- it, and entrusts one of integrity to a supervisor; whoever its kind is for answers it, once.
CREATE FUNCTION guard_complaint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        acting text := viewer.role();
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.lodged_at := clock_timestamp();
            NEW.due_at := end_of_working_days(NEW.lodged_at, 5);
            SELECT partner_code, country_code INTO NEW.partner_code, NEW.country_code FROM (
                SELECT holder_partner_code AS partner_code, holder_country_code AS country_code
                FROM application WHERE id = NEW.application_id
                UNION ALL SELECT partner_code, country_code FROM centre WHERE code = NEW.centre_code
            ) AS about;
            is_allowed := acting = 'APPLICANT' AND NEW.account = oneself AND NEW.kind = 'UNSORTED'
                AND num_nonnulls(NEW.sorted_by, NEW.entrusted_to, NEW.answered_by) = 0
                AND EXISTS (
                    SELECT FROM applicant WHERE id = NEW.applicant_id AND account = oneself
                )
                AND (NEW.application_id IS NULL OR EXISTS (
                    SELECT FROM application
                    WHERE id = NEW.application_id AND applicant_id = NEW.applicant_id
                ));
        ELSE
            -- One step at a time: by whom it is done is the first column of each.
            step := CASE
                WHEN NEW.answered_by IS NOT NULL THEN '{answered_by,answered_role}'
                WHEN OLD.kind = 'UNSORTED' THEN '{sorted_by,kind}'
                ELSE '{entrusted_by,entrusted_to}'
            END;
            is_allowed := OLD.answered_by IS NULL AND NEW.kind <> 'UNSORTED'
                AND to_jsonb(NEW) - step - 'is_open'::text = to_jsonb(OLD) - step - 'is_open'::text
                AND to_jsonb(OLD) ->> step[1] IS NULL AND to_jsonb(NEW) ->> step[1] = oneself
                AND CASE step[1]
                    WHEN 'sorted_by' THEN acting = 'AUDITOR'
                    WHEN 'entrusted_by' THEN acting = 'AUDITOR' AND OLD.kind = 'INTEGRITY'
                        AND NEW.entrusted_to <> oneself
                    ELSE NEW.answered_role = acting AND CASE OLD.kind
                        WHEN 'SERVICE' THEN acting IN ('SUPERVISOR', 'PARTNER_MANAGER')
                        WHEN 'INTEGRITY' THEN
                            acting = 'AUDITOR' OR acting = 'SUPERVISOR' AND OLD.entrusted_to = oneself
                    END
                END;
            CASE step[1]
                WHEN 'sorted_by' THEN NEW.sorted_at := clock_timestamp();
                WHEN 'entrusted_by' THEN NEW.entrusted_at := clock_timestamp();
                ELSE NEW.answered_at := clock_timestamp();
            END CASE;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a complaint is lodged, sorted, entrusted and answered once'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_complaint BEFORE INSERT OR UPDATE ON complaint
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_complaint();

-- What it says is written with it, and the answer by whoever answers. What is written is added to
-- what is there, which no writing role reads.
CREATE FUNCTION guard_complaint_text() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        acting text := viewer.role();
        written text := CASE TG_OP WHEN 'INSERT' THEN 'complaint' ELSE 'answer' END;
    BEGIN
        IF (ARRAY(SELECT jsonb_object_keys(NEW.sealed)) = ARRAY[written]
            AND EXISTS (
                SELECT FROM complaint WHERE id = NEW.complaint_id AND CASE TG_OP
                    WHEN 'INSERT' THEN acting = 'APPLICANT' AND account = oneself
                    ELSE answered_by = oneself AND answered_role = acting
                END
            )
            AND (TG_OP = 'INSERT' OR OLD.erased_at IS NULL AND NOT OLD.sealed ? 'answer')
        ) IS NOT TRUE THEN
            RAISE EXCEPTION 'a complaint and its answer are written once'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF TG_OP = 'UPDATE' THEN
            NEW.sealed := OLD.sealed || NEW.sealed;
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_complaint_text BEFORE INSERT OR UPDATE ON complaint_text
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_complaint_text();

-- What was late is answered: nobody has to look into that any more.
CREATE FUNCTION close_alert_of_complaint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE alert
        SET closed_at = NEW.answered_at, closed_by = NEW.answered_by, close_reason = 'Answered.'
        WHERE complaint_id = NEW.id AND closed_at IS NULL;
        RETURN NULL;
    END
$$;

CREATE TRIGGER close_alert_of_complaint AFTER UPDATE OF answered_by ON complaint
    FOR EACH ROW WHEN (NEW.answered_at IS NOT NULL)
    EXECUTE FUNCTION close_alert_of_complaint();

-- What each complaint adds to the figures. Where it was, is told of those of service alone.
CREATE VIEW volume_complaint_contribution AS
    SELECT
        date_trunc('month', wib_day(lodged_at)::timestamp)::date AS starts_on, kind,
        CASE kind WHEN 'SERVICE' THEN partner_code END AS partner_code,
        CASE kind WHEN 'SERVICE' THEN country_code END AS country_code,
        1 AS lodged
    FROM complaint;

-- A complaint is counted at once, and again when it is sorted. No outbox has it: whoever follows
-- figures would learn from a fold that there is one.
CREATE FUNCTION count_complaint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_complaint AS kept (starts_on, kind, partner_code, country_code, lodged)
        SELECT
            date_trunc('month', wib_day(NEW.lodged_at)::timestamp)::date, of_kind,
            CASE of_kind WHEN 'SERVICE' THEN NEW.partner_code END,
            CASE of_kind WHEN 'SERVICE' THEN NEW.country_code END,
            change
        FROM (VALUES (OLD.kind, -1), (NEW.kind, 1)) AS counted (of_kind, change)
        WHERE of_kind IS NOT NULL AND OLD.kind IS DISTINCT FROM NEW.kind
        ON CONFLICT ON CONSTRAINT uq_volume_complaint
            DO UPDATE SET lodged = kept.lodged + excluded.lodged;
        RETURN NULL;
    END
$$;

CREATE TRIGGER count_complaint AFTER INSERT OR UPDATE OF kind ON complaint
    FOR EACH ROW EXECUTE FUNCTION count_complaint();
