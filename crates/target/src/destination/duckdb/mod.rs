//! DuckDB: each statement of a load reads the batch from Arrow, through a table function; only a merge that is guarded by more than
//! versions has a staging table.

mod attach;
mod batch;
mod bounds;
mod check;
mod commit;
mod crowd;
mod extensions;
mod inspect;
mod lake;
mod ledger;
mod motherduck;
mod places;
mod room;
mod staging;
mod store;
mod turns;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ::duckdb::{Connection, OptionalExt, params};

use super::{Abilities, Destination, Receipt, counted};
use crate::decode::Limits;
use crate::error::{Error, Result};
use crate::flush::{Flush, FlushId, Reject, Replayed, StreamCounts};
use crate::shard::Shard;
use crate::sql::duckdb as sql;
use crate::sql::duckdb::DuckDb as Dialect;
use crate::table::{Memory, Stored, TableName};
use crate::types::Type;

use crowd::Crowd;
use room::Room;
use store::Store;

pub use check::{check, check_lake, check_motherduck};

/// The schema for tables where no setting names one.
pub const DEFAULT_SCHEMA: &str = "main";

/// What DuckDB says of a file that another process holds.
const HELD: &str = "Could not set lock on file";

/// What DuckDB says of a file that another process has begun to make; and of one that is not DuckDB's at all.
const HALF_MADE: &str = "not a valid DuckDB database file";

/// So long a file may be half made.
const MAKING: Duration = Duration::from_secs(2);

/// How long it is until a file that another process holds is tried again.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A DuckDB file, a DuckLake, or a database in MotherDuck.
pub struct DuckDb {
    connection: Connection,
    store: Store,
    schema: String,
    /// Whether the loader's own tables are there.
    remembers: bool,
    /// The schemas that are known to have what remembers their tables.
    places: BTreeSet<String>,
    /// Whether nothing may be written.
    looks: bool,
    /// Tables as they are since the last flush. Nobody else can change them while the file is open; where several write none are known.
    known: BTreeMap<TableName, Stored>,
    crowd: Crowd,
    room: Room,
}

impl DuckDb {
    /// Opens the file at `path`, which is made where there is none, and makes the schema and the loader's own tables in it.
    ///
    /// # Errors
    /// Of class destination.
    pub fn open(path: &Path, schema: &str) -> Result<Self> {
        if let Some(folder) =
            path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        {
            return Err(Error::destination(format!("the folder {} does not exist", folder.display()))
                .hint(format!("make it: mkdir -p {}", folder.display())));
        }
        let connection = Connection::open(path).map_err(unopened)?;
        let mut duckdb = Self::over(connection, Store::File, schema);
        duckdb.prepare().map_err(|error| failed("prepare the schema", error))?;
        Ok(duckdb)
    }

    fn over(connection: Connection, store: Store, schema: &str) -> Self {
        let (schema, known) = (schema.to_owned(), BTreeMap::new());
        let (crowd, room) = (Crowd::default(), Room::default());
        let (remembers, places, looks) = (false, BTreeSet::new(), true);
        Self { connection, store, schema, remembers, places, looks, known, crowd, room }
    }

    /// As [`DuckDb::open`], but waits so long for another process to let go of the file, which `say` is told once.
    ///
    /// # Errors
    /// As [`DuckDb::open`]; of a file that is held it says by whom.
    pub fn open_within(path: &Path, schema: &str, wait: Duration, say: impl FnOnce(&str)) -> Result<Self> {
        patiently(wait, say, || Self::open(path, schema))
    }

    /// Keeps DuckDB to `limit` of memory, as DuckDB writes it: `512MB`, `4GB`. Without one it has 512 MB, and more where a table of very many
    /// columns cannot do with that.
    ///
    /// # Errors
    /// Of class usage where DuckDB cannot read the limit.
    pub fn limit_memory(&mut self, limit: Option<&str>) -> Result<()> {
        let (room, limit) = Room::of(limit);
        self.room = room;
        self.connection.execute_batch(&sql::limit_memory(&limit)).map_err(|error| {
            Error::usage(format!("duckdb_memory_limit cannot be {limit:?}"))
                .caused_by(error)
                .hint("it looks like 512MB or 4GB")
        })
    }

    /// Sets what DuckDB has settings for, by name.
    ///
    /// # Errors
    /// Of class usage where DuckDB has no such setting, or it cannot take the value.
    pub fn set(&self, settings: &BTreeMap<String, String>) -> Result<()> {
        settings.iter().try_for_each(|(name, value)| {
            self.connection
                .execute_batch(&sql::set(name, value))
                .map_err(|error| Error::usage(format!("DuckDB cannot set {name:?}")).caused_by(error))
        })
    }

    /// Needs less memory for long rows from now on, and makes more row groups of them.
    ///
    /// # Errors
    /// Of class destination.
    pub fn be_sparing(&mut self) -> Result<()> {
        self.room.is_sparing = true;
        let set = self.connection.execute_batch(sql::BE_SPARING);
        set.map_err(|error| failed("be sparing of memory", error))
    }

    /// The statements that the loader's own tables still need.
    fn needed(&self) -> ::duckdb::Result<Vec<String>> {
        let (table, newest) = crate::sql::ledger::NEWEST_COLUMN;
        let table = TableName { schema: self.schema.clone(), name: table.to_owned() };
        Ok(match ledger::columns(&self.connection, &table)? {
            Some(columns) if columns.iter().any(|column| column.name == newest) => Vec::new(),
            Some(_) => crate::sql::ledger::upgrade(&Dialect, &self.schema),
            None => made(self.store, &self.schema),
        })
    }

    /// Runs statements, all or none of them.
    fn run_all(&mut self, statements: &[String]) -> ::duckdb::Result<()> {
        let transaction = self.connection.transaction()?;
        for statement in statements {
            transaction.execute_batch(statement)?;
        }
        transaction.commit()
    }

    fn prepare(&mut self) -> ::duckdb::Result<()> {
        batch::register(&self.connection)?;
        self.connection.execute_batch(sql::SESSION)?;
        let statements = self.needed()?;
        (self.remembers, self.looks) = (true, false);
        if statements.is_empty() {
            self.places.insert(self.schema.clone());
            return Ok(());
        }
        self.run_all(&statements)
    }
}

/// The statements that make the schema and the loader's own tables.
fn made(store: Store, schema: &str) -> Vec<String> {
    let mut statements = crate::sql::ledger::make_schema(store.dialect(), schema, &[]);
    statements.extend(crate::sql::ledger::create(store.dialect(), schema));
    statements.extend(store.turn(schema));
    statements
}

/// Why a file could not be opened.
fn unopened(error: ::duckdb::Error) -> Error {
    let error = failed("open the file", error);
    match error.to_string().contains(HELD) {
        true => error.hint("only one process at a time can write to a DuckDB file").passing(),
        false => error,
    }
}

/// Opens what another process may hold: waits so long for it to let go, which `say` is told once. One that is making the file is waited
/// for, too.
fn patiently(
    wait: Duration,
    say: impl FnOnce(&str),
    mut open: impl FnMut() -> Result<DuckDb>,
) -> Result<DuckDb> {
    let (mut waited, mut say) = (Duration::ZERO, Some(say));
    loop {
        match open() {
            Err(error) if error.to_string().contains(HELD) && waited < wait => {
                if let Some(say) = say.take() {
                    say(&format!("{error}: waiting for at most {} s (lock_timeout)", wait.as_secs_f64()));
                }
                thread::sleep(LOOK_AGAIN);
                waited += LOOK_AGAIN;
            }
            Err(error) if error.to_string().contains(HALF_MADE) && waited < wait.min(MAKING) => {
                thread::sleep(LOOK_AGAIN);
                waited += LOOK_AGAIN;
            }
            done => return done,
        }
    }
}

impl Destination for DuckDb {
    fn abilities(&self) -> Abilities {
        Abilities {
            names: self.store.names(),
            limits: Limits { nul: self.store.nul(), decimals: false, levels: usize::MAX },
            storage,
            most_rows: room::most_rows,
            default_schema: DEFAULT_SCHEMA,
            dialect: self.store.dialect(),
        }
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        let recalls = self.recalls(&table.schema).map_err(|error| error.in_table(&table.name))?;
        ledger::describe(&self.connection, table, recalls)
            .map_err(|error| failed("describe a table", error).in_table(&table.name))
    }

    fn begin(&mut self, state_id: &str, load: &str) -> Result<()> {
        self.insist_on(|duckdb| {
            let begun = |error| failed("begin a run of the pipeline", error);
            let (store, schema) = (duckdb.store, &duckdb.schema);
            let transaction = duckdb.connection.transaction().map_err(begun)?;
            turns::take_turns(store, &transaction, [schema.as_str()])?;
            ledger::begin(&transaction, store.dialect(), schema, state_id, load).map_err(begun)?;
            transaction.commit().map_err(begun)
        })
    }

    fn commit(&mut self, flush: &Arc<Flush>) -> Result<Receipt> {
        self.insist(flush)
    }
    fn committed(&mut self, flush: &FlushId) -> Result<Option<StreamCounts>> {
        let text: Option<String> = self
            .connection
            .query_row(
                &crate::sql::ledger::counted(&Dialect, &self.schema),
                params![flush.load, flush.number],
                |row| row.get(0),
            )
            .optional()
            .map_err(|error| failed("look a flush up", error))?;
        text.map(|text| counted(&text)).transpose()
    }

    fn bookmark(&mut self, shard: Option<Shard>) -> Result<Option<String>> {
        if !self.remembers {
            return Ok(None);
        }
        let shard = shard.map_or(String::new(), String::from);
        let query = crate::sql::ledger::last_bookmark(&Dialect, &self.schema);
        let last = self.connection.query_row(&query, [shard], |row| row.get(0));
        last.optional().map_err(|error| failed("read the bookmark", error))
    }

    fn rejected(&mut self) -> Result<Vec<(Replayed, Reject)>> {
        if !self.remembers {
            return Ok(Vec::new());
        }
        ledger::rejected(&self.connection, &self.schema).map_err(|error| failed("read the rejects", error))
    }

    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        let query = crate::sql::whole::fits(&Dialect, table, column, from, to);
        let misfits = self.connection.query_row(&query, [], |row| row.get::<_, u64>(0));
        misfits
            .map(|misfits| misfits == 0)
            .map_err(|error| failed("compare a column's values", error).in_table(&table.name))
    }

    fn administer(&mut self, statements: &[String], memory: &Memory, table: &TableName) -> Result<()> {
        self.known.clear();
        self.insist_on(|duckdb| {
            duckdb.make_ready(&table.schema)?;
            let store = duckdb.store;
            let transaction = duckdb.connection.transaction();
            let transaction = transaction.map_err(|error| failed("begin a transaction", error))?;
            turns::take_turns(store, &transaction, [table.schema.as_str()])?;
            let stored = ledger::describe(&transaction, table, true);
            let stored = stored.map_err(|error| failed("describe the table", error).in_table(&table.name))?;
            if stored.is_some_and(|stored| stored.memory.is_some()) {
                return Ok(());
            }
            ledger::remember(&transaction, store, &table.schema, [(table, memory)].into_iter(), true)
                .map_err(|error| failed("remember the table", error))?;
            for statement in statements {
                transaction.execute_batch(statement).map_err(|error| failed("change the table", error))?;
            }
            transaction.commit().map_err(|error| failed("commit", error))
        })
    }
}

/// DuckDB has no decimals of any length: a number is a double, and one that is not exactly that is refused when it is decoded.
fn storage(ty: Type) -> Type {
    match ty {
        Type::Number => Type::Double,
        Type::BigInteger => Type::Decimal { precision: crate::types::DECIMAL_DIGITS, scale: 0 },
        ty => ty,
    }
}

/// What to do about errors, by words in them: DuckDB has no codes for these.
const HINTS: [(&str, &str); 3] = [
    (
        "Out of Memory",
        "raise duckdb_memory_limit (in the file of settings), or make commits smaller (batch_size_rows)",
    ),
    ("No space left", FULL),
    ("File too large", FULL),
];

const FULL: &str =
    "make room where the file is, and run again from the last bookmark: nothing of this commit is there";

fn failed(what: &str, error: ::duckdb::Error) -> Error {
    let said = error.to_string();
    let failed = Error::destination(format!("DuckDB cannot {what}")).caused_by(error);
    match HINTS.iter().find(|(words, _)| said.contains(words)) {
        Some((_, hint)) => failed.hint(*hint),
        None => failed,
    }
}
