//! The Singer protocol, with no I/O but `Read` and `Write`.
//!
//! [`lines`] cuts a stream of bytes into blocks of whole lines, [`message`] says what one line is, [`json`] walks JSON text
//! without building anything, and [`write`](mod@write) writes messages. A record stays raw text: what its bytes
//! mean is the business of whoever knows the schema.
//!
//! ```
//! use singer::{Message, json};
//!
//! let line = r#"{"type":"RECORD","stream":"people","record":{"id":1},"sequence":7}"#;
//! let Message::Record(record) = singer::message::parse(line)? else { panic!("not a record") };
//! assert_eq!((&*record.stream, record.record, record.sequence), ("people", r#"{"id":1}"#, Some("7")));
//! # Ok::<(), singer::Error>(())
//! ```

pub mod error;
pub mod json;
pub mod lines;
pub mod message;
pub mod write;

pub use error::{Error, Kind};
pub use message::Message;
