//! The statements that turn a table that another loader made into one that can be merged into.

use super::ledger::TABLES;
use super::{Dialect, list, literal, qualified, quote};
use crate::table::{Column, System, Table};

/// Forgets the other loader's sequences, and with `constrain` tells the database of the key.
#[must_use]
pub fn adopt(dialect: &dyn Dialect, table: &Table, keys: &[Column], constrain: bool) -> Vec<String> {
    let name = qualified(&table.name);
    let mut statements = Vec::new();
    let sequence = quote(System::Sequence.name());
    if table.column(System::Sequence.name()).is_some() {
        statements.push(format!("update {name} set {sequence} = null where {sequence} is not null"));
    }
    if table.column(System::TableVersion.name()).is_some() {
        statements.push(format!(
            "update {}.{TABLES} set active_version = (select max({}) from {name}) where table_name = {}",
            quote(&table.name.schema),
            quote(System::TableVersion.name()),
            literal(&table.name.name),
        ));
    }
    if constrain && dialect.constrains_keys() {
        statements.push(format!("alter table {name} add primary key ({})", list("", keys)));
    }
    statements
}
