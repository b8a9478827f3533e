//! Postgres' SQL.

use super::{Dialect, append, count_equal, keys, list, qualified, quote, wins};
use crate::merge::Tie;
use crate::table::{Role, System, Table, TableName};
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

/// Merges the staging table: one row per key, and only where the staged row wins. Returns the rows inserted, replaced and deleted.
///
/// The order of the keys makes all loaders take their row locks in one order, and index pages are met one after the other.
#[must_use]
pub fn merge(staging: &str, table: &Table, gone: &[String], tie: Tie) -> String {
    let sets = table.columns.iter().filter(|column| column.role != Role::Key);
    let sets = sets.map(|column| format!("{0} = excluded.{0}", quote(&column.name)));
    let sets: Vec<_> = sets.chain(gone.iter().map(|name| format!("{} = default", quote(name)))).collect();
    let deleted = match table.system(System::DeletedAt) {
        Some(_) => format!("t.{} is not null", quote(System::DeletedAt.name())),
        None => "false".to_owned(),
    };
    format!(
        "with written as (\n\
         insert into {name} as t ({columns})\n\
         select {columns} from {staging} order by {keys}\n\
         on conflict ({keys}) do update set {sets}\n\
         where {wins}\n\
         returning t.xmax = 0 as inserted, {deleted} as deleted\n\
         )\n\
         select count(*) filter (where inserted and not deleted), \
         count(*) filter (where not inserted and not deleted), \
         count(*) filter (where deleted) from written",
        name = qualified(&table.name),
        columns = list("", &table.columns),
        staging = quote(staging),
        keys = list("", keys(table)),
        sets = sets.join(", "),
        wins = wins(table, "t", "excluded", tie),
    )
}

/// How many staged rows the table holds in the same version.
#[must_use]
pub fn count_equal_staged(staging: &str, table: &Table) -> String {
    count_equal(table, &quote(staging))
}

/// Appends the staged rows that the table does not hold.
#[must_use]
pub fn append_unique(staging: &str, table: &Table) -> String {
    append(table, &quote(staging), true)
}

/// The columns of a table: name, type, nullable, and whether it is part of the primary key.
pub const DESCRIBE: &str = "select a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull, \
     coalesce(a.attnum = any(i.indkey), false) \
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace \
     left join pg_index i on i.indrelid = c.oid and i.indisprimary \
     where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped order by a.attnum";

/// Whether the loader's own tables are there.
pub const LEDGER_EXISTS: &str = "select to_regclass(quote_ident($1) || '._sdc_loads') is not null";

/// Lets one loader at a time make the loader's own tables.
pub const LOCK_SCHEMA: &str = "select pg_advisory_xact_lock(hashtextextended('lastword ' || $1, 0))";

/// Keeps others from changing a table's columns, as an insert would from its start on.
#[must_use]
pub fn lock_columns(table: &TableName) -> String {
    format!("lock table {} in row exclusive mode", qualified(table))
}

/// Lets one loader at a time append to a table.
pub const LOCK_TABLE: &str =
    "select pg_advisory_xact_lock(hashtextextended('lastword ' || $1 || '.' || $2, 0))";
