-- Entries of the account go for their age alone: each by a record of the keeper, which the same
-- transaction wrote.
CREATE FUNCTION require_age() RETURNS trigger LANGUAGE plpgsql AS $$
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
-- A record is written as of its transaction, and says the same for ever: only its signature is
-- made anew.
CREATE FUNCTION guard_account_drop() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON account_drop
    FOR EACH ROW EXECUTE FUNCTION guard_account_drop();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON account_drop
    EXECUTE FUNCTION refuse_change();
