//! What goes to stdout: bytes gathered in one buffer, one write for each full one.

use std::io::{self, Write};

use serde_json::Value;

use crate::error::Error;

/// The bytes that are written at once: a few times what a pipe holds, and small enough to stay in the cache.
const FULL: usize = 256 * 1024;

/// A buffer over `W` to which lines are appended in place.
#[derive(Debug)]
pub struct Output<W> {
    /// Whole lines that haven't been written.
    pub bytes: Vec<u8>,
    out: W,
}

impl<W: Write> Output<W> {
    /// An empty buffer.
    pub fn new(out: W) -> Self {
        // Some room above the mark for the line that crosses it.
        Self { bytes: Vec::with_capacity(FULL + 4096), out }
    }

    /// Writes the buffer if it's full. To be called after each line.
    ///
    /// # Errors
    /// What the writer returns.
    #[inline]
    pub fn line_done(&mut self) -> io::Result<()> {
        if self.bytes.len() >= FULL { self.flush() } else { Ok(()) }
    }

    /// Writes all.
    ///
    /// # Errors
    /// What the writer returns.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.bytes)?;
        self.bytes.clear();
        self.out.flush()
    }
}

/// Writes one document to read: JSON with indents.
///
/// # Errors
/// What `out` returns.
pub fn document(out: &mut impl Write, value: &Value) -> Result<(), Error> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}
