//! The rows of a batch, as a rehearsal counts them: which of them are one, and which is newer.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::Int64Type;
use arrow::row::{RowConverter, SortField};
use sha2::{Digest, Sha256};

use crate::batch::{Mode, Sealed};
use crate::error::{Error, Result};
use crate::flush::Load;
use crate::merge::Version;
use crate::table::{Role, System};

/// What tells the rows of a batch that count from others: the hash of the key, and of what is appended the version too.
pub(super) fn identities(load: &Load, batch: &Sealed) -> Result<Vec<[u8; 16]>> {
    let system = [System::Sequence, System::TableVersion].map(Role::System);
    let versioned = matches!(load.mode, Mode::Append { .. });
    let tells = |role: Role| role == Role::Key || (versioned && system.contains(&role));
    let columns = load.table.columns.iter().zip(batch.all().columns());
    let columns: Vec<ArrayRef> =
        columns.filter(|(column, _)| tells(column.role)).map(|(_, array)| array.clone()).collect();
    let rows = || -> arrow::error::Result<arrow::row::Rows> {
        let fields = columns.iter().map(|column| SortField::new(column.data_type().clone())).collect();
        RowConverter::new(fields)?.convert_columns(&columns)
    };
    let rows = rows().map_err(|error| Error::bug("keys cannot be compared").caused_by(error))?;
    let hash = |place: usize| {
        let hash = Sha256::digest(rows.row(place).as_ref());
        let mut short = [0; 16];
        short.copy_from_slice(&hash[..16]);
        short
    };
    Ok(batch.places().map(hash).collect())
}

/// The versions of the rows of a batch, by their places.
pub(super) fn versions(batch: &Sealed) -> impl Fn(usize) -> Version {
    let whole = |system: System| {
        let column = batch.all().column_by_name(system.name()).cloned();
        move |place: usize| {
            let column = column.as_ref()?.as_primitive_opt::<Int64Type>()?;
            column.is_valid(place).then(|| column.value(place))
        }
    };
    let (sequence, table_version) = (whole(System::Sequence), whole(System::TableVersion));
    move |place| Version {
        table_version: table_version(place).unwrap_or(0),
        sequence: sequence(place).unwrap_or(i64::MIN),
    }
}
