"""Makes docs/benchmarks.md and its plots of the results of `make bench` and `make bench-peers`.

What stands between <!-- name --> and <!-- /name --> in the page is written anew where there are results for it; the rest of the page
is written by hand. `make bench-docs` calls this.
"""

import csv
import math
import os
import re
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/benchmarks.md"
PLOTS = ROOT / "docs/benchmarks"
BENCH = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "bench"

# The order of the tables, and what the jobs are called there. A shape may follow the name: duckdb-append-wide.
JOBS = {
    "stage-decode": "decode, bytes to Arrow",
    "stage-pipe": "a pipe through `cat`",
    "duckdb-append": "DuckDB append",
    "duckdb-merge": "DuckDB first merge",
    "duckdb-half": "DuckDB merge, half known",
    "duckdb-large-close": "DuckDB merge onto 50 million, close keys",
    "duckdb-large-random": "DuckDB merge onto 50 million, random keys",
    "duckdb-streams": "DuckDB, 500 streams in turn",
    "duckdb-streams-alone": "DuckDB by itself, 500 tables",
    "duckdb-start": "DuckDB, start",
    "duckdb-memory": "DuckDB, memory",
    "postgres-append": "Postgres append",
    "postgres-merge": "Postgres first merge",
    "postgres-half": "Postgres merge, half known",
    "postgres-again": "Postgres, the same once more",
    "postgres-streams": "Postgres, 500 streams in turn",
    "postgres-streams-alone": "Postgres by itself, 500 tables",
    "postgres-start": "Postgres, start",
    "postgres-memory": "Postgres, memory",
}
SHAPES = {"wide": "60 columns", "tiny": "3 columns"}


def read(path):
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def title(job):
    for name in sorted(JOBS, key=len, reverse=True):
        if job == name or job.startswith(name + "-"):
            rest = job[len(name) + 1 :]
            return JOBS[name] + (f", {SHAPES[rest]}" if rest in SHAPES else "")
    return job


def place(job):
    """Where a job stands: the ones with a shape after all the others."""
    names = list(JOBS)
    base = next((name for name in sorted(names, key=len, reverse=True) if job == name or job.startswith(name + "-")), None)
    return (job.split("-")[-1] in SHAPES, names.index(base) if base else len(names), job)


def number(text, digits=0):
    return f"{float(text):,.{digits}f}" if text else "—"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


# --- Plots --------------------------------------------------------------------------------------

# Grey and blue can be read on white and on black; what reads browsers' settings gets the better of two shades.
STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #57606a }
    .group { font-weight: 600; fill: #24292f }
    .ours { fill: #0969da }
    .other { fill: #afb8c1 }
    @media (prefers-color-scheme: dark) {
      text { fill: #9198a1 }
      .group { fill: #e6edf3 }
      .ours { fill: #4493f8 }
      .other { fill: #57606a }
    }
"""


def bars(path, caption, groups):
    """Writes horizontal bars: groups of (title, [(name, value, whether ours)]), all on one scale that begins at zero."""
    left, width, bar, gap = 280, 800, 18, 6
    most = max(value for _, lines in groups for _, value, _ in lines)
    y, shapes = 10, []
    for name, lines in groups:
        shapes.append(f'<text class="group" x="0" y="{y + 14}">{escape(name)}</text>')
        y += 24
        for label, value, mine in lines:
            length = max(1, value / most * (width - left - 90))
            shapes.append(f'<text x="{left - 10}" y="{y + 14}" text-anchor="end">{escape(label)}</text>')
            shapes.append(f'<rect class="{"ours" if mine else "other"}" x="{left}" y="{y}" width="{length:.1f}" height="{bar}" rx="2"/>')
            shapes.append(f'<text x="{left + length + 8:.1f}" y="{y + 14}">{value:,.0f}</text>')
            y += bar + gap
        y += 10
    body = "\n  ".join(shapes)
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" height="{y}" role="img">\n'
        f"  <title>{escape(caption)}</title>\n  <style>{STYLE}  </style>\n  {body}\n</svg>\n"
    )


def limits_plot(results):
    groups = []
    for job in ("duckdb-append", "duckdb-merge", "duckdb-half", "postgres-append", "postgres-merge", "postgres-half"):
        line = next((line for line in results if line["job"] == job and line["limit_wall"]), None)
        if line and float(line["wall"]) and float(line["limit_wall"]):
            rows = int(line["rows"])
            groups.append((title(job), [
                ("Lastword", rows / float(line["wall"]), True),
                (line["limit"], rows / float(line["limit_wall"]), False),
            ]))
    if not groups:
        return ""
    bars(PLOTS / "limits.svg", "Rows per second, beside what the database does by itself", groups)
    return "![Rows per second, beside what the database does by itself](benchmarks/limits.svg)\n\n"


def peers_plot(results):
    groups = []
    for destination in ("Postgres", "DuckDB"):
        lines = [
            (line["peer"], float(line["rows_per_s"]), line["peer"] == "Lastword") for line in results
            if line["destination"] == destination and line["case"] == "first merge" and line["rows_per_s"]
        ]
        if lines:
            groups.append((f"into {destination}", sorted(lines, key=lambda line: -line[1])))
    if not groups:
        return ""
    bars(PLOTS / "peers.svg", "First merge load, rows per second", groups)
    return "![First merge load, rows per second, beside other loaders](benchmarks/peers.svg)\n\n"


# --- Parts of the page --------------------------------------------------------------------------


def machine():
    for folder in ("loads", "peers"):
        path = BENCH / folder / "machine.tsv"
        if path.exists():
            known = dict(line.split("\t", 1) for line in path.read_text().splitlines())
            return (
                f"Measured on {known['date']} at commit {known['commit']}: {known['cores']} cores of {known['processor']}, "
                f"{known['memory']}, {known['system']}; PostgreSQL {known['postgres']} (`fsync` on, `shared_buffers` 512 MB, "
                f"`max_wal_size` 4 GB, `autovacuum` off), DuckDB {known['duckdb']}, Rust {known['rust']}."
            )
    return None


def loads():
    results = sorted(read(BENCH / "loads/results.tsv"), key=lambda line: place(line["job"]))
    if not results:
        return None
    ours, beside, before = [], [], None
    for line in results:
        first = line["job"] != before
        before = line["job"]
        if first:
            rows, wall = int(line["rows"]), float(line["wall"])
            ours.append([
                title(line["job"]), f"{rows:,}", f"{rows / wall:,.0f}" if rows > 1 else "—", number(line["wall"], 2),
                number(line["loader_cpu"], 2), number(line["server_cpu"], 2), number(line["peak_mb"]), number(line["wal_mb"]),
            ])
        bar = line["bar"].replace("<=", "≤").replace(">=", "≥")
        limit = [
            title(line["job"]), line["limit"] and f"`{line['limit']}`" if "\\" in line["limit"] else line["limit"],
            number(line["limit_wall"], 2), number(line["limit_cpu"], 2), number(line["limit_server_cpu"], 2),
        ]
        beside.append([*(limit if first else [""] * len(limit)), line["measure"], line["figure"], bar, line["verdict"].strip("-")])
    ours = table(["job", "rows", "rows/s", "wall s", "loader CPU s", "server CPU s", "peak MB", "WAL MB"], ours)
    beside = table(["job", "limit", "its wall s", "its CPU s", "its server CPU s", "measure", "figure", "bar", ""], beside)
    return f"{limits_plot(results)}{ours}\n\nBeside their limits:\n\n{beside}"


def stages():
    path = BENCH / "loads/stages.log"
    lines = path.read_text().splitlines() if path.exists() else []
    found = [re.match(r"(.*?)\s+([\d.]+) MB/s\s+([\d.]+) s$", line) for line in lines]
    rows = [[match[1], match[2], match[3]] for match in found if match]
    return table(["stage", "MB/s", "s"], rows) if rows else None


def peers():
    results = read(BENCH / "peers/results.tsv")
    if not results:
        return None
    rows = [
        [
            f"{line['peer']} {line['version']}".strip(), line["destination"], line["case"], number(line["rows"]), number(line["rows_per_s"]),
            number(line["cpu_us_per_row"], 1), number(line["server_us_per_row"], 1), number(line["peak_mb"]), line["right"] or "—",
            line["remark"].replace("|", "\\|"),
        ]
        for line in results
    ]
    header = ["loader", "into", "case", "rows", "rows/s", "CPU µs/row", "server µs/row", "peak MB", "right", ""]
    return peers_plot(results) + table(header, rows)


STORES = {"duckdb": "DuckDB", "ducklake": "DuckLake", "postgres": "Postgres"}
KEYS = {"close": "close keys", "random": "random keys"}


def lines(path, caption, panels):
    """Writes panels of lines, (title, [(name, class, dashed, [(x, y)])]), each with both scales by powers of ten."""
    width, height, left, top, gap = 260, 240, 46, 26, 48
    every = [point for _, curves in panels for _, _, _, points in curves for point in points]
    low, high = ([f(math.log10(point[axis]) for point in every) for axis in (0, 1)] for f in (min, max))
    low[1], high[1] = math.floor(low[1]), math.ceil(high[1])
    shapes = []
    for number, (name, curves) in enumerate(panels):
        begin = left + number * (width + gap)

        def at(x, y):
            across = (math.log10(x) - low[0]) / max(high[0] - low[0], 1e-9) * width
            up = (math.log10(y) - low[1]) / (high[1] - low[1]) * height
            return f"{begin + across:.1f},{top + height - up:.1f}"

        shapes.append(f'<text class="group" x="{begin}" y="{top - 10}">{escape(name)}</text>')
        for power in range(low[1], high[1] + 1):
            y = at(10 ** low[0], 10**power).split(",")[1]
            shapes.append(f'<line class="grid" x1="{begin}" x2="{begin + width}" y1="{y}" y2="{y}"/>')
            if number == 0:
                shapes.append(f'<text x="{begin - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{10**power:g} s</text>')
        for x in sorted({x for _, _, _, points in curves for x, _ in points}):
            place = at(x, 10 ** low[1]).split(",")[0]
            shapes.append(f'<text x="{place}" y="{top + height + 18}" text-anchor="middle">{x / 1e6:g} M</text>')
        for _, style, dashed, points in curves:
            dash = ' stroke-dasharray="5 4"' if dashed else ""
            shapes.append(f'<polyline class="{style}"{dash} points="{" ".join(at(x, y) for x, y in points)}"/>')
    y = top + height + 44
    for number, (store, title) in enumerate(STORES.items()):
        x = left + number * 120
        shapes.append(f'<line class="{store}" x1="{x}" x2="{x + 22}" y1="{y - 4}" y2="{y - 4}"/><text x="{x + 28}" y="{y}">{title}</text>')
    shapes.append(f'<text x="{left + 390}" y="{y}">dashed: random keys; across: rows of the table</text>')
    whole = left + len(panels) * (width + gap)
    style = STYLE + """      line, polyline { fill: none; stroke-width: 2 }
      .grid { stroke: #8b949e; stroke-width: .3 }
      .duckdb { stroke: #d4a72c }
      .ducklake { stroke: #2da44e }
      .postgres { stroke: #4493f8 }
"""
    body = "\n  ".join(shapes)
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {y + 12}" width="{whole}" height="{y + 12}" role="img">\n'
        f"  <title>{escape(caption)}</title>\n  <style>{style}  </style>\n  {body}\n</svg>\n"
    )


def growth():
    """How the cost of a batch grows with the table: of each store the CPU seconds, and the power of the table's rows that they grow with."""
    names = ["store", "table", "rows", "keys", "wall", "cpu"]
    path = BENCH / "growth/growth.tsv"
    if not path.exists():
        return None
    with open(path, newline="") as file:
        results = [dict(zip(names, line)) for line in csv.reader(file, delimiter="\t")]
    sizes = sorted({int(line["table"]) for line in results})
    cost = {(line["store"], line["keys"], int(line["rows"]), int(line["table"])): line for line in results}
    rows, panels = [], []
    for batch in sorted({int(line["rows"]) for line in results}):
        curves = []
        for store in STORES:
            for keys in KEYS:
                found = [(size, cost[store, keys, batch, size]) for size in sizes if (store, keys, batch, size) in cost]
                if not found:
                    continue
                points = [(size, max(float(line["cpu"]), 0.01)) for size, line in found]
                curves.append((STORES[store], store, keys == "random", points))
                law = ""
                if len(points) > 1:
                    power = math.log(points[-1][1] / points[0][1]) / math.log(points[-1][0] / points[0][0])
                    law = f"{power:.2f}"
                cells = [f'{float(line["cpu"]):.2f} ({float(line["wall"]):.2f})' for _, line in found]
                cells += [""] * (len(sizes) - len(cells))
                rows.append([STORES[store], KEYS[keys], number(batch), *cells, law])
        panels.append((f"{number(batch)} rows into a table", curves))
    lines(PLOTS / "growth.svg", "CPU seconds of a batch, by the rows of its table", panels)
    header = ["into", "keys", "batch", *(f"{size // 1_000_000} M rows: CPU s (wall s)" for size in sizes), "power"]
    picture = "![CPU seconds of a batch, by the rows of its table](benchmarks/growth.svg)\n\n"
    return picture + table(header, rows)


def main():
    page = PAGE.read_text()
    parts = {"machine": machine, "loads": loads, "stages": stages, "peers": peers, "growth": growth}
    for name, make in parts.items():
        text = make()
        if text is None:
            print(f"no results for the part {name!r}: it stays")
            continue
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        head, rest = page.split(begin)
        page = f"{head}{begin}\n{text}\n{end}{rest.split(end)[1]}"
    PAGE.write_text(page)


main()
