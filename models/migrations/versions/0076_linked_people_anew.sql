-- Whoever was corrected is linked anew, in each file.
CREATE FUNCTION link_anew() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE application SET is_linked = false
        WHERE applicant_id = NEW.applicant_id AND is_linked;
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER link_anew AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION link_anew();
