//! DuckDB's SQL.
//!
//! Tables carry no primary-key index: it costs memory, and time that grows with the table. A merge deletes the rows that lose by
//! a join with the batch and inserts the winners.

pub mod extensions;
pub mod look;

use super::ledger::{self, recalled, remember_from};
use super::{Dialect, append, list, literal, qualified, quote, same_key, same_row, wins};
use crate::merge::Tie;
use crate::table::{Column, System, Table, TableName};
use crate::types::{DECIMAL_DIGITS, Type};

/// DuckDB's spelling.
pub struct DuckDb;

/// The batch that a statement reads: a table function whose one argument is the batch's number.
pub const BATCH_FUNCTION: &str = "lastword_batch";

const BATCH: &str = "lastword_batch($1)";

impl Dialect for DuckDb {
    fn type_name(&self, ty: Type) -> String {
        match ty {
            Type::Boolean => "boolean",
            Type::SmallInteger => "smallint",
            Type::ShortInteger => "integer",
            Type::Integer => "bigint",
            Type::BigInteger => "decimal(38,0)",
            Type::Decimal { precision, scale } => return format!("decimal({precision},{scale})"),
            Type::Number | Type::Double => "double",
            Type::Date => "date",
            Type::Time => "time",
            Type::Timestamp => "timestamp with time zone",
            Type::LocalTimestamp => "timestamp",
            // DuckDB's text has no length.
            Type::Text | Type::Varchar { .. } | Type::Foreign => "varchar",
            Type::Uuid => "uuid",
            Type::Bytes => "blob",
            Type::Json => "json",
        }
        .to_owned()
    }

    fn type_named(&self, name: &str) -> Type {
        let digits = |name: &str| -> Option<Type> {
            let (precision, scale) = name.strip_prefix("DECIMAL(")?.strip_suffix(')')?.split_once(',')?;
            Some(Type::Decimal { precision: precision.parse().ok()?, scale: scale.parse().ok()? })
        };
        match name {
            "BOOLEAN" => Type::Boolean,
            "SMALLINT" => Type::SmallInteger,
            "INTEGER" => Type::ShortInteger,
            "BIGINT" => Type::Integer,
            // It has a little more than 38 digits; what it has of those that a decimal has not is never written.
            "HUGEINT" => Type::Decimal { precision: DECIMAL_DIGITS, scale: 0 },
            "DOUBLE" => Type::Double,
            "DATE" => Type::Date,
            "TIME" => Type::Time,
            "TIMESTAMP WITH TIME ZONE" => Type::Timestamp,
            "TIMESTAMP" => Type::LocalTimestamp,
            "VARCHAR" => Type::Text,
            "UUID" => Type::Uuid,
            "BLOB" => Type::Bytes,
            "JSON" => Type::Json,
            other => digits(other).unwrap_or(Type::Foreign),
        }
    }

    fn converted(&self, column: &str, from: Type, to: Type) -> String {
        match (from, to) {
            (from, Type::Double) if from.is_numeric() => format!(
                "case when try_cast({column}::double::varchar as {}) is not distinct from {column} then {column}::double \
                 else error('a stored number is too long to be a double exactly')::double end",
                self.type_name(from)
            ),
            // A double's shortest digits are the number that was sent. A decimal that lacks one of them is another double.
            (Type::Double, Type::Decimal { .. }) => {
                let to = self.type_name(to);
                format!(
                    "case when try_cast({column}::varchar as {to})::varchar::double is not distinct from {column} \
                     then try_cast({column}::varchar as {to}) \
                     else error('a stored number is too long to be a {to} exactly')::{to} end"
                )
            }
            // In plain digits, as a number is written that comes afterwards.
            (Type::Double, Type::Text) => {
                let (text, sign) = (format!("{column}::varchar"), format!("if({column} < 0, '-', '')"));
                let digits = format!("replace(replace(split_part({text}, 'e', 1), '-', ''), '.', '')");
                format!(
                    "case when isnan({column}) then 'NaN' when isinf({column}) then if({column} > 0, 'Infinity', '-Infinity') \
                     when {column} = 0 then '0' \
                     when contains({text}, 'e-') then {sign} || '0.' || repeat('0', split_part({text}, 'e-', 2)::int - 1) || {digits} \
                     when contains({text}, 'e') then {sign} || rpad({digits}, ltrim(split_part({text}, 'e', 2), '+')::int + 1, '0') \
                     else regexp_replace({text}, '\\.0$', '') end"
                )
            }
            (Type::Decimal { scale: 1.., .. }, Type::Text) => {
                format!("rtrim(rtrim({column}::varchar, '0'), '.')")
            }
            _ => format!("{column}::{}", self.type_name(to)),
        }
    }

    fn parameter(&self, _: usize, ty: Type) -> String {
        match ty {
            Type::Timestamp => "make_timestamp(?::bigint)::timestamptz".to_owned(),
            ty => format!("?::{}", self.type_name(ty)),
        }
    }

    fn constrains_keys(&self) -> bool {
        false
    }

    fn instant(&self, _: usize, ty: Type) -> String {
        match ty {
            Type::Text => "strftime(make_timestamp(?::bigint), '%Y-%m-%dT%H:%M:%S.%fZ')".to_owned(),
            Type::LocalTimestamp => "make_timestamp(?::bigint)".to_owned(),
            _ => self.parameter(1, Type::Timestamp),
        }
    }

    fn micros(&self, expression: &str) -> String {
        format!("epoch_us({expression})")
    }

    fn texts(&self, _: usize) -> String {
        "select unnest(from_json(?::json, '[\"varchar\"]'))".to_owned()
    }

    fn members(&self, column: &str) -> String {
        format!("unnest(json_keys({column}))")
    }

    fn differs(&self, column: &str, from: Type, to: Type) -> String {
        // Every day and every time has its instant; to cast that back DuckDB would need an extension.
        if matches!((from, to), (Type::Date | Type::LocalTimestamp, Type::Timestamp)) {
            return "false".to_owned();
        }
        // As it is converted: by way of a double's shortest digits.
        let digits = if from == Type::Double { "::varchar" } else { "" };
        let (from, to) = (self.type_name(from), self.type_name(to));
        format!("try_cast(try_cast({column}{digits} as {to}){digits} as {from}) is distinct from {column}")
    }

    fn replace(&self, staging: &str, table: &Table, kept: &[String], _: &[String]) -> Vec<String> {
        replace_with("create or replace temp table", staging, table, kept)
    }

    fn key_constraint(&self, _: &Table) -> Option<String> {
        None
    }
}

/// [`Dialect::replace`], with the words that make a table for the rows that keep columns.
pub(super) fn replace_with(make: &str, staging: &str, table: &Table, kept: &[String]) -> Vec<String> {
    let (staged, name, same) = (quote(staging), qualified(&table.name), same_key(table, "t", "s"));
    let delete = format!("delete from {name} as t using {staged} as s where {same}");
    if kept.is_empty() {
        return vec![delete, append(table, &staged, false)];
    }
    let beside = quote(&format!("{staging}_kept"));
    let columns = list("", &table.columns);
    let quoted: Vec<String> = kept.iter().map(|column| quote(column)).collect();
    let theirs: Vec<String> = quoted.iter().map(|column| format!("t.{column}")).collect();
    vec![
        format!(
            "{make} {beside} as select {}, {} from {staged} as s join {name} as t on {same}",
            list("s.", &table.columns),
            theirs.join(", ")
        ),
        delete,
        format!(
            "insert into {name} ({columns}, {kept}) select {columns}, {kept} from {beside}",
            kept = quoted.join(", ")
        ),
        // A new row gets the defaults of the columns that nobody loads.
        format!(
            "{} where not exists (select 1 from {beside} as t where {same})",
            append(table, &staged, false)
        ),
        format!("drop table {beside}"),
    ]
}

/// What a connection is set to. One thread, the caller's: while another one works DuckDB lets the caller spin, which costs a whole
/// processor, and an insert on several threads leaves each of them less than a row group. Many small commits should not each rewrite
/// the file.
pub const SESSION: &str = "set threads = 1; set wal_autocheckpoint = '256MB'";

/// Keeps DuckDB to so much memory.
#[must_use]
pub fn limit_memory(limit: &str) -> String {
    format!("set memory_limit = '{}'", limit.replace('\'', "''"))
}

/// Has a checkpoint after each commit, which puts no row groups together.
pub const BE_SPARING: &str = "set max_vacuum_tasks = 0; set wal_autocheckpoint = '1KB'";

/// Sets what DuckDB has a setting for.
#[must_use]
pub fn set(name: &str, value: &str) -> String {
    format!("set {} = '{}'", quote(name), value.replace('\'', "''"))
}

/// Whether more than half of that memory is taken.
pub const IS_CROWDED: &str = "select sum(memory_usage_bytes) > parse_formatted_bytes(current_setting('memory_limit')) / 2 \
     from duckdb_memory()";

/// Writes what was committed into the tables' own blocks, which need not stay in memory.
pub const CHECKPOINT: &str = "checkpoint";

/// Whether texts are compressed by tables of symbols, which are made anew for each column of each row group.
#[must_use]
pub fn use_symbols(are_used: bool) -> String {
    format!("set disabled_compression_methods = '{}'", if are_used { "" } else { "fsst" })
}

/// Makes a staging table of the batch.
#[must_use]
pub fn stage(staging: &str) -> String {
    format!("create or replace temp table {} as select * from {BATCH}", quote(staging))
}

/// What the table holds within the bounds of the batch: how many rows, and the greatest sequence and version of them.
#[must_use]
pub fn held(table: &Table, bounded: &[&Column]) -> String {
    let version = match table.system(System::TableVersion) {
        Some(_) => format!("coalesce(max(t.{}), 0)", quote(System::TableVersion.name())),
        None => "0".to_owned(),
    };
    format!(
        "select count(*), max(t.{}), {version} from {} as t where true{}",
        quote(System::Sequence.name()),
        qualified(&table.name),
        within(bounded, 1)
    )
}

/// That a stored key is within the bounds of the batch. Parameters from `first` on: the least and the greatest value of each of these
/// columns. They have numbers, for DuckDB counts those without in another order than they are written in.
fn within(bounded: &[&Column], first: usize) -> String {
    let bound = |place: usize, ty: Type| {
        let bound = match ty {
            Type::LocalTimestamp => DuckDb.instant(place, ty),
            ty => DuckDb.parameter(place, ty),
        };
        bound.replace('?', &format!("${place}"))
    };
    let ranges = bounded.iter().zip((first..).step_by(2)).map(|(column, place)| {
        let (least, greatest) = (bound(place, column.ty), bound(place + 1, column.ty));
        format!(" and t.{} between {least} and {greatest}", quote(&column.name))
    });
    ranges.collect()
}

/// Deletes the stored rows that lose to a row of the batch.
#[must_use]
pub fn delete_losers(table: &Table, tie: Tie, bounded: &[&Column]) -> String {
    format!(
        "delete from {} as t using {BATCH} as s where {}{} and {}",
        qualified(&table.name),
        same_key(table, "t", "s"),
        within(bounded, 2),
        wins(table, "t", "s", tie)
    )
}

/// Inserts the rows of the batch whose keys are not there.
#[must_use]
pub fn insert_winners(table: &Table, bounded: &[&Column]) -> String {
    insert_unless(table, &same_key(table, "t", "s"), bounded)
}

/// Inserts all rows of the batch.
#[must_use]
pub fn insert_all(table: &Table) -> String {
    append(table, BATCH, false)
}

/// Inserts the rows of the batch whose key and sequence are not there.
#[must_use]
pub fn insert_unique(table: &Table, bounded: &[&Column]) -> String {
    insert_unless(table, &same_row(table, "t", "s"), bounded)
}

fn insert_unless(table: &Table, same: &str, bounded: &[&Column]) -> String {
    format!(
        "{}\nwhere not exists (select 1 from {} as t where {same}{})",
        append(table, BATCH, false),
        qualified(&table.name),
        within(bounded, 2)
    )
}

/// How many rows of the batch the table holds in the same version.
#[must_use]
pub fn count_equal_staged(table: &Table, bounded: &[&Column]) -> String {
    format!(
        "select count(*) from {BATCH} as s, {} as t where {}{}",
        qualified(&table.name),
        same_row(table, "t", "s"),
        within(bounded, 2)
    )
}

/// How many rows of the batch delete their key and win, and how many of those take the place of a stored row. To be asked before
/// the losers are deleted.
#[must_use]
pub fn count_deletes(table: &Table, tie: Tie, bounded: &[&Column]) -> String {
    let there = format!("t.{}", quote(System::Sequence.name()));
    format!(
        "select count(*), count({there}) from {BATCH} as s left join {} as t on {}{} where s.{} is not null and ({there} is null or {})",
        qualified(&table.name),
        same_key(table, "t", "s"),
        within(bounded, 2),
        quote(System::DeletedAt.name()),
        wins(table, "t", "s", tie)
    )
}

/// The columns of a table, in order: name, type, whether it may be NULL, and whether it is part of a primary key. An error where there is no such table. DuckDB's views of its
/// catalog list every column of every table, and would take longer with each.
#[must_use]
pub fn columns(table: &TableName) -> String {
    let table = literal(&qualified(table));
    format!("select name, type, not \"notnull\", pk from pragma_table_info({table}) order by cid")
}

/// Whether a table's name has a quote in it: [`columns`] is not told which table is meant then, for DuckDB leaves the quote out.
#[must_use]
pub fn has_quotes(table: &TableName) -> bool {
    [&table.schema, &table.name].iter().any(|name| name.contains('"'))
}

/// The same as [`columns`] of any table. Parameters: its schema, and its name as it was made.
pub const COLUMNS: &str = "select column_name, data_type, is_nullable, \
     exists (select 1 from duckdb_constraints() as k where k.database_name = c.database_name and k.schema_name = c.schema_name \
     and k.table_name = c.table_name and k.constraint_type = 'PRIMARY KEY' and list_contains(k.constraint_column_names, c.column_name)) \
     from duckdb_columns() as c where database_name = current_database() and schema_name = $1 and table_name = $2 order by column_index";

/// What is remembered of a table, as [`super::ledger::recall`] has it, and at last its name. Parameter: its name.
#[must_use]
pub fn recall(schema: &str) -> String {
    recall_where(schema, "table_name = $1")
}

/// The same of a table whose name may differ in case.
#[must_use]
pub fn recall_in_any_case(schema: &str) -> String {
    recall_where(schema, "lower(table_name) = lower($1) order by table_name limit 1")
}

fn recall_where(schema: &str, which: &str) -> String {
    let columns = recalled(&DuckDb);
    format!("select {columns}, table_name from {}.{} where {which}", quote(schema), ledger::TABLES)
}

/// Remembers the tables of a batch, whose columns are those of `_sdc_tables` in order. `anew` is as for [`super::ledger::remember`].
#[must_use]
pub fn remember(dialect: &dyn Dialect, schema: &str, anew: bool) -> String {
    remember_from(dialect, schema, &format!("select * from {BATCH}"), anew)
}

/// The same of a batch in a staging table.
#[must_use]
pub fn remember_staged(dialect: &dyn Dialect, schema: &str, staging: &str, anew: bool) -> String {
    remember_from(dialect, schema, &format!("select * from {}", quote(staging)), anew)
}

/// The names of the tables and the views that may be one, which may differ in case, as they were made: `lower` takes more for one than DuckDB
/// does. Parameters: the schema and the name.
pub const MADE_AS: &str = "select table_name from duckdb_columns() \
     where database_name = current_database() and schema_name = $1 and lower(table_name) = lower($2) \
     group by table_name order by table_name <> $2, table_name";
