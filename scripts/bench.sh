#!/usr/bin/env bash
# Measures the loader, each job beside its limit: what the database needs for the same rows by itself. benches/loads/ has the jobs.
# What is printed is kept in results.tsv in the build folder; `make bench-docs` makes the page of it. A job that is over its bar is
# said to be; a table that is wrong fails the run.
#
#   JOBS='duckdb-* stage-decode'   only these; all of them stand at the end of this file
#   ROWS=1000000                   rows in each file; the files are kept in the build folder
#   RUNS=5                         runs of each job and its limit, in turn; the figures are medians
#   STREAMS=500                    streams of the jobs that have many
#   BIG=1                          the long ones too: 100,000 rows onto $BIG_ROWS (50 million), and eight times the rows for memory
set -euo pipefail
cd "$(dirname "$0")/.."

rows=${ROWS:-1000000}
runs=${RUNS:-5}
build=$(realpath "${CARGO_TARGET_DIR:-target}")
bin=$build/release
inputs=$build/bench/inputs
work=$build/bench/loads
results=$work/results.tsv

. benches/loads/measure.sh
. benches/loads/inputs.sh

# Called again by itself, with the URL of a throwaway Postgres.
if [ -n "${1:-}" ]; then
  url=$1
  postmaster=$(psql "$url" -Atqc "select split_part(pg_read_file('postmaster.pid'), e'\n', 1)")
  . benches/loads/postgres.sh
  run_jobs postgres-{append,merge,half}{,-wide,-tiny} postgres-{again,start} postgres-memory-{1,4}
  if [ -n "${BIG:-}" ]; then run_jobs postgres-memory-8; fi
  run_jobs postgres-streams{,-alone}
  exit
fi

mkdir -p "$inputs" "$work/runs"
# Of an earlier run, and perhaps of an earlier loader.
rm -f "$work"/*.{duckdb,wal,copy,parquet}
: >"$work/new.tsv"
# What was measured stays, even if the rest is not waited for.
trap keep_results EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
benches/machine.sh >"$work/machine.tsv"
awk -v header=1 -f benches/loads/show.awk </dev/null

. benches/loads/stages.sh
run_jobs stage-{decode,pipe}

. benches/loads/duckdb.sh
run_jobs duckdb-{append,merge,half}{,-wide,-tiny} duckdb-start duckdb-memory-{1,4}
if [ -n "${BIG:-}" ]; then run_jobs duckdb-memory-8 duckdb-large-{close,random}; fi
run_jobs duckdb-streams{,-alone}
rm -f "$work"/*.{duckdb,wal,parquet}

# Like a server that is meant to be used: what is committed is on the disk. But nothing runs beside what is measured.
export LASTWORD_POSTGRES_OPTIONS='-c fsync=on -c shared_buffers=512MB -c max_wal_size=4GB -c autovacuum=off'
env -u DEMO_POSTGRES scripts/throwaway-postgres.sh scripts/bench.sh
rm -f "$work"/*.copy

if [ ! -s "$work/new.tsv" ]; then echo "bench: no job is called '${JOBS:-}' (some are there with BIG=1 only)" >&2; exit 2; fi
if grep -q 'wrong$' "$work/new.tsv"; then echo "bench: a table is wrong" >&2; exit 1; fi
