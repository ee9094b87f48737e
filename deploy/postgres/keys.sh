#!/bin/sh
# Runs when the container of the key service's own PostgreSQL makes its cluster.
set -eu
GERBANG_KEY_STORE_OWNER_PASSWORD=$(cat /run/secrets/key_store_owner_password)
export GERBANG_KEY_STORE_OWNER_PASSWORD
psql --username "$POSTGRES_USER" --dbname postgres --file /srv/keys.sql
