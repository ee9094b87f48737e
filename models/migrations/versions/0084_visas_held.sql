-- What is asked again about a visa counts from then on: what was answered before its grant is void. A
-- hit stays one until a supervisor has said what it is. Named so that it comes before the guards.
CREATE FUNCTION ask_again() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE screening SET voided_at = NEW.requested_at
        WHERE application_id = NEW.application_id AND kind = NEW.kind AND voided_at IS NULL
            AND (
                SELECT status FROM application WHERE id = NEW.application_id
            ) = 'GRANTED'
            AND (
                SELECT latest.result FROM screening AS latest
                WHERE latest.application_id = NEW.application_id AND latest.kind = NEW.kind
                    AND latest.voided_at IS NULL
                ORDER BY latest.requested_at DESC, latest.id DESC LIMIT 1
            ) IN ('CLEAR', 'NO_MATCH', 'UNAVAILABLE');
        RETURN NEW;
    END
$$;

CREATE TRIGGER ask_again BEFORE INSERT ON screening
    FOR EACH ROW WHEN (NEW.result = 'PENDING' AND NEW.proposed IS NULL)
    EXECUTE FUNCTION ask_again();

-- A visa of which something was found is held until that is known to be somebody else's, which
-- free_cleared_visa tells.
CREATE FUNCTION hold_visa_of_hit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE application SET is_visa_held = true
        WHERE id = NEW.application_id AND status = 'GRANTED' AND NOT is_visa_held;
        RETURN NULL;
    END
$$;

CREATE TRIGGER hold_visa_of_hit AFTER INSERT OR UPDATE ON screening
    FOR EACH ROW WHEN (NEW.result = 'HIT' AND NEW.voided_at IS NULL)
    EXECUTE FUNCTION hold_visa_of_hit();
