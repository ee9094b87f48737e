-- Prepares a database and its owner, who is no superuser: once, or again with a new password.
-- The PostgreSQL container runs this when it makes its cluster; elsewhere a superuser does:
--     GERBANG_OWNER_PASSWORD=… psql --file models/postgres/owner.sql
-- with --set owner=… --set database=… for other names.
\set ON_ERROR_STOP on
\getenv password GERBANG_OWNER_PASSWORD
\if :{?owner}
\else
    \set owner gerbang_owner
\endif
\if :{?database}
\else
    \set database gerbang
\endif

SELECT format('CREATE ROLE %I', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
-- It makes the gateway's roles, and keeps figures of all rows, whatever their row rules say.
ALTER ROLE :"owner" LOGIN NOSUPERUSER CREATEROLE BYPASSRLS PASSWORD :'password';
-- What the gateway's login runs is nobody else's to read.
GRANT SET ON PARAMETER track_activities TO :"owner";
-- Its functions keep there whom a transaction acts for, where nobody else writes.
GRANT SET ON PARAMETER backtrace_functions TO :"owner";

SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
ALTER DATABASE :"database" OWNER TO :"owner";
REVOKE CONNECT ON DATABASE :"database" FROM PUBLIC;
