//! The rules: which files must not have which texts, and why.

/// A text that some files must not have.
pub(super) struct Rule {
    /// What the rule is.
    pub(super) what: &'static str,
    /// The files: those whose paths, from `crates/`, begin with one of these.
    pub(super) within: &'static [&'static str],
    /// But not those whose paths begin with one of these.
    pub(super) except: &'static [&'static str],
    /// The texts, as whole words.
    pub(super) words: &'static [&'static str],
}

const TARGET: &str = "target/src/";

/// The rooms that know no database, no clock and no environment.
const PURE: &[&str] = &[
    "singer/src/",
    "target/src/batch",
    "target/src/bookmark",
    "target/src/canonical",
    "target/src/check",
    "target/src/column",
    "target/src/conninfo",
    "target/src/decode",
    "target/src/destination/memory",
    "target/src/destination/rehearsal",
    "target/src/destination/silence",
    "target/src/error",
    "target/src/files/cells",
    "target/src/files/manifest",
    "target/src/files/place",
    "target/src/flush",
    "target/src/intake",
    "target/src/lake",
    "target/src/maps",
    "target/src/merge",
    "target/src/names",
    "target/src/note",
    "target/src/number",
    "target/src/plan",
    "target/src/rehearse",
    "target/src/schema",
    "target/src/sequence",
    "target/src/shard",
    "target/src/sql",
    "target/src/status",
    "target/src/stream",
    "target/src/table",
    "target/src/time",
    "target/src/types",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        what: "DuckDB is used in its own folder only",
        within: &["singer/src/", "tap/src/", TARGET],
        except: &["target/src/destination/duckdb/", "target/src/lib.rs"],
        words: &["::duckdb::", "use duckdb::", "libduckdb_sys"],
    },
    Rule {
        what: "formats and compressions of files are known in their own folder only",
        within: &["singer/src/", "tap/src/", TARGET],
        except: &["target/src/files/"],
        words: &["::parquet::", "use parquet::", "flate2", "use zstd::"],
    },
    Rule {
        what: "Postgres is used in its own folder only",
        within: &["singer/src/", "tap/src/", TARGET],
        except: &["target/src/destination/postgres/"],
        words: &["::postgres::", "use postgres::", "tokio_postgres", "postgres_types"],
    },
    Rule {
        what: "the protocol knows nobody",
        within: &["singer/src/"],
        except: &[],
        words: &["target::", "tap::", "arrow::"],
    },
    Rule {
        what: "the tap knows the protocol only",
        within: &["tap/src/"],
        except: &[],
        words: &["target::", "arrow::"],
    },
    Rule { what: "the target does not know the tap", within: &[TARGET], except: &[], words: &["tap::"] },
    Rule {
        what: "time, environment and randomness are passed in",
        within: PURE,
        except: &[],
        words: &[
            "SystemTime",
            "Instant",
            "std::env",
            "env::",
            "std::fs",
            "fs::",
            "std::net",
            "std::process",
            "std::thread",
            "Uuid::new_v4",
            "uuid::Uuid::new",
            "rand::",
            "Now::read",
        ],
    },
    Rule {
        what: "the clock is read in the loop only",
        within: &[TARGET],
        except: &[
            "target/src/clock.rs",
            "target/src/run.rs",
            "target/src/run/files.rs",
            "target/src/main.rs",
        ],
        words: &["Now::read", "SystemTime", "Instant::now"],
    },
    Rule {
        what: "the environment is read in one place",
        within: &[TARGET],
        except: &["target/src/config/environment.rs"],
        words: &["env::vars", "env::vars_os", "env::var", "env::var_os"],
    },
    Rule {
        what: "the pure rooms know no destination but its trait",
        within: PURE,
        except: &["target/src/destination/", "target/src/sql/"],
        words: &[
            "destination::postgres",
            "destination::duckdb",
            "destination::memory",
            "sql::postgres",
            "sql::duckdb",
        ],
    },
    Rule {
        what: "stdout belongs to the bookmarks, stderr to the report",
        within: &["singer/src/", TARGET],
        except: &[],
        words: &["println!", "print!", "eprintln!", "eprint!", "dbg!"],
    },
    Rule {
        what: "only the binary and the report have the standard streams",
        within: &["singer/src/", TARGET],
        except: &["target/src/main.rs"],
        words: &["io::stdout", "io::stderr", "io::stdin", "stdout()", "stderr()"],
    },
    Rule {
        what: "no order of a hash map in SQL, a file or a log",
        within: &["singer/src/", "tap/src/", TARGET],
        except: &[],
        words: &["HashMap", "HashSet"],
    },
    Rule {
        what: "the loop decides nothing, so it knows no types, plans or winners",
        within: &["target/src/run.rs", "target/src/run/"],
        except: &[],
        words: &["types::", "plan::", "merge::", "schema::", "decode::", "batch::", "sql::", "names::"],
    },
    Rule {
        what: "no quote mark and no type's name outside of the SQL",
        within: &["target/src/destination/"],
        except: &[],
        words: &["bigint", "jsonb", "varchar", "\\\""],
    },
];
