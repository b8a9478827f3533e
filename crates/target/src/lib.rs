//! Lastword's target: Singer messages into a database, with one law.
//!
//! *A table is a map from key to its newest row, newest by sequence; merging is commutative, associative and idempotent.* So any
//! order, any duplication, any number of loaders and any crash with a replay give the same table, and a bookmark leaves
//! only when its rows are durable.
//!
//! ```text
//! stdin ─ lines ─▶ intake ─▶ stream ─▶ decode ─▶ batch ─▶ flush ─▶ destination ─▶ receipt ─▶ bookmark ─ stdout
//!                     ▲          ▲         ▲                             │
//!                     │        plan ◀── table, names, schema, types ◀────┘ describe
//!                    run
//! ```
//!
//! Start reading at [`run`], then [`intake`] and [`stream`]. The pure rooms ([`types`], [`schema`], [`names`], [`plan`],
//! [`merge`], [`batch`], [`decode`]) know no database, no clock and no environment.

pub mod adopt;
pub mod batch;
pub mod bookmark;
pub mod canonical;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod clock;
pub mod column;
pub mod config;
pub mod conninfo;
pub mod decode;
pub mod destination;
pub mod error;
pub mod files;
pub mod flush;
pub mod intake;
pub mod lake;
pub mod maps;
pub mod merge;
pub mod motherduck;
pub mod names;
pub mod note;
pub mod number;
pub mod plan;
pub mod reach;
pub mod rehearse;
pub mod replay;
pub mod report;
pub mod run;
pub mod schema;
pub mod sequence;
pub mod shard;
pub mod sheet;
pub mod sql;
pub mod status;
pub mod stream;
pub mod table;
pub mod time;
pub mod types;
