#!/usr/bin/env bash
# Runs a command with the URL of a Postgres as its last argument: the one that $DEMO_POSTGRES names, or else a server of its
# own on a socket in a temporary folder, which is stopped and removed afterwards. $LASTWORD_POSTGRES_OPTIONS are that server's.
set -euo pipefail

if [ -n "${DEMO_POSTGRES:-}" ]; then exec "$@" "$DEMO_POSTGRES"; fi

programs=$(dirname "$(command -v initdb || true)")
if [ ! -x "$programs/pg_ctl" ]; then
  programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)
fi

# In /tmp: the path of a socket may have 107 bytes at most, and the server's user must reach it.
folder=$(mktemp -d /tmp/lastword.XXXXXX)
as_server() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  # The server refuses to run as root.
  chown postgres "$folder"
  as_server() { (cd / && runuser -u postgres -- "$@"); }
fi
finish() {
  as_server "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

as_server "$programs/initdb" -D "$folder/data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
as_server "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w start \
  -o "-k $folder -c listen_addresses='' ${LASTWORD_POSTGRES_OPTIONS:--c fsync=off}" >/dev/null || { cat "$folder/log" >&2; exit 1; }
"$@" "postgres://postgres@/postgres?host=$folder"
