-- Who is asking, as the database believes it: a context that the gateway sealed, for one
-- transaction. The application's roles can set `gerbang.viewer` to anything, but not seal it.
--
-- A context that somebody captured is worth nothing: it is believed on the backend it was sealed
-- for, and in a transaction that began just then. Behind a pooler the gateway does not know which
-- backend it will be, so there the moment alone binds it. Nor is it shown to anybody: the login
-- runs with `track_activities` off, and it lives in no statement but the one that begins.

CREATE SCHEMA IF NOT EXISTS viewer;

-- The key of the seal, as the two blocks of HMAC (RFC 2104). Nobody but the owner reads it.
CREATE TABLE IF NOT EXISTS viewer.seal_key (
    is_current boolean PRIMARY KEY DEFAULT true CHECK (is_current),
    inner_block bytea NOT NULL,
    outer_block bytea NOT NULL
);

-- `gerbang.viewer` is `base64(json).hex(hmac-sha256(key, base64(json)))`. Raises unless the seal
-- holds, for this transaction, for now and for the role, or for any where none is named. Every row
-- rule asks this once a statement. A transaction begins within a round trip of being sealed, or not
-- at all; clocks may be as far apart. A parallel worker is another backend, so that only the leader
-- asks. The search path is empty, so that nobody slips a function in.
CREATE OR REPLACE FUNCTION viewer.acts_as(role text) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = '' AS $$
    DECLARE
        said text := current_setting('gerbang.viewer', true);
        body text := split_part(said, '.', 1);
        told jsonb;
    BEGIN
        IF split_part(said, '.', 2) IS DISTINCT FROM (
            SELECT encode(
                sha256(outer_block || sha256(inner_block || convert_to(body, 'UTF8'))), 'hex'
            )
            FROM viewer.seal_key
        ) OR said IS NULL THEN
            RAISE EXCEPTION 'the viewer is not sealed' USING ERRCODE = 'insufficient_privilege';
        END IF;
        told := convert_from(decode(body, 'base64'), 'UTF8')::jsonb;
        IF coalesce((told ->> 'until')::float8, 0) < extract(epoch FROM clock_timestamp()) THEN
            RAISE EXCEPTION 'the viewer has expired' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF coalesce((told ->> 'backend')::int, pg_backend_pid()) <> pg_backend_pid()
            OR coalesce(abs(extract(epoch FROM now()) - (told ->> 'at')::float8), 'infinity') > 5
        THEN
            RAISE EXCEPTION 'the viewer was sealed for another transaction'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF role IS NOT NULL AND role IS DISTINCT FROM told ->> 'role' THEN
            RAISE EXCEPTION 'the viewer acts in another role'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN true;
    END
$$;

-- Whether anybody is sealed at all; the rules for changes ask this, and then who.
CREATE OR REPLACE FUNCTION viewer.is_sealed() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN viewer.acts_as(NULL);

-- What the context says, without looking at its seal: only ever beside one that does. Functions in
-- SQL would be unfolded into every statement that is planned, which costs more than calling these.
CREATE OR REPLACE FUNCTION viewer.told() RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = '' AS $$
    BEGIN
        RETURN convert_from(
            decode(split_part(current_setting('gerbang.viewer', true), '.', 1), 'base64'), 'UTF8'
        )::jsonb;
    END
$$;

CREATE OR REPLACE FUNCTION viewer.role() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = '' AS $$
    BEGIN
        RETURN viewer.told() ->> 'role';
    END
$$;

CREATE OR REPLACE FUNCTION viewer.subject() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = '' AS $$
    BEGIN
        RETURN viewer.told() ->> 'subject';
    END
$$;

CREATE OR REPLACE FUNCTION viewer.partner() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = '' AS $$
    BEGIN
        RETURN viewer.told() ->> 'partner';
    END
$$;

CREATE OR REPLACE FUNCTION viewer.countries() RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = '' AS $$
    BEGIN
        RETURN (viewer.told() ->> 'countries')::text[];
    END
$$;

CREATE OR REPLACE FUNCTION viewer.centres() RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = '' AS $$
    BEGIN
        RETURN (viewer.told() ->> 'centres')::text[];
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
