//! DuckDB: each statement of a load reads the batch from Arrow, through a table function; there is no staging table.

mod batch;

use std::path::Path;

use ::duckdb::{Connection, OptionalExt, Transaction, params};

use super::{Abilities, Destination, Receipt, Written, check_identity, settle, totals};
use crate::batch::Mode;
use crate::decode::{Limits, Nul};
use crate::error::{Error, Result};
use crate::flush::{Flush, Load};
use crate::names::Rules;
use crate::sql::duckdb as sql;
use crate::sql::duckdb::DuckDb as Dialect;
use crate::sql::{Dialect as _, before_changes, change, latest_view, ledger};
use crate::table::{Column, Memory, Role, Stored, System, Table, TableName};
use crate::types::Type;

use batch::Lent;

/// The schema for tables where no setting names one.
pub const DEFAULT_SCHEMA: &str = "main";

/// A DuckDB file.
pub struct DuckDb {
    connection: Connection,
    schema: String,
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
        let connection = Connection::open(path).map_err(|error| {
            let error = failed("open the file", error);
            let held = error.to_string().contains("lock");
            if held { error.hint("only one process at a time can write to a DuckDB file") } else { error }
        })?;
        let mut duckdb = Self { connection, schema: schema.to_owned() };
        duckdb.prepare().map_err(|error| failed("prepare the schema", error))?;
        Ok(duckdb)
    }

    /// Keeps DuckDB to `limit` of memory, as DuckDB writes it: `512MB`, `4GB`.
    ///
    /// # Errors
    /// Of class usage where DuckDB cannot read the limit.
    pub fn limit_memory(&self, limit: &str) -> Result<()> {
        self.connection.execute_batch(&sql::limit_memory(limit)).map_err(|error| {
            Error::usage(format!("duckdb_memory_limit cannot be {limit:?}"))
                .caused_by(error)
                .hint("it looks like 512MB or 4GB")
        })
    }

    fn prepare(&mut self) -> ::duckdb::Result<()> {
        batch::register(&self.connection)?;
        self.connection.execute_batch(sql::SESSION)?;
        let there: bool = self.connection.query_row(sql::LEDGER_EXISTS, [&self.schema], |row| row.get(0))?;
        if there {
            return Ok(());
        }
        let transaction = self.connection.transaction()?;
        for statement in ledger::create(&Dialect, &self.schema) {
            transaction.execute_batch(&statement)?;
        }
        transaction.commit()
    }
}

impl Destination for DuckDb {
    fn abilities(&self) -> Abilities {
        Abilities {
            names: Rules { max_bytes: usize::MAX, ignores_case: true, reserved: &["rowid"] },
            limits: Limits { nul: Nul::Held, decimals: false },
            storage,
            default_schema: DEFAULT_SCHEMA,
        }
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        self.find(table).map_err(|error| failed("describe a table", error).in_table(&table.name))
    }

    fn commit(&mut self, flush: &Flush) -> Result<Receipt> {
        let transaction =
            self.connection.transaction().map_err(|error| failed("begin a transaction", error))?;
        let mut counts = std::collections::BTreeMap::new();
        for load in &flush.loads {
            let written = write(&transaction, load).map_err(|error| error.in_table(&load.table.name.name))?;
            counts.insert(load.stream.clone(), settle(load, written));
        }
        check_identity(&counts)?;
        let (sum, streams) = totals(&counts)?;
        remember(&transaction, &self.schema, flush).map_err(|error| failed("remember the tables", error))?;
        transaction
            .execute(
                &ledger::record_load(&Dialect, &self.schema),
                params![
                    flush.id.load,
                    flush.id.number,
                    flush.sealed_at,
                    sum.received,
                    sum.inserted,
                    sum.replaced,
                    sum.stale,
                    sum.duplicate,
                    sum.deleted,
                    sum.rejected,
                    sum.bytes,
                    streams,
                    flush.bookmark,
                ],
            )
            .map_err(|error| failed("write down the load", error))?;
        transaction.commit().map_err(|error| failed("commit", error))?;
        Ok(Receipt { flush: flush.id.clone(), counts })
    }

    fn fits(&mut self, _: &TableName, _: &str, _: Type, _: Type) -> Result<bool> {
        Ok(true)
    }

    fn bookmark(&mut self) -> Result<Option<String>> {
        let last = self.connection.query_row(&ledger::last_bookmark(&self.schema), [], |row| row.get(0));
        last.optional().map_err(|error| failed("read the bookmark", error))
    }
}

impl DuckDb {
    fn find(&self, name: &TableName) -> ::duckdb::Result<Option<Stored>> {
        let mut statement = self.connection.prepare(sql::DESCRIBE)?;
        let mut made_as = name.name.clone();
        let columns = statement.query_map(params![name.schema, name.name], |row| {
            made_as = row.get(3)?;
            let (name, ty): (String, String) = (row.get(0)?, row.get(1)?);
            let system = System::ALL.into_iter().find(|system| system.name() == name);
            let role = system.map_or(Role::Value, Role::System);
            Ok(Column { name, ty: Dialect.type_named(&ty), nullable: row.get(2)?, role })
        })?;
        let mut columns: Vec<Column> = columns.collect::<::duckdb::Result<_>>()?;
        if columns.is_empty() {
            return Ok(None);
        }
        let recall = ledger::recall(&Dialect, &name.schema);
        let memory = self.connection.query_row(&recall, [&made_as], |row| {
            Ok(Memory {
                stream: row.get(0)?,
                mode: row.get(1)?,
                keys: serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default(),
                sequence_source: row.get(3)?,
                arrival_sequence: row.get(4)?,
                ..Memory::default()
            })
        });
        let memory = memory.optional()?;
        for column in &mut columns {
            if memory.as_ref().is_some_and(|memory| memory.keys.contains(&column.name)) {
                column.role = Role::Key;
            }
        }
        let name = TableName { schema: name.schema.clone(), name: made_as };
        Ok(Some(Stored { table: Table { name, columns }, memory }))
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

fn remember(transaction: &Transaction<'_>, schema: &str, flush: &Flush) -> ::duckdb::Result<()> {
    let mut insert = transaction.prepare(&ledger::remember(&Dialect, schema))?;
    for load in &flush.loads {
        let Memory { stream, mode, keys, sequence_source, arrival_sequence, .. } = &load.memory;
        let keys = serde_json::Value::from(keys.as_slice()).to_string();
        insert.execute(params![
            load.table.name.name,
            stream,
            mode,
            keys,
            sequence_source,
            arrival_sequence
        ])?;
    }
    let mut insert = transaction.prepare(&ledger::record_reject(&Dialect, schema))?;
    for reject in &flush.rejects {
        insert.execute(params![
            reject.at,
            reject.table,
            reject.reason,
            reject.record,
            reject.line,
            reject.sequence,
            flush.id.load
        ])?;
    }
    Ok(())
}

/// Makes the changes of one load and writes its rows.
fn write(transaction: &Transaction<'_>, load: &Load) -> Result<Written> {
    let alter = |transaction: &Transaction<'_>, statement: &str| {
        transaction.execute_batch(statement).map_err(|error| failed("change the table", error))
    };
    let view = load.view.as_ref();
    if let Some(statement) = view.and_then(|view| before_changes(view, &load.changes)) {
        alter(transaction, &statement)?;
    }
    for needed in &load.changes {
        alter(transaction, &change(&Dialect, &load.table, needed))?;
    }
    if let Some(view) = view {
        alter(transaction, &latest_view(view))?;
    }
    let Some(batch) = &load.batch else { return Ok(Written::default()) };
    let count = batch.count() as u64;
    let lent = Lent::new(batch.compact()?);
    let run = |what: &str, statement: String| -> Result<u64> {
        let rows = transaction.execute(&statement, [lent.number()]).map_err(|error| failed(what, error))?;
        Ok(rows as u64)
    };
    let ask = |what: &str, statement: String| -> Result<(u64, u64)> {
        let row = transaction.query_row(&statement, [lent.number()], |row| {
            Ok((row.get(0)?, row.get::<_, Option<u64>>(1).unwrap_or_default().unwrap_or_default()))
        });
        row.map_err(|error| failed(what, error))
    };
    let table = &load.table;
    let tie = match load.mode {
        Mode::Append { unique: false } => {
            let inserted = run("append", sql::insert_all(table))?;
            return Ok(Written { inserted, ..Written::default() });
        }
        Mode::Append { unique: true } => {
            let inserted = run("append", sql::insert_unique(table))?;
            return Ok(Written { inserted, duplicate: count - inserted, ..Written::default() });
        }
        Mode::Merge(tie) => tie,
    };
    let (mut deleted, mut deleted_stored) = (0, 0);
    if lent.has_values(System::DeletedAt.name()) {
        (deleted, deleted_stored) = ask("count deletes", sql::count_deletes(table, tie))?;
    }
    let lost = run("delete the rows that lose", sql::delete_losers(table, tie))?;
    let won = run("insert the rows that win", sql::insert_winners(table))?;
    let mut written = Written {
        inserted: (won - lost) - (deleted - deleted_stored),
        replaced: lost - deleted_stored,
        deleted,
        ..Written::default()
    };
    if won < count {
        // Every row that was written is in the table in its own version now; so are the duplicates.
        let (equal, _) = ask("count duplicates", sql::count_equal_staged(table))?;
        written.duplicate = equal.saturating_sub(won);
        written.stale = count - won - written.duplicate;
    }
    Ok(written)
}

fn failed(what: &str, error: ::duckdb::Error) -> Error {
    Error::destination(format!("DuckDB cannot {what}")).caused_by(error)
}
