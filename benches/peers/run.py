"""Runs each peer, and the target of this project, over the same records, and holds every table against the input.

run.py INPUTS FOLDER BIN PORT POSTMASTER: the folder of the inputs, the build's folder for the peers, that of the target's programs,
and the port and the process id of the server, which lets everybody in. Writes FOLDER/results.tsv. scripts/bench-peers.sh calls it.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
INPUTS, FOLDER, BIN = map(Path, sys.argv[1:4])
PORT, POSTMASTER = map(int, sys.argv[4:6])
# Some refuse to connect without a password; nobody asks for it.
URL = f"postgresql://postgres:none@127.0.0.1:{PORT}/postgres"
ROWS = int(os.environ["ROWS"])
SLOW_ROWS = int(os.environ["SLOW_ROWS"])
ONLY = os.environ.get("PEERS", "").split()
LIMIT_SECONDS = 3600

CASES = ["append", "first merge", "merge, half known", "first merge, 30 % disorder"]
FILES = {"append": "append", "first merge": "first", "merge, half known": "second", "first merge, 30 % disorder": "disorder"}
COLUMNS = ["id", "updated_at", "customer_id", "status", "amount", "quantity", "email", "is_gift", "note"]
HEADER = [
    "peer", "version", "destination", "case", "rows", "wall", "rows_per_s", "cpu_us_per_row", "server_us_per_row", "peak_mb",
    "right", "remark",
]
TICKS = os.sysconf("SC_CLK_TCK")


class Peer:
    """A loader and how it is called. `command` is given the case and its input, and answers with the arguments."""

    def __init__(self, name, environment, destination, command, slow=False, package=None, setup=None, table="peer.orders"):
        self.name, self.environment, self.destination, self.command = name, environment, destination, command
        self.rows = SLOW_ROWS if slow else ROWS
        self.package, self.setup, self.table = package, setup, table

    def program(self, name):
        return str(FOLDER / self.environment / "bin" / name)

    def version(self):
        if not self.package:
            return subprocess.run([BIN / "target", "--version"], capture_output=True, text=True).stdout.split()[-1]
        shown = subprocess.run([self.program("pip"), "show", self.package], capture_output=True, text=True).stdout
        return next(line.split()[1] for line in shown.splitlines() if line.startswith("Version:"))


def settings(name, content):
    """Writes a peer's settings and answers with the file's name."""
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(content))
    return str(path)


def warehouse():
    return FOLDER / "warehouse.duckdb"


def meltanolabs(**more):
    name = "-".join(["meltanolabs", *more])
    file = settings(name, {
        "sqlalchemy_url": URL.replace("postgresql:", "postgresql+psycopg:"), "default_target_schema": "peer", **more,
    })
    return lambda peer, case, path: [peer.program("target-postgres"), "--config", file]


def pipelinewise(peer, case, path):
    return [peer.program("target-postgres"), "--config", settings("pipelinewise", {
        "host": "127.0.0.1", "port": PORT, "user": "postgres", "password": "none", "dbname": "postgres", "default_target_schema": "peer",
        "primary_key_required": False,
    })]


def jwills(peer, case, path):
    return [peer.program("target-duckdb"), "--config", settings("jwills", {
        "path": str(warehouse()), "default_target_schema": "peer", "primary_key_required": False,
    })]


def dlt(kind, where):
    def command(peer, case, path):
        disposition = "append" if case == "append" else "merge"
        return [peer.program("python"), str(HERE / "dlt_load.py"), str(path), disposition, kind, where]
    return command


def sling(peer, case, path):
    # It reads plain records, so these are taken out of the messages beforehand.
    records = path.with_suffix(".jsonl")
    if not records.exists():
        with open(path) as messages, open(records, "w") as out:
            for line in messages:
                message = json.loads(line)
                if message["type"] == "RECORD":
                    out.write(json.dumps(message["record"], ensure_ascii=False) + "\n")
    # With an update key it leaves out what is not newer than the table; the others have no such thing.
    mode = ["--mode", "full-refresh"] if case == "append" else ["--mode", "incremental", "--primary-key", "id"]
    # The properties become columns; objects and arrays stay JSON.
    mode += ["--src-options", '{"flatten": 1}']
    program = next(FOLDER.glob("sling/lib/*/site-packages/sling_linux_amd64/bin/sling-linux-amd64"))
    return [str(program), "run", "--src-stream", f"file://{records}", "--tgt-conn", "PEER_POSTGRES", "--tgt-object", "peer.orders", *mode]


def ours(where):
    return lambda peer, case, path: [str(BIN / "target"), "--quiet", "--schema", "peer", where]


PEERS = [
    Peer("Lastword", None, "Postgres", ours(URL)),
    Peer("MeltanoLabs target-postgres", "meltanolabs", "Postgres", meltanolabs(), slow=True, package="meltanolabs-target-postgres"),
    Peer("MeltanoLabs target-postgres, use_copy", "meltanolabs", "Postgres", meltanolabs(use_copy=True), slow=True,
         package="meltanolabs-target-postgres"),
    Peer("pipelinewise-target-postgres", "pipelinewise", "Postgres", pipelinewise, package="pipelinewise-target-postgres"),
    Peer("dlt", "dlt", "Postgres", dlt("postgres", URL), slow=True, package="dlt"),
    Peer("sling", "sling", "Postgres", sling, package="sling-linux-amd64"),
    Peer("Lastword", None, "DuckDB", ours(f"duckdb:{warehouse()}")),
    Peer("target-duckdb (jwills)", "jwills", "DuckDB", jwills, package="target-duckdb"),
    Peer("dlt", "dlt", "DuckDB", dlt("duckdb", str(warehouse())), slow=True, package="dlt"),
]


def psql(*commands):
    arguments = [part for command in commands for part in ("-c", command)]
    return subprocess.run(
        ["psql", URL, "-Atq", "-v", "ON_ERROR_STOP=1", *arguments], check=True, capture_output=True, text=True,
        env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"},
    ).stdout


def empty():
    """An empty place for the next load."""
    psql("drop schema if exists peer cascade", "create schema peer", "checkpoint")
    for path in FOLDER.glob("warehouse.duckdb*"):
        path.unlink()
    shutil.rmtree(FOLDER / "dlt_state", ignore_errors=True)


def server_cpu():
    """CPU seconds of the server's ended processes, the sessions among them."""
    time.sleep(0.5)
    fields = Path(f"/proc/{POSTMASTER}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[13]) + int(fields[14])) / TICKS


class Failed(Exception):
    pass


def load(peer, case, path):
    """Runs one load: wall, CPU of the loader, CPU of the server, peak MB."""
    environment = {
        **os.environ, "DLT_FOLDER": str(FOLDER / "dlt_state"), "SLING_DISABLE_TELEMETRY": "true", "SLING_HOME_DIR": str(FOLDER / "sling_home"),
        "PEER_POSTGRES": URL + "?sslmode=disable", "DO_NOT_TRACK": "1",
    }
    log = FOLDER / "log.txt"
    command = peer.command(peer, case, path)
    before = server_cpu()
    started = time.monotonic()
    with open(path, "rb") as source, open(log, "wb") as errors:
        child = subprocess.Popen(command, stdin=source, stdout=errors, stderr=errors, env=environment, cwd=FOLDER)
        # wait4 tells what this child, and what it waited for, has used.
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - started > LIMIT_SECONDS:
                child.kill()
            time.sleep(0.005)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if child.returncode:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
        last = re.sub(r"\x1b\[[0-9;]*m", "", lines[-1])[:200] if lines else "no message"
        raise Failed(f"exit {child.returncode}: {last}")
    return wall, usage.ru_utime + usage.ru_stime, server_cpu() - before, usage.ru_maxrss / 1024


def found(peer):
    """Writes the peer's table as a CSV that compare.sql reads."""
    path = FOLDER / "found.csv"
    if peer.destination == "Postgres":
        cells = {
            "updated_at": "(extract(epoch from updated_at::timestamptz) * 1000)::bigint", "amount": "amount::numeric(18, 4)",
            "is_gift": "is_gift::boolean",
        }
        query = ", ".join(f"{cells.get(name, name)} as {name}" for name in COLUMNS)
        psql("set timezone to 'UTC'", rf"\copy (select {query} from {peer.table}) to '{path}' (format csv, header true, null '\N')")
    else:
        cells = {"updated_at": "epoch_ms(updated_at::timestamp)", "amount": "amount::decimal(18, 4)", "is_gift": "is_gift::boolean"}
        query = ", ".join(f"{cells.get(name, name)} as {name}" for name in COLUMNS)
        sql(warehouse(), rf"copy (select {query} from {peer.table}) to '{path}' (format csv, header true, nullstr '\N');")
    return path


def sql(path, script):
    subprocess.run([BIN / "examples" / "sql", path], input=script, text=True, check=True, capture_output=True)


def judge(peer, case, inputs):
    """Whether the table is right, and what is wrong with it."""
    answer = FOLDER / "answer.tsv"
    script = (HERE / "compare.sql").read_text()
    for name, value in {
        "FILES": str([str(path) for path in inputs]), "FOUND": str(found(peer)), "ANSWER": str(answer),
        "APPEND": "true" if case == "append" else "false",
    }.items():
        script = script.replace(name, value)
    sql(":memory:", script)
    expected, there, not_newest, other_values = map(int, answer.read_text().splitlines()[-1].split("\t"))
    remarks = []
    if there != expected:
        remarks.append(f"{there} rows, not {expected}")
    if not_newest:
        remarks.append(f"{not_newest} keys without their newest version")
    if other_values:
        remarks.append(f"{other_values} rows with other values than were sent")
    return ("no" if remarks else "yes"), "; ".join(remarks)


def run(peer, case):
    path = lambda name: INPUTS / f"{name}-{peer.rows}.singer"
    inputs = [path(FILES[case])]
    empty()
    if case == "merge, half known":
        inputs.insert(0, path("first"))
        load(peer, case, inputs[0])
    records = peer.rows
    wall, cpu, server, peak = load(peer, case, inputs[-1])
    right, remark = judge(peer, case, inputs)
    server = f"{server / records * 1e6:.1f}" if peer.destination == "Postgres" else ""
    return [
        records, f"{wall:.2f}", f"{records / wall:.0f}", f"{cpu / records * 1e6:.1f}", server, f"{peak:.0f}", right, remark,
    ]


def main():
    with open(FOLDER / "results.tsv", "w", newline="") as file:
        results = csv.writer(file, delimiter="\t", lineterminator="\n")

        def write(line):
            results.writerow(line)
            file.flush()
            print("{:<38} {:>8} {:<9} {:<27} {:>8} {:>8} {:>8} {:>9} {:>9} {:>7}  {:<5} {}".format(*map(str, line)), flush=True)

        write(HEADER)
        for peer in PEERS:
            if ONLY and (peer.environment or "lastword") not in ONLY:
                continue
            failed = FOLDER / f"{peer.environment}.failed"
            if peer.environment and failed.exists():
                write([peer.name, "", peer.destination, "all", *[""] * 6, "", f"not installed: {failed.read_text().strip()}"])
                continue
            for case in CASES:
                try:
                    rest = run(peer, case)
                except Failed as error:
                    rest = [peer.rows, *[""] * 5, "no", f"failed: {error}"]
                except subprocess.CalledProcessError as error:
                    rest = [peer.rows, *[""] * 5, "no", f"its table cannot be read: {(error.stderr or '').strip()[:200]}"]
                write([peer.name, peer.version(), peer.destination, case, *rest])
        write(["sling", "", "DuckDB", "all", *[""] * 6, "", "not run: it fetches a DuckDB program of its own, which is not on PyPI"])


main()
