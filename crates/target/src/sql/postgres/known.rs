//! What a table holds of the rows that come: asked before they are sent, so that those that cannot meet one go past the merge, and those
//! that lose are not sent at all.

use serde_json::{Value, json};

use super::super::{keys, qualified, quote, same_key, same_row, unchanged, wins};
use super::Postgres;
use crate::merge::Tie;
use crate::table::{Column, Role, System, Table, TableName};
use crate::types::Type;

/// The column of the staged keys that says at which place of the batch a key stands.
pub const PLACE: &str = "_sdc_place";

/// What becomes of a row whose key the table holds, as [`judge`] writes it behind the row's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It loses to a newer row.
    Stale = 0,
    /// It loses to a row of the same version.
    Duplicate = 1,
    /// It wins.
    Winner = 2,
    /// It wins over a row of the same version.
    Tied = 3,
}

impl Fate {
    /// How many there are.
    pub const COUNT: i32 = 4;

    /// The fate of this number.
    #[must_use]
    pub fn of(number: i32) -> Self {
        match number.rem_euclid(Self::COUNT) {
            0 => Fate::Stale,
            1 => Fate::Duplicate,
            2 => Fate::Winner,
            _ => Fate::Tied,
        }
    }
}

/// A question of one table: whether it has an index that tells, and a row in it from one bound to the other.
#[derive(Debug)]
pub struct Probe<'a> {
    /// The table.
    pub table: &'a TableName,
    /// The columns of the index, in their order.
    pub columns: Vec<&'a str>,
    /// Whether it has no other columns, and refuses a second row at once.
    pub is_unique: bool,
    /// How many of the columns have bounds. Without any the question is whether the table holds any row.
    pub bounded: usize,
}

/// Asks tables whether they have such an index, and if so whether they hold a row there: one answer for each, in their order, NULL where
/// there is no index.
///
/// Parameters: [`Probe::list`], then for each probe the lower bounds and the upper ones. The bounds are compared by the
/// index itself, and only the first row above the lower one is looked at. The index is looked for in the same statement, which holds the
/// table's lock: so nobody takes it away afterwards.
#[must_use]
pub fn probe(probes: &[Probe<'_>]) -> String {
    let mut first = 2;
    let mut rows = String::new();
    for (place, probe) in (1..).zip(probes) {
        rows += &format!("\nwhen {place} then exists ({})", probe.row(first));
        first += 2 * probe.bounded;
    }
    format!(
        "select case when exists (\n\
         select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace \
         join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam \
         where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null \
         and case when asked.is_unique \
         then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end \
         and (select array_agg(a.attname::text order by k.place) \
         from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) \
         join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum \
         where k.place <= cardinality(asked.columns)) = asked.columns\n\
         ) then case asked.place{rows} end end\n\
         from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) \
         with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place"
    )
}

impl Probe<'_> {
    /// Probes as the list that [`probe`] takes for its first parameter.
    #[must_use]
    pub fn list(probes: &[Probe<'_>]) -> String {
        let object = |probe: &Probe<'_>| {
            let TableName { schema, name } = probe.table;
            json!({ "schema": schema, "name": name, "columns": probe.columns, "is_unique": probe.is_unique })
        };
        Value::from_iter(probes.iter().map(object)).to_string()
    }

    /// A query of a row between bounds, which are the parameters from `first` on.
    fn row(&self, first: usize) -> String {
        let name = qualified(self.table);
        if self.bounded == 0 {
            return format!("select from {name}");
        }
        let names: Vec<String> = self.columns[..self.bounded].iter().map(|name| quote(name)).collect();
        let names = names.join(", ");
        let bound = |first: usize| {
            let bound: Vec<String> =
                (first..first + self.bounded).map(|number| format!("${number}")).collect();
            bound.join(", ")
        };
        format!(
            "select from (select {names} from {name} where ({names}) >= ({}) order by {names} limit 1) as f \
             where ({names}) <= ({})",
            bound(first),
            bound(first + self.bounded)
        )
    }
}

/// The keys of a batch by themselves: what the table's rows are compared by, and the places.
#[must_use]
pub fn keys_of(table: &Table) -> Table {
    let compared = |column: &&Column| {
        matches!(column.role, Role::Key | Role::System(System::Sequence | System::TableVersion))
    };
    let place = Column { name: PLACE.to_owned(), ty: Type::ShortInteger, nullable: false, role: Role::Value };
    let columns = table.columns.iter().filter(compared).cloned().chain([place]);
    Table { name: table.name.clone(), columns: columns.collect() }
}

/// The condition that rows lie between two parameters in `column`, where there is one.
fn between(column: Option<&str>) -> String {
    column.map_or_else(String::new, |column| format!("\nand t.{0} >= $1 and t.{0} <= $2", quote(column)))
}

/// What becomes of the staged keys that the table holds: a list of numbers, each a place and a [`Fate`]. With `bounded` the stored rows to
/// compare with are those between the parameters in the first key column.
#[must_use]
pub fn judge(staged: &str, table: &Table, tie: Tie, bounded: bool) -> String {
    let first = keys(table).next().filter(|_| bounded);
    format!(
        "select coalesce(array_agg(s.{place} * {count} + case when {wins} then case when {same} then {tied} else {winner} end \
         when {same} then {duplicate} else {stale} end), '{{}}')\nfrom {staged} as s join {table} as t on {key}{bounds}",
        place = quote(PLACE),
        count = Fate::COUNT,
        wins = wins(table, "t", "s", tie),
        same = same_row(table, "t", "s"),
        tied = Fate::Tied as i32,
        winner = Fate::Winner as i32,
        duplicate = Fate::Duplicate as i32,
        stale = Fate::Stale as i32,
        staged = quote(staged),
        key = same_key(table, "t", "s"),
        bounds = between(first.map(|column| column.name.as_str())),
        table = qualified(&table.name),
    )
}

/// The staged keys that the table holds with the same sequence, as [`judge`] gives them. The stored rows to compare with are those between
/// the parameters in the sequence.
#[must_use]
pub fn judge_appended(staged: &str, table: &Table) -> String {
    format!(
        "select coalesce(array_agg(s.{} * {} + {}), '{{}}')\nfrom {} as s join {} as t on {}{}",
        quote(PLACE),
        Fate::COUNT,
        Fate::Duplicate as i32,
        quote(staged),
        qualified(&table.name),
        same_row(table, "t", "s"),
        between(Some(System::Sequence.name())),
    )
}

/// Takes the staged rows away that are in the table already, in the same version and with the same values. Each row is looked up by
/// itself: a join of whole rows would not fit into the memory that a join has.
#[must_use]
pub fn drop_unchanged(staging: &str, table: &Table, gone: &[String]) -> String {
    format!(
        "delete from {} as s where (select {}\nand {}\nfrom {} as t where {})",
        quote(staging),
        same_row(table, "t", "s"),
        unchanged(&Postgres, table, gone, "t", "s"),
        qualified(&table.name),
        same_key(table, "t", "s"),
    )
}
