-- Whatever a statement of the writing role says: a suspension is confirmed by somebody else and lifted
-- once, while it lasts, in the own name; and whoever suspended without a second person needs one to
-- suspend the same again.
CREATE FUNCTION guard_suspension() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        last suspension;
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            SELECT * INTO last FROM suspension
            WHERE partner_code = NEW.partner_code OR subject = NEW.subject
            ORDER BY suspended_at DESC, id DESC LIMIT 1;
            is_allowed := NEW.suspended_by = oneself
                AND (last.suspended_by = oneself AND last.confirmed_by IS NULL) IS NOT TRUE;
        ELSIF NEW.lifted_by IS DISTINCT FROM OLD.lifted_by THEN
            is_allowed := NEW.lifted_by = oneself AND NEW.confirmed_by IS NOT DISTINCT FROM OLD.confirmed_by;
            NEW.lifted_at := clock_timestamp();
            NEW.ends_at := NEW.lifted_at;
        ELSE
            is_allowed := OLD.confirmed_by IS NULL AND NEW.confirmed_by = oneself
                AND NEW.confirmed_by <> OLD.suspended_by
                AND NEW.lift_reason IS NOT DISTINCT FROM OLD.lift_reason;
            NEW.confirmed_at := clock_timestamp();
            NEW.ends_at := NULL;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.ends_at <= clock_timestamp() THEN
            is_allowed := false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a suspension takes two people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_suspension BEFORE INSERT OR UPDATE ON suspension
    FOR EACH ROW WHEN (current_user IN ('gerbang_writing', 'gerbang_administrator_writing'))
    EXECUTE FUNCTION guard_suspension();
