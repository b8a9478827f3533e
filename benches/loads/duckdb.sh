# Sourced by scripts/bench.sh: loads into DuckDB, each beside what DuckDB needs for the same by itself, in the same build of it
# and with the same memory limit.

warehouse=$work/ours.duckdb
alone=$work/limit.duckdb

load() { # file, flags...; into $warehouse
  local file=$1
  shift
  measure ours "$bin/target" --quiet "$@" "duckdb:$warehouse" <"$file"
}

# DuckDB by itself; SQL on stdin.
sql() { # file
  { echo "set memory_limit = '512MB';"; cat; } | "$bin/examples/sql" "$1"
}
measure_sql() {
  { echo "set memory_limit = '512MB';"; cat; } >"$work/script.sql"
  measure limit "$bin/examples/sql" "$alone" <"$work/script.sql"
}

ask() { # file, query; prints one cell
  "$bin/examples/show" "duckdb:$1" "$2" | tail -n 1 | sed "s/^ *//"
}

fresh() { rm -f "$1" "$1".wal; }

# A file with the table as the loader makes it, empty; and its columns as read_json wants them, as they are selected from a
# record, and counted.
prepare() { # shape
  shape=$1
  input "$1"
  template=$work/$1-template.duckdb
  fresh "$template"
  one "$1" | "$bin/target" --quiet "duckdb:$template" >/dev/null
  sql "$template" <<<"delete from $1;"
  local from="from duckdb_columns() where schema_name = 'main' and table_name = '$1'
    and column_name not like '\_sdc\_%' escape '\\'"
  struct=$(ask "$template" "select string_agg(format('\"{}\" {}', column_name, data_type), ', ' order by column_index) $from")
  fields=$(ask "$template" "select string_agg(format('record.\"{0}\" as \"{0}\"', column_name), ', ' order by column_index) $from")
  counts=$(ask "$template" "select string_agg(format('count(record.\"{}\")', column_name), ', ' order by column_index) $from")
}

# The records of a Singer file as DuckDB reads them.
records() { # file
  echo "read_json('$1', format = 'newline_delimited', columns = {type: 'varchar', record: 'struct($struct)',
    time_extracted: 'timestamptz', sequence: 'bigint'}) where type = 'RECORD'"
}

rows_of() { # file; the rows of that file as the table has them
  echo "select $fields, time_extracted as _sdc_extracted_at, now() as _sdc_received_at, now() as _sdc_batched_at,
    sequence as _sdc_sequence from $(records "$1")"
}

# A sum over all rows and columns, but for the two that hold the time of the load. The loader keeps JSON as it came, and DuckDB
# writes it anew, so it is its values that are compared.
sum_of() { # file
  local parsed=
  if [ "$shape" = orders ]; then
    parsed="replace (from_json(tags, '[\"varchar\"]') as tags, from_json(address,
      '{\"street\": \"varchar\", \"city\": \"varchar\", \"geo\": {\"lat\": \"double\", \"lng\": \"double\"}}') as address)"
  fi
  ask "$1" "select count(*) || ' rows, ' || coalesce(sum(hash(line)), 0) from
    (select line from (select * exclude (_sdc_received_at, _sdc_batched_at) $parsed from $shape) as line)"
}

compare() { # rows
  local ours limit
  ours=$(sum_of "$warehouse") limit=$(sum_of "$alone")
  same "$ours" "$limit"
  same "${ours%% *}" "$1"
}

duckdb_append() { # shape, orders where none is named
  prepare "${1:-orders}"
  ours() { fresh "$warehouse"; load "$first" --load-method append-only; }
  limit() {
    cp "$template" "$alone"
    measure_sql <<<"insert into $shape by name $(rows_of "$first");"
  }
  alternate ours limit
  result "read_json, insert" "CPU / limit's" "$(calc "$cpu / $limit_cpu")" "<=" 1.0
  result "read_json, insert" "wall / limit's" "$(calc "$wall / $limit_wall")" "<=" 0.9
  compare "$rows"
}

duckdb_merge() { # shape
  prepare "${1:-orders}"
  ours() { fresh "$warehouse"; load "$first"; }
  limit() {
    cp "$template" "$alone"
    measure_sql <<<"insert into $shape by name $(rows_of "$first") qualify row_number() over (partition by id order by sequence desc) = 1;"
  }
  alternate ours limit
  result "read_json, newest per key, insert" "CPU / limit's" "$(calc "$cpu / $limit_cpu")" "<=" 0.65
  compare "$rows"
}

# Writes the rows of a Singer file, typed, as Parquet.
parquet() { # file, parquet
  cp "$template" "$alone"
  sql "$alone" <<<"insert into $shape by name $(rows_of "$1"); copy $shape to '$2' (format parquet);"
}

# A warehouse with the first file in it, to start from.
base() {
  base=$work/$shape-base.duckdb
  fresh "$base"
  "$bin/target" --quiet "duckdb:$base" <"$first" >/dev/null
}

duckdb_half() { # shape
  prepare "${1:-orders}"
  base
  parquet "$second" "$work/second.parquet"
  ours() { cp "$base" "$warehouse"; load "$second"; }
  limit() {
    cp "$base" "$alone"
    measure_sql <<SQL
select $counts from $(records "$second");
create temp table staged as from read_parquet('$work/second.parquet');
begin;
delete from $shape using staged where $shape.id = staged.id;
insert into $shape by name from staged;
commit;
SQL
  }
  alternate ours limit
  result "read_json + staged delete, insert" "CPU / limit's" "$(calc "$cpu / $limit_cpu")" "<=" 1.3
  compare "$((rows + rows / 2))"
}

# 100,000 rows, half of them known, onto a table of $BIG_ROWS. Close keys: the newest; random keys: from anywhere.
large=${BIG_ROWS:-50000000}
batch=$((rows < 100000 ? rows : 100000))

# A warehouse of so many rows: the first file again and again, each time with higher keys.
large_base() {
  large_base=$work/large.duckdb
  if [ -s "$large_base" ]; then return; fi
  echo "making $large_base" >&2
  fresh "$large_base.new"
  cp "$base" "$large_base.new"
  local done
  for ((done = rows; done < large; done += rows)); do
    echo "insert into orders select * replace (id + $done as id) from orders where id <= least($rows, $large - $done);"
  done | sql "$large_base.new"
  mv "$large_base.new" "$large_base"
}

close_keys() { # rows that are there
  orders "$batch" --first-key "$(($1 - batch / 2 + 1))" --start 2025-01-01
}

# Each odd key becomes one that is there, and each even one one that is not. The factor is prime, so no two become the same.
random_keys() { # rows that are there
  orders "$batch" --start 2025-01-01 | awk -v there="$1" '
    match($0, /"record":\{"id":[0-9]+/) {
      id = substr($0, RSTART + 15, RLENGTH - 15)
      key = 1 + id * 7368787 % there + (id % 2 ? 0 : there)
      $0 = substr($0, 1, RSTART + 14) key substr($0, RSTART + RLENGTH)
    }
    { print }'
}

duckdb_large() { # close or random
  prepare orders
  base
  large_base
  job_rows=$batch
  "large_$1"
  counted "$((large + batch / 2))"
}

large_close() {
  close_keys "$large" >"$work/large.singer"
  close_keys "$rows" >"$work/small.singer"
  ours() { cp "$large_base" "$warehouse"; load "$work/large.singer"; }
  limit() {
    cp "$base" "$alone"
    measure limit "$bin/target" --quiet "duckdb:$alone" <"$work/small.singer"
  }
  alternate ours limit
  result "the same onto $rows rows" "wall / limit's" "$(calc "$wall / $limit_wall")" "<=" 1.5
  result "the same onto $rows rows" "CPU / limit's" "$(calc "$cpu / $limit_cpu")"
}

large_random() {
  random_keys "$large" >"$work/large.singer"
  parquet "$work/large.singer" "$work/large.parquet"
  ours() { cp "$large_base" "$warehouse"; load "$work/large.singer"; }
  # Nothing is written, so that one copy does.
  cp "$large_base" "$alone"
  limit() {
    measure_sql <<SQL
create temp table staged as from read_parquet('$work/large.parquet');
select count(*), max(orders._sdc_sequence) from orders join staged using (id);
SQL
  }
  alternate ours limit
  result "the join alone" "CPU / limit's" "$(calc "$cpu / $limit_cpu")"
}

counted() { # rows that there should be
  same "$(ask "$warehouse" "select count(*) from $shape")" "$1"
}

# How high the memory rises with more rows. The tap is not measured.
duckdb_memory() { # how many times the rows
  shape=orders job_rows=$((rows * $1)) runs=1
  ours() {
    fresh "$warehouse"
    orders "$job_rows" | measure ours "$bin/target" --quiet "duckdb:$warehouse"
  }
  alternate ours
  result "" "peak MB" "$peak" "<=" 768
  counted "$job_rows"
}

duckdb_streams() { # alone: DuckDB makes and fills as many tables by itself
  shape=orders
  input orders
  many
  ours() { fresh "$warehouse"; load "$many"; }
  if [ "${1:-}" = alone ]; then
    few
    template=$work/one.duckdb
    fresh "$template"
    "$bin/target" --quiet "duckdb:$template" <"$few" >/dev/null
    local stream
    {
      echo "set threads = 1; set memory_limit = '512MB'; attach '$template' as one (read_only); begin;"
      for ((stream = 1; stream <= streams; stream++)); do
        printf 'create table orders_%04d as select * from one.orders limit 0;\n' "$stream"
        printf 'insert into orders_%04d select * from one.orders;\n' "$stream"
      done
      echo "commit; checkpoint;"
    } >"$work/script.sql"
    ours() { fresh "$warehouse"; measure ours "$bin/examples/sql" "$warehouse" <"$work/script.sql"; }
  fi
  limit() { fresh "$alone"; measure limit "$bin/target" --quiet "duckdb:$alone" <"$first"; }
  alternate ours limit
  result "one stream" "CPU / limit's" "$(calc "$cpu / $limit_cpu")" "<=" "$(bar_of "${1:-}")"
  same "$(ask "$warehouse" "$(count_all)")" "$((rows / streams * streams))"
}

duckdb_start() {
  shape=orders job_rows=1 runs=20
  one_row
  ours() { fresh "$warehouse"; start "duckdb:$warehouse"; }
  alternate ours
  result "" "ms until the first row is committed" "$(calc "$wall * 1000")" "<=" 50
  counted 1
}
