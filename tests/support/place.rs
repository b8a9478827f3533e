//! A place to load into: memory, DuckDB, Postgres, a DuckLake or MotherDuck, behind one face.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::Value;
use target::destination::Destination;
use target::destination::duckdb::DuckDb;
use target::destination::memory::Memory;
use target::destination::postgres::Postgres;
use target::flush::Reject;
use target::motherduck::MotherDuck;
use target::table::TableName;
use tempfile::TempDir;

use super::lake::{self, lake_in};
use super::loaded::{Loaded, load_into};
use super::postgres::Database;
use super::table::{self, Dump};
use super::{folder, postgres};

/// A destination that lives as long as the test.
pub(crate) enum Place {
    /// The reference.
    Memory(Memory),
    /// A DuckDB file in a folder of its own.
    DuckDb(TempDir),
    /// A Postgres database of its own.
    Postgres(Database),
    /// A DuckLake, with its catalog in a file of a folder of its own, or in a Postgres database.
    DuckLake(TempDir, Option<Database>),
    /// What MotherDuck is sent, to a DuckDB file that is attached in its stead.
    MotherDuck(TempDir),
}

impl Place {
    pub(crate) fn memory() -> Self {
        Place::Memory(Memory::new())
    }

    pub(crate) fn duckdb() -> Self {
        Place::DuckDb(folder::fresh())
    }

    pub(crate) fn motherduck() -> Self {
        Place::MotherDuck(folder::fresh())
    }

    pub(crate) fn postgres() -> Self {
        Place::Postgres(postgres::fresh_database())
    }

    /// A lake with its catalog in a file or in Postgres, as $LAKE_CATALOG says; else for some tests the one, for others the other, by their names.
    pub(crate) fn ducklake() -> Self {
        let test = thread::current().name().map_or(0, str::len);
        match std::env::var("LAKE_CATALOG").as_deref() {
            Ok("postgres") => Self::ducklake_in_postgres(),
            Err(_) if test.is_multiple_of(2) => Self::ducklake_in_postgres(),
            _ => Self::ducklake_in_file(),
        }
    }

    pub(crate) fn ducklake_in_file() -> Self {
        Place::DuckLake(folder::fresh(), None)
    }

    pub(crate) fn ducklake_in_postgres() -> Self {
        Place::DuckLake(folder::fresh(), Some(postgres::fresh_database()))
    }

    /// Whether its values are as DuckDB holds them.
    pub(crate) fn has_duckdb(&self) -> bool {
        matches!(self, Place::DuckDb(_) | Place::DuckLake(..) | Place::MotherDuck(_))
    }

    /// The schema of the tables.
    pub(crate) fn schema(&self) -> &'static str {
        match self {
            Place::Postgres(_) => "public",
            _ => "main",
        }
    }

    /// The full name of a table.
    pub(crate) fn table(&self, name: &str) -> TableName {
        TableName { schema: self.schema().to_owned(), name: name.to_owned() }
    }

    /// The DuckDB file.
    pub(crate) fn file(folder: &TempDir) -> PathBuf {
        folder.path().join("warehouse.duckdb")
    }

    /// What the command line calls it; memory has no name there, and what stands for MotherDuck has none.
    pub(crate) fn url(&self) -> String {
        match self {
            Place::Memory(_) | Place::MotherDuck(_) => panic!("no other program can load into it"),
            Place::DuckDb(folder) => format!("duckdb:{}", Self::file(folder).display()),
            Place::Postgres(url) => url.to_string(),
            Place::DuckLake(folder, catalog) => {
                format!("ducklake:{}", lake_in(folder, catalog.as_ref()).catalog)
            }
        }
    }

    /// These settings, with what they must say besides for other programs to load into it.
    pub(crate) fn with_settings(&self, settings: &Value) -> Value {
        let mut settings = settings.clone();
        if let Place::DuckLake(folder, catalog) = self {
            let lake = lake_in(folder, catalog.as_ref());
            for (name, value) in
                [("data_path", lake.data_path), ("extension_directory", lake.extension_directory)]
            {
                if let (true, Some(value)) = (settings[name].is_null(), value) {
                    settings[name] = value.into();
                }
            }
        }
        settings
    }

    /// The destination. DuckDB's is to be dropped before its file is opened again.
    pub(crate) fn open(&self) -> Box<dyn Destination> {
        match self {
            Place::Memory(memory) => Box::new(memory.clone()),
            Place::DuckDb(folder) => {
                Box::new(DuckDb::open(&Self::file(folder), self.schema()).expect("the file opens"))
            }
            Place::Postgres(url) => Box::new(Postgres::open(url, self.schema()).expect("the server answers")),
            Place::DuckLake(folder, catalog) => {
                let lake = lake_in(folder, catalog.as_ref());
                Box::new(DuckDb::open_lake(&lake, self.schema(), None).expect("the lake opens"))
            }
            Place::MotherDuck(folder) => {
                let (place, database) = (Self::file(folder).display().to_string(), "warehouse".to_owned());
                let stand_in = MotherDuck { place, database, ..MotherDuck::default() };
                Box::new(DuckDb::open_motherduck(&stand_in, self.schema(), None).expect("the file opens"))
            }
        }
    }

    /// DuckDB, for a test to look into the tables.
    pub(crate) fn connection(&self) -> ::duckdb::Connection {
        match self {
            Place::DuckDb(folder) | Place::MotherDuck(folder) => duckdb(&Self::file(folder)),
            Place::DuckLake(folder, catalog) => lake::connect(&lake_in(folder, catalog.as_ref())),
            Place::Memory(_) | Place::Postgres(_) => panic!("it is no place of DuckDB's"),
        }
    }

    /// Loads `input`, with settings as in a file of settings.
    pub(crate) fn load(&self, settings: &str, input: &str) -> Loaded {
        load_into(self.open(), settings, input)
    }

    /// A table as it is, if it is there.
    pub(crate) fn find(&self, name: &str) -> Option<Dump> {
        self.find_in(&self.table(name))
    }

    /// A table of any schema as it is, if it is there.
    pub(crate) fn find_in(&self, name: &TableName) -> Option<Dump> {
        self.find_all([name.clone()]).remove(0)
    }

    /// Several tables as they are, those that are there: over one connection.
    pub(crate) fn find_all(&self, names: impl IntoIterator<Item = TableName>) -> Vec<Option<Dump>> {
        let names = names.into_iter();
        match self {
            Place::Memory(memory) => {
                let content = memory.content();
                names.map(|name| table::memory(&content, &name)).collect()
            }
            Place::DuckDb(_) | Place::DuckLake(..) | Place::MotherDuck(_) => {
                let connection = self.connection();
                names.map(|name| table::duckdb(&connection, &name)).collect()
            }
            Place::Postgres(url) => {
                let mut client = postgres::connect(url);
                names.map(|name| table::postgres(&mut client, &name)).collect()
            }
        }
    }

    /// A table as it is.
    #[track_caller]
    pub(crate) fn dump(&self, name: &str) -> Dump {
        self.find(name).unwrap_or_else(|| panic!("no table {name:?}"))
    }

    /// Some columns of a table's rows: one text for each row, the cells between bars, in the order of the texts.
    #[track_caller]
    pub(crate) fn rows(&self, name: &str, columns: &[&str]) -> Vec<String> {
        self.dump(name).only(columns)
    }

    /// Runs SQL in a database, by hand; memory has none.
    pub(crate) fn execute(&self, sql: &str) {
        match self {
            Place::Memory(_) => {}
            Place::DuckDb(_) | Place::DuckLake(..) | Place::MotherDuck(_) => {
                self.connection().execute_batch(sql).expect("the SQL runs")
            }
            Place::Postgres(url) => postgres::connect(url).batch_execute(sql).expect("the SQL runs"),
        }
    }

    /// The records that were refused, by line; without the time.
    pub(crate) fn rejects(&self) -> Vec<Reject> {
        if let Place::Memory(memory) = self {
            return memory
                .content()
                .rejects()
                .iter()
                .map(|reject| Reject { at: 0, ..reject.clone() })
                .collect();
        }
        let dump = self.dump("_sdc_rejected");
        let mut rejects: Vec<Reject> = dump
            .records(&[])
            .iter()
            .map(|row| Reject {
                at: 0,
                schema: row.get("table_schema").and_then(|schema| serde_json::from_str(schema).ok()),
                table: unquoted(row["table_name"]),
                reason: unquoted(row["reason"]),
                record: unquoted(row["record"]),
                line: row["line"].parse().expect("a line is a number"),
                place: row.get("place").and_then(|place| serde_json::from_str(place).ok()),
                sequence: row["sequence"].parse().ok(),
                table_version: row.get("table_version").and_then(|version| version.parse().ok()),
                time_extracted: None,
            })
            .collect();
        rejects.sort_by_key(|reject| reject.line);
        rejects
    }

    /// The table of each stream.
    pub(crate) fn tables(&self) -> BTreeMap<String, String> {
        if let Place::Memory(memory) = self {
            let content = memory.content();
            let named = content.tables().filter_map(|name| {
                let memory = content.table(name)?.0.memory.as_ref()?;
                Some((memory.stream.clone(), name.name.clone()))
            });
            return named.collect();
        }
        let dump = self.dump("_sdc_tables");
        dump.records(&[]).iter().map(|row| (unquoted(row["stream"]), unquoted(row["table_name"]))).collect()
    }

    /// The bookmark that was committed last.
    pub(crate) fn bookmark(&self) -> Option<String> {
        self.open().bookmark(None).expect("the bookmark can be read")
    }
}

fn unquoted(text: &str) -> String {
    serde_json::from_str(text).expect("a quoted text")
}

/// Opens a DuckDB file, for a test to look into.
pub(crate) fn duckdb(path: &Path) -> ::duckdb::Connection {
    ::duckdb::Connection::open(path).expect("the file opens")
}

/// Makes a test of each function for each destination.
macro_rules! everywhere {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $name() { super::$name(&$crate::support::place::Place::memory()); })*
        }
        mod duckdb {
            $(#[test] fn $name() { super::$name(&$crate::support::place::Place::duckdb()); })*
        }
        mod postgres {
            $(#[test] fn $name() { super::$name(&$crate::support::place::Place::postgres()); })*
        }
        mod ducklake {
            $(#[test] fn $name() { super::$name(&$crate::support::place::Place::ducklake()); })*
        }
        mod motherduck {
            $(#[test] fn $name() { super::$name(&$crate::support::place::Place::motherduck()); })*
        }
    };
}
pub(crate) use everywhere;

/// Makes a test of each function for each database: of what is done by SQL, or looked at by it.
macro_rules! in_databases {
    ($($name:ident),* $(,)?) => {
        mod in_duckdb {
            $(#[test] fn $name() { super::$name(&$crate::support::place::Place::duckdb()); })*
        }
        mod in_postgres {
            $(#[test] fn $name() { super::$name(&$crate::support::place::Place::postgres()); })*
        }
    };
}
pub(crate) use in_databases;
