#!/usr/bin/env bash
# Runs every test of the workspace (which builds the binaries too), and says at the end how many passed and failed.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
cargo test --release --workspace --no-fail-fast | tee "$log" || code=$?
echo
awk '/^test .* FAILED$/ { print "failed: " $2 }
  /^test result:.* 0 filtered out/ { passed += $4; failed += $6; ignored += $8 }
  END { printf "%d passed, %d failed, %d ignored\n", passed, failed, ignored }' "$log"
exit "$code"
