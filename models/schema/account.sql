-- What enters the account of access, which is signed and checked outside of the database.

-- Queue each new state of a row for the account, in the transaction that writes it. Nobody waits:
-- the outbox has no row that two of them share.
CREATE FUNCTION queue_for_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT coalesce(TG_ARGV[0], TG_TABLE_NAME), id FROM became;
        RETURN NULL;
    END
$$;

-- {table}: access_event, account_drop, alert, ban_entry, ban_read, breach, breach_lookup,
--     budget_exception, case_note, complaint, complaint_read, crossing, data_request, decision,
--     document_upload, erasure, former_bill, grant_rule_stop, inquiry, key_operation, legal_hold,
--     linker_read, overstay_confirmation, payment_reversal, person_lookup, reference_change,
--     screening_replay, suspension, tracking_try, unmatched_payment, visa_check, webhook_endpoint,
--     withheld_decision
CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

-- {table}: account_drop, ban_entry, breach, budget_exception, complaint, data_request,
--     document_upload, erasure, inquiry, legal_hold, reference_change, suspension,
--     unmatched_payment, webhook_endpoint
CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

-- An alert is closed once.
CREATE TRIGGER queue_closing_for_account AFTER UPDATE ON alert
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account('alert_closing');

-- Queue answers of screening, and that they no longer count; a question is no entry.
CREATE FUNCTION queue_answers_for_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT entry.source, id
        FROM became
        CROSS JOIN LATERAL (
            VALUES ('screening', true), ('screening_voiding', voided_at IS NOT NULL)
        ) AS entry (source, is_there)
        WHERE result <> 'PENDING' AND is_there;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON screening
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_answers_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON screening
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_answers_for_account();

-- Queue that a case is on a desk, and that it has left it: keys of the account are UUIDs.
CREATE FUNCTION queue_desks_for_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT TG_ARGV[0], lpad(to_hex(id), 32, '0')::uuid FROM became
        WHERE TG_OP = 'INSERT' OR ended_at IS NOT NULL;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON assignment
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_desks_for_account('assignment');

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON assignment
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_desks_for_account('assignment_end');

-- A record of what was deleted is dated by the database and stays as it is: only its signature
-- may be made again.
CREATE FUNCTION guard_account_drop() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.dropped_at := now();
        ELSIF (to_jsonb(NEW) - '{public_key,signature}'::text[])
            <> (to_jsonb(OLD) - '{public_key,signature}'::text[])
        THEN
            RAISE EXCEPTION 'what was let go stays as it was written'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_account_drop BEFORE INSERT OR UPDATE ON account_drop
    FOR EACH ROW EXECUTE FUNCTION guard_account_drop();
