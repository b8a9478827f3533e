# Lines of results.tsv, for people. The figures of a job that has several stand in the first of its lines only.
#   -v header=1   with a header
#   -v last=1     only the last line; the one before tells whether its job is the same
BEGIN {
  FS = "\t"
  form = "%-22s %7s %7s %7s %6s %7s | %7s %7s %7s %7s | %-36s %8s %8s  %s\n"
  if (header) {
    printf form, "", "", "loader", "server", "peak", "WAL", "limit's", "its", "server", "WAL", "", "", "", ""
    printf form, "job", "wall s", "CPU s", "CPU s", "MB", "MB", "wall s", "CPU s", "CPU s", "MB", "measure", "figure", "bar", ""
  }
}
{
  job = $1
  if (job == before) $1 = $4 = $5 = $6 = $7 = $8 = $10 = $11 = $12 = $13 = ""
  before = job
  line = sprintf(form, $1, $4, $5, $6, $7, $8, $10, $11, $12, $13, $14, $15, $16, $17)
  if (!last) printf "%s", line
}
END { if (last) printf "%s", line }
