//! What tables are in, and what of it is different.

use crate::decode::Nul;
use crate::names::Rules;
use crate::sql::Dialect;
use crate::sql::duckdb::DuckDb;
use crate::sql::shared::{self, Shared};

/// DuckDB's rules for names.
pub(super) const NAMES: Rules = Rules { max_bytes: usize::MAX, ignores_case: true, reserved: &["rowid"] };

/// Those of a lake: rows that stay in its catalog are in a table with columns of these names besides, and in Postgres' among those that
/// every table has.
const NAMES_IN_LAKE: Rules = Rules {
    max_bytes: 63,
    ignores_case: true,
    reserved: &[
        "rowid",
        "row_id",
        "begin_snapshot",
        "end_snapshot",
        "tableoid",
        "xmin",
        "cmin",
        "xmax",
        "cmax",
        "ctid",
    ],
};

/// What tables are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Store {
    /// A file, which one process at a time writes to.
    File,
    /// A DuckLake, which several do.
    Lake,
    /// MotherDuck, to which several do as well.
    MotherDuck,
}

impl Store {
    pub(super) fn dialect(self) -> &'static dyn Dialect {
        match self {
            Store::File => &DuckDb,
            Store::Lake => &Shared::DuckLake,
            Store::MotherDuck => &Shared::MotherDuck,
        }
    }

    /// The rules for names.
    pub(super) fn names(self) -> Rules {
        match self {
            Store::File | Store::MotherDuck => NAMES,
            Store::Lake => NAMES_IN_LAKE,
        }
    }

    /// DuckLake asks its catalog for files by the values of keys, in a text that ends at U+0000.
    pub(super) fn nul(self) -> Nul {
        match self {
            Store::File | Store::MotherDuck => Nul::Held,
            Store::Lake => Nul::Reject,
        }
    }

    /// The statements that make the row which every flush into a schema changes, where there is one.
    pub(super) fn turn(self, schema: &str) -> Vec<String> {
        match self {
            Store::File => Vec::new(),
            Store::Lake | Store::MotherDuck => Vec::from(shared::make_turn(schema)),
        }
    }
}
