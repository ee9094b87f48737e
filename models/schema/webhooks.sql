-- Endpoints of partners' systems: who takes which step, in the own partner's name.

-- A partner's system registers an endpoint and rotates its secret; a manager approves it; both pause,
-- resume and remove it, and ask for notices once more. Nothing of what it is for ever changes.
CREATE FUNCTION guard_webhook_endpoint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        acting text := viewer.role();
        instant timestamptz := clock_timestamp();
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.registered_at := instant;
            NEW.secret_at := instant;
            is_allowed := acting = 'PARTNER_SERVICE' AND NEW.registered_by = oneself
                AND NEW.partner_code = viewer.partner(NULL)
                AND NEW.country_code = ANY (viewer.countries(NULL))
                AND 5 > (
                    SELECT count(*) FROM webhook_endpoint AS other
                    WHERE other.partner_code = NEW.partner_code
                        AND other.country_code = NEW.country_code AND other.removed_at IS NULL
                );
        ELSIF NEW.removed_by IS NOT NULL AND OLD.removed_by IS NULL THEN
            step := '{removed_by,removed_at,secret,previous_secret}';
            is_allowed := NEW.removed_by = oneself;
            NEW.removed_at := instant;
            NEW.secret := NULL;
            NEW.previous_secret := NULL;
        ELSIF NEW.approved_by IS NOT NULL AND OLD.approved_by IS NULL THEN
            step := '{approved_by,approved_at}';
            is_allowed := acting = 'PARTNER_MANAGER' AND NEW.approved_by = oneself;
            NEW.approved_at := instant;
        ELSIF NEW.secret <> OLD.secret THEN
            step := '{secret,previous_secret,secret_at}';
            is_allowed := acting = 'PARTNER_SERVICE';
            NEW.previous_secret := OLD.secret;
            NEW.secret_at := instant;
        ELSIF NEW.redeliver_by IS NOT NULL THEN
            step := '{redeliver_from,redeliver_through,redeliver_by}';
            is_allowed := NEW.redeliver_by = oneself;
        ELSIF NEW.paused_by IS NOT NULL AND OLD.paused_by IS NULL THEN
            step := '{paused_by,paused_at}';
            is_allowed := NEW.paused_by = oneself;
            NEW.paused_at := instant;
        ELSE
            step := '{paused_by,paused_at,resumed_by,resumed_at}';
            is_allowed := NEW.resumed_by = oneself AND NEW.paused_by IS NULL;
            NEW.paused_at := NULL;
            NEW.resumed_at := instant;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            step := step || '{state}'::text[];
            is_allowed := is_allowed AND OLD.removed_by IS NULL
                AND to_jsonb(NEW) - step = to_jsonb(OLD) - step;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'an endpoint is registered by a system, and approved by a manager'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_webhook_endpoint BEFORE INSERT OR UPDATE ON webhook_endpoint
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_webhook_endpoint();
