#!/usr/bin/env bash
# Sees to it that everything is there that a build needs and, with a word, that tests ("postgres", "meltano"), measuring ("bench",
# "peers"), fuzzing ("fuzz") and packing ("wheel") need.
# What is missing is installed with apt-get where that can be done without asking; else this stops and says what to install.
set -euo pipefail

# The Rust that the workspace needs: rust-version in Cargo.toml. rustup puts it where a new shell finds it, and this one may not.
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=${HOME:-}/.cargo/bin:$PATH
needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")

die() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

# apt-get without questions, as root or by sudo where that asks for no password.
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" </dev/null; }
as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi

# Whether apt-get can be used; the first time, its lists are brought up to date.
can_install() {
  command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null || return 1
  if [ -z "${updated:-}" ]; then apt update && updated=yes; fi
}

# Installs Debian packages, or says that they must be.
install() { # what is missing, packages...
  local what=$1
  shift
  can_install || die "$what is missing" "on Debian or Ubuntu: sudo apt-get install $*"
  echo "setup: installing $* ($what is missing)"
  apt install -y --no-install-recommends "$@"
}

at_least() { # version, the least that will do
  [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

build_tools() {
  for program in cc c++ make; do
    command -v "$program" >/dev/null || install "$program" build-essential
  done
  # Debian's own cargo is mostly too old, but newer Debians have rustup.
  if ! command -v cargo >/dev/null && can_install && apt-cache show rustup >/dev/null 2>&1; then
    install cargo rustup ca-certificates
    rustup default stable
  fi
  local how='see https://rustup.rs, or: curl --proto "=https" -sSf https://sh.rustup.rs | sh -s -- -y'
  command -v cargo >/dev/null || die "Rust is missing: install Rust $needed or newer" "$how"
  local found
  found=$(cargo --version | cut -d ' ' -f 2)
  at_least "$found" "$needed" || die "Rust $found is too old: install Rust $needed or newer" "rustup update, or $how"
}

has_postgres() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

has_python() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || install "Python 3 with venv" python3 python3-venv
}

# What there is on PyPI, in an environment in the build folder: it is installed once for the same words.
from_pypi() { # the environment's name, what to install...
  local folder
  folder=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")/$1/venv
  shift
  if [ "$(cat "$folder/installed" 2>/dev/null)" = "$*" ]; then return; fi
  echo "setup: installing $* from PyPI"
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "$@"
  echo "$*" >"$folder/installed"
}

# DuckDB's extensions for a DuckLake, of the version of DuckDB that is linked, where DuckDB looks for them in a folder of its own:
# VERSION/PLATFORM/NAME.duckdb_extension.
extensions() {
  local of=(ducklake==1.5.5 postgres-scanner==1.5.5 httpfs==1.5.5)
  from_pypi extensions "${of[@]/#/duckdb-extension-}"
  local folder system machine name from to
  folder=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")/extensions
  system=$(uname -s | sed 's/Darwin/osx/; s/Linux/linux/')
  machine=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  for name in ducklake postgres_scanner httpfs; do
    from=$(echo "$folder"/venv/lib/python*/site-packages/duckdb_extension_$name/extensions/v*/$name.duckdb_extension)
    to=$folder/$(basename "$(dirname "$from")")/${system}_$machine
    mkdir -p "$to"
    ln -sf "$from" "$to/"
  done
}

case ${1:-} in
  '') build_tools ;;
  postgres)
    has_postgres || install "the PostgreSQL server (initdb)" postgresql
    has_postgres || die "there is no initdb on PATH or in /usr/lib/postgresql/*/bin, even with postgresql installed"
    # In /usr/sbin, which is not on everybody's PATH. The tests start one of their own.
    PATH=$PATH:/usr/sbin command -v pgbouncer >/dev/null || install "the pooler PgBouncer" pgbouncer
    # Loads over a bastion: the real client, and a server that is installed into no system.
    command -v ssh >/dev/null || install "OpenSSH's client" openssh-client
    has_python
    from_pypi bastion asyncssh==2.24.1
    # Lakes, and one with its files in an object store.
    extensions
    from_pypi store 'moto[s3]==5.2.5' flask==3.1.3 flask-cors==6.0.5
    ;;
  bench)
    [ -x /usr/bin/time ] || install "GNU time" time
    ;;
  peers) has_python ;;
  meltano)
    has_python
    # Each word is a requirement, and none has a space.
    # shellcheck disable=SC2046
    from_pypi meltano $(cat "$root/examples/meltano/requirements.txt")
    ;;
  wheel)
    has_python
    from_pypi wheel "$(sed -n 's/^requires = \["\(.*\)"\]/\1/p' "$root/pyproject.toml")"
    ;;
  fuzz)
    command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz@0.13.2
    ;;
  *) die "usage: scripts/setup.sh [postgres|bench|peers|fuzz|meltano|wheel]" ;;
esac
