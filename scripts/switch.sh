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
url=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
orders() { "$bin/tap" --streams orders --rows 400 "$@"; }
orders --updates 0 >first.singer
# Half of the keys again, all of them newer; then changes that come late and twice.
orders --first-key 201 --start 2025-01-01 --updates 0.3 --late 0.1 --duplicates 0.1 --shuffle >second.singer

# The columns that all of them store alike.
columns='id::bigint, customer_id::bigint, status, amount::decimal(18, 4), quantity::bigint, email, is_gift, note'
differing() { # table, the one that is right
  echo "select (select count(*) from $2), (select count(*) from (select $columns from $1 except select $columns from $2) as a),
    (select count(*) from (select $columns from $2 except select $columns from $1) as b)"
}
right() { # name, what came out
  case $2 in
    600[,\|]0[,\|]0 | "(600, 0, 0)") echo "$1: 600 rows, as ours alone makes them" ;;
    *) echo "$1: the tables differ (rows, only there, missing): $2" >&2; exit 1 ;;
  esac
}
run() { # name, the command of the other loader, variables for ours...
  local name=$1 other=$2
  shift 2
  if ! "$other" --config "$name.json" <first.singer >"$name.state" 2>"$name.log"; then
    tail -n 5 "$name.log" >&2
    exit 1
  fi
  if ! env "$@" "$bin/target" --config "$name.json" <second.singer >>"$name.state" 2>"$name.log"; then
    tail -n 20 "$name.log" >&2
    exit 1
  fi
  grep 'another loader\|no effect\|ignored' "$name.log"
}
server="\"host\": \"127.0.0.1\", \"port\": $PORT, \"user\": \"postgres\", \"password\": \"none\""

cat first.singer second.singer | "$bin/target" "$url" --schema expected >expected.state 2>expected.log

# As Meltano hands them over, with what its Hub has set.
cat >meltanolabs.json <<JSON
{$server, "database": "postgres", "default_target_schema": "meltanolabs", "load_method": "append-only", "activate_version": true,
 "add_record_metadata": true, "hard_delete": false, "validate_records": true, "use_copy": false, "dialect+driver": "postgresql+psycopg",
 "ssl_enable": false, "ssl_storage_directory": ".secrets", "batch_size_rows": 100}
JSON
run meltanolabs "$peers/meltanolabs/bin/target-postgres" MELTANO_LOADER_VARIANT=meltanolabs
right meltanolabs "$(psql "$url" -Atqc "$(differing meltanolabs.orders expected.orders)")"

cat >pipelinewise.json <<JSON
{$server, "dbname": "postgres", "default_target_schema": "pipelinewise", "add_metadata_columns": true, "data_flattening_max_level": 0,
 "primary_key_required": true, "validate_records": false, "batch_size_rows": 100, "parallelism": 0, "flush_all_streams": false,
 "hard_delete": false, "temp_dir": "$folder"}
JSON
run pipelinewise "$peers/pipelinewise/bin/target-postgres"
right pipelinewise "$(psql "$url" -Atqc "$(differing pipelinewise.orders expected.orders)")"

cat >jwills.json <<JSON
{"filepath": "$folder/jwills.duckdb", "default_target_schema": "jwills", "add_metadata_columns": true, "data_flattening_max_level": 0,
 "primary_key_required": true, "validate_records": false, "batch_size_rows": 100, "delimiter": ",", "quotechar": "\"", "hard_delete": false}
JSON
run jwills "$peers/jwills/bin/target-duckdb"
cat first.singer second.singer | "$bin/target" duckdb:jwills.duckdb --schema expected >expected.state 2>expected.log
right jwills "$("$peers/jwills/bin/python" -c 'import duckdb, sys; print(duckdb.connect("jwills.duckdb").execute(sys.argv[1]).fetchone())' \
  "$(differing jwills.orders expected.orders)")"
