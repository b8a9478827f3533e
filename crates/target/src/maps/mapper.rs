//! One stream's map, made for the schema that the stream was sent with.

use std::sync::Arc;

use indexmap::IndexMap;
use singer::message;

use super::expression::{Expression, Named, Which};
use super::parse::Stop;
use super::plan::{Rule, StreamMap, refused};
use super::schema::{self, Made};
use super::text::{Known, Writer, stays};
use crate::error::{Error, Result};

/// Makes the records of one stream into those that are loaded.
#[derive(Debug)]
pub struct Mapper {
    map: Arc<StreamMap>,
    schema: String,
    keys: Vec<String>,
    bookmarks: Vec<String>,
    filter: Option<Expression<usize>>,
    rules: Vec<(String, Expression<usize>)>,
    writer: Writer,
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapped<'a> {
    /// This record is loaded: JSON text.
    Record(&'a str),
    /// It is left out.
    Filtered,
}

impl Mapper {
    /// A mapper of the records that `message` describes.
    ///
    /// # Errors
    /// Where the schema is none, or has no property that the map names.
    pub fn new(map: &Arc<StreamMap>, message: &message::Schema<'_>) -> Result<Self> {
        let made = schema::make(map, message.schema, &message.key_properties, &message.bookmark_properties)?;
        let mut known: IndexMap<String, Known> = IndexMap::new();
        // In the order of the schema, which is the order of most records.
        for name in made.sent.properties.keys() {
            known.insert(name.clone(), Known { copied: !map.drops_others, place: None });
        }
        for name in &made.kept {
            known.entry(name.clone()).or_default().copied = true;
        }
        for (name, _) in &map.properties {
            known.entry(name.clone()).or_default().copied = false;
        }
        let mut places = Places {
            made: &made,
            stream: &message.stream,
            others: !map.drops_others,
            known: &mut known,
            count: 0,
        };
        let filter = map.filter.as_ref().map(|rule| places.bind("__filter__", rule)).transpose()?;
        let rules = map.properties.iter().filter_map(|(name, rule)| Some((name, rule.as_ref()?)));
        let rules = rules.map(|(name, rule)| Ok((name.clone(), places.bind(name, rule)?)));
        let rules = rules.collect::<Result<Vec<_>>>()?;
        let count = places.count;
        let Made { schema, keys, bookmarks, .. } = made;
        let writer = Writer::new(known, map.drops_others, count, rules.iter().map(|(name, _)| name.as_str()));
        Ok(Self { map: Arc::clone(map), schema, keys, bookmarks, filter, rules, writer })
    }

    /// The SCHEMA of the stream that is loaded, which is called `stream`.
    #[must_use]
    pub fn schema<'a>(&'a self, stream: &'a str) -> message::Schema<'a> {
        message::Schema {
            stream: stream.into(),
            schema: &self.schema,
            key_properties: self.keys.clone(),
            bookmark_properties: self.bookmarks.clone(),
        }
    }

    /// Makes a record into the one that is loaded. `record` is well-formed, as [`message::parse`] gives it.
    ///
    /// # Errors
    /// Where values are compared that have no order. It does not say which values.
    pub fn record(&mut self, record: &str) -> Result<Mapped<'_>> {
        let rules = self.rules.iter().map(|(_, expression)| expression);
        match self.writer.write(record, self.filter.as_ref(), rules) {
            Ok(Some(text)) => Ok(Mapped::Record(text)),
            Ok(None) => Ok(Mapped::Filtered),
            Err((rule, no_order)) => {
                let [a, b] = no_order.kinds;
                let name = rule.map_or("__filter__", |rule| &self.rules[rule].0);
                let all = self.map.properties.iter();
                let text = match rule {
                    None => self.map.filter.as_ref(),
                    Some(_) => {
                        all.clone().find(|(other, _)| other == name).and_then(|(_, rule)| rule.as_ref())
                    }
                };
                let text = text.map_or("", |rule| rule.text.as_str());
                Err(Error::input(format!("stream_maps: {name}: {text:?} compares {a} with {b}"))
                    .hint("compare values of one type: int(), float() and str() make them so"))
            }
        }
    }
}

/// Gives places to the properties that expressions read.
struct Places<'a> {
    made: &'a Made,
    stream: &'a str,
    /// Whether properties that are not named stay.
    others: bool,
    known: &'a mut IndexMap<String, Known>,
    count: usize,
}

impl Places<'_> {
    /// The rule of the property `own` with a place for each property that it reads.
    fn bind(&mut self, own: &str, rule: &Rule) -> Result<Expression<usize>> {
        rule.expression.bind(&mut |named: &Named| {
            let (name, optional) = match &named.which {
                Which::StreamName => {
                    return Ok(Expression::Constant(serde_json::Value::from(self.stream).to_string()));
                }
                Which::Own => (own, false),
                Which::Property(name) => (name.as_str(), false),
                Which::Optional(name) => (name.as_str(), true),
            };
            if !optional && !self.made.sent.properties.contains_key(name) {
                let stop = Stop::at(named.column, format!("the stream's schema has no property {name:?}"));
                return Err(refused(own, &rule.text, &stop));
            }
            let known = self.known.entry(name.to_owned());
            let known = known.or_insert(Known { copied: stays(name, self.others), place: None });
            Ok(Expression::Property(*known.place.get_or_insert_with(|| {
                self.count += 1;
                self.count - 1
            })))
        })
    }
}
