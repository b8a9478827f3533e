"""Loads the records of a Singer file with dlt: dlt_load.py FILE append|merge postgres URL | duckdb PATH."""

import os
import sys

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt  # noqa: E402  (it reads the settings above)
import orjson  # noqa: E402

path, disposition, kind, where = sys.argv[1:]


# Objects and arrays as JSON, as the others have them; of records with one key the newest.
@dlt.resource(
    name="orders",
    write_disposition=disposition,
    primary_key="id" if disposition == "merge" else None,
    columns={
        "updated_at": {"data_type": "timestamp", **({"dedup_sort": "desc"} if disposition == "merge" else {})},
        "created_at": {"data_type": "timestamp"},
        "amount": {"data_type": "decimal"},
        "address": {"data_type": "json"},
        "tags": {"data_type": "json"},
    },
    max_table_nesting=0,
)
def orders():
    with open(path, "rb") as lines:
        batch = []
        for line in lines:
            message = orjson.loads(line)
            if message["type"] == "RECORD":
                batch.append(message["record"])
                if len(batch) == 5000:
                    yield batch
                    batch = []
        yield batch


destination = dlt.destinations.postgres(where) if kind == "postgres" else dlt.destinations.duckdb(where)
pipeline = dlt.pipeline(
    "peer_" + kind, destination=destination, dataset_name="peer", pipelines_dir=os.environ["DLT_FOLDER"]
)
pipeline.run(orders()).raise_on_failed_jobs()
