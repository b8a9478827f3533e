//! What DuckDB is sent: for a file, for a lake, for MotherDuck.

use target::sql::duckdb::extensions;
use target::sql::shared::{self, Shared};
use target::sql::{duckdb, ducklake, motherduck};
use target::table::{Column, Role};

use super::file::Golden;
use super::{TIES, common, tables};

pub(super) fn in_duckdb() -> String {
    let mut golden = Golden::default();
    for (name, table) in tables() {
        golden.put(&format!("columns of {name}"), &duckdb::columns(&table.name));
    }
    golden.put("remember many", &duckdb::remember(&duckdb::DuckDb, "main", false));
    golden.put("recall by the very name", &duckdb::recall("main"));
    golden.put("recall in any case", &duckdb::recall_in_any_case("main"));
    golden.put("columns of any table", duckdb::COLUMNS);
    golden.put("made as", duckdb::MADE_AS);
    golden.put("version", duckdb::look::VERSION);
    golden.put("leave the file as it is", duckdb::look::LEAVE);
    golden.put("has schema", duckdb::look::HAS_SCHEMA);
    golden.put("session", duckdb::SESSION);
    golden.put("stage", &duckdb::stage("staging \"1\""));
    golden.put("limit memory", &duckdb::limit_memory("1'GB"));
    golden.put("is crowded", duckdb::IS_CROWDED);
    golden.put("checkpoint", duckdb::CHECKPOINT);
    golden.put("be sparing", duckdb::BE_SPARING);
    golden.put("use symbols", &duckdb::use_symbols(false));
    common(&mut golden, &duckdb::DuckDb);
    for (name, table) in tables() {
        golden.put(&format!("insert all {name}"), &duckdb::insert_all(&table));
        if table.keys().is_empty() {
            continue;
        }
        let bounded: Vec<&Column> = table.columns.iter().filter(|column| column.role == Role::Key).collect();
        golden.put(&format!("held {name}"), &duckdb::held(&table, &bounded));
        golden.put(&format!("insert unique {name}"), &duckdb::insert_unique(&table, &bounded));
        for (word, tie) in TIES {
            golden.put(
                &format!("count deletes {name}, tie {word}"),
                &duckdb::count_deletes(&table, tie, &bounded),
            );
            golden.put(
                &format!("delete losers {name}, tie {word}"),
                &duckdb::delete_losers(&table, tie, &bounded),
            );
        }
        golden.put(&format!("insert winners {name}"), &duckdb::insert_winners(&table, &bounded));
        golden.put(&format!("count equal {name}"), &duckdb::count_equal_staged(&table, &bounded));
    }
    golden.text()
}

/// What a lake is sent besides, or otherwise: all else is as in a file.
pub(super) fn in_ducklake() -> String {
    let mut golden = Golden::default();
    golden.put("load an extension", &extensions::load_extension("ducklake"));
    golden.put("install an extension", &extensions::install_extension("ducklake"));
    golden.put("where extensions are", &extensions::extension_directory("/it's/here"));
    golden.put("keep small inserts in the catalog", ducklake::INLINE);
    let store = [("key_id", "me"), ("secret", "it's"), ("url_style", "path")];
    let store = store.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    golden.put("object store", &ducklake::object_store(&store));
    golden.put("attach a file", &ducklake::attach("it's.ducklake", None, false));
    golden.put("attach to look", &ducklake::attach("postgres:host=h", Some("s3://b/l"), true));
    golden.put("attach nothing", &ducklake::attach_nothing());
    golden.put_all("make the turn", Vec::from(shared::make_turn("my \"schema\"")));
    golden.put("take a turn", &shared::take_turn("main"));
    for (name, statement) in ducklake::tidy().into_iter().chain(ducklake::expire(7)) {
        golden.put(name, &statement);
    }
    golden.put("remember many", &duckdb::remember(&Shared::DuckLake, "main", false));
    common(&mut golden, &Shared::DuckLake);
    golden.text()
}

/// What MotherDuck is sent besides, or otherwise. Rows go by way of a staging table, as in Postgres what is guarded does.
pub(super) fn in_motherduck() -> String {
    let mut golden = Golden::default();
    golden.put("load an extension", &extensions::load_extension("motherduck"));
    golden.put("install an extension", &extensions::install_extension("motherduck"));
    golden.put("who loads", &motherduck::token("it's"));
    golden.put("attach", &motherduck::attach("md:it's?saas_mode=true", "it's"));
    golden.put_all("stage", Vec::from(motherduck::stage("_sdc_staging_0")));
    golden.put_all("make the turn", Vec::from(shared::make_turn("my \"schema\"")));
    golden.put("take a turn", &shared::take_turn("main"));
    golden.put(
        "remember many",
        &duckdb::remember_staged(&Shared::MotherDuck, "main", "_sdc_remembered", false),
    );
    common(&mut golden, &Shared::MotherDuck);
    golden.text()
}
