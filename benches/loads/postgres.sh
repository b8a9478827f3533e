# Sourced by scripts/bench.sh: loads into a Postgres of our own, each beside what psql needs for the same rows in the server's
# binary format. Ours go into the schema public, the limit's into the schema alone, whose tables are made like the loader's.

ask() { psql "$url" -Atq -c "set client_min_messages = warning" -c "$1"; }

fresh() { ask "drop schema if exists $1 cascade; create schema $1;"; }

load() { # file, flags...
  local file=$1
  shift
  "$bin/target" --quiet "$@" "$url" <"$file" >/dev/null
}
measure_load() {
  local file=$1
  shift
  ask checkpoint
  measure ours "$bin/target" --quiet "$@" "$url" <"$file"
}
measure_psql() { # psql's flags...
  ask checkpoint
  measure limit psql "$url" -q -v ON_ERROR_STOP=1 "$@"
}

# The loader's table for a merge, empty, in the schema template.
prepare() { # shape
  shape=$1
  input "$1"
  fresh template
  one "$1" | load /dev/stdin --schema template
  ask "truncate template.$1"
}

# Its like, in the schema alone.
fresh_alone() {
  fresh alone
  ask "create table alone.$shape (like template.$shape including all)"
}

# The rows of a Singer file, typed, as Postgres copies them; kept for the next run.
typed() { # singer, copy
  if [ "$2" -nt "$1" ]; then return; fi
  fresh public
  load "$1"
  ask "\copy public.$shape to '$2.new' (format binary)"
  mv "$2.new" "$2"
}

# A sum over all rows and columns, but for the two that hold the time of the load.
sum_of() { # schema
  ask "select count(*) || ' rows, ' || coalesce(sum(hashtextextended(
    (to_jsonb(line) - '_sdc_received_at' - '_sdc_batched_at')::text, 0)), 0) from $1.$shape as line"
}

compare() { # rows
  local ours
  ours=$(sum_of public)
  same "$ours" "$(sum_of alone)"
  same "${ours%% *}" "$1"
}

postgres_append() { # shape, orders where none is named
  prepare "${1:-orders}"
  typed "$first" "$work/$shape-first.copy"
  ours() { fresh public; measure_load "$first" --load-method append-only; }
  limit() { fresh_alone; measure_psql -c "\copy alone.$shape from '$work/$shape-first.copy' (format binary)"; }
  alternate ours limit
  result '\copy (format binary)' "wall / limit's" "$(calc "$wall / $limit_wall")" "<=" 1.15
  result '\copy (format binary)' "loader CPU / server CPU" "$(calc "$cpu / $server")" "<=" 0.6
  compare "$rows"
}

postgres_merge() { # shape
  prepare "${1:-orders}"
  typed "$first" "$work/$shape-first.copy"
  ours() { fresh public; measure_load "$first"; }
  limit() { fresh_alone; measure_psql -c "\copy alone.$shape from '$work/$shape-first.copy' (format binary)"; }
  alternate ours limit
  result '\copy (format binary)' "server CPU / limit's" "$(calc "$server / $limit_server")" "<=" 1.1
  compare "$rows"
}

postgres_half() { # shape
  prepare "${1:-orders}"
  typed "$first" "$work/$shape-first.copy"
  typed "$second" "$work/$shape-second.copy"
  local set
  set=$(ask "select string_agg(format('%1\$I = excluded.%1\$I', attname), ', ') from pg_attribute
    where attrelid = 'template.$shape'::regclass and attnum > 0 and attname <> 'id'")
  ours() {
    fresh public
    load "$first"
    measure_load "$second"
  }
  limit() {
    fresh_alone
    ask "\copy alone.$shape from '$work/$shape-first.copy' (format binary)"
    measure_psql -c "create temporary table staged (like alone.$shape)" \
      -c "\copy staged from '$work/$shape-second.copy' (format binary)" \
      -c "insert into alone.$shape select * from staged order by id on conflict (id) do update set $set
        where excluded._sdc_sequence >= $shape._sdc_sequence"
  }
  alternate ours limit
  result "staged, ON CONFLICT by key" "server CPU / limit's" "$(calc "$server / $limit_server")" "<=" 1.1
  compare "$((rows + rows / 2))"
}

# The same file once more, beside its first load.
postgres_again() {
  prepare orders
  ours() {
    local before
    before=$(all_of)
    ask checkpoint
    measure ours "$bin/target" --quiet "$url" <"$first"
    same "$(all_of)" "$before"
  }
  limit() {
    fresh public
    ask checkpoint
    measure limit "$bin/target" --quiet "$url" <"$first"
  }
  # The first load comes first.
  alternate limit ours
  result "the first load" "all CPU / limit's" "$(calc "($cpu + $server) / ($limit_cpu + $limit_server)")" "<=" 0.5
  result "the first load" "WAL / limit's" "$(calc "$wal / $limit_wal")" "<=" 0.02
}

# All rows with all columns.
all_of() { ask "select count(*) || ' rows, ' || sum(hashtextextended(line::text, 0)) from public.$shape as line"; }

counted() { # rows that there should be
  same "$(ask "select count(*) from public.$shape")" "$1"
}

# How high the loader's memory rises with more rows. The tap is not measured.
postgres_memory() { # how many times the rows
  shape=orders job_rows=$((rows * $1)) runs=1
  ours() {
    fresh public
    orders "$job_rows" | measure_load /dev/stdin
  }
  alternate ours
  result "" "peak MB" "$peak" "<=" 256
  counted "$job_rows"
}

postgres_streams() { # alone: psql makes and fills as many tables by itself
  input orders
  many
  ours() { fresh public; measure_load "$many"; }
  if [ "${1:-}" = alone ]; then
    few
    prepare orders
    typed "$few" "$work/few.copy"
    local stream
    {
      echo "begin;"
      for ((stream = 1; stream <= streams; stream++)); do
        printf 'create table orders_%04d (like template.orders including all);\n' "$stream"
        printf "\\\\copy orders_%04d from '%s' (format binary)\n" "$stream" "$work/few.copy"
      done
      echo "commit;"
    } >"$work/script.sql"
    ours() { fresh public; ask checkpoint; measure ours psql "$url" -q -v ON_ERROR_STOP=1 -f "$work/script.sql"; }
  fi
  limit() {
    fresh alone
    ask checkpoint
    measure limit "$bin/target" --quiet --schema alone "$url" <"$first"
  }
  alternate ours limit
  result "one stream" "all CPU / limit's" "$(calc "($cpu + $server) / ($limit_cpu + $limit_server)")" "<=" "$(bar_of "${1:-}")"
  same "$(ask "$(count_all)")" "$((rows / streams * streams))"
}

postgres_start() {
  shape=orders job_rows=1 runs=20
  one_row
  ours() { fresh public; start "$url"; }
  alternate ours
  result "" "ms until the first row is committed" "$(calc "$wall * 1000")" "<=" 30
  counted 1
}
