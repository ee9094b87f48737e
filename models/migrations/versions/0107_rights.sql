-- Whatever a statement of the writing role says: an applicant asks about oneself, the data protection
-- officer registers what came by letter, finds whom it is from, and answers it once. Each in the
-- own name, at the database's instant.
CREATE FUNCTION guard_data_request() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.lodged_at := clock_timestamp();
            NEW.due_at := NEW.lodged_at + interval '72 hours';
            is_allowed := NEW.lodged_by = oneself AND NEW.lodged_role = viewer.role()
                AND num_nonnulls(NEW.outcome, NEW.reason, NEW.answered_by) = 0
                AND CASE viewer.role()
                    WHEN 'APPLICANT' THEN NEW.account = oneself AND EXISTS (
                        SELECT FROM applicant WHERE id = NEW.applicant_id AND account = oneself
                    )
                    WHEN 'AUDITOR' THEN NEW.account IS NULL
                END;
        ELSIF NEW.outcome IS NULL THEN
            is_allowed := viewer.role() = 'AUDITOR' AND OLD.outcome IS NULL
                AND OLD.applicant_id IS NULL AND NEW.applicant_id IS NOT NULL
                AND num_nonnulls(NEW.reason, NEW.answered_by) = 0;
        ELSE
            is_allowed := viewer.role() = 'AUDITOR' AND OLD.outcome IS NULL
                AND NEW.answered_by = oneself
                AND NEW.applicant_id IS NOT DISTINCT FROM OLD.applicant_id;
            NEW.answered_at := clock_timestamp();
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a request of a data subject is lodged and answered once'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_data_request BEFORE INSERT OR UPDATE ON data_request
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_data_request();

-- Nobody is erased whom no granted request is about; the keeper alone says how far it has come.
CREATE FUNCTION guard_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.ordered_at := clock_timestamp();
        IF NOT EXISTS (
            SELECT FROM data_request
            WHERE id = NEW.data_request_id AND kind = 'ERASURE' AND outcome = 'GRANTED'
                AND applicant_id = NEW.applicant_id AND answered_by = viewer.subject(NULL)
        ) THEN
            RAISE EXCEPTION 'somebody is erased whose request was granted'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_erasure BEFORE INSERT OR UPDATE ON erasure
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_erasure();

-- A hold is a supervisor's, in the own name, and is released once. It waits for an erasure that is
-- just under way, which locks the person's files: then it comes too late, and says so.
CREATE FUNCTION guard_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.held_at := clock_timestamp();
            PERFORM FROM application WHERE id = NEW.application_id FOR KEY SHARE;
            is_allowed := NEW.held_by = oneself AND NEW.released_by IS NULL AND NOT EXISTS (
                SELECT FROM application JOIN applicant ON applicant.id = applicant_id
                WHERE application.id = NEW.application_id AND erased_at IS NOT NULL
            );
        ELSE
            NEW.released_at := clock_timestamp();
            is_allowed := OLD.released_by IS NULL AND NEW.released_by = oneself;
        END IF;
        IF is_allowed IS NOT TRUE OR viewer.role() <> 'SUPERVISOR' THEN
            RAISE EXCEPTION 'a legal hold is set and released by a supervisor'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_legal_hold BEFORE INSERT OR UPDATE ON legal_hold
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_legal_hold();
