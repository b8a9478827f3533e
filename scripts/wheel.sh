#!/usr/bin/env bash
# The wheel: both binaries as pip installs them.
#
#   scripts/wheel.sh build   make it in the build folder's wheel/dist (`make wheel`)
#   scripts/wheel.sh test    install it into a fresh environment, and load with what is there (`make test-wheel`)
set -euo pipefail
cd "$(dirname "$0")/.."

build=$(realpath "${CARGO_TARGET_DIR:-target}")
work=$build/wheel

fail() {
  printf 'wheel: %s\n' "$@" >&2
  exit 1
}
bytes() { stat -c %s "$1"; }
megabytes() { awk -v bytes="$(bytes "$1")" 'BEGIN { printf "%.1f MB", bytes / 1e6 }'; }

# maturin takes one crate's binaries, and asks cargo for `target` with the profile and the features of `make build`: what that has
# compiled is not compiled again, only linked without symbols. `tap` is put beside it.
make_wheel() {
  rm -rf target/wheel "$work/dist"
  mkdir -p target/wheel/scripts
  strip -o target/wheel/scripts/tap "$build/release/tap"
  "$work/venv/bin/maturin" build --release --out "$work/dist" "$@"
}

the_wheel() {
  local found=("$work"/dist/lastword-*.whl)
  [ "${#found[@]}" = 1 ] && [ -f "${found[0]}" ] || fail "there is no wheel in $work/dist: make wheel"
  echo "${found[0]}"
}

# The newest version of the C library that a binary asks for.
glibc() { objdump -T "$1" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | cut -d _ -f 2; }

# Meltano installs tap and loader by their `pip_url`, and finds neither anywhere else.
test_in_meltano() { # wheel
  local meltano=$build/meltano/venv/bin definition=$PWD/plugins/loaders/target-lastword.yml
  # shellcheck disable=SC2016
  env -i HOME="$folder" PATH="$meltano:/usr/bin:/bin" MELTANO_SEND_ANONYMOUS_USAGE_STATS=false NO_COLOR=1 \
    https_proxy=http://127.0.0.1:9 wheel="$1" definition="$definition" bash -euo pipefail >"$folder/meltano.log" 2>&1 <<'SH' ||
    mkdir "$HOME/project"
    cd "$HOME/project"
    {
      printf 'default_environment: dev\nenvironments:\n- name: dev\n'
      printf 'plugins:\n  extractors:\n  - {name: tap-demo, namespace: tap_demo, executable: tap, pip_url: %s}\n' "$wheel"
    } >meltano.yml
    sed "s|^executable: .*|&\npip_url: $wheel|" "$definition" >loader.yml
    meltano add --plugin-type loader target-lastword --from-ref loader.yml
    meltano install
    meltano config set target-lastword destination duckdb:shop.duckdb
    meltano run tap-demo target-lastword
    [ -s shop.duckdb ]
SH
    fail "Meltano could not install the wheel and load with it:" "$(tail -n 20 "$folder/meltano.log")"
}

test_wheel() {
  local wheel fresh tag file
  wheel=$(the_wheel)
  fresh=$work/fresh
  rm -rf "$fresh"
  python3 -m venv "$fresh"
  "$fresh/bin/pip" install --quiet --disable-pip-version-check --no-index "$wheel"

  # What pip checked before it installed it is true of both: the tag says the oldest C library that will do.
  tag=$(basename "$wheel" | sed -n 's/.*-manylinux_\([0-9]*\)_\([0-9]*\)_.*/\1.\2/p')
  for file in "$fresh/bin/target" "$fresh/bin/tap"; do
    [ -x "$file" ] || fail "the wheel has no $(basename "$file")"
    ! readelf -S "$file" | grep -q '\.debug_info' || fail "$file has debugging information in it"
    [ -z "$tag" ] || [ "$(printf '%s\n' "$tag" "$(glibc "$file")" | sort -V | tail -n 1)" = "$tag" ] ||
      fail "$(basename "$file") needs glibc $(glibc "$file"), but the wheel is called $(basename "$wheel")"
  done

  # Nothing of this shell's is needed: what runs is what the wheel brought.
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  test_in_meltano "$wheel"
  cd "$folder"
  in_fresh() { env -i HOME="$folder" PATH="$fresh/bin:/usr/bin:/bin" bash -euo pipefail -c "$1"; }
  in_fresh 'tap --rows 1000 --late 0.1 --duplicates 0.1 --shuffle > changes.singer'
  in_fresh 'target --quiet --report first.json duckdb:shop.duckdb < changes.singer > bookmarks.jsonl'
  in_fresh 'target --quiet --report again.json duckdb:shop.duckdb < changes.singer > bookmarks.jsonl'
  in_fresh 'tail -n 1 bookmarks.jsonl > out.json && target state --quiet duckdb:shop.duckdb > state.json && cmp out.json state.json' ||
    fail "the bookmark that came out is not the one in the database"
  python3 - <<'PYTHON'
import json
first, again = (json.load(open(name))["total"] for name in ("first.json", "again.json"))
assert first["received"] == again["received"] > 3000, (first, again)
assert first["inserted"] > 0 and again["inserted"] == again["replaced"] == 0, (first, again)
PYTHON

  echo "$(basename "$wheel"): $(megabytes "$wheel"); target $(megabytes "$fresh/bin/target"), with symbols $(megabytes "$build/release/target"); tap $(megabytes "$fresh/bin/tap")"
  echo "ok: installed in a fresh environment, it loads 3 streams twice, and the second time changes nothing"
  echo "ok: Meltano installs it by its pip_url, and runs what it brought"
}

command=${1:-}
shift || true
case $command in
  build) make_wheel "$@" ;;
  test) test_wheel ;;
  *) fail "usage: scripts/wheel.sh build|test" ;;
esac
