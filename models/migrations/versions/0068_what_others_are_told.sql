-- Agents are told whether a decision was for want of papers, applicants a public reason. Neither
-- reads the ground, so both stand beside it, whoever writes a decision.
CREATE FUNCTION tell_of_the_ground() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.is_incomplete := coalesce(NEW.ground = 'INCOMPLETE', false);
        NEW.public_reason := CASE WHEN NEW.ground IN ('ENTRY_BAN', 'SECURITY') THEN 'NOT_DISCLOSED'
            ELSE NEW.ground END;
        RETURN NEW;
    END
$$;

CREATE TRIGGER tell_of_the_ground BEFORE INSERT ON decision
    FOR EACH ROW EXECUTE FUNCTION tell_of_the_ground();

-- A decision is never changed. What follows from it is filled in, and checked against it.
CREATE OR REPLACE TRIGGER append_only
    BEFORE UPDATE OF
        id, application_id, outcome, ground, decided_at, officer, internal_note, supersedes_id
    OR DELETE OR TRUNCATE ON decision
    EXECUTE FUNCTION refuse_change();
