-- What a hit by an entry turns out to be is kept from whoever proposed the entry.
CREATE FUNCTION keep_from_proposers() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.kept_from := ARRAY(
            SELECT DISTINCT ban_entry.proposed_by
            FROM screening AS hit
            JOIN ban_entry ON ban_entry.id = hit.ban_id
            WHERE hit.application_id = NEW.application_id AND hit.kind = NEW.kind
                AND hit.voided_at IS NULL
        );
        RETURN NEW;
    END
$$;

CREATE TRIGGER keep_from_proposers BEFORE INSERT ON screening
    FOR EACH ROW WHEN (NEW.proposed IS NOT NULL)
    EXECUTE FUNCTION keep_from_proposers();

CREATE FUNCTION guard_kept_from() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF viewer.role() = 'SCREENING' AND viewer.subject(NULL) = ANY (OLD.kept_from) THEN
            RAISE EXCEPTION 'a hit is kept from whoever proposed the entry'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_kept_from BEFORE UPDATE ON screening
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_kept_from();
