-- What happened, what was decided and who read what is never changed. Nothing of it is removed, but
-- for what the account lets go after its retention.

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END
$$;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON account_drop
    EXECUTE FUNCTION refuse_change();

-- {table}: application_event, breach_notice, former_bill, withheld_decision
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    EXECUTE FUNCTION refuse_change();

-- A decision is never changed. What follows from it is filled in, and checked against it.
CREATE TRIGGER append_only
    BEFORE UPDATE OF
        id, application_id, outcome, grounds, conditions, decided_at, officer, internal_note,
        supersedes_id
    OR DELETE OR TRUNCATE ON decision
    EXECUTE FUNCTION refuse_change();

-- What was announced to an applicant is never changed. What follows is filled in.
CREATE TRIGGER append_only
    BEFORE UPDATE OF application_id, grounds, note, announced_at, announced_by
    OR DELETE OR TRUNCATE ON refusal_intention
    EXECUTE FUNCTION refuse_change();

-- What was noted of a case stands. It is emptied as its person is erased.
CREATE TRIGGER append_only
    BEFORE UPDATE OF id, application_id, applicant_id, author, written_at, first_of_two, as_text
    OR DELETE OR TRUNCATE ON case_note
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER sealed_once BEFORE UPDATE OF sealed ON case_note
    FOR EACH ROW WHEN (NEW.sealed NOT IN (OLD.sealed, '{}'))
    EXECUTE FUNCTION refuse_change();

-- What a report said is never changed: that it fits a visa may turn out later.
CREATE TRIGGER append_only
    BEFORE UPDATE OF id, reported_at, reported_by, report_key, direction, crossed_at, port, passengers
    OR TRUNCATE ON crossing
    EXECUTE FUNCTION refuse_change();

-- {table}: access_event, ban_read, breach_lookup, complaint_read, linker_read, overstay_confirmation,
--     payment_reversal, person_lookup, tracking_try, visa_check
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON {table}
    EXECUTE FUNCTION refuse_change();

-- Entries of the account are deleted only after their retention, and only with a record of the
-- keeper that the same transaction wrote. The argument is the column that dates them.
CREATE FUNCTION require_retention_elapsed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        refused bigint;
    BEGIN
        EXECUTE format(
            'SELECT count(*) FROM gone WHERE NOT EXISTS (
                SELECT FROM account_drop
                WHERE dropped_at = now() AND gone.%I < now() - kept_days * interval ''24 hours''
            ) OR id NOT IN (
                SELECT row_id FROM account_drop
                CROSS JOIN unnest(firsts, lasts) AS run (first_one, last_one)
                JOIN account_leaf ON position BETWEEN first_one AND last_one
                WHERE dropped_at = now() AND source = %L
            )', TG_ARGV[0], TG_TABLE_NAME
        ) INTO refused;
        IF refused > 0 THEN
            RAISE EXCEPTION '% is append-only: DELETE of what is not of age refused', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END
$$;

-- {table}: access_event, ban_read, breach_lookup, complaint_read, person_lookup, tracking_try,
--     visa_check
CREATE TRIGGER require_retention_elapsed AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('occurred_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON linker_read
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('read_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON crossing
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('reported_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON overstay_confirmation
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('confirmed_at');
