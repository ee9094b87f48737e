#!/bin/sh
# Runs when the PostgreSQL container makes its cluster: our owner and its database, and Keycloak's.
set -eu
GERBANG_OWNER_PASSWORD=$(cat /run/secrets/owner_password)
export GERBANG_OWNER_PASSWORD
psql --username "$POSTGRES_USER" --dbname postgres --file /srv/owner.sql

psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 <<'SQL'
\set password `cat /run/secrets/keycloak_database_password`
CREATE ROLE keycloak LOGIN PASSWORD :'password';
CREATE DATABASE keycloak OWNER keycloak;
REVOKE CONNECT ON DATABASE keycloak FROM PUBLIC;
SQL
