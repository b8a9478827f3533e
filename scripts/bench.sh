#!/usr/bin/env bash
# What the stages cost, and whole loads from a file: into an empty destination, and the same once more.
#
#   ROWS=1000000   changes of orders in the file, which is kept in the build folder
set -euo pipefail
cd "$(dirname "$0")/.."

rows=${ROWS:-1000000}
build=$(realpath "${CARGO_TARGET_DIR:-target}")
file=$build/bench/orders-$rows.singer
say() { printf '\n== %s\n' "$*"; }

load() { # what, destination
  say "$1"
  "$build/release/target" "$2" <"$file" 2>&1 >/dev/null | tail -n 1
}

# Called again by itself, with the URL of a throwaway Postgres.
if [ -n "${1:-}" ]; then
  load "Postgres, empty" "$1"
  load "Postgres, the same again" "$1"
  exit
fi

mkdir -p "$build/bench"
if [ ! -s "$file" ]; then
  say "$rows orders into $file"
  "$build/release/tap" --streams orders --rows "$rows" --duplicates 0.05 --late 0.05 --state-every 50000 >"$file.new"
  mv "$file.new" "$file"
fi

say "the stages"
cargo bench --workspace --bench stages -- "$file"

warehouse=$build/bench/warehouse.duckdb
rm -f "$warehouse"*
load "DuckDB, empty" "duckdb:$warehouse"
load "DuckDB, the same again" "duckdb:$warehouse"
rm -f "$warehouse"*
env -u DEMO_POSTGRES scripts/throwaway-postgres.sh scripts/bench.sh
