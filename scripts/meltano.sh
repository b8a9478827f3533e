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
# The project's environment is `dev` and the server is the one of this run, whatever the shell says.
unset MELTANO_ENVIRONMENT MELTANO_PROJECT_ROOT VIRTUAL_ENV PGPORT PGSERVICE

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
quietly() { "$@" 2>stderr.log || fail "$* failed:" "$(cat stderr.log)"; }

# The one value that a query asks for.
ask() { "$bin/examples/show" "$destination" "$1" | tail -n +3 | tr -d ' '; }
received() { ask "select coalesce(sum(received), 0) from tap_demo._sdc_loads"; }
# For each table how many rows it has, and a sum that another version of a row would change.
sums() { # schema
  local table query=
  for table in customers orders events; do
    query+="${query:+ union all }select '$table' as \"table\", count(*) as \"rows\", sum(_sdc_sequence) as sum from $1.$table"
  done
  "$bin/examples/show" "$destination" "$query order by 1"
}
# The same of a load without Meltano.
expected() { # rows
  local destination=duckdb:expected-$1.duckdb
  [ -f "expected-$1.duckdb" ] || tap --rows "$1" | target --quiet "$destination" --schema tap_demo >/dev/null
  sums tap_demo
}

# Runs Meltano with so many changes for the tap to send, and keeps what it prints in the file $log.
runs=0
run() { # the exit code, loader, changes of each stream, more of the environment...
  local code=0 wanted=$1 loader=$2 changes=$3
  shift 3
  runs=$((runs + 1))
  log=$loader-$runs.log
  say "meltano run tap-demo $loader, with $changes changes of each stream"
  env TAP_DEMO_ROWS="$changes" "$@" timeout 120 meltano run tap-demo "$loader" >"$log" 2>&1 || code=$?
  [ "$code" = "$wanted" ] || fail "the exit code is $code, not $wanted; $PWD/$log ends with:" "$(tail -n 20 "$log")"
  echo "ok: the exit code is $code"
}

# JSON in the one way of writing it; the member that is asked for, or all of it.
canonical() { # member
  python3 -c 'import json, sys; value = json.load(sys.stdin); print(json.dumps(value[sys.argv[1]] if sys.argv[1:] else value, sort_keys=True))' "$@"
}
# What Meltano keeps of a loader's bookmarks is what the database committed together with the rows. It is put into $kept.
state_is_the_committed_one() { # loader
  quietly meltano state get "dev:tap-demo-to-$1" >state.json
  kept=$(canonical singer_state <state.json)
  same "the state that Meltano keeps" "$(target state --quiet --schema tap_demo "$destination" | canonical)" "$kept"
}

loads() { # loader; $destination
  local before settings=${1^^}
  settings=${settings//-/_}

  run 0 "$1" 1000
  same "the number of records received" 3000 "$(received)"
  same "the tables" "$(expected 1000)" "$(sums tap_demo)"
  holds "Meltano reads the loader's metrics" "$1 +METRIC .*metric_name=record_count metric_value=1000" "$log"

  run 0 "$1" 1500
  same "the number of records received, of which the second run has only the new ones" 4500 "$(received)"
  same "the tables" "$(expected 1500)" "$(sums tap_demo)"
  holds "Meltano reads how many records came" "$1 +METRIC .*metric_name=record_count metric_value=500" "$log"
  state_is_the_committed_one "$1"

  # Among the new orders is one whose id is not a number; several commits come before it.
  before=$kept
  run 1 "$1" 2500 PATH="$PWD/broken:$PATH" TAP_DEMO_STATE_EVERY=100 "${settings}_BATCH_SIZE_ROWS=200"
  holds "Meltano reads the loader's error" "\[error +\] $1 +line [0-9]+: stream \"orders\": property \"id\"" "$log"
  [ "$(received)" -gt 4500 ] && [ "$(received)" -lt 7500 ] ||
    fail "the run that failed should have committed a part of 3000 records, but it was $(received) - 4500"
  state_is_the_committed_one "$1"
  [ "$kept" != "$before" ] || fail "the state is still the one from before the run that failed"

  run 0 "$1" 2500
  same "the tables, as if nothing had failed" "$(expected 2500)" "$(sums tap_demo)"
}

# A tap that breaks one order. Meltano finds it on PATH before the other, when it is to.
rm -rf "$work/project"
cp -r examples/meltano "$work/project"
cd "$work/project"
mkdir broken
cat >broken/tap <<SH
#!/usr/bin/env bash
set -euo pipefail
"$bin/tap" "\$@" | awk '/"type":"RECORD","stream":"orders"/ && ++n == 500 { sub(/"id":[0-9]+/, "\"id\":\"none\"") } 1'
SH
chmod +x broken/tap

destination=duckdb:warehouse.duckdb
loads target-duckdb
# The throwaway server has a socket in a folder, and one user.
export TARGET_POSTGRES_HOST=${postgres##*host=} TARGET_POSTGRES_USER=postgres TARGET_POSTGRES_DATABASE=postgres
destination=$postgres
loads target-postgres

say "meltano add --from-ref"
rm -rf "$work/added"
mkdir "$work/added"
cd "$work/added"
{
  printf 'default_environment: dev\nenvironments:\n- name: dev\n'
  sed -n '/^plugins:/,/^  loaders:/p' "$root/examples/meltano/meltano.yml" | sed '$d'
} >meltano.yml
quietly meltano add --plugin-type loader target-lastword --from-ref "$root/plugins/loaders/target-lastword.yml" >/dev/null
quietly meltano config list --all target-lastword >settings.txt
named() { sed -n 's/^ *- name: \(.*\)/\1/p' "$root/plugins/loaders/target-lastword.yml" | sort; }
same "the settings that meltano config lists" "$(named)" "$(sed -n 's/^\([a-z0-9_.]*\) \[env: .*/\1/p' settings.txt | sort)"
quietly meltano config set target-lastword destination duckdb:added.duckdb >/dev/null
quietly meltano config set target-lastword on_invalid_record reject >/dev/null
same "what Meltano shows, without secrets" '{"destination": "*****", "on_invalid_record": "reject"}' \
  "$(quietly meltano config print target-lastword | canonical)"
run 0 target-lastword 1000
destination=duckdb:added.duckdb
same "the number of records received" 3000 "$(received)"

say "Meltano runs the loader: into DuckDB and Postgres, twice, after a failure, and as it is added"
