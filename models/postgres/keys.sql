-- Prepares the database of the key service and its owner, who is no superuser: once, on a server whose
-- administrators are not those of the visa database.
--     GERBANG_KEY_STORE_OWNER_PASSWORD=… psql --file models/postgres/keys.sql
\set ON_ERROR_STOP on
\getenv password GERBANG_KEY_STORE_OWNER_PASSWORD
SELECT 'CREATE ROLE gerbang_keys_owner'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gerbang_keys_owner') \gexec
-- It makes the login of the key service.
ALTER ROLE gerbang_keys_owner LOGIN NOSUPERUSER CREATEROLE PASSWORD :'password';

SELECT 'CREATE DATABASE gerbang_keys'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'gerbang_keys') \gexec
ALTER DATABASE gerbang_keys OWNER TO gerbang_keys_owner;
REVOKE CONNECT ON DATABASE gerbang_keys FROM PUBLIC;
