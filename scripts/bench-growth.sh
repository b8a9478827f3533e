#!/usr/bin/env bash
# Measures how the cost of a batch grows with the table that it is merged into: the same batches, with close and with random keys, into tables
# of more and more rows, on DuckDB, a DuckLake and Postgres. What is measured stands in growth.tsv in the build folder; `make bench-docs` makes
# the plot and the law of it.
#
#   TABLES='1000000 10000000 50000000'   rows of the tables
#   BATCHES='1000 100000 1000000'        rows of the batches, half of whose keys are in the table
#   STORES='duckdb ducklake postgres'    only these
#   RUNS=3                               runs of each; the figures are medians
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra tables <<<"${TABLES:-1000000 10000000 50000000}"
read -ra batches <<<"${BATCHES:-1000 100000 1000000}"
read -ra stores <<<"${STORES:-duckdb ducklake postgres}"
runs=${RUNS:-3}
build=$(realpath "${CARGO_TARGET_DIR:-target}")
bin=$build/release
work=$build/bench/growth
results=$work/growth.tsv
mkdir -p "$work"

# The stream: a key, a number and a text of some 40 bytes.
readonly SCHEMA='{"type":"SCHEMA","stream":"items","key_properties":["id"],"schema":{"properties":{"id":{"type":"integer"},"amount":{"type":"integer"},"note":{"type":"string"}}}}'

# Fills a table with rows that are older than any that comes, in SQL that both databases have.
fill() { # source of i
  echo "insert into items (id, amount, note, _sdc_received_at, _sdc_batched_at, _sdc_sequence)
    select i, i % 1000, 'a note of some forty bytes, for row ' || i, now(), now(), 1 from $1;"
}

# A batch. Close keys: half of them the newest of the table, half new. Random keys: half from anywhere in the table, half new; the factor is
# prime, so that no two become the same.
batch() { # keys, rows, table's rows, sequence
  echo "$SCHEMA"
  awk -v keys="$1" -v rows="$2" -v there="$3" -v sequence="$4" 'BEGIN {
    for (i = 1; i <= rows; i++) {
      if (keys == "close") id = there - int(rows / 2) + i
      else id = i % 2 ? 1 + (i * 7368787 + sequence * 15485863) % there : there + i * 7368787 % (20 * rows + 1) + i
      printf "{\"type\":\"RECORD\",\"stream\":\"items\",\"sequence\":%d,\"record\":{\"id\":%d,\"amount\":%d,\"note\":\"a note of some forty bytes, for row %d\"}}\n", sequence, id, i % 1000, id
    }
  }'
  echo '{"type":"STATE","value":1}'
}

# Seconds on the clock, and of the processor: the loader's, with DuckDB in it, and the server's.
measure() { # destination, file
  local server=0 after=0
  if [ -n "${postmaster:-}" ]; then sleep 0.5; server=$(cpu_of_server); fi
  /usr/bin/time -o "$work/time" -f '%e %U %S' "$bin/target" --quiet --config "$work/settings.json" --report "$work/report.json" "$1" <"$2" >/dev/null
  if [ -n "${postmaster:-}" ]; then sleep 0.5; after=$(cpu_of_server); fi
  awk -v server="$server" -v after="$after" '{ printf "%.3f %.3f\n", $1, $2 + $3 + after - server }' "$work/time"
}
cpu_of_server() { awk '{ print ($16 + $17) / 100 }' "/proc/$postmaster/stat"; }

# Half of the batch, and what earlier ones have left, was in the table: else the figure is one of another table.
was_there() { # rows
  local replaced
  replaced=$(sed -n 's/.*"replaced": \([0-9]*\).*/\1/p' "$work/report.json" | head -n 1)
  if [ "$replaced" -lt $(($1 / 2 - 1)) ]; then
    echo "bench-growth: of $1 rows only $replaced were there" >&2
    exit 1
  fi
}

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

# All batches into one table. Where the table cannot be had anew for each, it grows by what was loaded.
grow() { # store, destination, table's rows, command that makes the table as it was
  local store=$1 destination=$2 there=$3 renew=$4 rows keys run sequence=1 input=$work/batch.singer
  for rows in "${batches[@]}"; do
    for keys in close random; do
      : >"$work/runs"
      for ((run = 0; run < runs; run++)); do
        sequence=$((sequence + 1))
        $renew
        batch "$keys" "$rows" "$there" "$sequence" >"$input"
        measure "$destination" "$input" >>"$work/runs"
        was_there "$rows"
      done
      local wall cpu
      wall=$(awk '{ print $1 }' "$work/runs" | median)
      cpu=$(awk '{ print $2 }' "$work/runs" | median)
      printf '%-9s %9d rows, %8d %-6s keys: %7.2f s, %7.2f CPU s\n' "$store" "$there" "$rows" "$keys" "$wall" "$cpu"
      keep "$store" "$there" "$rows" "$keys" "$wall" "$cpu"
    done
  done
}

# In the place of an earlier figure of the same.
keep() {
  local key
  key=$(printf '%s\t%s\t%s\t%s\t' "$1" "$2" "$3" "$4")
  touch "$results"
  grep -vF "$key" "$results" >"$results.new" || true
  printf '%s%s\t%s\n' "$key" "$5" "$6" >>"$results.new"
  sort -t "$(printf '\t')" -k1,1 -k2,2n -k3,3n -k4,4 "$results.new" >"$results"
  rm "$results.new"
}

wanted() { [[ " ${stores[*]} " == *" $1 "* ]]; }

# Called again by itself, with the URL of a throwaway Postgres.
if [ -n "${1:-}" ]; then
  url=$1
  postmaster=$(psql "$url" -Atqc "select split_part(pg_read_file('postmaster.pid'), e'\n', 1)")
  for there in "${tables[@]}"; do
    psql "$url" -qc 'drop table if exists items, _sdc_tables, _sdc_loads, _sdc_rejected'
    batch close 2 2 1 | "$bin/target" --quiet "$url" >/dev/null
    psql "$url" -qc "$(fill "generate_series(4, $there) as i")"
    psql "$url" -qc 'vacuum analyze items' -c checkpoint
    grow postgres "$url" "$there" true
  done
  exit
fi

echo "{\"extension_directory\": \"$build/extensions\"}" >"$work/settings.json"

if wanted duckdb; then
  for there in "${tables[@]}"; do
    base=$work/base.duckdb file=$work/items.duckdb
    rm -f "$base"* "$file"*
    batch close 2 2 1 | "$bin/target" --quiet "duckdb:$base" >/dev/null
    fill "range(4, $there + 1) as r(i)" | "$bin/examples/sql" "$base"
    renew() { rm -f "$file"*; cp "$base" "$file"; }
    grow duckdb "duckdb:$file" "$there" renew
    rm -f "$base"* "$file"*
  done
fi

if wanted ducklake; then
  for there in "${tables[@]}"; do
    lake=$work/items.ducklake
    rm -rf "$lake"*
    batch close 2 2 1 | "$bin/target" --quiet --config "$work/settings.json" "ducklake:$lake" >/dev/null
    echo "set extension_directory = '$build/extensions'; load ducklake; attach 'ducklake:$lake' as lake; use lake;
      $(fill "range(4, $there + 1) as r(i)")" | "$bin/examples/sql" "$work/empty.duckdb"
    grow ducklake "ducklake:$lake" "$there" true
    rm -rf "$lake"*
  done
fi

if wanted postgres; then
  # Like a server that is meant to be used: what is committed is on the disk. But nothing runs beside what is measured.
  export LASTWORD_POSTGRES_OPTIONS='-c fsync=on -c shared_buffers=512MB -c max_wal_size=4GB -c autovacuum=off'
  env -u DEMO_POSTGRES scripts/throwaway-postgres.sh scripts/bench-growth.sh
fi
