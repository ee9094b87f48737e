-- Who is asking, as the database believes it: a context that the gateway sealed, for one
-- transaction. The application's roles can present anything, but not seal it.
--
-- A context that somebody captured is worth nothing: it is believed on the backend it was sealed
-- for, and in a transaction that began just then. Behind a pooler the gateway does not know which
-- backend it will be, so there the moment alone binds it. Nor is it shown to anybody: the login
-- runs with `track_activities` off, and it lives in no statement but the one that begins.

CREATE SCHEMA IF NOT EXISTS viewer;

-- The keys of the seal, as the two blocks of HMAC (RFC 2104): this day's and the next day's, of each
-- master that is accepted. models/row_security/seal_keys.py derives them; no master comes here, so a
-- backup's keys are worth nothing once the day after it has ended. Nobody but the owner reads them.
CREATE TABLE IF NOT EXISTS viewer.daily_seal_key (
    id text COLLATE "C" PRIMARY KEY,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    -- Transactions that began before the end are believed until then.
    refused_at timestamptz NOT NULL,
    inner_block bytea NOT NULL,
    outer_block bytea NOT NULL
);

-- What suspends the viewer of a context now, or the viewer's partner. The planner puts it in the place
-- where it is asked.
CREATE OR REPLACE FUNCTION viewer.suspensions_of(fields text[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE AS $$
    SELECT it.id FROM public.suspension AS it
    WHERE it.lifted_by IS NULL AND (it.ends_at IS NULL OR it.ends_at > now()) AND (
        encode(convert_to(it.subject, 'UTF8'), 'hex') = fields[3]
        OR encode(convert_to(it.partner_code, 'UTF8'), 'hex') = fields[4]
    )
$$;

-- A context is eleven fields and their seal, with commas between: the acting role, the moment
-- (milliseconds since 1970) until which it is believed, subject, partner, countries, centres and
-- pools, the case that identity is read for, the moment at which it was sealed, the backend, the id of
-- the key, then hex(hmac-sha256(key, all of that)). Names are in hexadecimal digits, and a field is empty where
-- there is nothing to say.
--
-- Has the transaction act as the viewer of a context. Raises unless the seal holds for now and for
-- this transaction, which began within a round trip of being sealed; clocks may be as far apart. It
-- was sealed on the day of its key by the clock that chose the key, so that midnight takes no
-- tolerance of its own. The search path is empty, so that nobody slips a function in.
--
-- What was verified is kept, until the transaction ends, in `backtrace_functions`: a setting that
-- takes any words, and that nobody may change but superusers and the owner of this function. (It lists
-- functions of PostgreSQL whose errors are logged with a stack. Words that name none do nothing.)
--
-- Where the seal itself does not hold, the error says so by the name of a constraint, `seal`: it is no
-- defect of a statement, but of clocks or keys.
CREATE OR REPLACE FUNCTION viewer.authenticate(context text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
    DECLARE
        fields text[] := string_to_array(context, ',');
        key record;
        verified text;
    BEGIN
        SELECT begins_at, ends_at, refused_at,
            encode(sha256(outer_block || sha256(
                inner_block || convert_to(left(context, -65), 'UTF8')
            )), 'hex') AS seal,
            EXISTS (SELECT FROM viewer.suspensions_of(fields)) AS is_suspended
        INTO key FROM viewer.daily_seal_key WHERE id = fields[11];
        IF (fields[12] = key.seal) IS NOT TRUE THEN
            RAISE EXCEPTION 'the viewer is not sealed'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'seal';
        END IF;
        IF to_timestamp(fields[9]::float8 / 1000) < key.begins_at
            OR to_timestamp(fields[9]::float8 / 1000) >= key.ends_at
            OR clock_timestamp() >= key.refused_at
        THEN
            RAISE EXCEPTION 'the key of the seal is not of this day'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'seal';
        END IF;
        IF fields[10] NOT IN ('', pg_backend_pid()::text) OR now() NOT BETWEEN
            to_timestamp(fields[9]::float8 / 1000 - 5) AND to_timestamp(fields[9]::float8 / 1000 + 5)
        THEN
            RAISE EXCEPTION 'the viewer was sealed for another transaction'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'seal';
        END IF;
        IF to_timestamp(fields[2]::float8 / 1000) < clock_timestamp() THEN
            RAISE EXCEPTION 'the viewer has expired'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'seal';
        END IF;
        IF key.is_suspended THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        IF to_timestamp(fields[2]::float8 / 1000) > key.refused_at THEN
            fields[2] := (1000 * extract(epoch FROM key.refused_at))::bigint;
        END IF;
        verified := set_config('backtrace_functions', array_to_string(fields[1:8], ','), true);
    END
$$;

-- The first eight fields of the context that was verified for this transaction, or raises unless it is
-- believed still, and for the role, or for any where none is named.
--
-- Whatever a rule asks of the context comes from here, each time: a statement may present another
-- context while it runs.
CREATE OR REPLACE FUNCTION viewer.sealed(role text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = '' AS $$
    DECLARE
        verified text := current_setting('backtrace_functions');
    BEGIN
        IF verified = '' OR to_timestamp(split_part(verified, ',', 2)::float8 / 1000)
            < clock_timestamp()
        THEN
            RAISE EXCEPTION 'the viewer %', CASE verified WHEN '' THEN 'is not sealed'
                ELSE 'has expired' END
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'seal';
        END IF;
        IF role <> split_part(verified, ',', 1) THEN
            RAISE EXCEPTION 'the viewer acts in another role'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN verified;
    END
$$;

-- Whether the viewer acts in the role; raises otherwise.
CREATE OR REPLACE FUNCTION viewer.acts_as(role text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN viewer.sealed(role) IS NOT NULL;
    END
$$;

CREATE OR REPLACE FUNCTION viewer.role() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN split_part(viewer.sealed(NULL), ',', 1);
    END
$$;

-- What the context says, to rules of a role or of any. Functions in SQL would be unfolded into every
-- statement that is planned, which costs more than calling these.
CREATE OR REPLACE FUNCTION viewer.field(said text, place int) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN convert_from(decode(nullif(split_part(said, ',', place), ''), 'hex'), 'UTF8');

CREATE OR REPLACE FUNCTION viewer.subject(role text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 3);
    END
$$;

CREATE OR REPLACE FUNCTION viewer.partner(role text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 4);
    END
$$;

CREATE OR REPLACE FUNCTION viewer.countries(role text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 5)::text[];
    END
$$;

CREATE OR REPLACE FUNCTION viewer.centres(role text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 6)::text[];
    END
$$;

CREATE OR REPLACE FUNCTION viewer.purpose_reference(role text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 8);
    END
$$;

CREATE OR REPLACE FUNCTION viewer.pools(role text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 7)::text[];
    END
$$;

-- Who is suspended now, told to the gateway itself, which then turns them away before it asks anything
-- in their name. It seals a context of no role for that; no statement of a viewer has such a one.
CREATE OR REPLACE FUNCTION viewer.suspended() RETURNS TABLE (subject text, partner_code text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = '' AS $$
    BEGIN
        PERFORM viewer.sealed('GATEWAY');
        RETURN QUERY SELECT one.subject, one.partner_code FROM public.suspension AS one
            WHERE one.ends_at IS NULL OR one.ends_at > clock_timestamp();
    END
$$;

-- What ANALYZE found in the columns by which lists of applications are narrowed, told to the gateway
-- itself as above: from these it chooses how a page is found. No column of a person is among them.
CREATE OR REPLACE FUNCTION viewer.statistics() RETURNS TABLE (
    rows float8, name text, nulls float8, number_of_values float8,
    common text[], frequencies float4[], bounds timestamptz[]
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = '' AS $$
    BEGIN
        PERFORM viewer.sealed('GATEWAY');
        RETURN QUERY SELECT reltuples::float8, attname::text, null_frac::float8,
            (CASE WHEN n_distinct < 0 THEN -n_distinct * reltuples ELSE n_distinct END)::float8,
            most_common_vals::text::text[], most_common_freqs,
            CASE WHEN attname LIKE '%_at' THEN histogram_bounds::text::timestamptz[] END
        FROM pg_class
        JOIN pg_stats ON tablename = relname
        WHERE pg_class.oid = 'public.application'::regclass AND schemaname = 'public'
            AND reltuples > 0 AND attname IN ('status', 'stage', 'channel', 'visa_type_code',
                'nationality_code', 'partner_code', 'country_code', 'centre_code',
                'holder_partner_code', 'holder_country_code', 'holder_place', 'has_open_hit', 'hand_in_by', 'submitted_at', 'paid_at',
                'target_due_at', 'closed_at');
    END
$$;

-- How large tables are, told to the gateway itself as above: from these it says what an operation may
-- cost. Of each table that is named it counts the rows, up to `most`, or those with a value, as of
-- `ban_entry.state=PROPOSED`; of a column, as `fee.visa_type_code`, the most rows that share a value. If
-- a table has more rows, it tells about how many: by its size, and by how densely ANALYZE found it
-- filled. Under the names `officers` and `months` it counts those who have had a case on the desk, and
-- the calendar months since the first figure.
CREATE OR REPLACE FUNCTION viewer.sizes(counted text[], most integer) RETURNS TABLE (
    name text, rows bigint, lines bigint
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = '' AS $$
    DECLARE
        parts text[];
    BEGIN
        PERFORM viewer.sealed('GATEWAY');
        FOREACH name IN ARRAY counted LOOP
            parts := regexp_split_to_array(name, '[.=]');
            EXECUTE CASE cardinality(parts)
                WHEN 1 THEN format('SELECT count(*) FROM (SELECT FROM public.%I LIMIT %s) AS first',
                    parts[1], most)
                WHEN 2 THEN format('SELECT coalesce(max(number), 0) FROM (SELECT count(*) AS number'
                    ' FROM public.%I GROUP BY %I) AS grouped', parts[1], parts[2])
                ELSE format('SELECT count(*) FROM (SELECT FROM public.%I WHERE %I = %L LIMIT %s)'
                    ' AS first', parts[1], parts[2], parts[3], most)
            END INTO rows;
            lines := rows;
            IF rows >= most THEN
                SELECT sum(pg_relation_size(oid) / current_setting('block_size')::int
                    * CASE WHEN relpages > 0 THEN reltuples / relpages ELSE 128 END)
                INTO lines FROM pg_class
                WHERE oid = format('public.%I', parts[1])::regclass OR oid IN (
                    SELECT relid FROM pg_partition_tree(format('public.%I', parts[1])::regclass)
                );
            END IF;
            RETURN NEXT;
        END LOOP;
        lines := NULL;
        name := 'officers';
        WITH RECURSIVE known AS (
            SELECT min(officer) AS officer FROM public.assignment
            UNION ALL
            SELECT (SELECT min(officer) FROM public.assignment WHERE officer > known.officer)
            FROM known WHERE known.officer IS NOT NULL
        ) SELECT count(officer) INTO rows FROM known;
        RETURN NEXT;
        name := 'months';
        SELECT 12 * date_part('year', known.age) + date_part('month', known.age) + 1 INTO rows FROM (
            SELECT age(date_trunc('month', statement_timestamp() AT TIME ZONE 'Asia/Jakarta'),
                min(starts_on)) AS age FROM public.volume_monthly
        ) AS known;
        RETURN NEXT;
    END
$$;

-- Whom changes may concern that transactions from `since` to below `below` wrote, told to the gateway
-- itself as above, so that it looks only for followers who may find one. A row names a feed, and a
-- value that a viewer who may see such a change has in a claim; whoever has it may still see none.
CREATE OR REPLACE FUNCTION viewer.concerned_by_changes(since bigint, below bigint) RETURNS TABLE (
    feed text, claim text, value text
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = '' AS $$
    BEGIN
        PERFORM viewer.sealed('GATEWAY');
        RETURN QUERY
            SELECT DISTINCT 'ApplicationChange', claimed.claim, claimed.value
            FROM public.application_change AS change
            LEFT JOIN public.application ON application.id = change.application_id
            LEFT JOIN public.applicant ON applicant.id = application.applicant_id
            CROSS JOIN LATERAL (VALUES
                ('subject', applicant.account), ('partner', application.holder_partner_code),
                ('countries', application.holder_country_code), ('places', application.holder_place)
            ) AS claimed (claim, value)
            WHERE change.written_in >= since AND change.written_in < below
            UNION ALL
            SELECT DISTINCT 'VolumesChange', claimed.claim, claimed.value
            FROM public.volume_change AS change
            CROSS JOIN LATERAL (VALUES
                ('partner', change.partner_code), ('countries', change.country_code)
            ) AS claimed (claim, value)
            WHERE change.written_in >= since AND change.written_in < below
            UNION ALL
            SELECT DISTINCT 'Alert', NULL, NULL FROM public.alert
            WHERE written_in >= since AND written_in < below
            UNION ALL
            SELECT DISTINCT 'Screening', NULL, NULL FROM public.screening
            WHERE answered_at IS NULL AND written_in >= since AND written_in < below;
    END
$$;

-- Where the viewer takes applications in: at its centres, or, if it names none, by the portal of its
-- countries. No code of a centre is one of a country.
CREATE OR REPLACE FUNCTION viewer.places(role text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    DECLARE
        said text := viewer.sealed(role);
    BEGIN
        RETURN coalesce(
            nullif(viewer.field(said, 6)::text[], '{}'), viewer.field(said, 5)::text[]
        );
    END
$$;

-- The key is no function of the schema's: whoever may call these still cannot read it.
REVOKE ALL ON SCHEMA viewer FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA viewer FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA viewer FROM PUBLIC;

-- A temporary table would hide ours from the next one who is given the connection.
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;
