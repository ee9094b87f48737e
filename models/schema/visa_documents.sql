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

CREATE FUNCTION replace_visa_documents() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        WITH replaced AS (
            UPDATE visa_document SET replaced_at = NEW.closed_at
            WHERE applicant_id = NEW.applicant_id AND replaced_at IS NULL
            RETURNING visa_number, applicant_id
        )
        INSERT INTO visa_document (visa_number, applicant_id)
        SELECT visa_number, applicant_id FROM replaced
        JOIN visa USING (visa_number)
        WHERE revoked_at IS NULL AND superseded_at IS NULL
            AND use_by + stay_days::integer >= wib_day(clock_timestamp());
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER replace_visa_documents AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION replace_visa_documents();

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

-- What was issued stays as it was issued.
CREATE FUNCTION guard_visa_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF (OLD.issued_at IS NOT NULL AND
            (NEW.issued_at, NEW.digest, NEW.key_id, NEW.visa_number, NEW.applicant_id)
            IS DISTINCT FROM
            (OLD.issued_at, OLD.digest, OLD.key_id, OLD.visa_number, OLD.applicant_id))
            OR (OLD.replaced_at IS NOT NULL AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at)
        THEN
            RAISE EXCEPTION 'a document stays as it was issued'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_visa_document BEFORE UPDATE ON visa_document
    FOR EACH ROW EXECUTE FUNCTION guard_visa_document();
