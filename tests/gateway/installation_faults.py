"""What can be wrong with the database of an installation, and what the doctor says of it."""

MANAGER, LOGIN = "gerbang_partner_manager", "gerbang_gateway"
DEFINER = "LANGUAGE sql SECURITY DEFINER AS 'SELECT reference FROM application'"

#: What somebody did to the database, how it is undone, and what the doctor says.
FAULTS = {
    "a table without row rules": (
        "ALTER TABLE identity NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE identity FORCE ROW LEVEL SECURITY",
        "Not as the policy makes it: row security of public.identity.",
    ),
    "a new table": (
        "CREATE TABLE note (text text)", "DROP TABLE note",
        "Nobody thought of this: row security of public.note (off).",
    ),
    "a table that is gone": (
        "ALTER TABLE screening RENAME TO screening_away",
        "ALTER TABLE screening_away RENAME TO screening",
        "The table screening is missing.",
    ),
    "a loosened row rule": (
        "ALTER POLICY partner_manager_select ON application USING (true)", None,
        "Not as the policy makes it: row rule partner_manager_select of public.application.",
    ),
    "a row rule for another verb": (
        f"CREATE POLICY more ON application FOR UPDATE TO {MANAGER} USING (true)",
        "DROP POLICY more ON application",
        "Nobody thought of this: row rule more of public.application (any w for"
        " {gerbang_partner_manager} using true with check ).",
    ),
    "a row rule that is gone": (
        "DROP POLICY officer_select ON application", None,
        "Missing: row rule officer_select of public.application.",
    ),
    "a table granted": (
        f"GRANT SELECT ON screening TO {MANAGER}", f"REVOKE SELECT ON screening FROM {MANAGER}",
        "Nobody thought of this: grant of select on table public.screening to"
        " gerbang_partner_manager (granted).",
    ),
    "a column granted to everybody": (
        "GRANT SELECT (full_name) ON identity TO PUBLIC",
        "REVOKE SELECT (full_name) ON identity FROM PUBLIC",
        "Nobody thought of this: grant of select on column public.identity.full_name to PUBLIC"
        " (granted).",
    ),
    "a column taken away": (
        "REVOKE SELECT (reference) ON application FROM gerbang_officer", None,
        "Missing: grant of select on column public.application.reference to gerbang_officer.",
    ),
    "a view": (
        f"CREATE VIEW everyone AS SELECT * FROM identity; GRANT SELECT ON everyone TO {MANAGER}",
        "DROP VIEW everyone",
        "Nobody thought of this: grant of select on table public.everyone to"
        " gerbang_partner_manager (granted).",
    ),
    "a materialised view": (
        "CREATE MATERIALIZED VIEW everyone AS SELECT * FROM identity;"
        " GRANT SELECT ON everyone TO PUBLIC",
        "DROP MATERIALIZED VIEW everyone",
        "Nobody thought of this: grant of select on table public.everyone to PUBLIC (granted).",
    ),
    "a function with its owner's rights": (
        f"CREATE FUNCTION all_cases() RETURNS SETOF text {DEFINER}",
        "DROP FUNCTION all_cases()",
        "Nobody thought of this: rights of its owner in function public.all_cases() (security"
        " definer).",
    ),
    "a function said to leak nothing": (
        "CREATE FUNCTION tell(text) RETURNS boolean LANGUAGE sql LEAKPROOF RETURN true;"
        " REVOKE ALL ON FUNCTION tell FROM PUBLIC",
        "DROP FUNCTION tell",
        "Nobody thought of this: leak proof of function public.tell(text) (said to be).",
    ),
    "another context function": (
        "CREATE OR REPLACE FUNCTION viewer.partner(role text) RETURNS text LANGUAGE sql STABLE"
        " PARALLEL RESTRICTED RETURN 'NUSA'",
        None,
        "Not as the policy makes it: function viewer.partner(text).",
    ),
    "a key that others read": (
        f"GRANT SELECT ON viewer.daily_seal_key TO {MANAGER}",
        f"REVOKE SELECT ON viewer.daily_seal_key FROM {MANAGER}",
        "Nobody thought of this: grant of select on table viewer.daily_seal_key to"
        " gerbang_partner_manager (granted).",
    ),
    "a trigger that swallows reads": (
        "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        " CREATE TRIGGER swallow BEFORE INSERT ON access_event FOR EACH ROW"
        " EXECUTE FUNCTION swallow()",
        "DROP FUNCTION swallow CASCADE",
        "Nobody thought of this: trigger swallow of public.access_event (CREATE TRIGGER swallow",
    ),
    "a trigger that is off": (
        "ALTER TABLE access_event DISABLE TRIGGER count_reads",
        "ALTER TABLE access_event ENABLE TRIGGER count_reads",
        "Not as models/schema makes it: trigger count_reads of public.access_event.",
    ),
    "a trigger for every command": (
        "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        " CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION watch()",
        "DROP FUNCTION watch CASCADE",
        "Nobody thought of this: event trigger watch (calls watch).",
    ),
    "a function that does something else": (
        "ALTER FUNCTION count_reads() RENAME TO count_reads_once; CREATE FUNCTION count_reads()"
        " RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"
        " AS 'BEGIN RETURN NULL; END'; REVOKE ALL ON FUNCTION count_reads() FROM PUBLIC",
        "DROP FUNCTION count_reads(); ALTER FUNCTION count_reads_once() RENAME TO count_reads",
        "Not as models/schema makes it: function public.count_reads().",
    ),
    "a trigger that is gone": (
        "ALTER TRIGGER announce_alert ON alert RENAME TO announced",
        "ALTER TRIGGER announced ON alert RENAME TO announce_alert",
        "Missing: trigger announce_alert of public.alert.",
    ),
    "a search path of the owner's": (
        "DO $$ BEGIN EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = shadow,"
        " public', current_user, current_database()); END $$",
        "DO $$ BEGIN EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET search_path',"
        " current_user, current_database()); END $$",
        "postgres begins with search_path=shadow, public.",
    ),
    "rows for everybody by a rule": (
        "CREATE RULE aside AS ON INSERT TO country DO ALSO NOTHING", "DROP RULE aside ON country",
        "Nobody thought of this: rewriting rule aside of public.country (there).",
    ),
    "a superuser": (
        f"ALTER ROLE {LOGIN} SUPERUSER", f"ALTER ROLE {LOGIN} NOSUPERUSER",
        "The role gerbang_gateway has the attribute SUPERUSER.",
    ),
    "a role past the rules": (
        f"ALTER ROLE {MANAGER} BYPASSRLS", f"ALTER ROLE {MANAGER} NOBYPASSRLS",
        "The role gerbang_partner_manager has the attribute BYPASSRLS.",
    ),
    "a login that inherits": (
        f"ALTER ROLE {LOGIN} INHERIT", f"ALTER ROLE {LOGIN} NOINHERIT",
        "The role gerbang_gateway has the attribute INHERIT.",
    ),
    "a login that reads as somebody without saying so": (
        f"GRANT {MANAGER} TO {LOGIN} WITH INHERIT TRUE",
        f"GRANT {MANAGER} TO {LOGIN} WITH INHERIT FALSE",
        "gerbang_gateway may act as gerbang_partner_manager, without saying so.",
    ),
    "a role in a role": (
        f"GRANT gerbang_officer TO {MANAGER}", f"REVOKE gerbang_officer FROM {MANAGER}",
        "gerbang_partner_manager may act as gerbang_officer.",
    ),
    "a login that reads the server's files": (
        f"GRANT pg_read_server_files TO {LOGIN}", f"REVOKE pg_read_server_files FROM {LOGIN}",
        "gerbang_gateway may act as pg_read_server_files.",
    ),
    "a login that may not act": (
        f"REVOKE gerbang_officer FROM {LOGIN}",
        f"GRANT gerbang_officer TO {LOGIN} WITH INHERIT FALSE, SET TRUE",
        "The login gerbang_gateway may not act as gerbang_officer.",
    ),
    "a login that owns a table": (
        f"CREATE TABLE note (text text); ALTER TABLE note OWNER TO {LOGIN}", "DROP TABLE note",
        "table note belongs to gerbang_gateway.",
    ),
    "a login that shows what it runs": (
        f"ALTER ROLE {LOGIN} RESET track_activities",
        f"ALTER ROLE {LOGIN} SET track_activities = off",
        "What gerbang_gateway runs is shown to whoever logs in as it.",
    ),
    "default privileges": (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
        "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM PUBLIC",
        "In schema \"any\", new objects of kind r are open to PUBLIC.",
    ),
    "a setting for superusers": (
        f"GRANT SET ON PARAMETER session_replication_role TO {MANAGER}",
        f"REVOKE SET ON PARAMETER session_replication_role FROM {MANAGER}",
        "gerbang_partner_manager may set the setting session_replication_role.",
    ),
    "temporary tables": (
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC',"
        " current_database()); END $$",
        None,
        "PUBLIC may make temporary tables in",
    ),
    "another schema": (
        "CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO PUBLIC",
        "DROP SCHEMA elsewhere",
        "The schema elsewhere is open to PUBLIC.",
    ),
    "another version of the row rules": (
        "COMMENT ON SCHEMA viewer IS 'of yesterday'", None,
        "The row rules in the database are not those of this version.",
    ),
    "another seal key": (
        "UPDATE viewer.daily_seal_key SET inner_block = outer_block, outer_block = inner_block",
        "UPDATE viewer.daily_seal_key SET inner_block = outer_block, outer_block = inner_block",
        "The database does not believe what the gateway seals (InsufficientPrivilegeError).",
    ),
    "a keeper that has not run for a day": (
        "UPDATE viewer.daily_seal_key SET begins_at = begins_at + interval '7 days',"
        " ends_at = ends_at + interval '7 days' WHERE begins_at > clock_timestamp()",
        "UPDATE viewer.daily_seal_key SET begins_at = begins_at - interval '7 days',"
        " ends_at = ends_at - interval '7 days' WHERE begins_at > clock_timestamp()",
        "The database has no seal key for tomorrow (days of UTC).",
    ),
    "figures that stand still": (
        "UPDATE application SET paid_at = paid_at + interval '2 days' WHERE reference ="
        " 'AUSY-PAID-0013'; UPDATE volume_outbox SET written_at = written_at - interval '1 hour'",
        "DELETE FROM volume_outbox",
        "Changes have waited for 360",
    ),
}  # fmt: skip


#: One of each kind; the others are for `make proof`.
OFTEN = (
    "a new table", "a loosened row rule", "a column granted to everybody", "a view",
    "a function with its owner's rights", "a role past the rules", "a login that owns a table",
    "a trigger that swallows reads", "a function that does something else",
    "a search path of the owner's", "another version of the row rules", "another seal key",
    "a keeper that has not run for a day", "figures that stand still",
)  # fmt: skip
