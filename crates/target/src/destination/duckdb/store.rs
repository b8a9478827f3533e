//! What tables are in, and what of it is different.

use crate::decode::Nul;
use crate::names::Rules;
use crate::sql::Dialect;
use crate::sql::duckdb::DuckDb;
use crate::sql::ducklake::{self, DuckLake};

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
}

impl Store {
    pub(super) fn dialect(self) -> &'static dyn Dialect {
        match self {
            Store::File => &DuckDb,
            Store::Lake => &DuckLake,
        }
    }

    /// The rules for names.
    pub(super) fn names(self) -> Rules {
        match self {
            Store::File => NAMES,
            Store::Lake => NAMES_IN_LAKE,
        }
    }

    /// DuckLake asks its catalog for files by the values of keys, in a text that ends at U+0000.
    pub(super) fn nul(self) -> Nul {
        match self {
            Store::File => Nul::Held,
            Store::Lake => Nul::Reject,
        }
    }

    /// The statements that make the row which every flush into a schema changes, where there is one.
    pub(super) fn turn(self, schema: &str) -> Vec<String> {
        match self {
            Store::File => Vec::new(),
            Store::Lake => Vec::from(ducklake::make_turn(schema)),
        }
    }
}
