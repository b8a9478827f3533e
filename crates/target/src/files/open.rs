//! Files, opened: text with a record on each line, whatever was done to it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use zstd::stream::read::Decoder;

use super::parquet::Rows;
use super::{Compression, Files, Format};
use crate::error::{Error, Result};

/// Text with a record on each line.
pub type Lines = Box<dyn Read + Send>;

/// How much is read of a file at a time, in bytes.
const PIECE: usize = 256 << 10;

/// How far back a zstd file may refer, as a power of two: so much memory it takes. `zstd -19` asks for 23.
const WINDOW: u32 = 25;

/// The first bytes of what gzip and zstd have written. No line of JSON begins so.
const MAGIC: [(Compression, &[u8]); 2] =
    [(Compression::Gzip, &[0x1F, 0x8B]), (Compression::Zstd, &[0x28, 0xB5, 0x2F, 0xFD])];

/// Opens the file at `place` of a message's.
///
/// # Errors
/// Where it cannot be opened, or is not written as the message says; about which file it is, is left to the caller.
pub fn open(files: &Files, place: usize) -> Result<Lines> {
    let path = &files.paths[place];
    let file = File::open(path).map_err(|error| unopened(path).caused_by(error))?;
    match files.format {
        Format::Jsonl(compression) => lines(file, compression),
        Format::Parquet => Ok(Box::new(Rows::open(file, &files.properties)?)),
    }
}

fn unopened(path: &Path) -> Error {
    let error = Error::input("cannot be opened");
    match path.is_absolute() {
        true => error.hint("the tap and the loader must see the same files"),
        false => error.hint("a relative path is looked for in the folder that the loader was started in"),
    }
}

fn lines(file: File, compression: Option<Compression>) -> Result<Lines> {
    let mut reader = BufReader::with_capacity(PIECE, file);
    let start = reader.fill_buf().map_err(|error| Error::input("cannot be read").caused_by(error))?;
    let (empty, seen) = (start.is_empty(), MAGIC.iter().find(|(_, magic)| start.starts_with(magic)));
    let seen = seen.map_or(Compression::None, |(compression, _)| *compression);
    let compression = compression.unwrap_or(seen);
    if compression != Compression::None && (empty || compression != seen) {
        let what = if empty { "is empty" } else { "does not begin as such a file does" };
        let name = if compression == Compression::Gzip { "gzip" } else { "zstd" };
        return Err(Error::input(format!("{what}, and should be compressed by {name}"))
            .hint("leave out encoding.compression to let the file decide"));
    }
    Ok(match compression {
        Compression::None => Box::new(reader),
        Compression::Gzip => Box::new(MultiGzDecoder::new(reader)),
        Compression::Zstd => {
            let decoder = Decoder::with_buffer(reader).and_then(|mut decoder| {
                decoder.window_log_max(WINDOW)?;
                Ok(decoder)
            });
            Box::new(decoder.map_err(|error| Error::input("cannot be read").caused_by(error))?)
        }
    })
}
