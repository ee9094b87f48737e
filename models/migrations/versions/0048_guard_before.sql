-- Whatever a statement of the writing role says: a question is asked by who works on the case, and
-- answered by the screening authority; a clearance, and what a hit is, take two people.
CREATE OR REPLACE FUNCTION guard_screening() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        role text := viewer.role();
        subject text := viewer.subject(NULL);
        found_by text[] := ARRAY(
            SELECT coalesce(answered_by, '') FROM screening
            WHERE application_id = NEW.application_id AND kind = NEW.kind AND result = 'HIT'
        );
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            is_allowed := NEW.result = 'PENDING' AND CASE
                WHEN NEW.proposed IS NULL
                    THEN role IN ('OFFICER', 'SUPERVISOR') AND cardinality(found_by) = 0
                ELSE role = 'SUPERVISOR' AND cardinality(found_by) > 0
                    AND NEW.proposed IN ('NO_MATCH', 'MATCH') AND NEW.proposed_by = subject
                END;
        ELSE
            is_allowed := OLD.result = 'PENDING' AND CASE
                WHEN role = 'SUPERVISOR'
                    THEN OLD.proposed IN ('NO_MATCH', 'MATCH') AND NEW.result = 'PENDING'
                    AND NEW.proposed IN ('NO_MATCH', 'MATCH') AND NEW.proposed_by = subject
                WHEN role <> 'SCREENING' THEN false
                WHEN NEW.confirmed_by IS NOT NULL
                    THEN NEW.confirmed_by = subject AND OLD.proposed_by <> subject
                    AND subject <> ALL (found_by)
                    AND NEW.answered_by = OLD.proposed_by AND NEW.result = OLD.proposed
                    AND NEW.proposed = OLD.proposed AND NEW.proposed_by = OLD.proposed_by
                    AND NEW.reason IS NOT DISTINCT FROM OLD.reason
                WHEN OLD.proposed IN ('NO_MATCH', 'MATCH') THEN false
                WHEN NEW.result = 'PENDING'
                    THEN NEW.proposed IN ('CLEAR', 'HIT') AND NEW.proposed_by = subject
                ELSE NEW.answered_by = subject
                    AND (NEW.kind <> 'CLEARANCE' OR NEW.result = 'UNAVAILABLE')
                    AND NEW.result IN ('CLEAR', 'HIT', 'UNAVAILABLE')
                END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a question is asked, answered and agreed to by others'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
