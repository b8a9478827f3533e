# Sourced by scripts/bench.sh: how a job and its limit are measured, judged and written down.
#
# A job runs in two sides, "ours" and "limit", in turn, run by run; each run appends to $work/runs/JOB.SIDE one line of
#   wall s · CPU s of the client, with DuckDB in it · CPU s of the Postgres server · peak MB · MB of WAL
# Everything said of a job is about the medians of these.

figures=(wall cpu server peak wal)

# Runs those of some jobs that are wanted, each in a shell of its own. postgres-append-wide is the function postgres_append with
# the argument "wide".
run_jobs() { # jobs...
  local destination kind argument figure
  for job in "$@"; do
    if wanted "$job"; then
      for figure in "${figures[@]}"; do printf -v "$figure" ''; printf -v "limit_$figure" ''; done
      IFS=- read -r destination kind argument <<<"$job"
      ("${destination}_$kind" ${argument:+"$argument"})
    fi
  done
}

# Whether $JOBS names this job, or a pattern in it does.
wanted() { # job
  local pattern patterns
  read -ra patterns <<<"${JOBS:-*}"
  for pattern in "${patterns[@]}"; do
    # shellcheck disable=SC2053 # it is meant to be a pattern
    if [[ $1 == $pattern ]]; then return; fi
  done
  return 1
}

# CPU seconds of the server's ended processes, our sessions among them; 0 without a server.
server_cpu() {
  if [ -z "${postmaster:-}" ]; then echo 0; else awk '{ print ($16 + $17) / 100 }' "/proc/$postmaster/stat"; fi
}

wal_bytes() {
  if [ -z "${postmaster:-}" ]; then echo 0; else psql "$url" -Atqc "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"; fi
}

# A session's CPU time counts once the server has seen its process end.
settle() { if [ -n "${postmaster:-}" ]; then sleep 0.5; fi; }

# One run of one side; what the command prints is kept in $work/out.
measure() { # side, command...
  local side=$1 cpu wal
  shift
  wal=$(wal_bytes)
  settle
  cpu=$(server_cpu)
  /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" >"$work/out"
  settle
  cpu=$(awk -v before="$cpu" -v after="$(server_cpu)" 'BEGIN { print after - before }')
  wal=$(awk -v before="$wal" -v after="$(wal_bytes)" 'BEGIN { print (after - before) / 1e6 }')
  awk -v cpu="$cpu" -v wal="$wal" '{ printf "%.2f %.2f %.2f %.0f %.1f\n", $1, $2 + $3, cpu, $4 / 1024, wal }' \
    "$work/time" >>"$work/runs/$job.$side"
}

median() { # side, column
  if [ -s "$work/runs/$job.$1" ]; then
    awk -v column="$2" '{ print $column }' "$work/runs/$job.$1" | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
  fi
}

# Runs the sides in turn and leaves the medians in $wall, $limit_wall and so on.
alternate() { # a function for ours, and perhaps one for the limit; each calls `measure`
  rm -f "$work/runs/$job".*
  local run place
  for ((run = 0; run < runs; run++)); do
    "$1"
    if [ -n "${2:-}" ]; then "$2"; fi
  done
  for place in "${!figures[@]}"; do
    printf -v "${figures[place]}" %s "$(median ours $((place + 1)))"
    printf -v "limit_${figures[place]}" %s "$(median limit $((place + 1)))"
  done
}

# One run: how long until the bookmark of $work/one.singer is out, which is after the commit of its row.
start() { # destination
  local from=$EPOCHREALTIME to bookmark
  read -r bookmark < <("$bin/target" --quiet "$1" <"$work/one.singer")
  to=$EPOCHREALTIME
  wait $!
  [ "$bookmark" = 1 ]
  awk -v from="$from" -v to="$to" 'BEGIN { printf "%.4f\n", to - from }' >>"$work/runs/$job.ours"
}

# What an awk expression comes to, with two digits; nothing where it divides by a time that is too short.
calc() { awk "BEGIN { printf \"%.2f\", $1 }" 2>/dev/null || true; }

# Prints a line of the job's result and puts it into the results; without a bar it is there to be seen.
result() { # limit, measure, figure, "<=" or ">=", bar
  local verdict=-
  if [ -n "${5:-}" ] && [ -n "$3" ]; then
    verdict=$(awk -v figure="$3" -v bar="$5" -v sign="$4" 'BEGIN { print (sign == "<=" ? figure <= bar : figure >= bar) ? "ok" : "over" }')
  fi
  write "$1" "$2" "$3" "${5:+$4 $5}" "$verdict"
}

# What many streams may cost; what the database needs by itself is only there to be seen.
bar_of() { if [ -z "$1" ]; then echo 1.3; fi; }

# A table that is not as it should be fails the whole run, at its end.
same() { # what is there, what should be
  if [ "$1" = "$2" ]; then return; fi
  echo "bench: $job: there is $1; there should be $2" >&2
  write "" "the table" "" "" wrong
}


write() { # limit, measure, figure, bar, verdict
  # Without a server there is neither CPU of it nor WAL.
  if [ -z "${postmaster:-}" ]; then server= wal= limit_server= limit_wal=; fi
  printf '%s\t' "$job" "${job_rows:-$rows}" "$runs" "$wall" "$cpu" "$server" "$peak" "$wal" \
    "$1" "$limit_wall" "$limit_cpu" "$limit_server" "$limit_wal" "$2" "$3" "$4" >>"$work/new.tsv"
  echo "$5" >>"$work/new.tsv"
  tail -n 2 "$work/new.tsv" | awk -v last=1 -f benches/loads/show.awk
}

columns=(job rows runs wall loader_cpu server_cpu peak_mb wal_mb
  limit limit_wall limit_cpu limit_server_cpu limit_wal_mb measure figure bar verdict)

# Puts what was measured now into results.tsv, in the place of what stood there of the same jobs.
keep_results() {
  { (IFS=$'\t'; echo "${columns[*]}"); cat "$work/new.tsv"; } >"$work/merged.tsv"
  if [ -s "$results" ]; then
    awk -F '\t' -v new="$work/new.tsv" 'BEGIN { while (getline <new) measured[$1] } NR > 1 && !($1 in measured)' "$results" >>"$work/merged.tsv"
  fi
  mv "$work/merged.tsv" "$results"
}
