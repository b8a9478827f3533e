#!/usr/bin/env bash
# Runs a real Meltano over copies of examples/meltano, into DuckDB and Postgres: a first run, a run that goes on from the stored
# state, a run that fails and the one after it; then the loader as `meltano add` adds it.
#
#   scripts/throwaway-postgres.sh scripts/meltano.sh   (`make test-meltano`; the last argument is the URL of a Postgres)
#
# The projects stay in the build folder, for a look at what went wrong. Nothing here uses the network.
set -euo pipefail
cd "$(dirname "$0")/.."

postgres=${1:?usage: scripts/throwaway-postgres.sh scripts/meltano.sh}
root=$PWD
build=$(realpath "${CARGO_TARGET_DIR:-target}")
bin=$build/release
work=$build/meltano

export PATH=$bin:$work/venv/bin:$PATH
export MELTANO_SEND_ANONYMOUS_USAGE_STATS=false NO_COLOR=1 COLUMNS=1000
# Whoever asks the network all the same gets no answer from this one.
export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
# The project's environment is `dev`, whatever the shell's is.
unset MELTANO_ENVIRONMENT MELTANO_PROJECT_ROOT VIRTUAL_ENV

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'test-meltano: %s\n' "$@" >&2
  exit 1
}
same() { # what, expected, found
  [ "$2" = "$3" ] || fail "$1 should be:" "$2" "but is:" "$3" "(in $PWD)"
  echo "ok: $1"
}
holds() { # what, pattern, file
  grep -qE -- "$2" "$3" || fail "$1: nothing like '$2' in $PWD/$3, which ends with:" "$(tail -n 20 "$3")"
  echo "ok: $1"
}

# The one value that a query asks for.
ask() { "$bin/examples/show" "$destination" "$1" | tail -n +3 | tr -d ' '; }
received() { ask "select coalesce(sum(received), 0) from tap_demo._sdc_loads"; }
duplicates() { ask "select coalesce(sum(duplicate), 0) from tap_demo._sdc_loads"; }
# For each table how many rows it has, and a sum that any other version of a row would change.
sums() { # schema
  local table
  for table in customers orders events; do
    echo "$table $(ask "select count(*) from $1.$table") $(ask "select sum(_sdc_sequence) from $1.$table")"
  done
}
# The same of a load without Meltano.
expected() { # rows
  local destination=duckdb:expected-$1.duckdb
  tap --rows "$1" | target --quiet "$destination" --schema tap_demo >/dev/null
  sums tap_demo
}

# Runs Meltano with so many changes for the tap to send, and keeps what it prints in the file $log.
run() { # the exit code, loader, changes of each stream
  local code=0
  log=$2-$3.log
  say "meltano run tap-demo $2, with $3 changes of each stream"
  TAP_DEMO_ROWS=$3 timeout 120 meltano run tap-demo "$2" >"$log" 2>&1 || code=$?
  [ "$code" = "$1" ] || fail "the exit code is $code, not $1; $PWD/$log ends with:" "$(tail -n 20 "$log")"
  echo "ok: the exit code is $code"
}

# What Meltano has stored, and what the database committed with its rows, as JSON in one way of writing.
canonical() { python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["bookmarks"], sort_keys=True))'; }
stored() { # loader
  meltano state get "dev:tap-demo-to-$1" 2>/dev/null |
    python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["singer_state"]))' | canonical
}
committed() { target state "$destination" --schema tap_demo --quiet | canonical; }

loads() { # loader; $destination
  local before
  run 0 "$1" 1000
  same "records received" 3000 "$(received)"
  same "the tables" "$(expected 1000)" "$(sums tap_demo)"
  same "the state that Meltano has" "$(committed)" "$(stored "$1")"
  holds "the log has the loader's metrics" 'record_count' "$log"

  run 0 "$1" 1500
  same "records received, with only the new ones of the second run" 4500 "$(received)"
  same "the tables" "$(expected 1500)" "$(sums tap_demo)"
  same "the state that Meltano has" "$(committed)" "$(stored "$1")"

  # A tap that sends, amid the new orders, one whose id is not a number; several commits come before it.
  before=$(received)
  # shellcheck disable=SC2030
  (PATH=$PWD/broken:$PATH && export PATH TAP_DEMO_STATE_EVERY=100 "${1//-/_}_batch_size_rows=200" && run 1 "$1" 2500)
  log=$1-2500.log
  holds "the log says what was wrong" 'orders.*id' "$log"
  [ "$(received)" -gt "$before" ] || fail "no commit came before the record that was wrong"
  [ "$(received)" -lt 7500 ] || fail "records came after the record that was wrong"
  same "the state that Meltano has after a failure" "$(committed)" "$(stored "$1")"

  run 0 "$1" 2501
}
