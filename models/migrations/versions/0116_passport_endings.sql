-- What is written of a passport's last characters moves to a row of its own, which has row rules of
-- its own. Of whoever is erased, nothing stays. A new applicant's moves once the row is there: one
-- that gives way to another of the same account leaves nothing.
CREATE FUNCTION move_passport_ending() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.erased_at IS NOT NULL THEN
            DELETE FROM passport_ending WHERE applicant_id = NEW.id;
        ELSIF NEW.passport_last_four IS NOT NULL THEN
            INSERT INTO passport_ending (applicant_id, last_four)
            VALUES (NEW.id, NEW.passport_last_four)
            ON CONFLICT (applicant_id) DO UPDATE SET last_four = EXCLUDED.last_four;
        END IF;
        IF TG_OP = 'INSERT' THEN
            UPDATE applicant SET passport_last_four = NULL
            WHERE id = NEW.id AND passport_last_four IS NOT NULL;
        END IF;
        NEW.passport_last_four := NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER move_new_passport_ending
    AFTER INSERT ON applicant
    FOR EACH ROW EXECUTE FUNCTION move_passport_ending();
CREATE TRIGGER move_passport_ending
    BEFORE UPDATE OF passport_last_four, erased_at ON applicant
    FOR EACH ROW EXECUTE FUNCTION move_passport_ending();
