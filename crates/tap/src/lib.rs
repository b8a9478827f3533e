//! The demo tap of Lastword: a seeded, deterministic Singer source.
//!
//! Each stream is a change log. The change at position `p` is a pure function of the seed, the stream's name and `p`
//! ([`changes`]), and so is its line ([`streams`]). What order the changes leave in, which of them come late and which
//! come twice is decided apart from that, window by window ([`emission`]). There is no clock: times count from the
//! setting `start`. The same seed and settings therefore give the same bytes, and a run can go on from any STATE.
//!
//! From the command line to the last byte: [`cli`] reads flags and files, [`config`] says what the given settings
//! mean, [`run`] writes the messages through [`output`].

pub mod about;
pub mod catalog;
pub mod changes;
pub mod cli;
pub mod clock;
pub mod config;
pub mod emission;
pub mod error;
pub mod output;
pub mod random;
pub mod run;
pub mod settings;
pub mod state;
pub mod streams;
pub mod text;

pub use config::Config;
pub use error::Error;
