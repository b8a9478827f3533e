# Sourced by scripts/bench.sh: the decoder by itself, and a pipe.

# From bytes to Arrow, on one core; beside it what serde_json needs to walk the lines and keep nothing.
stage_decode() {
  input orders
  local log=$work/stages.log
  cargo bench --quiet --workspace --bench stages -- "$first" "$runs" >"$log"
  # A line ends in "156 MB/s  3.151 s".
  wall=$(awk '/^messages \+ decode  / { print $(NF - 1) }' "$log")
  cpu=$wall
  limit_wall=$(awk '/^floor/ { print $(NF - 1) }' "$log")
  limit_cpu=$limit_wall
  result "serde_json, IgnoredAny" "MB/s" "$(awk '/^messages \+ decode  / { print $(NF - 3) }' "$log")" ">=" 350
  result "serde_json, IgnoredAny" "the limit's MB/s" "$(awk '/^floor/ { print $(NF - 3) }' "$log")"
}

# The same bytes through a pipe, for scale.
stage_pipe() {
  input orders
  ours() { measure ours bash -c 'cat "$1" | cat >/dev/null' bash "$first"; }
  alternate ours
  result "" "MB/s" "$(calc "$(stat -c %s "$first") / 1e6 / $wall")"
}
