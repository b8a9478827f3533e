//! What a DuckLake is sent besides: how it is attached, and how it is kept small.

use std::collections::BTreeMap;

use super::{literal, quote};

/// What the attached catalog is called. No schema should be: DuckDB takes `name.table` for either.
const LAKE: &str = "_sdc_lake";

/// Attaches a catalog, which DuckLake calls `ducklake:…`, with a folder for its files where one is named, and uses it.
#[must_use]
pub fn attach(catalog: &str, data_path: Option<&str>, reads_only: bool) -> String {
    let folder = data_path.map(|path| format!("data_path {}", literal(path)));
    let options: Vec<String> = folder.into_iter().chain(reads_only.then(|| "read_only".to_owned())).collect();
    let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(", ")) };
    let lake = quote(LAKE);
    format!("attach {} as {lake}{options};\nuse {lake}", literal(&format!("ducklake:{catalog}")))
}

/// Stands for a catalog that is not there: an empty database in memory.
#[must_use]
pub fn attach_nothing() -> String {
    let lake = quote(LAKE);
    format!("attach ':memory:' as {lake};\nuse {lake}")
}

/// Says how an object store is reached, by the names that DuckDB has for it, which are words. What is set holds a key, so no error may show it.
#[must_use]
pub fn object_store(settings: &BTreeMap<String, String>) -> String {
    let each = settings.iter().map(|(name, value)| format!(", {name} {}", literal(value)));
    format!("create or replace secret _sdc_store (type s3{})", each.collect::<String>())
}

/// The rows that an insert may have to be kept in the catalog, and not in a file of their own. DuckLake's default of 10 makes a file of
/// nearly every commit.
pub const INLINE: &str = "set ducklake_default_data_inlining_row_limit = 1000";

/// What keeps a lake small and takes nothing from anybody: what it is, and the query that does it and says how much was done.
#[must_use]
pub fn tidy() -> [(&'static str, String); 3] {
    let sum = |what: &str, function: &str| {
        format!("select coalesce(sum({what}), 0)::bigint from {function}({})", literal(LAKE))
    };
    [
        ("rows of the catalog in files of their own now", sum("rows_flushed", "ducklake_flush_inlined_data")),
        ("small files merged", sum("files_processed", "ducklake_merge_adjacent_files")),
        ("files without their deleted rows now", sum("files_processed", "ducklake_rewrite_data_files")),
    ]
}

/// What takes the past away, before an instant in microseconds since 1970: who reads an older snapshot finds it no more.
#[must_use]
pub fn expire(before: i64) -> [(&'static str, String); 3] {
    let count = |function: &str| {
        format!(
            "select count(*) from {function}({}, older_than => make_timestamp({before}::bigint)::timestamptz)",
            literal(LAKE)
        )
    };
    [
        ("snapshots taken away", count("ducklake_expire_snapshots")),
        ("files of those deleted", count("ducklake_cleanup_old_files")),
        ("files of commits that never came deleted", count("ducklake_delete_orphaned_files")),
    ]
}
