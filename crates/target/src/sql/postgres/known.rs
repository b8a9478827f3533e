//! What a table holds of the rows that come: asked before they are sent, so that those that cannot meet one go past the merge, and those
//! that lose are not sent at all.

use super::super::{keys, qualified, quote, same_key, same_row, unchanged, wins};
use super::Postgres;
use crate::merge::Tie;
use crate::table::{Column, Role, System, Table};
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

/// Asks whether the table has an index of `columns`, in their order, and if so whether it holds a row in it from one bound to the other; without
/// bounds, whether it holds any. A `unique` index has no other columns, and refuses a second row at once.
///
/// Parameters: the schema, the table, the names of the columns as a list, then the lower bound of the first `bounded` columns and the
/// upper one. The bounds are compared by the index itself, and only the first row above the lower one is looked at.
#[must_use]
pub fn probe(table: &Table, columns: &[&str], bounded: usize, unique: bool) -> String {
    let unique = match unique {
        true => "and i.indisunique and i.indimmediate and i.indnkeyatts = cardinality($3::text[])",
        false => "and m.amname = 'btree'",
    };
    let index = format!(
        "select 1 from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace \
         join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam \
         where n.nspname = $1 and c.relname = $2 and i.indisvalid and i.indpred is null {unique} \
         and (select array_agg(a.attname::text order by k.place) \
         from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) \
         join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum \
         where k.place <= cardinality($3::text[])) = $3::text[]"
    );
    let name = qualified(&table.name);
    let row = match bounded {
        0 => format!("select 1 from {name}"),
        _ => {
            let names: Vec<String> = columns[..bounded].iter().map(|name| quote(name)).collect();
            let names = names.join(", ");
            let bound = |first: usize| {
                let bound: Vec<String> =
                    (first..first + bounded).map(|number| format!("${number}")).collect();
                bound.join(", ")
            };
            format!(
                "select 1 from (select {names} from {name} where ({names}) >= ({}) order by {names} limit 1) as f \
                 where ({names}) <= ({})",
                bound(4),
                bound(4 + bounded)
            )
        }
    };
    format!(
        "select found.indexed, case when found.indexed then exists ({row}) end\nfrom (select exists ({index}) as indexed) as found"
    )
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
