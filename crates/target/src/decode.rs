//! Record bytes → typed columns, driven by the schema.
//!
//! One walk over the record's text pushes each value straight into its column; nothing is built in between. What cannot be stored
//! exactly as the column's type is refused here, with the property and the types, never the value. A record that fails half-way
//! leaves nothing behind: the columns are cut back to the rows before it.
//!
//! The walk proves types, formats, `required`, ranges, and the same inside objects and arrays. A schema that asserts more is given
//! to the jsonschema library besides.

mod check;
mod digits;
mod encoding;
mod lane;
mod nul;
mod route;
mod validated;
mod value;
mod walk;

use std::fmt;

use singer::json::{Cursor, Kind, Syntax};

use crate::column::Column;
use crate::schema::Kinds;
use crate::sheet::Sheet;
use crate::types::Type;

use route::Slots;
pub use route::{Goal, Route};
use walk::Pen;

/// Why a record cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The property that is at fault, where one is.
    pub property: Option<String>,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A value of the wrong kind: the kinds that the schema allows, and the one found.
    Kind(Kinds, &'static str),
    /// A value that the schema allows, of a kind that the column has no place for.
    NoPlace(Type, &'static str),
    /// A required property is missing.
    Missing,
    /// A key property is missing or null.
    NoKey,
    /// A value that is fine by the schema and does not fit the column, which another type would hold: see [`crate::types::needed`].
    Wider {
        /// The column's type.
        column: Type,
        /// The type that it must become.
        needed: Type,
    },
    /// A value that the column's type cannot hold.
    Range(Type),
    /// NaN or infinity, which the type does not have.
    NotFinite(Type),
    /// A text that is not in the encoding that the schema names.
    Encoding(&'static str),
    /// A number with more digits than the column's type can hold exactly.
    Inexact(Type),
    /// A text that is not written as the column's type is.
    Malformed(Type),
    /// A time with more digits than microseconds.
    TooPrecise(Type),
    /// JSON that is nested deeper than so many levels.
    TooDeep(usize),
    /// A text with U+0000 in it, which the destination cannot hold.
    Nul,
    /// A text with half a surrogate pair in it: no text can hold that.
    LoneSurrogate,
    /// The sequence is missing or is none.
    Sequence(&'static str),
    /// `time_extracted` is no date-time.
    TimeExtracted,
    /// The property that marks deletes says neither yes, nor no, nor when.
    Mark,
    /// A text or a number beyond a bound that the schema sets.
    Bound(&'static str),
    /// The schema forbids it in a way that the validator found.
    Schema(String),
    /// The record's text is not JSON: the reader of the line would have said so before.
    Syntax(&'static str),
}

impl From<Syntax> for Reason {
    fn from(syntax: Syntax) -> Self {
        Reason::Syntax(syntax.reason)
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(property) = &self.property {
            write!(f, "property {property:?}: ")?;
        }
        match &self.reason {
            Reason::Kind(expected, found) => write!(f, "expected {expected}, found {found}"),
            Reason::NoPlace(ty, found) => {
                write!(f, "the schema allows a value of kind {found} here, but a {ty} column cannot hold it")
            }
            Reason::Missing => f.write_str("required, but missing"),
            Reason::NoKey => f.write_str("a key property, but missing or null"),
            Reason::Wider { column, .. } => match column {
                Type::Date => write!(f, "more precise than a {column} column can hold"),
                Type::Varchar { .. } => write!(f, "longer than a {column} column can hold"),
                Type::Double | Type::Decimal { .. } => {
                    write!(f, "has more digits than a {column} column can hold exactly")
                }
                _ => write!(f, "out of the range of {column}"),
            },
            Reason::Range(ty) => write!(f, "out of the range of {ty}"),
            Reason::NotFinite(ty) => write!(f, "NaN or infinity, which {ty} does not have"),
            Reason::Encoding(name) => write!(f, "expected text in {name}, found other text"),
            Reason::Inexact(ty) => write!(f, "has more digits than a {ty} column can hold exactly"),
            Reason::Malformed(ty) => write!(f, "expected a {ty}, found other text"),
            Reason::TooPrecise(ty) => write!(f, "more precise than a {ty} column can hold"),
            Reason::TooDeep(levels) => {
                write!(f, "nested deeper than the {levels} levels that this destination can store")
            }
            Reason::Nul => f.write_str("holds U+0000, which this destination cannot store"),
            Reason::LoneSurrogate => f.write_str("holds half a surrogate pair, which is no text"),
            Reason::Sequence(why) => write!(f, "sequence: {why}"),
            Reason::Mark => f.write_str("marks deletes, but is neither true, nor false, nor a time"),
            Reason::TimeExtracted => f.write_str("time_extracted is not a date-time"),
            Reason::Bound(why) => f.write_str(why),
            Reason::Schema(why) => f.write_str(why),
            Reason::Syntax(why) => write!(f, "not JSON: {why}"),
        }
    }
}

/// What a destination can hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// What becomes of U+0000 in text, and in text in JSON.
    pub nul: Nul,
    /// Whether there are decimals of any length.
    pub decimals: bool,
    /// How many levels of arrays and objects JSON may have.
    pub levels: usize,
}

impl Limits {
    /// The same, with `nul` for U+0000 where the destination cannot hold it.
    #[must_use]
    pub fn with_nul(self, nul: Nul) -> Self {
        Self { nul: if self.nul == Nul::Held { Nul::Held } else { nul }, ..self }
    }
}

/// What becomes of U+0000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nul {
    /// It is stored.
    Held,
    /// The record is refused.
    Reject,
    /// It is left out.
    Strip,
    /// U+FFFD takes its place.
    Replace,
}

/// The most memory that is kept from record to record, in bytes.
const MAX_UNESCAPED: usize = 1 << 20;

/// Decodes the records of one stream under one schema.
#[derive(Debug)]
pub struct Decoder {
    members: Slots,
    validator: Option<jsonschema::Validator>,
    validate: bool,
    limits: Limits,
    unescaped: String,
}

impl Decoder {
    /// A decoder of records whose properties go where `routes` say; the columns at `keys` are the key's. `validator` is asked about
    /// every record where there is one. Without `validate` a value's kind need only suit its column.
    #[must_use]
    pub fn new(
        routes: impl IntoIterator<Item = impl Into<Route>>,
        keys: &[usize],
        validator: Option<jsonschema::Validator>,
        validate: bool,
        limits: Limits,
    ) -> Self {
        let routes = routes.into_iter().map(Into::into).collect();
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        let members = Slots::new(routes, &keys, validate);
        Self { members, validator, validate, limits, unescaped: String::new() }
    }

    /// Decodes `record` as row `row` of `columns`. A column that the record has no value for is left short; it is padded with NULLs
    /// when the next value comes, or at the end.
    ///
    /// # Errors
    /// Why the record cannot be loaded; then `columns` are as they were.
    pub fn decode(&mut self, record: &str, row: usize, columns: &mut [Column]) -> Result<(), Invalid> {
        self.decode_nested(record, row, columns, &mut [])
    }

    /// As [`Decoder::decode`], with the elements of arrays that have tables of their own as rows of `sheets`.
    ///
    /// # Errors
    /// As [`Decoder::decode`]; then `sheets` are as they were, too.
    pub fn decode_nested(
        &mut self,
        record: &str,
        row: usize,
        columns: &mut [Column],
        sheets: &mut [Sheet],
    ) -> Result<(), Invalid> {
        let mut cursor = Cursor::new(record);
        self.decode_at(&mut cursor, row, columns, sheets)?;
        cursor.end().map_err(|syntax| {
            cut(row, columns, sheets);
            Invalid { property: None, reason: syntax.into() }
        })
    }

    /// As [`Decoder::decode_nested`] the record where the cursor stands, which is then behind it. Returns the record's text.
    ///
    /// # Errors
    /// As [`Decoder::decode_nested`]; the cursor is then anywhere.
    pub fn decode_at<'a>(
        &mut self,
        cursor: &mut Cursor<'a>,
        row: usize,
        columns: &mut [Column],
        sheets: &mut [Sheet],
    ) -> Result<&'a str, Invalid> {
        cursor.allow_words(true);
        let start = cursor.position();
        let mut pen =
            Pen { limits: self.limits, validate: self.validate, unescaped: &mut self.unescaped, parent: row };
        let walked = pen.object(cursor, &self.members, row, columns, sheets);
        let result = walked.and_then(|()| {
            let record = cursor.text_from(start);
            self.verify(record).map(|()| record)
        });
        if result.is_err() {
            cut(row, columns, sheets);
        }
        // Of a stream that is done nothing large is kept.
        if self.unescaped.capacity() > MAX_UNESCAPED {
            self.unescaped = String::new();
        }
        result
    }

    /// Holds the record against what the walk does not prove.
    fn verify(&self, record: &str) -> Result<(), Invalid> {
        let Some(validator) = &self.validator else { return Ok(()) };
        let value = validated::read(record).ok_or_else(|| Invalid {
            property: None,
            reason: Reason::Schema("cannot be validated: nested too deep or no Unicode text".into()),
        })?;
        validator.validate(&value).map_err(|error| {
            let path = error.instance_path().to_string();
            let property = path.split('/').nth(1).map(|name| name.replace("~1", "/").replace("~0", "~"));
            // `masked` keeps the value out of the message.
            Invalid { property, reason: Reason::Schema(error.masked().to_string()) }
        })
    }
}

/// Leaves nothing of the row `row`, and of the rows of arrays that belong to it.
fn cut(row: usize, columns: &mut [Column], sheets: &mut [Sheet]) {
    columns.iter_mut().for_each(|column| column.truncate(row));
    sheets.iter_mut().for_each(|sheet| sheet.truncate_parents(row));
}

/// The name of a kind of value, as messages have it.
pub(crate) fn kind_of(kind: Kind) -> Kinds {
    match kind {
        Kind::Null => Kinds::NULL,
        Kind::Boolean => Kinds::BOOLEAN,
        Kind::Number => Kinds::INTEGER.with(Kinds::FRACTION),
        Kind::String => Kinds::STRING,
        Kind::Object => Kinds::OBJECT,
        Kind::Array => Kinds::ARRAY,
    }
}
