//! The tables of a stream's arrays: one row for each element, and the columns that say whose it is and which.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, Int64Array, RecordBatch, UInt32Array, new_null_array};
use arrow::compute::take;
use arrow::datatypes::Schema;
use singer::message;

use super::find::Finder;
use super::layout::Array;
use super::open::With;
use super::settle::{Asked, aim};
use super::shadow::{self, Shadowed};
use super::storable;
use crate::batch::{Mode, Open, Sealed};
use crate::column;
use crate::error::{Error, Result};
use crate::flush::{Child, ChildRows, Swap};
use crate::names;
use crate::plan::Change;
use crate::sheet::Sheet;
use crate::table::{Beside, Column, Memory, Role, System, Table, TableName};
use crate::types::Type;

/// The table of one array.
#[derive(Debug)]
pub(super) struct ArrayTable {
    pub(super) table: Arc<Table>,
    pub(super) changes: Vec<Change>,
    /// The bytes that a row takes besides its texts.
    pub(super) width: usize,
    memory: Memory,
    /// Whose a row is: the table's column, and the one of the stream's table that it repeats.
    source: Vec<(String, String)>,
    /// The names of the columns for the places of elements, from the outermost array in.
    levels: Vec<String>,
    /// The place in the table of each of the sheet's columns.
    places: Vec<usize>,
    outer: Option<usize>,
    of: Option<Shadowed>,
}

impl ArrayTable {
    /// The tables of `arrays`, in the stream whose table is `main` and has, or is to get, the name `name`.
    pub(super) fn open(
        arrays: &[Array],
        main: &Table,
        name: &TableName,
        mode: Mode,
        message: &message::Schema<'_>,
        with: With<'_>,
        finder: &mut Finder<'_>,
    ) -> Result<Vec<ArrayTable>> {
        let mut one = |array: &Array| -> Result<ArrayTable> {
            let rules = &with.abilities.names;
            let keys: Vec<&Column> = main.keys().into_iter().map(|key| &main.columns[key]).collect();
            let mut before: Vec<Column> = Vec::new();
            let mut source = Vec::new();
            for key in &keys {
                let name = names::derived(&format!("_sdc_source_key_{}", key.name), rules, |name| {
                    before.iter().all(|column| !rules.same(&column.name, name))
                });
                source.push((name.clone(), key.name.clone()));
                before.push(Column { name, ty: key.ty, nullable: false, role: Role::Key });
            }
            let sequence = System::Sequence.name().to_owned();
            let appended = matches!(mode, Mode::Append { .. });
            if (appended || keys.is_empty()) && main.system(System::Sequence).is_some() {
                source.push((sequence.clone(), sequence));
            }
            let levels: Vec<String> =
                (0..array.levels).map(|level| format!("_sdc_level_{level}_id")).collect();
            before.extend(levels.iter().map(|name| Column {
                name: name.clone(),
                ty: Type::Integer,
                nullable: false,
                role: Role::Key,
            }));
            let system = main.columns.iter().filter(|column| matches!(column.role, Role::System(_)));
            let separator = &with.settings.flatten_separator;
            let (name, stored) =
                finder.find(&format!("{}{separator}{}", name.name, array.name), Some(Beside::Array))?;
            let place = shadow::place(&name, with, finder)?;
            let against = shadow::against(place.as_ref(), stored.as_ref());
            let asked = Asked {
                name: against.map_or_else(|| name.clone(), |stored| stored.table.name.clone()),
                before,
                wishes: &array.wishes,
                keys: &[],
                after: system.cloned().collect(),
            };
            let aim = aim(&asked, against, with.settings, with.abilities, finder)?;
            let mut memory = stored.as_ref().and_then(|stored| stored.memory.clone()).unwrap_or(Memory {
                stream: storable(&message.stream),
                mode: Beside::Array.mode().to_owned(),
                keys: aim.table.keys().into_iter().map(|key| aim.table.columns[key].name.clone()).collect(),
                ..Memory::default()
            });
            aim.own(&mut memory, stored.as_ref());
            let (table, changes, memory, of) = match place {
                Some(place) => {
                    let shadow = shadow::open(&aim, &name, stored.as_ref(), place, &memory, with.load_id)?;
                    (shadow.table, shadow.changes, shadow.memory, Some(shadow.of))
                }
                None => (aim.table, aim.changes, memory, None),
            };
            let (places, outer) = (aim.places, array.outer);
            let width = Open::width(&table, false);
            Ok(ArrayTable { table: table.into(), changes, width, memory, source, levels, places, outer, of })
        };
        arrays.iter().map(&mut one).collect()
    }

    /// An empty sheet for the table.
    pub(super) fn sheet(&self) -> Sheet {
        let types: Vec<Type> = self.places.iter().map(|&place| self.table.columns[place].ty).collect();
        Sheet::new(&types, self.levels.len(), self.outer)
    }

    /// What the next load carries: `sheet`'s rows, which belong to those of `batch`.
    pub(super) fn load(&mut self, sheet: Sheet, batch: Option<&Sealed>) -> Result<Child> {
        let rows = batch.map(|batch| self.rows(sheet, batch)).transpose()?;
        Ok(Child {
            table: Arc::clone(&self.table),
            changes: std::mem::take(&mut self.changes),
            memory: self.memory.clone(),
            source: self.source.clone(),
            rows,
        })
    }

    /// What takes the place of the table's content at the end of an overwrite.
    pub(super) fn swap(&self) -> Option<Swap> {
        self.of.clone().map(|of| of.swap(&self.memory))
    }

    /// The place of the table, which nobody else may have.
    pub(super) fn name(&self) -> &TableName {
        &self.table.name
    }

    fn rows(&self, sheet: Sheet, batch: &Sealed) -> Result<ChildRows> {
        let rows = sheet.rows();
        let (columns, parents, levels) = sheet.into_parts();
        let mut arrays: Vec<Option<ArrayRef>> = vec![None; self.table.columns.len()];
        for (&place, column) in self.places.iter().zip(columns) {
            arrays[place] = Some(column.finish(rows));
        }
        let whose = UInt32Array::from(parents.clone());
        let mut levels = levels.into_iter();
        let all = self.table.columns.iter().zip(arrays).map(|(column, array)| -> Result<ArrayRef> {
            if let Some(array) = array {
                return Ok(array);
            }
            if self.levels.contains(&column.name)
                && let Some(level) = levels.next()
            {
                return Ok(Arc::new(Int64Array::from(level)));
            }
            let source = self.source.iter().find(|(own, _)| *own == column.name);
            let of = source.map_or(&column.name, |(_, of)| of);
            match batch.all().column_by_name(of) {
                Some(parent) => take(parent, &whose, None)
                    .map_err(|error| Error::bug("an array's rows cannot be put together").caused_by(error)),
                None => Ok(new_null_array(&column::data_type(column.ty), rows)),
            }
        });
        let arrays: Vec<ArrayRef> = all.collect::<Result<_>>()?;
        let named = self.table.columns.iter().zip(&arrays);
        let fields = named.map(|(meant, array)| {
            column::field(&meant.name, meant.ty).with_data_type(array.data_type().clone())
        });
        let fields: Vec<_> = fields.collect();
        let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|error| Error::bug("an array's rows do not fit their table").caused_by(error))?;
        Ok(ChildRows { rows, parents })
    }
}
