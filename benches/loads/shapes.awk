# A stream of one of two shapes: `awk -v shape=wide -v rows=1000 -v first=1 -v year=2024 -f shapes.awk`.
# Each row has its key and a time; of the other columns of the wide one a tenth is filled, and each is of one of five types.

function schema(type, format) { return "{\"type\":[\"null\",\"" type "\"]" (format ? ",\"format\":\"" format "\"" : "") "}" }

# Half a second from row to row.
function time(row,   s) {
  s = int(row / 2)
  return sprintf("%d-%02d-%02dT%02d:%02d:%02d.%d00Z", year, 1 + int(s / 2419200) % 12, 1 + int(s / 86400) % 28, int(s / 3600) % 24, \
    int(s / 60) % 60, s % 60, row % 2 * 5)
}

function value(column, row) {
  if (shape == "wide" && (row * 7 + int(column * 1.7)) % 10) return "null"
  if (column % 5 == 0) return "\"" substr("a text of some length, never quite the same", 1, 10 + row % 30) " " row "\""
  if (column % 5 == 1) return row * 37 % 1000003
  if (column % 5 == 2) return sprintf("%d.%02d", row % 5000, 1 + row % 99)
  if (column % 5 == 3) return row % 3 ? "true" : "false"
  return "\"" time(row + column) "\""
}

BEGIN {
  columns = shape == "wide" ? 58 : 1
  stamp = year == 2024 ? 1704067200000 : 1735689600000
  properties = "\"id\":{\"type\":\"integer\"},\"updated_at\":{\"type\":\"string\",\"format\":\"date-time\"}"
  types = schema("string") " " schema("integer") " " schema("number") " " schema("boolean") " " schema("string", "date-time")
  split(types, type, " ")
  for (column = 0; column < columns; column++) properties = properties sprintf(",\"c%02d\":%s", column, type[1 + column % 5])
  printf "{\"type\":\"SCHEMA\",\"stream\":\"%s\",\"schema\":{\"type\":\"object\",\"properties\":{%s}},\"key_properties\":[\"id\"]}\n", shape, properties
  for (row = 1; row <= rows; row++) {
    record = "\"id\":" (first + row - 1) ",\"updated_at\":\"" time(row) "\""
    for (column = 0; column < columns; column++) record = record sprintf(",\"c%02d\":%s", column, value(column, row))
    printf "{\"type\":\"RECORD\",\"stream\":\"%s\",\"record\":{%s},\"time_extracted\":\"%s\",\"sequence\":%.0f}\n", shape, record, time(row), stamp + row
    if (row % 50000 == 0 || row == rows) printf "{\"type\":\"STATE\",\"value\":{\"row\":%d}}\n", row
  }
}
