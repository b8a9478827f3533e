"""Helper of flights.sh: selects streams in a catalog, and compares what arrived with what was sent.

    compare.py select CATALOG              print CATALOG with every stream selected, FULL_TABLE
    compare.py state STREAM STDOUT         the last bookmark sent is the last bookmark that came out
    compare.py tables SOURCE DESTINATION   every table of SOURCE (a libpq string) against DESTINATION (a URL)

Exit status 1: something differs.
"""

import json
import struct
import sys
from datetime import datetime, timezone
from decimal import Decimal

import duckdb
import psycopg
from psycopg import sql

TABLES = {  # expected rows, key
    "airlines": (16, ["carrier"]),
    "airports": (1458, ["faa"]),
    "planes": (3322, ["tailnum"]),
    "weather": (26115, ["origin", "time_hour"]),
    "flights": (336776, ["year", "month", "day", "carrier", "flight", "sched_dep_time"]),
}
SHOWN = 5  # differences printed per table; all are counted


def select(path):
    with open(path) as file:
        catalog = json.load(file)
    found = {entry["tap_stream_id"] for entry in catalog["streams"]}
    wanted = {f"public-{table}" for table in TABLES}
    if found != wanted:
        sys.exit(f"discovered {sorted(found)}, expected {sorted(wanted)}")
    for entry in catalog["streams"]:
        entry["replication_method"] = "FULL_TABLE"
        for metadata in entry["metadata"]:
            metadata["metadata"]["selected"] = True
            if not metadata["breadcrumb"]:
                metadata["metadata"]["forced-replication-method"] = "FULL_TABLE"
        print(f"{entry['tap_stream_id']}: key {entry['key_properties']}", file=sys.stderr)
    json.dump(catalog, sys.stdout, indent=1)


def state(stream, stdout):
    sent = None
    with open(stream) as lines:
        for line in lines:
            if line.startswith(('{"type":"STATE"', '{"type": "STATE"')):
                sent = json.loads(line)["value"]
    if sent is None:
        sys.exit("state: the stream has none")
    with open(stdout) as lines:
        came_out = [json.loads(line) for line in lines if line.strip()]
    if not came_out or came_out[-1] != sent:
        sys.exit(f"state: sent {sent}, came out {came_out[-1] if came_out else 'nothing'}")
    print(f"state: {len(came_out)} came out, the last is the last one sent")


class Postgres:
    def __init__(self, conninfo):
        self.db = psycopg.connect(conninfo)
        self.db.execute("SET TIME ZONE 'UTC'")

    def columns(self, schema, table):
        return dict(self.db.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [f'"{schema}"."{table}"']).fetchall())

    def rows(self, schema, table, columns):
        # A named cursor: the server hands out rows in portions.
        with self.db.cursor(name="rows") as cursor:
            cursor.itersize = 10_000
            cursor.execute(sql.SQL("SELECT {} FROM {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(schema, table)))
            yield from cursor


class DuckDB:
    def __init__(self, path):
        self.db = duckdb.connect(path, read_only=True)

    def columns(self, schema, table):
        return dict(self.db.execute(
            "SELECT column_name, data_type FROM duckdb_columns()"
            " WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index",
            [schema, table]).fetchall())

    def rows(self, schema, table, columns):
        names = ", ".join(f'"{column}"' for column in columns)
        cursor = self.db.execute(f'SELECT {names} FROM "{schema}"."{table}"')
        while portion := cursor.fetchmany(10_000):
            yield from portion


def canonical(value):
    """(kind, value), where == means the same value: 1 is neither 1.0 nor True, and 0.0 is not -0.0."""
    if isinstance(value, float):
        return ("float", value, struct.pack(">d", value).hex())
    if isinstance(value, datetime):
        # A timestamp without its zone is not an instant, and so equal to none.
        return ("instant", value.astimezone(timezone.utc).isoformat()) if value.tzinfo else ("local", value.isoformat())
    return (type(value).__name__, value)


def plain(name):
    return ", ".join(str(part[1]) for part in name)


def arrived(value, sent_type):
    # A double may be stored in a decimal column, if the same double comes back.
    if sent_type == "double precision" and isinstance(value, Decimal):
        value = float(value)
    return canonical(value)


def compare(source, destination, schema, table, expected_rows, key):
    """Rows found, columns compared, (type sent, type stored) of each, and what is wrong."""
    stream = f"public-{table}"
    sent_types = source.columns("public", table)
    stored_types = destination.columns(schema, stream)
    columns = list(sent_types)
    if missing := [column for column in columns if column not in stored_types]:
        return 0, 0, set(), [f"no column {', '.join(missing)} in {stream}: {stored_types or 'no such table'}"]
    types = {(sent_types[column], stored_types[column]) for column in columns}
    problems = [f"a column nobody sent: {column}" for column in stored_types
                if column not in sent_types and not column.startswith("_sdc_")]

    at = [columns.index(column) for column in key]
    sent = {}
    for row in source.rows("public", table, columns):
        row = tuple(map(canonical, row))
        sent[tuple(row[i] for i in at)] = row
    if len(sent) != expected_rows:
        problems.append(f"the source has {len(sent)} rows, expected {expected_rows}")

    # Nothing in this stream deletes: a mark on a row would hide it from readers.
    mark = ["_sdc_deleted_at"] if "_sdc_deleted_at" in stored_types else []
    count = 0
    for row in destination.rows(schema, stream, columns + mark):
        count += 1
        deleted = row[len(columns):] != (None,) * len(mark)
        row = tuple(map(arrived, row, sent_types.values()))
        name = tuple(row[i] for i in at)
        original = sent.pop(name, None)
        if original is None:
            problems.append(f"row twice, or never sent: {plain(name)}")
        elif original != row:
            problems += [f"{column} of {plain(name)}: sent {a}, arrived {b}"
                         for column, a, b in zip(columns, original, row) if a != b]
        if deleted:
            problems.append(f"marked as deleted: {plain(name)}")
    problems += [f"row lost: {plain(name)}" for name in sent]
    if count != expected_rows:
        problems.append(f"{count} rows, expected {expected_rows}")
    return count, len(columns), types, problems


def tables(conninfo, url):
    source = Postgres(conninfo)
    if url.startswith("duckdb:"):
        destination, schema = DuckDB(url.removeprefix("duckdb:")), "main"
    else:
        destination, schema = Postgres(url), "public"

    all_types, failed = set(), False
    print(f"{'table':<10}{'rows':>9}{'columns':>9}{'differences':>13}")
    for table, (expected_rows, key) in TABLES.items():
        rows, columns, types, problems = compare(source, destination, schema, table, expected_rows, key)
        print(f"{table:<10}{rows:>9}{columns:>9}{len(problems):>13}")
        for problem in problems[:SHOWN]:
            print(f"    {problem}")
        if len(problems) > SHOWN:
            print(f"    … and {len(problems) - SHOWN} more")
        all_types |= types
        failed |= bool(problems)
    print("types: " + ", ".join(f"{sent} -> {stored}" for sent, stored in sorted(all_types)))
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    commands = {"select": select, "state": state, "tables": tables}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
