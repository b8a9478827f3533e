//! One walk over a record's text: each value into its column, each element of an array with a table of its own into a row of that.

use singer::json::{Cursor, Kind, Syntax};

use super::route::{Slot, Slots, Way};
use super::value::Sink;
use super::{Invalid, Limits, Reason, check};
use crate::column::Column;
use crate::sheet::Sheet;

/// What the walk writes with.
pub(super) struct Pen<'a> {
    pub(super) limits: Limits,
    pub(super) validate: bool,
    /// Memory for a text whose escapes are resolved.
    pub(super) unescaped: &'a mut String,
    /// The row of the batch that the record becomes.
    pub(super) parent: usize,
}

fn plain(syntax: Syntax) -> Invalid {
    Invalid { property: None, reason: syntax.into() }
}

impl Pen<'_> {
    /// Takes the object that comes next as row `row` of `columns`.
    pub(super) fn object(
        &mut self,
        cursor: &mut Cursor<'_>,
        members: &Slots,
        row: usize,
        columns: &mut [Column],
        sheets: &mut [Sheet],
    ) -> Result<(), Invalid> {
        let mut first = true;
        let mut guess = 0;
        // What stands in the sheets already is of other objects. No allocation where there are no sheets.
        let starts: Vec<usize> = sheets[members.sheets.clone()].iter().map(Sheet::rows).collect();
        // Of the required properties without a column of their own, those that were there.
        let mut met: Vec<usize> = Vec::new();
        cursor.enter_object().map_err(plain)?;
        loop {
            // Most members of a wide record are null.
            while let Some(slot) = members.slots.get(guess)
                && let Way::Column(column) = slot.way
                && slot.lane.nulls
                && !first
                && cursor.passes_null_member(&slot.name)
            {
                columns[column].null_at(row);
                guess += 1;
            }
            // Objects mostly have their members in one order.
            let place = match members.slots.get(guess) {
                Some(slot) if cursor.passes(&slot.name, &mut first) => guess,
                _ => {
                    let Some(name) = cursor.member(&mut first).map_err(plain)? else { break };
                    let place = match name.plain() {
                        Some(name) => members.place(name, guess),
                        None => name.text().ok().and_then(|name| members.place(&name, guess)),
                    };
                    // A property that the schema does not have goes nowhere.
                    let Some(place) = place else {
                        cursor.skip().map_err(plain)?;
                        continue;
                    };
                    place
                }
            };
            guess = place + 1;
            let slot = &members.slots[place];
            // Of a property that stands twice the last one counts.
            match &slot.way {
                Way::Column(column) => {
                    let column = &mut columns[*column];
                    if slot.lane.nulls && cursor.passes_null() {
                        column.null_at(row);
                        continue;
                    }
                    column.truncate(row);
                    column.pad(row);
                    if slot.lane.take(cursor, column) {
                        continue;
                    }
                }
                Way::Object(inner) => inner.columns.iter().for_each(|&column| columns[column].truncate(row)),
                Way::Rows(..) => {}
            }
            if !matches!(slot.way, Way::Column(_)) {
                for sheet in slot.sheets() {
                    sheets[sheet].truncate(starts[sheet - members.sheets.start]);
                }
                met.push(place);
            }
            self.value(cursor, slot, row, columns, sheets)?;
        }
        met.sort_unstable();
        self.demand(members, &met, row, columns)
    }

    /// Takes the value that comes next.
    #[inline]
    fn value(
        &mut self,
        cursor: &mut Cursor<'_>,
        slot: &Slot,
        row: usize,
        columns: &mut [Column],
        sheets: &mut [Sheet],
    ) -> Result<(), Invalid> {
        let failed = |reason: Reason| Invalid { property: Some(slot.property.name.clone()), reason };
        let inside = |invalid: Invalid| Invalid {
            property: Some(match invalid.property {
                Some(inner) => format!("{}.{inner}", slot.property.name),
                None => slot.property.name.clone(),
            }),
            ..invalid
        };
        match &slot.way {
            Way::Column(column) => {
                let column = &mut columns[*column];
                column.pad(row);
                let mut sink = Sink { column, limits: self.limits, unescaped: self.unescaped };
                sink.take(cursor, slot, self.validate).map_err(failed)
            }
            Way::Object(members) => match self.opens(cursor, slot, Kind::Object).map_err(failed)? {
                true => self.object(cursor, members, row, columns, sheets).map_err(inside),
                false => {
                    // A null is carried, and so is each of its members.
                    for &column in &members.columns {
                        columns[column].extend(row + 1);
                    }
                    Ok(())
                }
            },
            Way::Rows(sheet, element) => match self.opens(cursor, slot, Kind::Array).map_err(failed)? {
                true => self.rows(cursor, *sheet, element, row, sheets).map_err(inside),
                false => Ok(()),
            },
        }
    }

    /// Whether a value of the wanted kind comes; a null is consumed. Another kind has no place to go.
    fn opens(&self, cursor: &mut Cursor<'_>, slot: &Slot, wanted: Kind) -> Result<bool, Reason> {
        let found = cursor.peek()?;
        if found == wanted {
            return Ok(true);
        }
        if found == Kind::Null {
            cursor.null()?;
            return match self.validate {
                true => check::kind(slot.property.check.kinds, found, None).map(|()| false),
                false => Ok(false),
            };
        }
        Err(check::misplaced(slot.property.check.kinds, found, slot.property.ty))
    }

    /// Takes the array that comes next, each element as a row of a sheet.
    fn rows(
        &mut self,
        cursor: &mut Cursor<'_>,
        place: usize,
        element: &Slot,
        row: usize,
        sheets: &mut [Sheet],
    ) -> Result<(), Invalid> {
        let mut first = true;
        let mut position = 0;
        // An array inside an element continues the element's own place.
        let outer = sheets[place].outer().map(|outer| sheets[outer].levels(row)).unwrap_or_default();
        cursor.enter_array().map_err(plain)?;
        while cursor.element(&mut first).map_err(plain)? {
            // What is inside this element goes to this sheet and to those after it; the sheet's own columns are taken out of it
            // for as long as that takes.
            let row = sheets[place].begin(self.parent, &outer, position);
            let mut columns = sheets[place].lend();
            let taken = match &element.way {
                Way::Object(members) if cursor.peek().map_err(plain)? == Kind::Object => {
                    self.object(cursor, members, row, &mut columns, sheets)
                }
                _ => self.value(cursor, element, row, &mut columns, sheets),
            };
            sheets[place].give_back(columns);
            taken?;
            position += 1;
        }
        Ok(())
    }

    /// Demands the properties that must be there; `met` are the places, in order, of those that were and have no column.
    fn demand(&self, members: &Slots, met: &[usize], row: usize, columns: &[Column]) -> Result<(), Invalid> {
        for &place in &members.required {
            let slot = &members.slots[place];
            let there = match slot.way {
                Way::Column(column) => columns[column].rows() > row,
                _ => met.binary_search(&place).is_ok(),
            };
            if !there {
                let reason = if slot.key { Reason::NoKey } else { Reason::Missing };
                return Err(Invalid { property: Some(slot.property.name.clone()), reason });
            }
        }
        Ok(())
    }
}
