//! What Postgres' catalog and the loader's own say of many tables at once, and how many are written down at once: a flush of hundreds
//! of tables takes the time of the rows, and not that of as many questions.

use super::super::ledger::{self, own, recalled, remember_from, tables_columns};
use super::super::quote;
use super::Postgres;

/// One table's columns: name, type, nullable, and whether it is part of the primary key. Parameters: the schema and the name. It is
/// asked for each table as its SCHEMA comes: without joins the server plans it in a third of the time.
pub const DESCRIBE: &str = "select a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull, coalesce(a.attnum = any (\
     (select i.indkey from pg_index i where i.indrelid = a.attrelid and i.indisprimary)::int2[]), false) \
     from pg_attribute a where a.attrelid = (select c.oid from pg_class c where c.relname = $2 \
     and c.relnamespace = (select n.oid from pg_namespace n where n.nspname = $1)) \
     and a.attnum > 0 and not a.attisdropped order by a.attnum";

/// The tables of a schema by these names that are there: the name; lists of what [`DESCRIBE`] says of the columns; and what is
/// remembered of the table, as [`super::super::ledger::recall`] has it, or NULL. Parameters: the schema, and the names.
#[must_use]
pub fn describe_all(schema: &str) -> String {
    format!(
        "select c.relname, d.*, m.* from unnest($2::name[]) as asked (name) \
         join pg_class c on c.relname = asked.name \
         and c.relnamespace = (select n.oid from pg_namespace n where n.nspname = $1) \
         cross join lateral (\n\
         select array_agg(a.attname::text order by a.attnum) as names, \
         array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum), \
         array_agg(not a.attnotnull order by a.attnum), \
         array_agg(coalesce(a.attnum = any(i.indkey), false) order by a.attnum) \
         from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary \
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped\n\
         ) as d left join lateral (\n\
         select {} from {}.{} where table_name = asked.name::text\n\
         ) as m on true where d.names is not null",
        recalled(&Postgres),
        quote(schema),
        ledger::TABLES
    )
}

/// Remembers tables, in the order given. Parameter: a list in JSON of objects that are like rows of `_sdc_tables`. `anew` is as for
/// [`super::super::ledger::remember`].
#[must_use]
pub fn remember_all(schema: &str, anew: bool) -> String {
    let (table, columns) = (own(schema, ledger::TABLES), tables_columns());
    let rows = format!("select {columns} from jsonb_populate_recordset(null::{table}, $1::text::jsonb)");
    remember_from(&Postgres, schema, &rows, anew)
}
