//! What fits into the memory that the loader may use.

use bytesize::ByteSize;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::MAX_MEMORY;
use crate::error::Error;

/// What the program takes before the first record: its code, its connections, the blocks of lines that are being read.
const PROGRAM: usize = 64_000_000;

/// Batches that there is room for. One is filled, one is sealed and waits, one is committed, and of that one the rows that count may be
/// copied. The memory of one more is for long records.
const BATCHES: usize = 5;

/// Longest records that there is room for besides the batches: as lines, and as what is sent to the server; and as much again, for a line
/// is not all that a record is.
const RECORDS: usize = 8;

/// The least that is of use.
const LEAST: usize = PROGRAM + PROGRAM / 2;

/// Columns of text count their bytes in 31 bits.
const MOST: usize = 1 << 30;

/// The memory that the loader may use, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    pub(super) most: usize,
}

impl Memory {
    pub(super) fn of(given: Option<ByteSize>) -> Result<Self, Error> {
        let most = given.map_or(Ok(MAX_MEMORY), |size| usize::try_from(size.as_u64()));
        match most {
            Ok(most) if most >= LEAST => Ok(Self { most }),
            _ => Err(Error::usage(format!("max_memory must be at least {}", shown(LEAST)))),
        }
    }

    /// The bytes of a batch: as they were given, or as many as there is room for.
    pub(super) fn batch(self, given: Option<usize>) -> Result<usize, Error> {
        self.share("batch_size_bytes", given, BATCHES)
    }

    /// The bytes of the longest record: the same.
    pub(super) fn record(self, given: Option<usize>) -> Result<usize, Error> {
        self.share("max_record_bytes", given, RECORDS)
    }

    fn share(self, name: &str, given: Option<usize>, shares: usize) -> Result<usize, Error> {
        let room = ((self.most - PROGRAM) / shares).min(MOST);
        match given {
            None => Ok(room),
            Some(given) if given <= room => Ok(given),
            Some(given) if given <= MOST => {
                let needed = shown(PROGRAM + given * shares);
                Err(Error::usage(format!("{name} is more than max_memory has room for, {}", shown(room)))
                    .hint(format!("set it lower, or max_memory to {needed:?}")))
            }
            Some(_) => Err(Error::usage(format!("{name} is more than {}", shown(MOST)))),
        }
    }
}

/// A number of bytes, or a text with a unit.
pub(super) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ByteSize>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::Number(bytes) if bytes.is_u64() => Ok(bytes.as_u64().map(ByteSize)),
        serde_json::Value::String(text) => text.parse().map(Some).map_err(D::Error::custom),
        _ => Err(D::Error::custom("max_memory must be a number of bytes, or a text like \"512MB\"")),
    }
}

/// A size for people, rounded up.
fn shown(bytes: usize) -> String {
    format!("{}MB", bytes.div_ceil(1_000_000))
}
