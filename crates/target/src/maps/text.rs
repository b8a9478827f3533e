//! A record's text → the text of the record that is loaded.

use indexmap::IndexMap;
use serde_json::Value;
use singer::json::{Cursor, Syntax};

use super::expression::Expression;
use super::value::NoOrder;

/// The most memory that is kept from record to record, in bytes.
const MAX_KEPT: usize = 1 << 20;

/// What is to be done with a member of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Whether it goes through as it is.
    pub(super) copied: bool,
    /// Its place among the values that expressions read.
    pub(super) place: Option<usize>,
}

/// The start of the names of what taps say of a record in the record.
const SYSTEM: &str = "_sdc_";

/// Whether a member that nobody named stays, where `others` do or do not: what a tap says of deletes always does.
pub(super) fn stays(name: &str, others: bool) -> bool {
    others || name.starts_with(SYSTEM)
}

/// Writes mapped records, one after the other into the same memory.
#[derive(Debug)]
pub(super) struct Writer {
    known: IndexMap<String, Known>,
    /// Whether members go that are not known.
    drops_others: bool,
    /// How many values expressions read.
    places: usize,
    /// The names of the members that are written, each as JSON text with its colon.
    names: Vec<String>,
    text: String,
}

impl Writer {
    pub(super) fn new<'a>(
        known: IndexMap<String, Known>,
        drops_others: bool,
        places: usize,
        names: impl Iterator<Item = &'a str>,
    ) -> Self {
        let names = names.map(|name| format!("{}:", Value::from(name))).collect();
        Self { known, drops_others, places, names, text: String::new() }
    }

    /// Writes the record that `rules` make of `record`: one for each of the names. `None` where `filter` leaves it out.
    ///
    /// # Errors
    /// The rule that compares values that have no order, or `None` for the filter.
    pub(super) fn write<'r>(
        &mut self,
        record: &str,
        filter: Option<&Expression<usize>>,
        rules: impl Iterator<Item = &'r Expression<usize>>,
    ) -> Result<Option<&str>, (Option<usize>, NoOrder)> {
        self.text.clear();
        // Of one large record nothing is kept for all that follow.
        self.text.shrink_to(MAX_KEPT);
        self.text.push('{');
        let mut values: Vec<Option<&str>> = vec![None; self.places];
        // The record is well-formed; of one that is not, the decoder says what is wrong.
        if self.copy(record, &mut values).is_err() {
            self.text.clear();
            self.text.push_str(record);
            return Ok(Some(&self.text));
        }
        if let Some(filter) = filter
            && !filter.is_true(&values).map_err(|no_order| (None, no_order))?
        {
            return Ok(None);
        }
        for (place, (name, rule)) in self.names.iter().zip(rules).enumerate() {
            if let Some(value) = rule.value(&values).map_err(|no_order| (Some(place), no_order))? {
                for part in [name, &*value, ","] {
                    self.text.push_str(part);
                }
            }
        }
        if self.text.ends_with(',') {
            self.text.pop();
        }
        self.text.push('}');
        Ok(Some(&self.text))
    }

    /// Copies the members that stay, and notes the values that expressions read: of a member that stands twice the last one.
    fn copy<'a>(&mut self, record: &'a str, values: &mut [Option<&'a str>]) -> Result<(), Syntax> {
        let mut cursor = Cursor::new(record);
        cursor.allow_words(true);
        cursor.enter_object()?;
        let mut first = true;
        let mut guess = 0;
        while let Some(name) = cursor.member(&mut first)? {
            let json = cursor.skip()?;
            let known = match name.text() {
                Ok(text) => {
                    let guessed = self.known.get_index(guess).filter(|(known, _)| **known == *text);
                    let found = match guessed {
                        Some((_, known)) => Some((guess, known)),
                        None => self.known.get_full(&*text).map(|(place, _, known)| (place, known)),
                    };
                    found.map(|(place, known)| {
                        guess = place + 1;
                        *known
                    })
                }
                // Half a surrogate pair is in no name that is known.
                Err(_) => None,
            };
            let known =
                known.unwrap_or_else(|| Known { copied: stays(name.raw(), !self.drops_others), place: None });
            if let Some(value) = known.place.and_then(|place| values.get_mut(place)) {
                *value = Some(json);
            }
            if known.copied {
                for part in ["\"", name.raw(), "\":", json, ","] {
                    self.text.push_str(part);
                }
            }
        }
        Ok(())
    }
}
