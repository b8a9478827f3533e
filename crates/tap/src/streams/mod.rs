//! The three streams: what they are called, what their schemas are, and how their records are written.

mod customers;
mod events;
mod orders;
mod pen;
pub mod words;
mod writer;

use serde_json::Value;

pub use writer::Writer;

/// A stream, of which there may be several copies under other names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// People, with names of many scripts.
    Customers,
    /// Purchases, with a nested object and an array: the stream for measuring.
    Orders,
    /// Things that happened, with a composite key and an untyped property.
    Events,
}

impl Table {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Customers, Self::Orders, Self::Events];

    /// The stream's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Orders => "orders",
            Self::Events => "events",
        }
    }

    /// The properties that identify a row.
    #[must_use]
    pub const fn key_properties(self) -> &'static [&'static str] {
        match self {
            Self::Customers | Self::Orders => &["id"],
            Self::Events => &["source", "event_id"],
        }
    }

    /// The property that grows with each change.
    #[must_use]
    pub const fn bookmark(self) -> &'static str {
        match self {
            Self::Customers | Self::Orders => "updated_at",
            Self::Events => "occurred_at",
        }
    }

    /// The schema, before or after the change that the setting `schema_change_at` brings.
    ///
    /// # Panics
    /// Never: the schemas are compiled in, and the tests read each.
    #[must_use]
    pub fn schema(self, changed: bool) -> Value {
        let text = match (self, changed) {
            (Self::Customers, false) => include_str!("../../../../schemas/demo/customers.json"),
            (Self::Customers, true) => include_str!("../../../../schemas/demo/customers_changed.json"),
            (Self::Orders, false) => include_str!("../../../../schemas/demo/orders.json"),
            (Self::Orders, true) => include_str!("../../../../schemas/demo/orders_changed.json"),
            (Self::Events, false) => include_str!("../../../../schemas/demo/events.json"),
            (Self::Events, true) => include_str!("../../../../schemas/demo/events_changed.json"),
        };
        serde_json::from_str(text).expect("the schemas are JSON")
    }
}
