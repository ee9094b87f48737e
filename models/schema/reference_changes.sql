-- Changes of reference data: proposed by one administrator, approved by another (a named event by an
-- auditor, rules that grant and pools by a supervisor), written here alone.

-- On which day rows of a table of reference data begin, and on which they end; nothing for what has
-- no day of its own.
CREATE FUNCTION reference_days(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN name IN ('country', 'partner', 'named_event', 'grant_rule', 'pool') THEN '{}'
        WHEN name IN ('partner_country', 'centre') THEN '{opened_on,closed_on}'
        WHEN name = 'visa_type' THEN '{valid_from,valid_until}'
        WHEN name = 'day_off' THEN '{day}'
        ELSE '{valid_from}'
    END::text[]
$$;

-- The key of a row: the values of its primary key.
CREATE FUNCTION reference_key(name text, image jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_object_agg(attname, image -> attname::text)
    FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
    WHERE conrelid = name::regclass AND contype = 'p'
$$;

-- The column with the code of what a row is about.
CREATE FUNCTION reference_subject(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN name IN (
            'eligibility', 'required_document', 'passport_rule', 'extension_rule', 'handling_rule',
            'fee', 'service_target'
        )
            THEN 'visa_type_code'
        WHEN name = 'entry_rule' THEN 'country_code'
        WHEN name = 'partner_country' THEN 'partner_code'
        WHEN name = 'deadline' THEN 'wait'
        WHEN name = 'day_off' THEN 'day'
        ELSE 'code'
    END
$$;

-- A row as it is. These tables are small, and this is seldom called.
CREATE FUNCTION reference_row(name text, image jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
    DECLARE
        found jsonb;
    BEGIN
        EXECUTE format('SELECT to_jsonb(one) FROM %I AS one WHERE to_jsonb(one) @> $1', name)
        INTO found USING reference_key(name, image);
        RETURN found;
    END
$$;

-- What was in force before a row: where rows follow each other, the one that it replaces.
CREATE FUNCTION reference_in_force(name text, image jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        found jsonb;
    BEGIN
        IF reference_days(name) <> '{valid_from}' THEN
            RETURN reference_row(name, image);
        END IF;
        EXECUTE format(
            'SELECT to_jsonb(one) FROM %I AS one WHERE to_jsonb(one) @> $1 AND valid_from <= $2'
            ' ORDER BY valid_from DESC LIMIT 1', name
        )
        INTO found USING reference_key(name, image) - 'valid_from', (image ->> 'valid_from')::date;
        RETURN found;
    END
$$;

-- The first day on which a change shows; none where it has no day.
CREATE FUNCTION reference_change_day(name text, was jsonb, becomes jsonb) RETURNS date
    LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN days = '{}' THEN NULL
        WHEN was IS NULL OR days[2] IS NULL
            OR was - days - 'successor_code' <> becomes - days - 'successor_code'
            THEN (becomes ->> days[1])::date
        ELSE least(
            CASE WHEN was -> days[1] <> becomes -> days[1]
                THEN least((was ->> days[1])::date, (becomes ->> days[1])::date) END,
            CASE WHEN was -> days[2] <> becomes -> days[2]
                OR was -> 'successor_code' <> becomes -> 'successor_code'
                THEN least((was ->> days[2])::date, (becomes ->> days[2])::date) END
        )
    END
    FROM reference_days(name) AS days
$$;

-- Whether a row may become another: what is past stays, and once a row has begun, only its end may
-- change, with its successor.
CREATE FUNCTION is_reference_change_allowed(name text, was jsonb, becomes jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        today date := wib_day(clock_timestamp());
        begins text := (reference_days(name))[1];
        ends text := (reference_days(name))[2];
        is_begun boolean := (was ->> begins)::date < today OR (becomes ->> begins)::date < today;
    BEGIN
        IF name = 'partner' THEN
            RETURN was IS NULL AND becomes ->> 'code' <> 'DIRECT';
        ELSIF name = 'grant_rule' THEN  -- a version is never changed, and the next one is the newest
            RETURN was IS NULL AND (becomes ->> 'version')::bigint = 1 + coalesce((
                SELECT max(version) FROM grant_rule
                WHERE visa_type_code = becomes ->> 'visa_type_code'), 0);
        ELSIF begins IS NULL THEN
            RETURN true;
        ELSIF ends IS NULL OR was IS NULL THEN
            RETURN (becomes ->> begins)::date >= today;
        END IF;
        RETURN coalesce((was ->> ends)::date >= today, true)
            AND coalesce((becomes ->> ends)::date >= today, true)
            AND (was - ends - 'successor_code' = becomes - ends - 'successor_code'
                OR NOT is_begun);
    END
$$;

-- The rows of a proposal: what each was, what was in force, and what it becomes.
CREATE FUNCTION compare_reference_rows(kind text, proposed jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        row_proposed jsonb;
        name text;
        becomes jsonb;
        was jsonb;
        compared jsonb := '[]';
    BEGIN
        IF kind NOT IN (
            'COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT',
            'PASSPORT_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'PARTNER', 'PARTNER_COUNTRY',
            'CENTRE', 'NAMED_EVENT', 'DAY_OFF', 'GRANT_RULE', 'EXTENSION_RULE',
            'HANDLING_RULE', 'POOL'
        ) THEN
            RETURN NULL;
        END IF;
        FOR row_proposed IN SELECT jsonb_array_elements(proposed) LOOP
            name := row_proposed ->> 'table';
            IF name = lower(kind) AND compared = '[]'
                OR kind = 'VISA_TYPE' AND compared <> '[]'
                    AND name IN ('passport_rule', 'fee', 'service_target', 'eligibility')
            THEN
                EXECUTE format('SELECT to_jsonb(jsonb_populate_record(NULL::%I, $1))', name)
                INTO becomes USING row_proposed -> 'after';
                was := reference_row(name, becomes);
                IF is_reference_change_allowed(name, was, becomes) AND (
                    compared = '[]' OR becomes ->> reference_subject(name)
                    = compared -> 0 -> 'after' ->> reference_subject(lower(kind))
                ) THEN
                    compared := compared || jsonb_build_object(
                        'table', name, 'before', was, 'after', becomes,
                        'in_force', reference_in_force(name, becomes)
                    );
                    CONTINUE;
                END IF;
            END IF;
            RETURN NULL;
        END LOOP;
        RETURN nullif(compared, '[]');
    END
$$;

-- Write a row, or delete it where there was none before.
CREATE FUNCTION write_reference_row(name text, key_of jsonb, becomes jsonb) RETURNS void
    LANGUAGE plpgsql AS $$
    DECLARE
        columns text;
        keys text;
        changing text;
    BEGIN
        IF becomes IS NULL OR becomes = 'null' THEN
            EXECUTE format('DELETE FROM %I AS one WHERE to_jsonb(one) @> $1', name)
            USING reference_key(name, key_of);
            RETURN;
        END IF;
        SELECT
            string_agg(quote_ident(attname), ', ' ORDER BY attnum),
            string_agg(quote_ident(attname), ', ') FILTER (WHERE is_key),
            string_agg(format('%1$I = excluded.%1$I', attname), ', ') FILTER (WHERE NOT is_key)
        INTO columns, keys, changing
        FROM (
            SELECT attname, attnum, reference_key(name, becomes) ? attname::text AS is_key
            FROM pg_attribute
            WHERE attrelid = name::regclass AND attnum > 0 AND NOT attisdropped
                AND attgenerated = ''
        ) AS of_table;
        EXECUTE format(
            'INSERT INTO %1$I (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$I, $1)'
            ' ON CONFLICT (%3$s) DO UPDATE SET %4$s', name, columns, keys, changing
        )
        USING becomes;
    END
$$;

-- Whether a change may be proposed today: an event soon after it began, everything else at any time.
CREATE FUNCTION is_proposed_in_time(kind text, changed jsonb, today date) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS $$
    SELECT kind <> 'NAMED_EVENT'
        OR (changed -> 0 -> 'after' ->> 'began_on')::date BETWEEN today - 14 AND today
$$;

-- One administrator proposes, another one approves, or an auditor where it is an event and a
-- supervisor where it is a rule that grants or a pool; until its day either of them or a third one cancels, and
-- whoever approves such a kind may refuse it. Where the rows are others by now, or another change of
-- them waits, nothing is done.
CREATE FUNCTION guard_reference_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        today date := wib_day(clock_timestamp());
        acting text := viewer.role();
        approving text := CASE NEW.kind
            WHEN 'NAMED_EVENT' THEN 'AUDITOR' WHEN 'GRANT_RULE' THEN 'SUPERVISOR'
            WHEN 'POOL' THEN 'SUPERVISOR' ELSE 'ADMINISTRATOR' END;
        one jsonb;
        is_allowed boolean;
    BEGIN
        PERFORM pg_advisory_xact_lock(7461005);
        IF TG_OP = 'INSERT' THEN
            NEW.changed := compare_reference_rows(NEW.kind, NEW.changed);
            is_allowed := NEW.proposed_by = oneself AND acting = 'ADMINISTRATOR'
                AND NEW.changed IS NOT NULL
                AND is_proposed_in_time(NEW.kind, NEW.changed, today);
            NEW.subject :=
                NEW.changed -> 0 -> 'after' ->> reference_subject(lower(NEW.kind));
            SELECT
                array_agg(each ->> 'table' || reference_key(each ->> 'table', each -> 'after')),
                min(reference_change_day(
                    each ->> 'table', nullif(each -> 'before', 'null'), each -> 'after'))
            INTO NEW.targets, NEW.effective_on
            FROM jsonb_array_elements(NEW.changed) AS each;
            IF is_allowed AND EXISTS (
                SELECT FROM reference_change AS other
                WHERE targets && NEW.targets AND NOT is_initial AND cancelled_by IS NULL
                    AND CASE WHEN approved_by IS NULL THEN coalesce(effective_on >= today, true)
                        ELSE effective_on > today END
            ) THEN
                RETURN NULL;
            END IF;
        ELSIF NEW.cancelled_by IS DISTINCT FROM OLD.cancelled_by THEN
            is_allowed := NEW.cancelled_by = oneself AND OLD.cancelled_by IS NULL
                AND acting IN (approving, 'ADMINISTRATOR')
                AND NOT OLD.is_initial AND NEW.approved_by IS NOT DISTINCT FROM OLD.approved_by
                AND (OLD.approved_by IS NULL OR OLD.effective_on > today);
            NEW.cancelled_at := clock_timestamp();
        ELSE
            is_allowed := NEW.approved_by = oneself AND OLD.approved_by IS NULL
                AND acting = approving
                AND OLD.proposed_by <> oneself AND OLD.cancelled_by IS NULL
                AND NEW.cancel_reason IS NULL AND coalesce(OLD.effective_on >= today, true);
            NEW.approved_at := clock_timestamp();
            NEW.effective_on := coalesce(OLD.effective_on, today);
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a change of reference data takes two people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF TG_OP = 'INSERT' OR OLD.approved_by IS NULL AND NEW.approved_by IS NULL THEN
            RETURN NEW;
        END IF;
        IF NEW.cancelled_by IS NULL THEN
            NEW.changed := compare_reference_rows(NEW.kind, OLD.changed);
            IF NEW.changed IS NULL OR EXISTS (
                SELECT FROM jsonb_array_elements(OLD.changed) WITH ORDINALITY AS of(was, line)
                JOIN jsonb_array_elements(NEW.changed) WITH ORDINALITY AS by_now(row_now, line)
                    USING (line)
                WHERE was -> 'before' <> row_now -> 'before'
            ) THEN
                RETURN NULL;
            END IF;
            FOR one IN SELECT jsonb_array_elements(OLD.changed) LOOP
                PERFORM write_reference_row(one ->> 'table', one -> 'after', one -> 'after');
            END LOOP;
        ELSE
            FOR one IN
                SELECT each FROM jsonb_array_elements(OLD.changed) WITH ORDINALITY AS of(each, line)
                ORDER BY line DESC
            LOOP
                IF reference_row(one ->> 'table', one -> 'after') IS DISTINCT FROM one -> 'after'
                THEN
                    RETURN NULL;
                END IF;
                PERFORM write_reference_row(one ->> 'table', one -> 'after', one -> 'before');
            END LOOP;
        END IF;
        RETURN NEW;
    EXCEPTION WHEN foreign_key_violation OR unique_violation THEN
        RETURN NULL;  -- something else builds on it by now, or has its code
    END
$$;

CREATE TRIGGER guard_reference_change BEFORE INSERT OR UPDATE ON reference_change
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_reference_change();

-- How the API names a column: `amountIdr` for `amount_idr`, `visaType` for `visa_type_code`.
CREATE FUNCTION reference_field(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(left(camel, 1)) || substr(camel, 2)
    FROM replace(initcap(replace(regexp_replace(name, '_code$', ''), '_', ' ')), ' ', '') AS camel
$$;

-- Who approves reads the values that will be written: they are taken from the rows themselves.
CREATE FUNCTION list_reference_change_values() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM reference_change_value WHERE change_id = NEW.id;
        INSERT INTO reference_change_value (change_id, line, place, kind, name, before, after)
        SELECT
            NEW.id, line, attnum, upper(one ->> 'table'), reference_field(attname),
            one -> 'in_force' ->> attname, one -> 'after' ->> attname
        FROM jsonb_array_elements(NEW.changed) WITH ORDINALITY AS of(one, line)
        JOIN pg_attribute ON attrelid = (one ->> 'table')::regclass
        WHERE attnum > 0 AND NOT attisdropped
            AND num_nonnulls(one -> 'in_force' ->> attname, one -> 'after' ->> attname) > 0
            AND attname <> reference_subject(one ->> 'table')
            AND (attname <> 'valid_from' OR reference_days(one ->> 'table') <> '{valid_from}');
        RETURN NULL;
    END
$$;

CREATE TRIGGER list_reference_change_values AFTER INSERT OR UPDATE OF approved_by ON reference_change
    FOR EACH ROW EXECUTE FUNCTION list_reference_change_values();

-- Rows of reference data that no change has recorded.
CREATE FUNCTION find_unrecorded_reference_rows() RETURNS TABLE (
    number bigint, kind text, subject text, effective_on date, targets text[], changed jsonb
) LANGUAGE sql STABLE AS $$
    WITH standing AS (
        SELECT 1 AS place, 'country' AS name, to_jsonb(one) AS image FROM country AS one
        UNION ALL SELECT 2, 'entry_rule', to_jsonb(one) FROM entry_rule AS one
        UNION ALL SELECT 3, 'visa_type', to_jsonb(one) FROM visa_type AS one
        UNION ALL SELECT 4, 'eligibility', to_jsonb(one) FROM eligibility AS one
        UNION ALL SELECT 5, 'fee', to_jsonb(one) FROM fee AS one
        UNION ALL SELECT 6, 'service_target', to_jsonb(one) FROM service_target AS one
        UNION ALL SELECT 7, 'deadline', to_jsonb(one) FROM deadline AS one
        UNION ALL SELECT 8, 'partner', to_jsonb(one) FROM partner AS one
        UNION ALL SELECT 9, 'partner_country', to_jsonb(one) FROM partner_country AS one
        UNION ALL SELECT 10, 'centre', to_jsonb(one) FROM centre AS one
        UNION ALL SELECT 11, 'required_document', to_jsonb(one) FROM required_document AS one
        UNION ALL SELECT 12, 'passport_rule', to_jsonb(one) FROM passport_rule AS one
        UNION ALL SELECT 13, 'named_event', to_jsonb(one) FROM named_event AS one
        UNION ALL SELECT 14, 'day_off', to_jsonb(one) FROM day_off AS one
        UNION ALL SELECT 15, 'grant_rule', to_jsonb(one) FROM grant_rule AS one
        UNION ALL SELECT 16, 'extension_rule', to_jsonb(one) FROM extension_rule AS one
        UNION ALL SELECT 17, 'pool', to_jsonb(one) FROM pool AS one
        UNION ALL SELECT 18, 'handling_rule', to_jsonb(one) FROM handling_rule AS one
    ), recorded AS (
        SELECT DISTINCT unnest(reference_change.targets) AS target FROM reference_change
    )
    SELECT
        row_number() OVER (ORDER BY place, target), upper(name), image ->> reference_subject(name),
        (image ->> (reference_days(name))[1])::date, ARRAY[target],
        jsonb_build_array(jsonb_build_object(
            'table', name, 'before', NULL, 'in_force', NULL, 'after', image))
    FROM (SELECT *, name || reference_key(name, image) AS target FROM standing) AS named
    WHERE target NOT IN (SELECT target FROM recorded)
$$;
