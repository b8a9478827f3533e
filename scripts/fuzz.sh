#!/usr/bin/env bash
# Lets libFuzzer make up inputs for each of the fuzz targets, beginning with the kept ones (fuzz/corpus), and fails at the first that breaks a
# check: that one is in fuzz/artifacts then. What is found to be new stays in the build folder, and the next run goes on from there.
#
#   FUZZ=60                   seconds for each target
#   TARGETS='lines records'   only these; all are lines, messages, schemas and records
#   KEEP=1                    put what was found into fuzz/corpus too, as few files as reach the same code; then read the diff
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ:-60}
found=$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz
limits=(-timeout=20 -rss_limit_mb=2048 -max_len=4096)

for target in ${TARGETS:-lines messages schemas records}; do
  printf '\n== %s: %s seconds\n' "$target" "$seconds"
  mkdir -p "$found/$target"
  # Without a sanitizer it is built by the stable compiler; all of the code is safe.
  cargo fuzz run -s none "$target" "$found/$target" "fuzz/corpus/$target" -- \
    -dict=fuzz/json.dict -max_total_time="$seconds" -print_final_stats=1 "${limits[@]}"
  if [ -n "${KEEP:-}" ]; then
    cp -n "$found/$target"/* "fuzz/corpus/$target/" 2>/dev/null || true
    # By the code that is reached, and not by how often: few files, and the small ones first.
    cargo fuzz cmin -s none "$target" "fuzz/corpus/$target" -- -use_counters=0 "${limits[@]}"
  fi
done
