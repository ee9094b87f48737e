-- Documents of visas: each grant orders one, and each correction of its holder another, as long as
-- somebody may still stay by it.

CREATE FUNCTION order_visa_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO visa_document (visa_number, applicant_id)
        SELECT NEW.visa_number, applicant_id FROM application
        WHERE id = NEW.application_id
            AND NEW.use_by + NEW.stay_days::integer >= wib_day(clock_timestamp());
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER order_visa_document AFTER INSERT ON visa
    FOR EACH ROW EXECUTE FUNCTION order_visa_document();

-- Replaces documents; returns how many are made anew.
CREATE FUNCTION make_documents_anew(replaced bigint[], at timestamptz) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        made bigint;
    BEGIN
        UPDATE visa_document SET replaced_at = at WHERE id = ANY (replaced);
        INSERT INTO visa_document (visa_number, applicant_id)
        SELECT visa_number, applicant_id FROM visa_document AS document
        JOIN visa USING (visa_number)
        WHERE document.id = ANY (replaced)
            AND num_nonnulls(visa.revoked_at, superseded_at, returned_at) = 0
            AND use_by + (stay_days + extended_days)::integer >= wib_day(clock_timestamp());
        GET DIAGNOSTICS made = ROW_COUNT;
        NOTIFY gerbang_unlinked;
        RETURN made;
    END
$$;

CREATE FUNCTION replace_documents_of_holder() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM make_documents_anew(ARRAY(
            SELECT id FROM visa_document
            WHERE applicant_id = NEW.applicant_id AND replaced_at IS NULL
        ), NEW.closed_at);
        RETURN NULL;
    END
$$;

CREATE TRIGGER replace_documents_of_holder AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION replace_documents_of_holder();

-- A stay that is extended, or no longer is, gets another document.
CREATE FUNCTION replace_document_of_stay() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM make_documents_anew(ARRAY(
            SELECT id FROM visa_document
            WHERE visa_number = NEW.visa_number AND replaced_at IS NULL
        ), clock_timestamp());
        RETURN NULL;
    END
$$;

CREATE TRIGGER replace_document_of_stay AFTER UPDATE OF extended_days ON visa
    FOR EACH ROW WHEN (OLD.extended_days <> NEW.extended_days)
    EXECUTE FUNCTION replace_document_of_stay();

-- A document enters the account once it is issued.
CREATE FUNCTION queue_document_for_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT TG_TABLE_NAME, lpad(to_hex(became.id), 32, '0')::uuid FROM became JOIN was USING (id)
        WHERE became.issued_at IS NOT NULL AND was.issued_at IS NULL;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON visa_document
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    EXECUTE FUNCTION queue_document_for_account();

-- What was issued stays as it was issued; what was fetched, as it was fetched, now.
CREATE FUNCTION guard_visa_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF (OLD.issued_at IS NOT NULL AND
            (NEW.issued_at, NEW.digest, NEW.key_id, NEW.visa_number, NEW.applicant_id)
            IS DISTINCT FROM
            (OLD.issued_at, OLD.digest, OLD.key_id, OLD.visa_number, OLD.applicant_id))
            OR (OLD.replaced_at IS NOT NULL AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at)
            OR (OLD.fetched_at IS NOT NULL AND
                (NEW.fetched_at, NEW.fetched_by) IS DISTINCT FROM (OLD.fetched_at, OLD.fetched_by))
        THEN
            RAISE EXCEPTION 'a document stays as it was issued'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.fetched_at IS DISTINCT FROM OLD.fetched_at THEN
            NEW.fetched_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_visa_document BEFORE UPDATE ON visa_document
    FOR EACH ROW EXECUTE FUNCTION guard_visa_document();
