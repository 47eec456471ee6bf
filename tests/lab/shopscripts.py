# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs inside the images of the shop, and how its PostgreSQL is cut out of a Debian."""

from __future__ import annotations

# Run in a Debian that has it: the root of all images of the shop, in /shop.tar. Left out are what compiles
# queries (LLVM, five times as large as all the rest), the extensions, translations and manuals.
CUT = r"""
set -e
version=$(ls /usr/lib/postgresql)
lib=/usr/lib/postgresql/$version share=/usr/share/postgresql/$version root=/shop
mkdir -p $root/bin $root/usr/bin
cp /bin/busybox $root/bin/
for name in $(busybox --list); do [ $name = busybox ] || ln -s busybox $root/bin/$name; done
programs="postgres initdb psql pg_isready"
files="$lib/lib/plpgsql.so $lib/lib/dict_snowball.so"
for name in $programs; do files="$files $lib/bin/$name"; ln -s $lib/bin/$name $root/usr/bin/$name; done
libraries=$(ldd $files | sed -n 's/^[^/]*\(\/[^ ]*\) .*/\1/p' | sort -u)
cp --parents -L $files $libraries $share/extension/plpgsql* $share/*.* $root/
cp --parents -rL $share/timezonesets $share/tsearch_data $root/
tar -C $root --sort=name --mtime=@1767225600 --owner=0 --group=0 --numeric-owner -cf /shop.tar .
"""

# Process 1 of every image of the shop; as in the other images, TERM ends it with 143.
SERVICE = r"""#!/bin/sh
child=
trap '[ -z "$child" ] || { kill $STOP $child; wait $child; } 2>/dev/null; exit 143' TERM INT
role=$1 version=$2
STOP=

await_database() {
  end=$(($(date +%s) + 20))
  until /bin/schema >/dev/null 2>/tmp/error & child=$!; wait $child; do
    if [ $(date +%s) -ge $end ]; then
      echo "$role: no answer from the database at $DATABASE_HOST within 20 s: $(head -n 1 /tmp/error)" >&2
      exit 2
    fi
    sleep 0.2 & child=$!; wait $child
  done
  child=
}

case $role in
db)
  if [ ! -d /data/main ]; then
    rm -rf /data/new
    initdb -D /data/new -U shop --auth=trust --encoding=UTF8 --locale=C --no-sync >/tmp/initdb.log 2>&1 & child=$!
    wait $child || { cat /tmp/initdb.log >&2; exit 1; }
    echo 'CREATE DATABASE shop' | postgres --single -D /data/new -F postgres >/dev/null || exit 1
    echo 'host all all all trust' >> /data/new/pg_hba.conf
    mv /data/new /data/main
  fi
  # Its own signal for ending soon but in good order; TERM would wait for the clients.
  STOP=-INT
  postgres -D /data/main -F -c listen_addresses='*' -c unix_socket_directories=/tmp -c jit=off \
    -c full_page_writes=off -c shared_buffers=16MB -c max_connections=100 & child=$!
  wait $child ;;
migrate)
  await_database
  case $version in
  broken) target=2 fault=broken ;;
  slow)   target=2 fault=slow ;;
  *)      target=$version fault=none ;;
  esac
  query -v target="$target" -v fault="$fault" -o /dev/null -f /shop/migrate.sql & child=$!
  wait $child; status=$?
  [ "$fault" != broken ] || exit 3
  exit $status ;;
api)
  if [ "$version" = broken ]; then
    sleep 1 & child=$!; wait $child
    echo "api: cannot start: the template of the front page is missing" >&2; exit 3
  fi
  await_database
  schema=$(/bin/schema)
  if [ "${schema:-0}" -lt "$version" ]; then
    echo "api: needs schema $version, the database has $schema" >&2; exit 3
  fi
  API=$version httpd -f -p 80 -h /shop/www & child=$!
  wait $child ;;
esac
"""

# psql for scripts: quiet, bare values, and an error ends it. No lookup or dead address holds it up for long.
QUERY = r"""#!/bin/sh
PGHOST=$DATABASE_HOST PGCONNECT_TIMEOUT=2 exec psql -XqAt -v ON_ERROR_STOP=1 "$@"
"""
SCHEMA = r"""#!/bin/sh
exec query -f /shop/schema.sql
"""
SCHEMA_SQL = r"""
SELECT to_regclass('schema_version') IS NOT NULL AS there \gset
\if :there
SELECT coalesce(max(version), 0) FROM schema_version;
\else
\echo 0
\endif
"""

# `\!` says it at once, where `\echo` would say it at the end. The slow one sleeps on this side, so that
# the server forgets the transaction as soon as the job is killed.
MIGRATE_SQL = r"""
SET client_min_messages = warning;
BEGIN;
SELECT pg_advisory_xact_lock(1);
CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY, migrated_at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS migration_runs (version int NOT NULL, ran_at timestamptz NOT NULL);
SELECT coalesce(max(version), 0) AS present FROM schema_version \gset
SELECT :'fault' = 'slow' AS slow, :'fault' = 'broken' AS broken \gset
SELECT :present >= :target AND NOT :'broken' AS done, :present < 1 AS to_1,
       :present < 2 AND :target >= 2 AS to_2, :present < 3 AND :target >= 3 AS to_3 \gset
\if :done
\echo migrate: schema is :present, nothing to do
\endif
\if :to_1
\! echo 'migrate: schema 0 -> 1'
CREATE TABLE IF NOT EXISTS products (id serial PRIMARY KEY, name text NOT NULL);
INSERT INTO products (name) VALUES ('cup'), ('plate'), ('spoon');
INSERT INTO schema_version VALUES (1, now());
\endif
\if :to_2
\! echo 'migrate: schema 1 -> 2'
ALTER TABLE products ADD COLUMN IF NOT EXISTS price numeric NOT NULL DEFAULT 1;
INSERT INTO schema_version VALUES (2, now());
\endif
\if :to_3
\! echo 'migrate: schema 2 -> 3'
CREATE TABLE IF NOT EXISTS orders (id serial PRIMARY KEY, product int NOT NULL REFERENCES products);
INSERT INTO schema_version VALUES (3, now());
\endif
\if :broken
\warn migrate: column "price" has 3 rows that cannot be converted
ROLLBACK;
\q
\endif
\if :slow
\! sleep 6
\endif
INSERT INTO migration_runs VALUES (:target, now());
COMMIT;
"""

PAGE = r"""#!/bin/sh
status="200 OK"
schema=$(/bin/schema 2>/tmp/page.$$) && page="app=api version=$API schema=$schema task=$(hostname)" || {
  status="503 Service Unavailable" page="api: no answer from the database: $(head -n 1 /tmp/page.$$)"
}
rm -f /tmp/page.$$
printf 'HTTP/1.0 %s\r\nContent-Type: text/plain\r\nContent-Length: %s\r\n\r\n%s\n' \
  "$status" $((${#page} + 1)) "$page"
"""
