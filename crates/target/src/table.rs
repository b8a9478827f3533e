//! What a table is: the same type says what is wanted and what exists.

use std::collections::BTreeMap;

use crate::shard::Shard;
use crate::types::Type;

/// A table's place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableName {
    /// The schema it stands in.
    pub schema: String,
    /// Its own name.
    pub name: String,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is part of the key.
    Key,
    /// It holds a property.
    Value,
    /// The loader writes it.
    System(System),
}

/// The columns that the loader adds (Stitch's names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// When the tap read the record (`time_extracted`).
    ExtractedAt,
    /// When the record reached the loader.
    ReceivedAt,
    /// When the record's batch was sealed.
    BatchedAt,
    /// When the record was deleted at its source; NULL for a row that lives.
    DeletedAt,
    /// The order that guards the key.
    Sequence,
    /// Singer's table version.
    TableVersion,
    /// The hash of the whole record, where that is the key.
    RecordHash,
}

impl System {
    /// The columns of `add_record_metadata`, in the order in which tables have them.
    pub const ALL: [System; 6] = [
        System::ExtractedAt,
        System::ReceivedAt,
        System::BatchedAt,
        System::DeletedAt,
        System::Sequence,
        System::TableVersion,
    ];

    /// The column's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            System::ExtractedAt => "_sdc_extracted_at",
            System::ReceivedAt => "_sdc_received_at",
            System::BatchedAt => "_sdc_batched_at",
            System::DeletedAt => "_sdc_deleted_at",
            System::Sequence => "_sdc_sequence",
            System::TableVersion => "_sdc_table_version",
            System::RecordHash => "_sdc_record_hash",
        }
    }

    /// The column's type.
    #[must_use]
    pub fn ty(self) -> Type {
        match self {
            System::Sequence | System::TableVersion => Type::Integer,
            System::RecordHash => Type::Text,
            _ => Type::Timestamp,
        }
    }

    /// The column itself.
    #[must_use]
    pub fn column(self) -> Column {
        Column {
            name: self.name().to_owned(),
            ty: self.ty(),
            nullable: self != System::RecordHash,
            role: if self == System::RecordHash { Role::Key } else { Role::System(self) },
        }
    }
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// What it is for.
    pub role: Role,
}

/// A table: wanted, or as it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its place.
    pub name: TableName,
    /// Its columns, in order.
    pub columns: Vec<Column>,
}

impl Table {
    /// The column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns by their names, for whoever looks for many.
    #[must_use]
    pub fn by_name(&self) -> BTreeMap<&str, &Column> {
        self.columns.iter().map(|column| (column.name.as_str(), column)).collect()
    }

    /// The place of a system column.
    #[must_use]
    pub fn system(&self, system: System) -> Option<usize> {
        self.columns.iter().position(|column| column.role == Role::System(system))
    }

    /// The places of the key columns.
    #[must_use]
    pub fn keys(&self) -> Vec<usize> {
        let keys = self.columns.iter().enumerate().filter(|(_, column)| column.role == Role::Key);
        keys.map(|(place, _)| place).collect()
    }
}

/// What a table is that stands beside a stream's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// That of one of its arrays.
    Array,
    /// Its tombstones.
    Tombstones,
    /// Where an overwrite collects what takes the place of another table's content.
    Shadow,
}

impl Beside {
    /// The word for it in `_sdc_tables`, where the mode stands for the stream's own table.
    #[must_use]
    pub fn mode(self) -> &'static str {
        match self {
            Beside::Array => "subtable",
            Beside::Tombstones => "tombstones",
            Beside::Shadow => "shadow",
        }
    }

    /// What a table is that is remembered with `mode`; `None` for a stream's own.
    #[must_use]
    pub fn of(mode: &str) -> Option<Beside> {
        [Beside::Array, Beside::Tombstones, Beside::Shadow].into_iter().find(|beside| beside.mode() == mode)
    }
}

/// What is remembered of a table in `_sdc_tables`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The stream that is loaded into it.
    pub stream: String,
    /// `merge` or `append`.
    pub mode: String,
    /// The key columns, in order; none for a stream without keys.
    pub keys: Vec<String>,
    /// Where its sequences come from and their unit, once a record said so.
    pub sequence_source: Option<String>,
    /// The greatest sequence of arrival that it holds, in ns since 1970.
    pub arrival_sequence: Option<i64>,
    /// The greatest version that was activated: rows of older ones are over.
    pub active_version: Option<i64>,
    /// The columns that the loader has made or loads, system columns too. Others are a user's.
    pub columns: Vec<String>,
    /// The name of the table of its tombstones, where it has one.
    pub tombstones: Option<String>,
    /// The name of its view of newest rows, where it has one.
    pub latest_view: Option<String>,
    /// For the shadow of a table that is being overwritten: the run that it belongs to.
    pub load_id: Option<String>,
    /// The SCHEMA message that it was loaded with last.
    pub schema: Option<String>,
    /// Where loaders share its stream: the greatest version that each has activated, for as long as they are the same number.
    pub activated: BTreeMap<Shard, i64>,
}

/// A table as it exists, with what is remembered of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The table.
    pub table: Table,
    /// What `_sdc_tables` says of it; none for a table that somebody else made.
    pub memory: Option<Memory>,
}
