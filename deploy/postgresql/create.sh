#!/bin/sh
# What the container of PostgreSQL runs when its volume is empty: compose.yaml
set -eu
psql --username "$POSTGRES_USER" --quiet \
    --set owner_password="$DATABASE_OWNER_PASSWORD" --set password="$DATABASE_PASSWORD" \
    --file /usr/local/share/jobwire/create.sql
