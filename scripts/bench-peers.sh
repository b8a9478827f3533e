#!/usr/bin/env bash
# Runs other loaders, and ours, over the same orders into Postgres and DuckDB: rows per second, CPU, memory, and whether the table is
# right. They are installed from PyPI into the build folder. The results are in bench/peers/results.tsv there; `make bench-docs` makes
# the page of them.
#
#   ROWS=1000000         records in each file
#   SLOW_ROWS=100000     the same for those that take minutes: MeltanoLabs, dlt
#   PEERS='dlt sling'    only these (lastword, meltanolabs, pipelinewise, jwills, dlt, sling)
set -euo pipefail
cd "$(dirname "$0")/.."

export ROWS=${ROWS:-1000000} SLOW_ROWS=${SLOW_ROWS:-100000}
build=$(realpath "${CARGO_TARGET_DIR:-target}")
bin=$build/release
peers=$build/bench/peers
inputs=$peers/inputs

# Called again by itself, with the URL of a throwaway Postgres.
if [ -n "${1:-}" ]; then
  postmaster=$(psql "$1&port=$PORT" -Atqc "select split_part(pg_read_file('postmaster.pid'), e'\n', 1)")
  exec python3 benches/peers/run.py "$inputs" "$peers" "$bin" "$PORT" "$postmaster"
fi

mkdir -p "$inputs"
emit() { # file, flags...
  local file=$1
  shift
  if [ -s "$file" ]; then return; fi
  "$bin/tap" --streams orders --state-every 50000 "$@" >"$file.new"
  mv "$file.new" "$file"
}
for rows in "$ROWS" "$SLOW_ROWS"; do
  emit "$inputs/first-$rows.singer" --rows "$rows" --updates 0
  emit "$inputs/second-$rows.singer" --rows "$rows" --updates 0 --first-key "$((rows / 2 + 1))" --start 2025-01-01
  # Three records in ten are further versions of a key. Each window of a thousand is shuffled, and some come windows later.
  emit "$inputs/disorder-$rows.singer" --rows "$rows" --updates 0.3 --late 0.1 --late-windows 3 --shuffle
  # Without a key every one of the loaders appends.
  sed '1s/"key_properties":\["id"\]/"key_properties":[]/' "$inputs/first-$rows.singer" >"$inputs/append-$rows.singer"
done
# They cost as much disk as they need when they are asked for; those of the run before may be of other records.
rm -f "$inputs"/*.jsonl

benches/peers/install.sh "$peers"
benches/machine.sh >"$peers/machine.tsv"
# Not all of them can use a socket.
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PORT
export LASTWORD_POSTGRES_OPTIONS="-c listen_addresses=127.0.0.1 -c port=$PORT -c fsync=on -c shared_buffers=512MB -c max_wal_size=4GB -c autovacuum=off"
env -u DEMO_POSTGRES scripts/throwaway-postgres.sh scripts/bench-peers.sh
