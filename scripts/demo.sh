#!/usr/bin/env bash
# The demo: a tap whose records come late, twice, out of order and in overlapping windows, into a database; then all of it
# once more, the oldest window last, and nothing has changed.
#
#   scripts/demo.sh DESTINATION   (a URL as target takes it; `make demo` and `make demo-postgres` call this)
set -euo pipefail
cd "$(dirname "$0")/.."

destination=${1:?usage: scripts/demo.sh DESTINATION}
bin=$(realpath "${CARGO_TARGET_DIR:-target}")/release
tap() { "$bin/tap" "$@"; }
target() { "$bin/target" "$@"; }
show() { "$bin/examples/show" "$destination" "$1"; }
say() { printf '\n== %s\n' "$*"; }

# Its own folder, new each time; git does not look into it.
rm -rf demo
mkdir demo
echo '*' >demo/.gitignore

disorder=(--updates 0.4 --deletes 0.1 --late 0.1 --duplicates 0.1 --shuffle)

# For each table a sum over every row and every column, whatever the order of the rows.
sums() {
  local query=
  for table in customers orders events; do
    query+="${query:+ union all }select '$table' as \"table\", count(*) as \"rows\", count(*) - count(_sdc_deleted_at) as living,
      md5(string_agg(line, '' order by line)) as checksum
      from (select md5(cast(t as varchar)) as line, _sdc_deleted_at from $table as t) as lines"
  done
  show "$query"
}

say "the first window: late, doubled and shuffled records"
tap --rows 4000 "${disorder[@]}" >demo/first.singer
target "$destination" <demo/first.singer >demo/state.json
echo "bookmark: $(tail -n 1 demo/state.json | cut -c 1-100)"

say "the second window begins 500 records before the bookmark"
tail -n 1 demo/state.json >demo/bookmark.json
tap --rows 6000 "${disorder[@]}" --state demo/bookmark.json --overlap 500 >demo/second.singer
target "$destination" <demo/second.singer >>demo/state.json

say "some rows"
show "select id, status, amount, updated_at, _sdc_sequence, _sdc_deleted_at from orders order by id limit 5"

say "the tables"
sums | tee demo/before.txt

say "everything once more: the second window, then the first"
target "$destination" <demo/second.singer >/dev/null
target "$destination" <demo/first.singer >/dev/null

say "the tables again"
sums | tee demo/after.txt
cmp -s demo/before.txt demo/after.txt || { echo "the tables differ: that is a bug" >&2; exit 1; }
echo
echo "Not a byte has changed: each key has the newest of its records, in whatever order they come."
