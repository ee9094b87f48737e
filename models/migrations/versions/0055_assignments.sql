-- A case is found by its desk. An assignment alone says on whose it is, whoever writes it.
CREATE FUNCTION keep_desk() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        is_current boolean := NEW.ended_at IS NULL;
    BEGIN
        UPDATE application SET
            officer = CASE WHEN is_current AND NEW.role = 'OFFICER' THEN NEW.officer END,
            supervisor = CASE WHEN is_current AND NEW.role = 'SUPERVISOR' THEN NEW.officer END,
            is_assigned = is_current
        WHERE id = NEW.application_id;
        RETURN NULL;
    END
$$;

CREATE TRIGGER keep_desk_of_new AFTER INSERT ON assignment
    FOR EACH ROW WHEN (NEW.ended_at IS NULL)
    EXECUTE FUNCTION keep_desk();
CREATE TRIGGER keep_desk_of_changed AFTER UPDATE ON assignment
    FOR EACH ROW WHEN (OLD.ended_at IS NULL OR NEW.ended_at IS NULL)
    EXECUTE FUNCTION keep_desk();
