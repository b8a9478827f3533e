//! Maps of streams: what the settings `stream_maps` and `stream_map_config` say becomes of streams before they are loaded.
//!
//! It is the part of what Meltano's SDK has that needs no Python: properties that are renamed, dropped, hashed, turned into another
//! type or set to a constant; records that are left out; streams that are renamed, dropped or taken more than once. What is beyond
//! that is refused when the settings are read.
//!
//! [`Maps`] is the plan of all streams. [`Mapper`] is the plan of one, made for the schema that it was sent with: it makes the SCHEMA
//! that is loaded, and of each record the text of the record that is loaded.

mod alias;
mod evaluate;
mod expression;
mod mapper;
mod parse;
mod plan;
mod schema;
mod text;
mod tokens;
mod value;

pub use mapper::{Mapped, Mapper};
pub use plan::{Maps, Output, StreamMap};
