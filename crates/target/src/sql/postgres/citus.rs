//! Citus: tables that lie over the nodes of a cluster.
//!
//! A distributed table takes rows by COPY, by an insert of the rows of a local table, and by a delete or an update that joins it with one. What it
//! holds is read by joins with it alone in a query: then the rows of the local table go to the nodes, and what matches comes back. So the
//! stored rows that a batch meets are fetched once, and compared where the batch is staged.

use super::super::{Dialect, keys, list, literal, qualified, quote, same_key, same_row, wins};
use super::{Postgres, rights, sets};
use crate::flush::Spread;
use crate::merge::Tie;
use crate::table::{Table, TableName};
use crate::types::Type;

/// The spelling for a database whose tables may be distributed.
pub struct Citus;

impl Dialect for Citus {
    fn type_name(&self, ty: Type) -> String {
        Postgres.type_name(ty)
    }

    fn type_named(&self, name: &str) -> Type {
        Postgres.type_named(name)
    }

    fn converted(&self, column: &str, from: Type, to: Type) -> String {
        Postgres.converted(column, from, to)
    }

    fn parameter(&self, number: usize, ty: Type) -> String {
        Postgres.parameter(number, ty)
    }

    fn instant(&self, number: usize, ty: Type) -> String {
        Postgres.instant(number, ty)
    }

    fn micros(&self, expression: &str) -> String {
        Postgres.micros(expression)
    }

    fn texts(&self, number: usize) -> String {
        Postgres.texts(number)
    }

    fn members(&self, column: &str) -> String {
        Postgres.members(column)
    }

    fn differs(&self, column: &str, from: Type, to: Type) -> String {
        Postgres.differs(column, from, to)
    }

    /// Without an order, which does not outlast the way to the nodes, and with the guard, for there is no lock on them that keeps others
    /// out.
    fn replace(&self, staging: &str, table: &Table, _: &[String], gone: &[String]) -> Vec<String> {
        let columns = list("", &table.columns);
        vec![format!(
            "insert into {} as t ({columns})\nselect {columns} from {}\non conflict ({}) do update set {}\nwhere {}",
            qualified(&table.name),
            quote(staging),
            list("", keys(table)),
            sets(table, gone),
            wins(table, "t", "excluded", Tie::Replace),
        )]
    }

    fn recognition(&self, table: &Table) -> Option<String> {
        Postgres.recognition(table)
    }

    fn exact(&self, expression: String, ty: Type) -> String {
        Postgres.exact(expression, ty)
    }

    fn key_constraint(&self, table: &Table) -> Option<String> {
        Postgres.key_constraint(table)
    }

    fn constrains_keys(&self) -> bool {
        Postgres.constrains_keys()
    }

    fn distribute(&self, table: &TableName, spread: &Spread, beside: Option<&TableName>) -> Option<String> {
        Some(distribute(table, spread, beside))
    }
}

/// Lays a table over the nodes, its rows where those of `beside` are.
#[must_use]
pub fn distribute(table: &TableName, spread: &Spread, beside: Option<&TableName>) -> String {
    let table = literal(&qualified(table));
    match (spread, beside) {
        (Spread::Everywhere, _) => format!("select create_reference_table({table})"),
        (Spread::By(column), None) => {
            format!("select create_distributed_table({table}, {})", literal(column))
        }
        (Spread::By(column), Some(beside)) => format!(
            "select create_distributed_table({table}, {}, colocate_with => {})",
            literal(column),
            literal(&qualified(beside))
        ),
    }
}

/// For a transaction that is about distributed tables. One connection to each node: over several, what one of them has changed could be
/// out of the others' sight, and a table could not be made after rows were written. In a join the local rows go to the nodes, and never
/// the whole table to us. The nodes work in UTC, too, and wait as long for locks. The names are settings in any Postgres, where they do
/// nothing.
pub const SETTINGS: &str = "set local citus.multi_shard_modify_mode to 'sequential'; \
     set local citus.local_table_join_policy to 'prefer-local'; \
     set local citus.propagate_set_commands to 'local'; set local timezone to 'UTC'";

/// The tables by these names that Citus knows: schema, name, and the column that their rows are distributed by, or NULL, and whether
/// each node has all rows. Parameters: the schemas, and the names.
pub const PLACED: &str = "select n.nspname::text, c.relname::text, \
     case when p.partmethod = 'h' then column_to_column_name(p.logicalrelid, p.partkey::text) end, p.repmodel = 't' \
     from unnest($1::text[], $2::text[]) as asked (schema, name) \
     join pg_namespace n on n.nspname = asked.schema join pg_class c on c.relnamespace = n.oid and c.relname = asked.name \
     join pg_dist_partition p on p.logicalrelid = c.oid";

/// The version of the extension, if it is there.
pub const VERSION: &str = "select extversion from pg_extension where extname = 'citus'";

/// Fetches the stored rows of `holder` that the staged ones meet, into a temporary table of this name: by their keys, or with `exactly`
/// those of the same version.
#[must_use]
pub fn meet(met: &str, staging: &str, table: &Table, holder: &TableName, exactly: bool) -> String {
    format!(
        "create temporary table {} on commit drop as\nselect t.* from {} as s join {} as t on {}",
        quote(met),
        quote(staging),
        qualified(holder),
        if exactly { same_row(table, "t", "s") } else { same_key(table, "t", "s") },
    )
}

/// Where a temporary table is.
#[must_use]
pub fn temporary(name: &str) -> TableName {
    TableName { schema: "pg_temp".to_owned(), name: name.to_owned() }
}

/// [`rights::SIZES`], with the tables that lie over the nodes.
#[must_use]
pub fn sizes() -> String {
    format!(
        "select s.name, s.rows, case when p.logicalrelid is null then s.bytes else citus_relation_size(p.logicalrelid) end, s.readable \
         from ({}) as s (name, rows, bytes, readable, id) left join pg_dist_partition p on p.logicalrelid = s.id",
        rights::SIZES
    )
}
