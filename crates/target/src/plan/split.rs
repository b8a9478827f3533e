//! A property whose type its column cannot take gets another column, as in Stitch: the old one keeps its name.

use std::collections::BTreeSet;

use super::widened;
use crate::names::{self, Rules};
use crate::table::{Column, Role, Table};
use crate::types::Type;

/// The end of the name of a column that was made because another one could not take its type. Stitch's, where Stitch has one.
#[must_use]
pub fn suffix(ty: Type) -> &'static str {
    match ty {
        Type::Boolean => "bo",
        Type::Decimal { .. } | Type::Number => "de",
        Type::Double => "do",
        Type::Date | Type::Timestamp | Type::LocalTimestamp => "ti",
        Type::Text | Type::Varchar { .. } | Type::Foreign => "st",
        Type::Time => "tm",
        Type::Uuid => "uu",
        Type::Bytes => "by",
        Type::Json => "js",
        Type::Integer | Type::BigInteger | Type::SmallInteger | Type::ShortInteger => "bi",
    }
}

/// Renames the columns of `wanted` that `existing` has in a type which cannot be brought together with theirs: `price` becomes
/// `price__st`. Key columns and system columns are never split. A name is hashed where it would be too long, or is another column's.
pub fn split(existing: &Table, wanted: &mut Table, rules: &Rules, storage: impl Fn(Type) -> Type) {
    let stored = existing.by_name();
    let mut taken: BTreeSet<String> = wanted.columns.iter().map(|column| rules.fold(&column.name)).collect();
    for place in 0..wanted.columns.len() {
        let column = &wanted.columns[place];
        if column.role != Role::Value {
            continue;
        }
        let fits = |name: &str, column: &Column| match stored.get(name) {
            None => true,
            Some(stored) => stored.role == Role::Value && widened(stored.ty, column, &storage).is_ok(),
        };
        if fits(&column.name, column) {
            continue;
        }
        let ending = format!("{}__{}", column.name, suffix(column.ty));
        let free = |name: &str| fits(name, column) && !taken.contains(&rules.fold(name));
        let name = names::derived(&ending, rules, free);
        // The name that it had is free again for nobody: the stored column has it.
        taken.insert(rules.fold(&name));
        wanted.columns[place].name = name;
    }
}
