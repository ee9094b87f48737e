#!/bin/sh
# Gives Keycloak a database of its own, when the PostgreSQL container makes its cluster.
set -eu
psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 --set "password=$KEYCLOAK_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE keycloak LOGIN PASSWORD :'password';
CREATE DATABASE keycloak OWNER keycloak;
REVOKE CONNECT ON DATABASE keycloak FROM PUBLIC;
SQL
