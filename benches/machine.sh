#!/usr/bin/env bash
# What the figures were measured on and with, a name and a value a line.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\t%s\n' "$1" "$2"; }
say date "$(date -u +%F)"
say commit "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
say processor "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1)"
say cores "$(nproc)"
say memory "$(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo)"
say system "$(. /etc/os-release && echo "$PRETTY_NAME"), Linux $(uname -r)"
say rust "$(rustc --version | cut -d ' ' -f 2)"
say postgres "$(psql --version | awk '{ print $3 }')"
# libduckdb-sys 1.10505.0 is DuckDB 1.5.5.
say duckdb "$(awk '/^name = "libduckdb-sys"/ { getline; split($3, part, "."); n = part[2]
  printf "%d.%d.%d", n / 10000, n / 100 % 100, n % 100 }' Cargo.lock)"
