-- A case that ends otherwise than by a grant has no visa that is held, and nothing left to correct.
CREATE FUNCTION lapse_with_case() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.is_visa_held := false;
        UPDATE correction SET state = 'LAPSED', closed_at = greatest(now(), proposed_at)
        WHERE application_id = NEW.id AND state IN ('PROPOSED', 'APPROVED');
        RETURN NEW;
    END
$$;

CREATE TRIGGER lapse_with_case BEFORE UPDATE ON application
    FOR EACH ROW WHEN (
        OLD.status <> NEW.status
        AND NEW.status IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')
    )
    EXECUTE FUNCTION lapse_with_case();
