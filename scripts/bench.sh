#!/usr/bin/env bash
# What the stages cost, and whole loads of orders: append, a first merge load, and a merge onto as many rows, half of them known.
# For each: wall time, CPU seconds of the loader (with DuckDB in it), CPU seconds of the Postgres server, the loader's peak memory.
#
#   ROWS=1000000    orders in each file; the files are kept in the build folder
#   RUNS=3          runs of each load; the figures are medians
set -euo pipefail
cd "$(dirname "$0")/.."

rows=${ROWS:-1000000}
runs=${RUNS:-3}
build=$(realpath "${CARGO_TARGET_DIR:-target}")
first=$build/bench/orders-$rows.singer
second=$build/bench/orders-$rows-half.singer
say() { printf '\n== %s\n' "$*"; }
median() { sort -n | sed -n "$(((runs + 1) / 2))p"; }

# CPU seconds of the server's ended processes, our sessions among them.
server_cpu() {
  if [ -z "${server:-}" ]; then echo 0; else awk '{ print ($16 + $17) / 100 }' "/proc/$server/stat"; fi
}

# Prints wall, loader's CPU, server's CPU and peak MB of one load.
load() { # destination, file, flags...
  local to=$1 file=$2 before after
  shift 2
  before=$(server_cpu)
  /usr/bin/time -o "$build/bench/time" -f '%e %U %S %M' "$build/release/target" --quiet "$@" "$to" <"$file" >/dev/null
  # A session's CPU time counts once the server has seen its process end.
  [ -z "${server:-}" ] || sleep 0.5
  after=$(server_cpu)
  awk -v before="$before" -v after="$after" '{ printf "%.2f %.2f %.2f %.0f\n", $1, $2 + $3, after - before, $4 / 1024 }' "$build/bench/time"
}

report() { # what; the runs' lines on stdin
  local lines
  lines=$(cat)
  column() { awk -v place="$1" '{ print $place }' <<<"$lines" | median; }
  local wall
  wall=$(column 1)
  printf '%-24s %7s rows/s  wall %6s s  loader CPU %6s s  server CPU %6s s  peak %4s MB\n' "$1" \
    "$(awk -v rows="$rows" -v wall="$wall" 'BEGIN { printf "%d", rows / wall }')" "$wall" "$(column 2)" "$(column 3)" "$(column 4)"
}

# Runs the three loads, each into an empty place; the half-known merge goes onto the first load.
loads() { # name, then a function that empties the place and prints its destination
  local run to
  : >"$build/bench/append"; : >"$build/bench/merge"; : >"$build/bench/half"
  for ((run = 0; run < runs; run++)); do
    to=$("$2")
    load "$to" "$first" --load-method append-only >>"$build/bench/append"
    to=$("$2")
    load "$to" "$first" >>"$build/bench/merge"
    load "$to" "$second" >>"$build/bench/half"
  done
  report "$1 append" <"$build/bench/append"
  report "$1 first merge" <"$build/bench/merge"
  report "$1 merge, half known" <"$build/bench/half"
}

# Called again by itself, with the URL of a throwaway Postgres.
if [ -n "${1:-}" ]; then
  url=$1
  server=$(psql "$url" -Atqc "select split_part(pg_read_file('postmaster.pid'), e'\n', 1)")
  fresh_postgres() {
    psql "$url" -qc 'drop schema public cascade' -c 'create schema public' -c checkpoint 2>/dev/null
    echo "$url"
  }
  loads Postgres fresh_postgres
  exit
fi

mkdir -p "$build/bench"
emit() { # file, flags...
  local file=$1
  shift
  [ -s "$file" ] && return
  say "$rows orders into $file"
  "$build/release/tap" --streams orders --rows "$rows" --updates 0 --state-every 50000 "$@" >"$file.new"
  mv "$file.new" "$file"
}
emit "$first"
emit "$second" --first-key "$((rows / 2 + 1))" --start 2025-01-01

say "the stages"
cargo bench --workspace --bench stages -- "$first"

say "whole loads, medians of $runs"
warehouse=$build/bench/warehouse.duckdb
fresh_duckdb() {
  rm -f "$warehouse"*
  echo "duckdb:$warehouse"
}
loads DuckDB fresh_duckdb
rm -f "$warehouse"*
# Like a server that is meant to be used: what is committed is on the disk.
export LASTWORD_POSTGRES_OPTIONS='-c fsync=on -c shared_buffers=512MB -c max_wal_size=4GB'
env -u DEMO_POSTGRES scripts/throwaway-postgres.sh scripts/bench.sh
