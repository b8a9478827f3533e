//! Which columns and tables the properties of a stream ask for, before anything is known of the database.

use std::collections::BTreeMap;

use crate::config::{Nested, StreamSettings};
use crate::decode::{Goal, Route};
use crate::schema::{Inside, Nesting, Part, Property};
use crate::types::Type;

/// The types that values have asked for, by the property's path.
pub type Floors = BTreeMap<String, Type>;

/// A column that a property asks for.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    /// The name that it would have.
    pub(super) name: String,
    /// The property.
    pub(super) property: Property,
    /// The type that a value has asked for.
    pub(super) floor: Option<Type>,
}

/// A table that an array asks for.
#[derive(Clone, Debug)]
pub(super) struct Array {
    /// The end of the name that it would have.
    pub(super) name: String,
    /// The array that it stands in.
    pub(super) outer: Option<usize>,
    /// In how many arrays an element stands.
    pub(super) levels: usize,
    /// Its columns.
    pub(super) wishes: Vec<Wish>,
}

/// What a stream asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// The columns of its table.
    pub(super) wishes: Vec<Wish>,
    /// The tables of its arrays; those inside another come after it.
    pub(super) arrays: Vec<Array>,
    /// Where each property goes: the columns are places in the wishes.
    pub(super) routes: Vec<Route>,
}

/// How the settings want nested data.
pub(super) fn nesting(settings: &StreamSettings) -> Option<Nesting> {
    let arrays = match settings.nested {
        Nested::Json => return None,
        Nested::Flatten => false,
        Nested::Subtables => true,
    };
    Some(Nesting { depth: settings.flatten_depth, arrays })
}

/// Lays out `parts`. `separator` stands between names; a property takes the type that its values have asked for.
pub(super) fn layout(parts: &[Part], separator: &str, floors: &Floors) -> Layout {
    let mut drawing = Drawing { layout: Layout::default(), separator, floors };
    drawing.layout.routes = parts.iter().map(|part| drawing.part(part, &Place::default(), "", "")).collect();
    drawing.layout
}

/// Where the drawing is: in which array.
#[derive(Clone, Copy, Default)]
struct Place {
    array: Option<usize>,
}

struct Drawing<'a> {
    layout: Layout,
    separator: &'a str,
    floors: &'a Floors,
}

impl Drawing<'_> {
    /// Draws one property. `above` is the name of what it stands in, with a separator, and `path` its path, with a point.
    fn part(&mut self, part: &Part, place: &Place, above: &str, path: &str) -> Route {
        let property = part.property.clone();
        let name = format!("{above}{}", property.name);
        let path = format!("{path}{}", property.name);
        let goal = match &part.inside {
            Inside::Value => {
                let floor = self.floors.get(&path).copied();
                let wish = Wish { name, property: property.clone(), floor };
                let wishes = match place.array {
                    None => &mut self.layout.wishes,
                    Some(array) => &mut self.layout.arrays[array].wishes,
                };
                wishes.push(wish);
                Goal::Column(wishes.len() - 1)
            }
            Inside::Object(members) => {
                let (above, path) = (format!("{name}{}", self.separator), format!("{path}."));
                Goal::Object(members.iter().map(|member| self.part(member, place, &above, &path)).collect())
            }
            Inside::Array(element) => {
                let (outer, levels, start) = match place.array {
                    None => (None, 1, String::new()),
                    Some(outer) => {
                        let array = &self.layout.arrays[outer];
                        (Some(outer), array.levels + 1, format!("{}{}", array.name, self.separator))
                    }
                };
                let sheet = self.layout.arrays.len();
                self.layout.arrays.push(Array {
                    name: format!("{start}{name}"),
                    outer,
                    levels,
                    wishes: Vec::new(),
                });
                let inside = Place { array: Some(sheet) };
                let path = format!("{path}.");
                // An element that is an object gives its members to the row; any other is one value of it.
                let element = match &element.inside {
                    Inside::Object(members) => Route {
                        property: element.property.clone(),
                        goal: Goal::Object(
                            members.iter().map(|member| self.part(member, &inside, "", &path)).collect(),
                        ),
                    },
                    _ => self.part(element, &inside, "", &path),
                };
                Goal::Rows(sheet, Box::new(element))
            }
        };
        Route { property, goal }
    }
}

/// The routes with each column of the stream's own table at its place in `places`.
pub(super) fn placed(routes: Vec<Route>, places: &[usize]) -> Vec<Route> {
    let placed_route = |route: Route| Route {
        goal: match route.goal {
            Goal::Column(wish) => Goal::Column(places[wish]),
            Goal::Object(members) => Goal::Object(placed(members, places)),
            rows @ Goal::Rows(..) => rows,
        },
        ..route
    };
    routes.into_iter().map(placed_route).collect()
}
