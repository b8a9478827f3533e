# Sourced by scripts/bench.sh: the files that are loaded, made when a job first asks for them and kept for the next time.
#
#   orders  what the demo tap emits
#   wide    60 columns, a tenth of them filled in each row
#   tiny    3 columns

emit() { # file, command...
  local file=$1
  shift
  if [ -s "$file" ]; then return; fi
  echo "making $file" >&2
  "$@" >"$file.new"
  mv "$file.new" "$file"
}

# Sets $first, and $second: as many rows, all of them newer, with half of their keys known to the first.
input() { # shape
  first=$inputs/$1-$rows.singer
  second=$inputs/$1-$rows-half.singer
  if [ "$1" = orders ]; then
    emit "$first" orders "$rows"
    emit "$second" orders "$rows" --first-key "$((rows / 2 + 1))" --start 2025-01-01
  else
    emit "$first" awk -v shape="$1" -v rows="$rows" -v first=1 -v year=2024 -f benches/loads/shapes.awk
    emit "$second" awk -v shape="$1" -v rows="$rows" -v first="$((rows / 2 + 1))" -v year=2025 -f benches/loads/shapes.awk
  fi
}

orders() { # rows, flags...
  "$bin/tap" --streams orders --updates 0 --state-every 50000 --rows "$@"
}

# One record of a shape, with its schema: what makes the loader make its table.
one() { awk '{ print } /"RECORD"/ { exit }' "$inputs/$1-$rows.singer"; }

# A stream of one row.
one_row() {
  input orders
  { one orders; echo '{"type":"STATE","value":1}'; } >"$work/one.singer"
}

# So many streams, record by record in turn, with as many rows in all.
streams=${STREAMS:-500}
many() {
  many=$inputs/streams-$streams-$rows.singer
  emit "$many" orders "$((rows / streams))" --streams-copies "$streams" --window 1
}

# The first of them by itself.
few() {
  few=$inputs/orders-$((rows / streams)).singer
  emit "$few" orders "$((rows / streams))"
}

# The query that counts the rows of all of them.
count_all() {
  printf 'select sum(n) from (select 0 as n'
  local stream
  for ((stream = 1; stream <= streams; stream++)); do printf ' union all select count(*) from orders_%04d' "$stream"; done
  printf ') as counts'
}
