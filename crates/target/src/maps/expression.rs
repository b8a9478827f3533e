//! What an expression is, once it is read.

use crate::error::Result;

/// An expression over the properties of a record. `P` says which property is meant: as it was written, or as a place among the
/// values that are read of each record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression<P> {
    /// A property's value.
    Property(P),
    /// A value that is the same for all records: JSON text.
    Constant(String),
    /// The hash of a value's text.
    Hash(Hash, Box<Expression<P>>),
    /// A value as another type.
    Cast(Cast, Box<Expression<P>>),
    /// Two values compared.
    Compare(Box<Expression<P>>, Comparison, Box<Expression<P>>),
    /// Whether a value is one of a list.
    Among(Box<Expression<P>>, Vec<Expression<P>>),
    /// Whether a value is null, or missing.
    IsNull(Box<Expression<P>>),
    /// Whether it is not so.
    Not(Box<Expression<P>>),
    /// Whether both are so.
    And(Box<Expression<P>>, Box<Expression<P>>),
    /// Whether one of them is so.
    Or(Box<Expression<P>>, Box<Expression<P>>),
}

/// A property as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Which one.
    pub(super) which: Which,
    /// The column that it stands in, from 1.
    pub(super) column: usize,
}

/// Which property is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// The one of this name; the schema must have it.
    Property(String),
    /// The one of this name, or null where the schema has none: `record.get`.
    Optional(String),
    /// The one that the expression is for: `self`.
    Own,
    /// No property: the name that the stream was sent with.
    StreamName,
}

/// A way to hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha256,
}

/// A type to turn a value into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cast {
    Integer,
    Number,
    Text,
    Boolean,
}

/// A way to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl<P> Expression<P> {
    /// The same over other properties.
    ///
    /// # Errors
    /// What `with` returns.
    pub(super) fn bind<Q>(
        &self,
        with: &mut impl FnMut(&P) -> Result<Expression<Q>>,
    ) -> Result<Expression<Q>> {
        let mut inner = |inner: &Expression<P>| inner.bind(with).map(Box::new);
        Ok(match self {
            Expression::Property(property) => return with(property),
            Expression::Constant(json) => Expression::Constant(json.clone()),
            Expression::Hash(hash, of) => Expression::Hash(*hash, inner(of)?),
            Expression::Cast(cast, of) => Expression::Cast(*cast, inner(of)?),
            Expression::Compare(a, how, b) => Expression::Compare(inner(a)?, *how, inner(b)?),
            Expression::Among(of, list) => {
                let of = inner(of)?;
                let list = list.iter().map(|one| one.bind(with)).collect::<Result<_>>()?;
                Expression::Among(of, list)
            }
            Expression::IsNull(of) => Expression::IsNull(inner(of)?),
            Expression::Not(of) => Expression::Not(inner(of)?),
            Expression::And(a, b) => Expression::And(inner(a)?, inner(b)?),
            Expression::Or(a, b) => Expression::Or(inner(a)?, inner(b)?),
        })
    }
}
