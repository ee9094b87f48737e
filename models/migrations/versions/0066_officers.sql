-- What each officer did: granted, refused, given back, and given back after reading the person while
-- the case was on the own desk. Supervisors, who refuse hits and correct decisions, are none.
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

CREATE FUNCTION volume_changes_of_desks() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        given_back record;
    BEGIN
        SELECT visa_type_code, applicant_id INTO given_back
        FROM application
        WHERE id = NEW.application_id;
        INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)
        VALUES (
            wib_day(NEW.ended_at), given_back.visa_type_code, 'officer_given_back', NEW.officer, 1
        );
        INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)
        SELECT
            wib_day(NEW.ended_at), given_back.visa_type_code, 'officer_given_back_after_reading',
            NEW.officer, 1
        WHERE EXISTS (
            SELECT FROM access_event
            WHERE applicant_id = given_back.applicant_id AND actor = NEW.officer
                AND occurred_at BETWEEN NEW.assigned_at AND NEW.ended_at
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER volume_changes AFTER UPDATE ON assignment
    FOR EACH ROW WHEN (
        OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.role = 'OFFICER'
        AND NEW.ended_by = NEW.officer AND NEW.reason IS NOT NULL
    )
    EXECUTE FUNCTION volume_changes_of_desks();

-- What officers do changes no volumes: the decision itself tells of those.
CREATE OR REPLACE FUNCTION tell_of_volume_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_change (partner_code, country_code, changed)
        SELECT
            partner_code, country_code,
            CASE
                WHEN bool_and(kind IS NULL AND (
                    intake, info_requested, wip_change, backlog_change, revenue_idr,
                    granted + refused, withdrawn, lapsed, within_target, cohort_decided,
                    cohort_within_target
                ) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) THEN 'OUTCOMES'
                ELSE 'FIGURES'
            END
        FROM folded
        WHERE done_by IS NULL
        GROUP BY partner_code, country_code;
        IF FOUND THEN
            NOTIFY gerbang_change;
        END IF;
        RETURN NULL;
    END
$$;
