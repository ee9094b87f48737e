-- Who is asking, as the database believes it: a context that the gateway sealed, for one
-- transaction. The application's roles can set `gerbang.viewer` to anything, but not seal it.
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

-- What a context says of whom a suspension names: the number of the field, a dot, and the name as it
-- stands there, in base64 on one line.
CREATE OR REPLACE FUNCTION viewer.named(subject text, partner_code text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN subject IS NULL THEN '6.' ELSE '5.' END || translate(
        encode(convert_to(coalesce(subject, partner_code), 'UTF8'), 'base64'), E'\n', ''
    );

-- `gerbang.viewer` is ten fields and their seal, with dots between: the acting role, the moments
-- (milliseconds since 1970) at which it was sealed and until which it is believed, the backend, then
-- subject, partner, countries and centres in base64, the id of the key, in base64 the case that
-- identity is read for, then hex(hmac-sha256(key, all of that)). A field is empty where there is
-- nothing to say.
--
-- Returns that, or raises unless the seal holds for this transaction, for now, and for the role, or
-- for any where none is named. A transaction begins within a round trip of being sealed, or not at
-- all; clocks may be as far apart. It was sealed on the day of its key by the clock that chose the
-- key, so that midnight takes no tolerance of its own. A parallel worker is another backend, so that
-- only the leader asks. The search path is empty, so that nobody slips a function in.
--
-- Whatever a rule asks of the context comes from here, each time: a statement that swaps the context
-- while it runs would otherwise be told what nobody sealed.
--
-- Where the seal itself does not hold, the error says so by the name of a constraint, `seal`: it is no
-- defect of a statement, but of clocks or keys.
--
-- Whoever is suspended, or whose partner is, is refused here too, with an SQLSTATE of its own. The one
-- statement that finds the key reads who is suspended now along with it: no statement more, nothing in
-- it that depends on the viewer, so that its plan is kept, and almost always an empty list. Whoever
-- finds the key otherwise takes this list along.
CREATE OR REPLACE FUNCTION viewer.sealed(role text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = '' AS $$
    DECLARE
        said text := current_setting('gerbang.viewer', true);
        raw bytea := convert_to(said, 'UTF8');  -- cut by bytes: by characters takes a microsecond
        sealed_at timestamptz;
        key record;
    BEGIN
        SELECT *, ARRAY(
            SELECT viewer.named(subject, partner_code) FROM public.suspension
            WHERE lifted_by IS NULL AND (suspension.ends_at IS NULL OR suspension.ends_at > now())
        ) AS suspended INTO key
        FROM viewer.daily_seal_key WHERE id = split_part(said, '.', 9);
        IF substring(raw FROM length(raw) - 63) IS DISTINCT FROM convert_to(encode(sha256(
            key.outer_block
                || sha256(key.inner_block || substring(raw FOR greatest(length(raw) - 65, 0)))
        ), 'hex'), 'UTF8') OR said IS NULL THEN
            RAISE EXCEPTION 'the viewer is not sealed'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'seal';
        END IF;
        IF to_timestamp(split_part(said, '.', 3)::float8 / 1000) < clock_timestamp() THEN
            RAISE EXCEPTION 'the viewer has expired'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'seal';
        END IF;
        sealed_at := to_timestamp(split_part(said, '.', 2)::float8 / 1000);
        IF sealed_at < key.begins_at OR sealed_at >= key.ends_at
            OR clock_timestamp() >= key.refused_at
        THEN
            RAISE EXCEPTION 'the key of the seal is not of this day'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'seal';
        END IF;
        IF split_part(said, '.', 4) NOT IN ('', pg_backend_pid()::text)
            OR now() NOT BETWEEN sealed_at - interval '5 seconds' AND sealed_at + interval '5 seconds'
        THEN
            RAISE EXCEPTION 'the viewer was sealed for another transaction'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'seal';
        END IF;
        IF role <> split_part(said, '.', 1) THEN
            RAISE EXCEPTION 'the viewer acts in another role'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF key.suspended <> '{}' AND key.suspended
            && ARRAY['5.' || split_part(said, '.', 5), '6.' || split_part(said, '.', 6)]
        THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        RETURN said;
    END
$$;

-- Whether the viewer acts in the role; raises otherwise.
CREATE OR REPLACE FUNCTION viewer.acts_as(role text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
    BEGIN
        RETURN viewer.sealed(role) IS NOT NULL;
    END
$$;

CREATE OR REPLACE FUNCTION viewer.role() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
    BEGIN
        RETURN split_part(viewer.sealed(NULL), '.', 1);
    END
$$;

-- What the context says, to rules of a role or of any. Functions in SQL would be unfolded into every
-- statement that is planned, which costs more than calling these.
CREATE OR REPLACE FUNCTION viewer.field(said text, place int) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN convert_from(decode(nullif(split_part(said, '.', place), ''), 'base64'), 'UTF8');

CREATE OR REPLACE FUNCTION viewer.subject(role text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 5);
    END
$$;

CREATE OR REPLACE FUNCTION viewer.partner(role text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 6);
    END
$$;

CREATE OR REPLACE FUNCTION viewer.countries(role text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 7)::text[];
    END
$$;

CREATE OR REPLACE FUNCTION viewer.centres(role text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
    BEGIN
        RETURN viewer.field(viewer.sealed(role), 8)::text[];
    END
$$;

CREATE OR REPLACE FUNCTION viewer.purpose_reference(role text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
    DECLARE
        said text := viewer.sealed(role);
    BEGIN
        RETURN CASE WHEN split_part(said, '.', 11) <> '' THEN viewer.field(said, 10) END;
    END
$$;

-- Who is suspended now, told to the gateway itself, which then turns them away before it asks anything
-- in their name. It seals a context of no role for that; no statement of a viewer has such a one.
CREATE OR REPLACE FUNCTION viewer.suspended() RETURNS TABLE (subject text, partner_code text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = '' AS $$
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
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = '' AS $$
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
                'holder_country_code', 'holder_place', 'has_open_hit', 'submitted_at', 'paid_at',
                'target_due_at', 'closed_at');
    END
$$;

-- Where the viewer takes applications in: at its centres, or, if it names none, by the portal of its
-- countries. No code of a centre is one of a country.
CREATE OR REPLACE FUNCTION viewer.places(role text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
    DECLARE
        said text := viewer.sealed(role);
    BEGIN
        RETURN coalesce(
            nullif(viewer.field(said, 8)::text[], '{}'), viewer.field(said, 7)::text[]
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
