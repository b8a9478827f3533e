//! What the table holds of the rows of a batch, asked before they are sent.

use std::sync::Arc;

use ::postgres::Row;
use ::postgres::types::{IsNull, ToSql, Type as ServerType, to_sql_checked};
use arrow::array::{ArrayRef, AsArray, Int64Array};
use arrow::datatypes::Int64Type;
use bytes::BytesMut;

use super::copy::Rows;
use super::failed;
use super::link::{Statements as _, Transaction, Value};
use super::write::Writing;
use crate::batch::{Mode, Sealed};
use crate::destination::terms::Terms;
use crate::error::{Error, Result};
use crate::flush::Load;
use crate::merge::Tie;
use crate::sql::postgres::known as sql;
use crate::sql::postgres::known::{Fate, Probe};
use crate::table::{Column, System, Table};
use crate::types::Type;

/// What a look at the table has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// No row in the way of any row of the batch.
    Nothing,
    /// Rows, which may be of the same keys.
    Rows,
    /// No index that could tell.
    NoIndex,
}

/// What is known of the rows of a batch.
pub(super) struct Known {
    /// By place; `None` where all are the same.
    fates: Option<Vec<Option<Fate>>>,
    /// That of all, where they are the same.
    all: Option<Fate>,
    /// Whether a row may be of the version of the stored one, and win.
    pub(super) tied: bool,
    /// How many lose to newer rows, and to those of the same version.
    pub(super) stale: u64,
    pub(super) duplicate: u64,
    known: u64,
}

impl Known {
    /// The table has no row of any key.
    pub(super) fn nothing() -> Self {
        Self { fates: None, all: None, tied: false, stale: 0, duplicate: 0, known: 0 }
    }

    /// The table may have any.
    pub(super) fn unsure(batch: &Sealed, tie: Tie) -> Self {
        let known = batch.count() as u64;
        Self {
            fates: None,
            all: Some(Fate::Winner),
            tied: tie == Tie::Replace,
            stale: 0,
            duplicate: 0,
            known,
        }
    }

    /// What the table says: numbers of places and fates.
    fn told(batch: &Sealed, told: &[i32]) -> Self {
        let mut fates = vec![None; batch.all().num_rows()];
        let mut known = Self::nothing();
        for &number in told {
            let place = usize::try_from(number / Fate::COUNT).unwrap_or_default();
            let fate = Fate::of(number);
            // A key and sequence may have been appended more than once.
            if fates[place].replace(fate).is_some() {
                continue;
            }
            known.known += 1;
            match fate {
                Fate::Stale => known.stale += 1,
                Fate::Duplicate => known.duplicate += 1,
                Fate::Winner => {}
                Fate::Tied => known.tied = true,
            }
        }
        Self { fates: Some(fates), ..known }
    }

    fn fate(&self, place: usize) -> Option<Fate> {
        self.fates.as_ref().map_or(self.all, |fates| fates[place])
    }

    /// How many rows are new.
    pub(super) fn count_new(&self, batch: &Sealed) -> u64 {
        batch.count() as u64 - self.known
    }

    /// The places of the rows that are new.
    pub(super) fn new_places<'a>(&'a self, batch: &'a Sealed) -> impl Iterator<Item = usize> + 'a {
        batch.places().filter(|place| self.fate(*place).is_none())
    }

    /// The places of the rows that meet a stored one, and win.
    pub(super) fn meeting_places<'a>(&'a self, batch: &'a Sealed) -> impl Iterator<Item = usize> + 'a {
        batch.places().filter(|place| matches!(self.fate(*place), Some(Fate::Winner | Fate::Tied)))
    }
}

/// A value as COPY would send it, whatever its type.
#[derive(Debug)]
struct Encoded(Vec<u8>);

impl Encoded {
    /// The server takes it for what it is compared with.
    fn value(&self) -> Value<'_> {
        (self, ServerType::UNKNOWN)
    }
}

impl ToSql for Encoded {
    fn to_sql(
        &self,
        _: &ServerType,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &ServerType) -> bool {
        true
    }

    to_sql_checked!();
}

/// Whether the database orders a column's values as the batch does. Text goes by the database's collation, and numbers are texts here.
fn is_ordered_alike(column: &Column) -> bool {
    match column.ty {
        Type::Boolean
        | Type::SmallInteger
        | Type::ShortInteger
        | Type::Integer
        | Type::Decimal { .. }
        | Type::Date
        | Type::Time
        | Type::Timestamp
        | Type::LocalTimestamp
        | Type::Uuid
        | Type::Bytes => true,
        Type::BigInteger
        | Type::Number
        | Type::Double
        | Type::Text
        | Type::Varchar { .. }
        | Type::Json
        | Type::Foreign => false,
    }
}

/// The first and the last key of a batch: the columns of both that the database orders alike.
fn bounds(table: &Table, batch: &Sealed) -> Result<(Vec<Encoded>, Vec<Encoded>)> {
    let keys = table.keys().into_iter().take_while(|at| is_ordered_alike(&table.columns[*at]));
    let rows = Rows::of(keys.map(|at| (table.columns[at].ty, batch.all().column(at))));
    let mut places = batch.places();
    let first = places.next().unwrap_or_default();
    let last = places.last().unwrap_or(first);
    let bound = |place: usize| -> Result<Vec<Encoded>> {
        let values =
            rows.values(place).map_err(|error| Error::bug("a key cannot be encoded").caused_by(error))?;
        Ok(values.into_iter().map(Encoded).collect())
    };
    Ok((bound(first)?, bound(last)?))
}

/// The least and the greatest sequence of a batch.
fn sequences(table: &Table, batch: &Sealed) -> Result<(i64, i64)> {
    let column = table.system(System::Sequence).map(|at| batch.all().column(at));
    let values = column.and_then(|column| column.as_primitive_opt::<Int64Type>());
    let all = values.into_iter().flat_map(|values| batch.places().map(|place| values.value(place)));
    let ends = all
        .map(|value| (value, value))
        .reduce(|(least, greatest), (value, _)| (least.min(value), greatest.max(value)));
    ends.ok_or_else(|| Error::bug("rows without sequences cannot be recognised"))
}

/// A look at a table for a batch: what is asked, and the bounds.
pub(super) struct Look<'a> {
    probe: Probe<'a>,
    bounds: Vec<Encoded>,
}

impl<'a> Look<'a> {
    /// For a row whose key is from the least to the greatest of the batch.
    fn at_keys(table: &'a Table, batch: &Sealed) -> Result<Self> {
        let columns = table.keys().into_iter().map(|at| table.columns[at].name.as_str()).collect();
        let (mut bounds, last) = bounds(table, batch)?;
        let probe = Probe { table: &table.name, columns, is_unique: true, bounded: bounds.len() };
        bounds.extend(last);
        Ok(Self { probe, bounds })
    }

    /// For a row whose sequence is from the least to the greatest of the batch.
    fn at_sequences(table: &'a Table, batch: &Sealed) -> Result<Self> {
        let (least, greatest) = sequences(table, batch)?;
        let columns = vec![System::Sequence.name()];
        let probe = Probe { table: &table.name, columns, is_unique: false, bounded: 1 };
        let bounds = [least, greatest].map(|bound| Encoded(bound.to_be_bytes().into()));
        Ok(Self { probe, bounds: bounds.into() })
    }

    /// What the rows of a load will ask first, where that is known before the load begins: not where it changes the table.
    pub(super) fn of(load: &'a Load, terms: &Terms) -> Result<Option<Self>> {
        let Some(batch) = terms.batch.as_ref().filter(|batch| batch.count() > 0 && !batch.is_partial())
        else {
            return Ok(None);
        };
        let guarded = terms.tombstones.is_some() || !load.children.is_empty();
        match load.mode {
            _ if terms.anew || guarded || !load.changes.is_empty() => Ok(None),
            Mode::Merge(_) => Self::at_keys(&load.table, batch).map(Some),
            Mode::Append { unique: true } => Self::at_sequences(&load.table, batch).map(Some),
            Mode::Append { unique: false } => Ok(None),
        }
    }
}

/// Looks at tables, all at once: what was found, in their order.
pub(super) fn look(transaction: &mut Transaction<'_>, looks: Vec<Look<'_>>) -> Result<Vec<Found>> {
    if looks.is_empty() {
        return Ok(Vec::new());
    }
    let (probes, bounds): (Vec<Probe<'_>>, Vec<Vec<Encoded>>) =
        looks.into_iter().map(|look| (look.probe, look.bounds)).unzip();
    let list = Probe::list(&probes);
    let mut values: Vec<Value<'_>> = vec![(&list, ServerType::TEXT)];
    values.extend(bounds.iter().flatten().map(Encoded::value));
    let rows = transaction.query(&sql::probe(&probes), &values).map_err(|error| match &probes[..] {
        [probe] => failed("look for keys", error).in_table(&probe.table.name),
        probes => {
            let names: Vec<&str> = probes.iter().map(|probe| probe.table.name.as_str()).collect();
            failed(&format!("look for keys in {}", names.join(", ")), error)
        }
    })?;
    let found = |row: &Row| match row.get(0) {
        Some(false) => Found::Nothing,
        Some(true) => Found::Rows,
        None => Found::NoIndex,
    };
    Ok(rows.iter().map(found).collect())
}

impl Writing<'_, '_> {
    /// Whether the table holds a row whose key is from the least to the greatest of the batch.
    pub(super) fn probe_keys(&mut self, table: &Table, batch: &Sealed) -> Result<Found> {
        match self.found {
            Some(found) => Ok(found),
            None => self.probe(Look::at_keys(table, batch)?),
        }
    }

    fn probe(&mut self, one: Look<'_>) -> Result<Found> {
        let found = look(self.transaction, vec![one])?;
        found.first().copied().ok_or_else(|| Error::bug("a table was asked, and there is no answer"))
    }

    /// Compares the keys of a batch with those of the table.
    pub(super) fn known_keys(
        &mut self,
        staging: &str,
        table: &Table,
        batch: &Sealed,
        tie: Tie,
    ) -> Result<Known> {
        let keys = self.stage_keys(staging, table, batch)?;
        let (mut first, mut last) = bounds(table, batch)?;
        let bounds: Vec<Encoded> = first.drain(..).take(1).chain(last.drain(..).take(1)).collect();
        let bounds: Vec<Value<'_>> = bounds.iter().map(Encoded::value).collect();
        self.judge(batch, &sql::judge(&keys, table, tie, !bounds.is_empty()), &bounds)
    }

    /// Compares the keys and sequences of a batch with those of the table.
    pub(super) fn known_sequences(&mut self, staging: &str, table: &Table, batch: &Sealed) -> Result<Known> {
        let found = match self.found {
            Some(found) => found,
            None => self.probe(Look::at_sequences(table, batch)?)?,
        };
        if found == Found::Nothing {
            return Ok(Known::nothing());
        }
        let (least, greatest) = sequences(table, batch)?;
        let bounds: [Value<'_>; 2] = [(&least, ServerType::INT8), (&greatest, ServerType::INT8)];
        let keys = self.stage_keys(staging, table, batch)?;
        self.judge(batch, &sql::judge_appended(&keys, table), &bounds)
    }

    /// Makes a staging table of the keys alone: its name.
    fn stage_keys(&mut self, staging: &str, table: &Table, batch: &Sealed) -> Result<String> {
        let name = format!("{staging}_keys");
        let keys = sql::keys_of(table);
        let count = i64::try_from(batch.all().num_rows()).unwrap_or(i64::MAX);
        let places: ArrayRef = Arc::new(Int64Array::from_iter_values(0..count));
        let columns = keys.columns.iter().map(|column| {
            let at = table.columns.iter().position(|own| own.name == column.name);
            (column.ty, at.map_or(&places, |at| batch.all().column(at)))
        });
        self.stage_rows(&name, &keys, &Rows::of(columns), batch.places())?;
        Ok(name)
    }

    fn judge(&mut self, batch: &Sealed, judge: &str, bounds: &[Value<'_>]) -> Result<Known> {
        let row = self.transaction.query_one(judge, bounds).map_err(|error| failed("compare keys", error))?;
        Ok(Known::told(batch, &row.get::<_, Vec<i32>>(0)))
    }
}
