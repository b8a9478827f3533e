#!/usr/bin/env bash
# One tap and many loaders: shards.sh N DESTINATION TAP…
# The tap goes on from the bookmark in state.json, and that goes as far as all loaders have come.
set -euo pipefail
shards=$1 destination=$2
shift 2

run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
pipes=() loaders=() printed=() state=()
for shard in $(seq "$shards"); do
  mkfifo "$run/$shard.in"
  target --shard "$shard/$shards" --report "report.$shard.json" "$destination" < "$run/$shard.in" > "$run/$shard.out" &
  loaders+=($!) pipes+=("$run/$shard.in") printed+=("$run/$shard.out")
done

# With -p a loader that ends early takes nobody with it.
failed=0
if [ -s state.json ]; then state=(--state state.json); fi
"$@" "${state[@]}" | tee -p "${pipes[@]}" > /dev/null || failed=1
for loader in "${loaders[@]}"; do wait "$loader" || failed=1; done

# The last bookmark that all of them have printed.
awk -v shards="$shards" '
  NR == FNR { first[++lines] = $0 }
  !seen[FILENAME, $0]++ { loaders[$0]++ }
  END { for (line = lines; line > 0; line--) if (loaders[first[line]] == shards) { print first[line]; exit } }
' "${printed[@]}" > "$run/state.json"
if [ -s "$run/state.json" ]; then mv "$run/state.json" state.json; fi
exit "$failed"
