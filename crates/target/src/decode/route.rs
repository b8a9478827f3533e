//! Where each property of a record goes.

use std::ops::Range;

use indexmap::IndexMap;
use singer::json::Name;

use super::lane::Lane;
use crate::schema::Property;

/// A property and its goal.
#[derive(Clone, Debug)]
pub struct Route {
    /// The property. Inside an array it is the element.
    pub property: Property,
    /// Where its values go.
    pub goal: Goal,
}

/// Where the values of a property go.
#[derive(Clone, Debug)]
pub enum Goal {
    /// Into the column at this place.
    Column(usize),
    /// Each member where its own route says; all of them in the same row.
    Object(Vec<Route>),
    /// Each element into a row of its own, of the sheet at this place.
    Rows(usize, Box<Route>),
}

impl From<(Property, usize)> for Route {
    fn from((property, column): (Property, usize)) -> Self {
        Self { property, goal: Goal::Column(column) }
    }
}

/// A property on its way.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) property: Property,
    /// Its name, to be recognised at once.
    pub(super) name: Name,
    pub(super) lane: Lane,
    pub(crate) key: bool,
    pub(super) way: Way,
}

#[derive(Debug)]
pub(super) enum Way {
    Column(usize),
    Object(Slots),
    Rows(usize, Box<Slot>),
}

/// The properties of an object, or of a record.
#[derive(Debug)]
pub(super) struct Slots {
    pub(super) slots: Vec<Slot>,
    pub(super) places: IndexMap<String, usize>,
    /// The slots whose properties must be there.
    pub(super) required: Vec<usize>,
    /// All columns in this row that anything in here goes to.
    pub(super) columns: Vec<usize>,
    /// All sheets that anything in here goes to.
    pub(super) sheets: Range<usize>,
}

impl Slot {
    fn new(route: Route, keys: &[usize], validate: bool) -> Self {
        let key = matches!(route.goal, Goal::Column(column) if keys.binary_search(&column).is_ok());
        let way = match route.goal {
            Goal::Column(column) => Way::Column(column),
            Goal::Object(members) => Way::Object(Slots::new(members, &[], validate)),
            Goal::Rows(sheet, element) => Way::Rows(sheet, Box::new(Slot::new(*element, &[], validate))),
        };
        let (name, lane) = (Name::new(&route.property.name), Lane::new(&route.property, key, validate));
        Self { property: route.property, name, lane, key, way }
    }

    /// The columns of the row that it stands in that it goes to.
    fn columns(&self) -> Vec<usize> {
        match &self.way {
            Way::Column(column) => vec![*column],
            Way::Object(members) => members.columns.clone(),
            Way::Rows(..) => Vec::new(),
        }
    }

    /// The sheets that it goes to. They are numbered from the outside in, so that these stand together.
    pub(super) fn sheets(&self) -> Range<usize> {
        match &self.way {
            Way::Column(_) => 0..0,
            Way::Object(members) => members.sheets.clone(),
            Way::Rows(sheet, element) => *sheet..element.sheets().end.max(sheet + 1),
        }
    }
}

impl Slots {
    /// The slots of `routes`; the columns at `keys`, which are in order, are the key's. With `validate` a required property must be there.
    pub(super) fn new(routes: Vec<Route>, keys: &[usize], validate: bool) -> Self {
        let slots: Vec<Slot> = routes.into_iter().map(|route| Slot::new(route, keys, validate)).collect();
        let places =
            slots.iter().enumerate().map(|(place, slot)| (slot.property.name.clone(), place)).collect();
        let must = |slot: &Slot| slot.key || (validate && slot.property.required);
        let required = (0..slots.len()).filter(|&place| must(&slots[place])).collect();
        let columns = slots.iter().flat_map(Slot::columns).collect();
        let sheets = slots.iter().map(Slot::sheets).filter(|sheets| !sheets.is_empty());
        let sheets = sheets.reduce(|all, more| all.start.min(more.start)..all.end.max(more.end));
        Self { slots, places, required, columns, sheets: sheets.unwrap_or(0..0) }
    }

    /// The slot of a property. Objects mostly have their members in one order, so the slot after the last one is tried first.
    #[inline]
    pub(super) fn place(&self, name: &str, guess: usize) -> Option<usize> {
        match self.slots.get(guess) {
            Some(slot) if slot.property.name == name => Some(guess),
            _ => self.places.get(name).copied(),
        }
    }
}
