//! What a stream wants of its table, and whether the table that exists can give it.

use std::collections::{BTreeMap, BTreeSet};

use crate::adopt::Wish;
use crate::batch::Mode;
use crate::config::{LoadMethod, StreamSettings};
use crate::destination::Abilities;
use crate::error::{Error, Result};
use crate::flush::LatestView;
use crate::names;
use crate::plan;
use crate::schema::{Check, Kinds, Property};
use crate::sequence::Unusable;
use crate::table::{Stored, System, Table, TableName};
use crate::types::Type;

/// Merge where there is a key and nothing else is asked for.
pub(super) fn mode(settings: &StreamSettings, keyed: bool) -> Mode {
    match settings.load_method {
        Some(LoadMethod::Append) => Mode::Append { unique: keyed && settings.append_unique },
        _ if !keyed => Mode::Append { unique: false },
        _ => Mode::Merge(settings.on_tie),
    }
}

pub(super) fn system_columns(settings: &StreamSettings, mode: Mode) -> Vec<System> {
    match mode {
        _ if settings.add_record_metadata => System::ALL.to_vec(),
        Mode::Merge(_) => vec![System::DeletedAt, System::Sequence, System::TableVersion],
        Mode::Append { unique: true } => vec![System::Sequence],
        Mode::Append { unique: false } => Vec::new(),
    }
}

/// The property that a tap sets on the record of a delete, and the column of the same name.
pub(super) const DELETED_AT: &str = "_sdc_deleted_at";

/// That property, where the schema does not have it.
pub(super) fn deleted_at() -> Property {
    Property {
        name: DELETED_AT.to_owned(),
        ty: Type::Timestamp,
        check: Check::of(Kinds::STRING.with(Kinds::NULL)),
        required: false,
    }
}

/// Demands key properties that can be compared.
pub(super) fn check_keys(properties: &[Property], keys: &[String]) -> Result<()> {
    let named: BTreeMap<&str, &Property> =
        properties.iter().map(|property| (property.name.as_str(), property)).collect();
    for key in keys {
        match named.get(key.as_str()) {
            None => {
                return Err(Error::input(format!(
                    "the key property {key:?} is not in the schema's properties"
                ))
                .hint("mend the tap, or set key_properties for this stream"));
            }
            Some(property) if property.ty == Type::Json => {
                return Err(Error::input(format!(
                    "the key property {key:?} may be {}: keys must be of one type that can be compared",
                    property.check.kinds
                ))
                .hint("mend the tap's schema, or set key_properties for this stream"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Demands that the columns are there that indices are asked for.
pub(super) fn check_indices(indices: &[Vec<String>], table: &Table, abilities: &Abilities) -> Result<()> {
    let made = indices.iter().filter(|columns| abilities.dialect.index(&table.name, columns).is_some());
    let Some(column) = made.flatten().find(|column| table.column(column).is_none()) else { return Ok(()) };
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    Err(Error::usage(format!(
        "an index is to be made of the column {column:?}, and the table has none of that name"
    ))
    .in_table(&table.name.name)
    .hint(format!("mend indices in schema_mapping; its columns are {}", columns.join(", "))))
}

/// How the stored table is to be adopted, where another loader has made it for rows like these: its primary key is the stream's key.
pub(super) fn adoption(wanted: &Table, stored: &Stored, mode: Mode, stream: &str) -> Option<Wish> {
    let names = |table: &Table| -> BTreeSet<String> {
        table.keys().into_iter().map(|key| table.columns[key].name.clone()).collect()
    };
    let keys = names(&stored.table);
    let is_meant = stored.memory.is_none() && matches!(mode, Mode::Merge(_)) && !keys.is_empty();
    (is_meant && keys == names(wanted)).then(|| Wish { stream: Some(stream.to_owned()), ..Wish::default() })
}

/// Demands that the stored table was made for rows like these.
pub(super) fn agree(wanted: &Table, stored: Option<&Stored>, mode: Mode) -> Result<()> {
    let Some(stored) = stored else { return Ok(()) };
    let table = &wanted.name.name;
    let Some(memory) = &stored.memory else {
        // Another loader's sequences are something else: they must not be mixed with this one's.
        let sequenced = stored.table.column(System::Sequence.name()).is_some();
        return match mode {
            Mode::Append { .. } if !sequenced => Ok(()),
            _ => Err(Error::usage(
                "the table was not made by this loader, so its rows have no sequences to compare with",
            )
            .in_table(table)
            .hint(
                "`target adopt` says what it takes to load into it; or load into another schema (default_target_schema)",
            )),
        };
    };
    let mut keys: Vec<&str> =
        wanted.keys().into_iter().map(|key| wanted.columns[key].name.as_str()).collect();
    let mut stored_keys: Vec<&str> = memory.keys.iter().map(String::as_str).collect();
    keys.sort_unstable();
    stored_keys.sort_unstable();
    if keys != stored_keys {
        return Err(Error::usage(format!(
            "the table's key is {stored_keys:?}, and the stream's is {keys:?}"
        ))
        .in_table(table)
        .hint("set key_properties for this stream to the table's key, or load into another schema"));
    }
    if memory.mode != mode.name() {
        return Err(Error::usage(format!(
            "the table is in {} mode, and this load in {} mode",
            memory.mode,
            mode.name()
        ))
        .in_table(table)
        .hint("set load_method for this stream to what the table has, or load into another schema"));
    }
    Ok(())
}

/// The view `<table>_latest`, for an appended table whose rows have keys and sequences.
pub(super) fn latest(table: Table, mode: Mode, abilities: &Abilities) -> Option<LatestView> {
    let ordered = !table.keys().is_empty() && table.system(System::Sequence).is_some();
    if !matches!(mode, Mode::Append { .. }) || !ordered {
        return None;
    }
    let name = names::table(&format!("{}_latest", table.name.name), |_| false, &[], &abilities.names);
    Some(LatestView { name: TableName { schema: table.name.schema.clone(), name }, table })
}

pub(super) fn incompatible(incompatible: plan::Incompatible) -> Error {
    let plan::Incompatible { column, key, stored, wanted } = incompatible;
    let what = match (key, stored) {
        (true, Type::Foreign) => {
            format!("the key column {column:?} is missing or of a type that is not {wanted}")
        }
        (true, _) => format!(
            "the key column {column:?} is {stored}, and the schema says {wanted}: keys never change type"
        ),
        (false, _) => {
            format!("the column {column:?} is {stored}, which cannot become {wanted} without a loss")
        }
    };
    Error::usage(what).hint("load into another schema (default_target_schema), or mend the tap's schema")
}

pub(super) fn unusable(unusable: Unusable) -> Error {
    let what = match unusable {
        Unusable::NoReplicationKey => {
            "sequence is replication_key, but the SCHEMA has no bookmark_properties".to_owned()
        }
        Unusable::NoProperty(name) => {
            format!("the sequence property {name:?} is not in the schema's properties")
        }
        Unusable::Unordered(name, ty) => {
            format!("the sequence property {name:?} is {ty}: it must be an integer, a date-time or a date")
        }
    };
    Error::usage(what).hint("set \"sequence\" for this stream to a source that its records have")
}
