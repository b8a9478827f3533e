#!/usr/bin/env bash
# The switch from another loader: one loads the first half of a stream, and ours, with the same settings and one command changed, goes on
# in the same tables. They must be what ours alone makes of both halves. The other loaders are installed from PyPI into the build folder.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$(realpath "${CARGO_TARGET_DIR:-target}")
bin=$build/release
peers=$build/bench/peers

if [ -z "${1:-}" ]; then
  benches/peers/install.sh "$peers" meltanolabs pipelinewise jwills
  # Not all of them can use a socket.
  PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export PORT LASTWORD_POSTGRES_OPTIONS="-c listen_addresses=127.0.0.1 -c port=$PORT"
  exec env -u DEMO_POSTGRES scripts/throwaway-postgres.sh scripts/switch.sh
fi

# Called again by itself, with the URL of a throwaway Postgres.
url="$1&port=$PORT"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
orders() { "$bin/tap" --streams orders --rows 400 "$@"; }
orders --updates 0 >first.singer
# Half of the keys again, all of them newer; then changes that come late and twice.
orders --first-key 201 --start 2025-01-01 --updates 0.3 --late 0.1 --duplicates 0.1 --shuffle >second.singer

# The columns that all of them store alike.
columns='id::bigint, customer_id::bigint, status, amount::decimal(18, 4), quantity::bigint, email, is_gift, note'
# What is right: ours for the keys that it has loaded, and what the other loader has made of the others, for nobody knows what it has lost.
# How many rows there are too many, not right, and missing.
differing() { # schema
  echo "with found as (select $columns from $1.orders),
    good as (select $columns from expected.orders where id > 200 union all select $columns from $1.kept)
    select (select count(*) from found) - (select count(*) from good),
      (select count(*) from (select * from found except select * from good) as a),
      (select count(*) from (select * from good except select * from found) as b)"
}
in_postgres() { psql "$url" -Atqc "$1" | tr '|' ' '; }
in_duckdb() {
  "$peers/jwills/bin/python" -c 'import duckdb, sys; print(*(duckdb.connect("warehouse.duckdb").execute(sys.argv[1]).fetchone() or []))' "$1"
}
switch() { # name, the database, the command of the other loader, variables for ours...
  local name=$1 database=$2 other=$3 differ rows
  shift 3
  quietly "$name" first.singer "$other" --config "$name.json"
  "$database" "create table $name.kept as select * from $name.orders where id <= 200" >/dev/null
  quietly "$name" second.singer env "$@" "$bin/target" --config "$name.json"
  grep 'another loader\|no effect\|ignored' "$name.log"
  differ=$("$database" "$(differing "$name")")
  rows=$("$database" "select count(*) from $name.orders where id > 200")
  if [ "$differ" != "0 0 0" ] || [ "$rows" != 280 ]; then
    echo "$name: $rows rows of ours; rows too many, not right, missing: $differ" >&2
    exit 1
  fi
  echo "$name: right"
}
# Runs a loader over a file. What it says is shown where it fails.
quietly() { # name, file, command...
  local name=$1 file=$2
  shift 2
  "$@" <"$file" >"$name.state" 2>"$name.log" || { echo "$name, $file: $(tail -n 20 "$name.log")" >&2; exit 1; }
}
server="\"host\": \"127.0.0.1\", \"port\": $PORT, \"user\": \"postgres\", \"password\": \"none\""

cat first.singer second.singer >both.singer
quietly expected both.singer "$bin/target" "$url" --schema expected

# As Meltano hands them over, with what its Hub has set.
cat >meltanolabs.json <<JSON
{$server, "database": "postgres", "default_target_schema": "meltanolabs", "load_method": "append-only", "activate_version": true,
 "add_record_metadata": true, "hard_delete": false, "validate_records": true, "use_copy": false, "dialect+driver": "postgresql+psycopg",
 "ssl_enable": false, "ssl_storage_directory": ".secrets", "batch_size_rows": 100}
JSON
switch meltanolabs in_postgres "$peers/meltanolabs/bin/target-postgres" MELTANO_LOADER_VARIANT=meltanolabs

cat >pipelinewise.json <<JSON
{$server, "dbname": "postgres", "default_target_schema": "pipelinewise", "add_metadata_columns": true, "data_flattening_max_level": 0,
 "primary_key_required": true, "validate_records": false, "batch_size_rows": 100, "parallelism": 0, "flush_all_streams": false,
 "hard_delete": false, "temp_dir": "$folder"}
JSON
switch pipelinewise in_postgres "$peers/pipelinewise/bin/target-postgres"

cat >jwills.json <<JSON
{"filepath": "$folder/warehouse.duckdb", "default_target_schema": "jwills", "add_metadata_columns": true, "data_flattening_max_level": 0,
 "primary_key_required": true, "validate_records": false, "batch_size_rows": 100, "delimiter": ",", "quotechar": "\"", "hard_delete": false}
JSON
quietly expected both.singer "$bin/target" duckdb:warehouse.duckdb --schema expected
switch jwills in_duckdb "$peers/jwills/bin/target-duckdb"
