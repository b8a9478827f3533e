//! Postgres' SQL.

pub mod catalog;
pub mod citus;
pub mod known;
pub mod rights;

use super::{Dialect, append, count_equal, keys, list, literal, qualified, quote, same_key, wins};
use crate::flush::Spread;
use crate::merge::Tie;
use crate::table::{Column, Role, System, Table, TableName};
use crate::types::Type;

/// Postgres' spelling.
pub struct Postgres;

impl Dialect for Postgres {
    fn type_name(&self, ty: Type) -> String {
        match ty {
            Type::Boolean => "boolean",
            Type::SmallInteger => "smallint",
            Type::ShortInteger => "integer",
            Type::Integer => "bigint",
            Type::BigInteger | Type::Number => "numeric",
            Type::Decimal { precision, scale } => return format!("numeric({precision},{scale})"),
            Type::Double => "double precision",
            Type::Date => "date",
            Type::Time => "time without time zone",
            Type::Timestamp => "timestamp with time zone",
            Type::LocalTimestamp => "timestamp without time zone",
            Type::Varchar { length } => return format!("character varying({length})"),
            Type::Text | Type::Foreign => "text",
            Type::Uuid => "uuid",
            Type::Bytes => "bytea",
            Type::Json => "jsonb",
        }
        .to_owned()
    }

    fn type_named(&self, name: &str) -> Type {
        let digits = |name: &str| -> Option<Type> {
            let (precision, scale) = name.strip_prefix("numeric(")?.strip_suffix(')')?.split_once(',')?;
            let (precision, scale) = (precision.parse().ok()?, scale.parse().ok()?);
            (scale <= precision && precision <= crate::types::DECIMAL_DIGITS)
                .then_some(Type::Decimal { precision, scale })
        };
        let length = |name: &str| -> Option<Type> {
            let length = name.strip_prefix("character varying(")?.strip_suffix(')')?.parse().ok()?;
            Some(Type::Varchar { length })
        };
        match name {
            "boolean" => Type::Boolean,
            "smallint" => Type::SmallInteger,
            "integer" => Type::ShortInteger,
            "bigint" => Type::Integer,
            "numeric" => Type::Number,
            "double precision" => Type::Double,
            "date" => Type::Date,
            "time without time zone" | "time(6) without time zone" => Type::Time,
            "timestamp with time zone" | "timestamp(6) with time zone" => Type::Timestamp,
            "timestamp without time zone" | "timestamp(6) without time zone" => Type::LocalTimestamp,
            "text" | "character varying" => Type::Text,
            "uuid" => Type::Uuid,
            "bytea" => Type::Bytes,
            "jsonb" => Type::Json,
            other => digits(other).or_else(|| length(other)).unwrap_or(Type::Foreign),
        }
    }

    fn converted(&self, column: &str, from: Type, to: Type) -> String {
        match (from, to) {
            (Type::Date | Type::LocalTimestamp, Type::Timestamp) => {
                format!("{column}::timestamp at time zone 'UTC'")
            }
            // A double's shortest digits are the number that was sent.
            (Type::Double, _) => format!("{column}::text::{}", self.type_name(to)),
            _ => format!("{column}::{}", self.type_name(to)),
        }
    }

    fn parameter(&self, number: usize, ty: Type) -> String {
        match ty {
            Type::Timestamp => format!("timestamptz 'epoch' + ${number}::bigint * interval '1 microsecond'"),
            Type::Json => format!("${number}::text::jsonb"),
            ty => format!("${number}::{}", self.type_name(ty)),
        }
    }

    fn constrains_keys(&self) -> bool {
        true
    }

    fn instant(&self, number: usize, ty: Type) -> String {
        let instant = self.parameter(number, Type::Timestamp);
        match ty {
            Type::LocalTimestamp => format!("({instant}) at time zone 'UTC'"),
            Type::Text | Type::Varchar { .. } => {
                format!("to_char(({instant}) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
            }
            _ => instant,
        }
    }

    fn micros(&self, expression: &str) -> String {
        format!("(extract(epoch from {expression}) * 1000000)::bigint")
    }

    fn texts(&self, number: usize) -> String {
        format!("select jsonb_array_elements_text(${number}::text::jsonb)")
    }

    fn members(&self, column: &str) -> String {
        format!("jsonb_object_keys({column})")
    }

    fn differs(&self, column: &str, from: Type, to: Type) -> String {
        format!("({})::{} is distinct from {column}", self.converted(column, from, to), self.type_name(from))
    }

    /// Users' foreign keys and triggers see a row that is replaced as an update.
    fn replace(&self, staging: &str, table: &Table, _: &[String], gone: &[String]) -> Vec<String> {
        vec![format!("{} do update set {}", upsert(staging, table), sets(table, gone))]
    }

    fn recognition(&self, table: &Table) -> Option<String> {
        let sequence = quote(table.columns[table.system(System::Sequence)?].name.as_str());
        Some(format!("create index on {} ({sequence})", qualified(&table.name)))
    }

    fn index(&self, table: &TableName, columns: &[String]) -> Option<String> {
        let columns: Vec<String> = columns.iter().map(|column| quote(column)).collect();
        Some(format!("create index on {} ({})", qualified(table), columns.join(", ")))
    }

    fn let_use(&self, schema: &str, roles: &[String]) -> Option<String> {
        (!roles.is_empty()).then(|| rights::on_schema(&["usage"], schema, roles))
    }

    fn let_read(&self, table: &TableName, roles: &[String]) -> Option<String> {
        (!roles.is_empty()).then(|| rights::on_table(&["select"], table, roles))
    }

    /// A collation may take different texts for the same.
    fn exact(&self, expression: String, ty: Type) -> String {
        match ty {
            Type::Text | Type::Varchar { .. } => format!("{expression} collate \"C\""),
            _ => expression,
        }
    }

    fn distribute(&self, table: &TableName, spread: &Spread, beside: Option<&TableName>) -> Option<String> {
        Some(citus::distribute(table, spread, beside))
    }

    fn key_constraint(&self, table: &Table) -> Option<String> {
        let keys = list("", keys(table));
        (!keys.is_empty()).then(|| format!("primary key ({keys})"))
    }
}

/// Makes a staging table for the columns of `table`, which goes with the transaction.
#[must_use]
pub fn create_staging(staging: &str, table: &Table) -> String {
    let columns = table.columns.iter();
    let columns = columns.map(|column| format!("{} {}", quote(&column.name), Postgres.type_name(column.ty)));
    format!(
        "create temporary table {} ({}) on commit drop",
        quote(staging),
        columns.collect::<Vec<_>>().join(", ")
    )
}

/// Copies rows in Postgres' binary form into the columns of `table`, in `into`.
#[must_use]
pub fn copy(into: &str, table: &Table) -> String {
    format!("copy {into} ({}) from stdin (format binary)", list("", &table.columns))
}

/// The insert of the staged rows, up to what is done about a key that is there. The order of the keys makes all loaders take their row
/// locks in one order, and index pages are met one after the other.
fn upsert(staging: &str, table: &Table) -> String {
    let (columns, keys) = (list("", &table.columns), list("", keys(table)));
    format!(
        "insert into {} as t ({columns})\nselect {columns} from {} order by {keys}\non conflict ({keys})",
        qualified(&table.name),
        quote(staging)
    )
}

/// What an update sets: all columns of the row, and those that are gone from it to their defaults. A table of keys alone sets one of
/// them to itself.
fn sets(table: &Table, gone: &[String]) -> String {
    let own = |column: &&Column| column.role != Role::Key;
    let set = |column: &Column| format!("{0} = excluded.{0}", quote(&column.name));
    let mut sets: Vec<String> = table.columns.iter().filter(own).map(set).collect();
    sets.extend(gone.iter().map(|name| format!("{} = default", quote(name))));
    if sets.is_empty() {
        sets.extend(keys(table).take(1).map(set));
    }
    sets.join(", ")
}

/// Whether the row `t` that was written is a new one. Of a partitioned table's row the server does not say who wrote it: there the table is
/// asked, which a statement sees as it was before.
fn is_new(table: &Table) -> String {
    let name = qualified(&table.name);
    format!(
        "case when (select relkind = 'p' from pg_class where oid = {}::regclass)\n\
         then coalesce((select false from {name} as o where {}), true) else t.xmax = 0 end",
        literal(&name),
        same_key(table, "o", "t")
    )
}

/// Merges the staging table: one row per key, and only where the staged row wins. Returns the rows inserted, replaced and deleted.
#[must_use]
pub fn merge(staging: &str, table: &Table, gone: &[String], tie: Tie) -> String {
    let deleted = match table.system(System::DeletedAt) {
        Some(_) => format!("t.{} is not null", quote(System::DeletedAt.name())),
        None => "false".to_owned(),
    };
    format!(
        "with written as (\n\
         {upsert} do update set {sets}\n\
         where {wins}\n\
         returning {is_new} as inserted, {deleted} as deleted\n\
         )\n\
         select count(*) filter (where inserted and not deleted), \
         count(*) filter (where not inserted and not deleted), \
         count(*) filter (where deleted) from written",
        upsert = upsert(staging, table),
        sets = sets(table, gone),
        wins = wins(table, "t", "excluded", tie),
        is_new = is_new(table),
    )
}

/// How many staged rows the table holds in the same version.
#[must_use]
pub fn count_equal_staged(staging: &str, table: &Table) -> String {
    count_equal(table, &quote(staging))
}

/// Begins a transaction, and asks what the server calls it: the session, and when it began. All settings go with the transaction, for a
/// pooler may give the session to others afterwards. The role's own must not change what values mean; a statement of a flush runs
/// once, and is over before it would have been worth compiling; a client that is gone is noticed after two minutes, and its locks are
/// let go. No statement waits longer for a lock, or takes longer, than so many milliseconds; 0 is no limit, and for `statement` what the
/// role has.
#[must_use]
pub fn begin(lock: i32, statement: i32) -> String {
    let limit = match statement {
        0 => String::new(),
        limit => format!(" set local statement_timeout to {limit};"),
    };
    format!(
        "begin; set local timezone to 'UTC'; set local jit to off; set local lock_timeout to {lock};{limit} \
         set local tcp_keepalives_idle to 60; set local tcp_keepalives_interval to 10; set local tcp_keepalives_count to 6; \
         select pg_backend_pid(), extract(epoch from transaction_timestamp())::text"
    )
}

/// A statement that waits so many milliseconds for a lock, and what others wait afterwards.
#[must_use]
pub fn within_lock_timeout(statement: &str, brief: i32, usual: i32) -> String {
    format!("set local lock_timeout to {brief};\n{statement};\nset local lock_timeout to {usual}")
}

/// Whether the server is at work on a transaction, and does not wait for its client. No row where it does not know it. Parameters: the
/// session, and when the transaction began.
pub const IS_AT_WORK: &str = "select wait_event_type is distinct from 'Client' from pg_stat_activity \
     where pid = $1 and extract(epoch from xact_start)::text = $2";

/// Ends the session of such a transaction. Parameters: as for [`IS_AT_WORK`].
pub const END_SESSION: &str = "select pg_terminate_backend(pid) from pg_stat_activity \
     where pid = $1 and extract(epoch from xact_start)::text = $2";

/// Who has locks on tables, in words. Parameter: the tables' full names.
pub const HOLDERS: &str = "select distinct 'session ' || a.pid || ' of ' || coalesce(a.usename, a.backend_type) \
     || coalesce(' (' || nullif(a.application_name, '') || ')', '') || coalesce(', ' || a.state, '') \
     from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.granted and l.pid <> pg_backend_pid() \
     and l.database = (select d.oid from pg_database d where d.datname = current_database()) \
     and l.relation in (select to_regclass(name) from unnest($1::text[]) as asked (name)) limit 5";

/// Inserts all rows of a staging table, whose columns may be narrower than the table's.
#[must_use]
pub fn insert_staged(staging: &str, table: &Table) -> String {
    append(table, &quote(staging), false)
}

/// Of a schema: whether the loader's own tables are there, and whether they have all the columns of this version; whether the one that
/// remembers the schema's tables is there, and whether it has all of them; whether the schema is there, and whether the database is of a Citus
/// cluster. Parameter: the schema.
pub const LEDGER_STATE: &str = "select to_regclass(quote_ident($1) || '._sdc_loads') is not null, exists (select 1 from pg_attribute \
     where not attisdropped and attrelid = to_regclass(quote_ident($1) || '._sdc_rejected') and attname = 'table_schema'), \
     to_regclass(quote_ident($1) || '._sdc_tables') is not null, exists (select 1 from pg_attribute \
     where not attisdropped and attrelid = to_regclass(quote_ident($1) || '._sdc_tables') and attname = 'activated'), \
     to_regnamespace(quote_ident($1)) is not null, to_regclass('pg_catalog.pg_dist_partition') is not null";

/// Does not wait for this transaction to be on the disk: the next one that waits, waits for it too.
pub const HURRY: &str = "set local synchronous_commit to off";

/// Lets one loader at a time make the loader's own tables.
pub const LOCK_SCHEMA: &str = "select pg_advisory_xact_lock(hashtextextended('lastword ' || $1, 0))";

/// The newest run of a pipeline, which stays so until the transaction ends. Parameter: the pipeline's name.
#[must_use]
pub fn newest_run_locked(schema: &str) -> String {
    format!("{} for share", super::ledger::newest_run(&Postgres, schema))
}

/// Takes the locks of tables, in the order given: exclusive ones keep all others out, shared ones only those. Parameters: the schemas,
/// the names, and whether each is exclusive.
pub const LOCK_TABLES: &str = "select case when asked.alone \
     then pg_advisory_xact_lock(hashtextextended('lastword ' || asked.schema || '.' || asked.name, 0))::text \
     else pg_advisory_xact_lock_shared(hashtextextended('lastword ' || asked.schema || '.' || asked.name, 0))::text end \
     from unnest($1::text[], $2::text[], $3::boolean[]) as asked (schema, name, alone)";
