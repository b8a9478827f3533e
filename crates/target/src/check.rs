//! Whether a load could begin: what was found of a destination, and what is missing there.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::report::text::{one_line, visible};

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    facts: Vec<Fact>,
    lacks: Vec<Lack>,
}

/// One thing that was found.
#[derive(Clone, Debug)]
struct Fact {
    name: &'static str,
    value: Value,
    words: String,
}

/// Something that keeps a load from beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// What is missing.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

/// How many of the things that are missing an error names.
const NAMED: usize = 5;

fn there(schema: &str, exists: bool) -> String {
    format!("{schema}: {}", if exists { "it is there" } else { "it is not there" })
}

impl Found {
    /// Takes down a fact: its value for programs, and the words for people.
    pub fn fact(&mut self, name: &'static str, value: impl Into<Value>, words: impl Into<String>) {
        self.facts.push(Fact { name, value: value.into(), words: words.into() });
    }

    /// Takes down what is missing.
    pub fn lack(&mut self, what: impl Into<String>, mend: impl Into<String>) {
        self.lacks.push(Lack { what: what.into(), mend: mend.into() });
    }

    /// What is missing.
    #[must_use]
    pub fn lacks(&self) -> &[Lack] {
        &self.lacks
    }

    /// Takes down whether the run's schema is there.
    pub fn schema(&mut self, schema: &str, exists: bool) {
        self.fact("schema", json!({"name": schema, "exists": exists}), there(schema, exists));
    }

    /// Takes down which of the other schemas are there that tables go to, where there are such.
    pub fn other_schemas(&mut self, schemas: &[(&str, bool)]) {
        if schemas.is_empty() {
            return;
        }
        let value = schemas.iter().map(|(schema, exists)| json!({"name": schema, "exists": exists}));
        let words: Vec<String> = schemas.iter().map(|(schema, exists)| there(schema, *exists)).collect();
        self.fact("other_schemas", value.collect::<Value>(), words.join("; "));
    }

    /// Takes down what a load would make.
    pub fn would_make(&mut self, makes: Vec<String>) {
        let words = if makes.is_empty() { "nothing".to_owned() } else { makes.join(", ") };
        self.fact("would_make", makes, words);
    }

    /// Whether a load could begin.
    ///
    /// # Errors
    /// Of class destination, with what is missing and what to do.
    pub fn outcome(&self) -> Result<()> {
        if self.lacks.is_empty() {
            return Ok(());
        }
        let more = self.lacks.len().saturating_sub(NAMED);
        let more = if more > 0 { vec![format!("{more} more")] } else { Vec::new() };
        let listed = |of: fn(&Lack) -> &String| {
            let named = self.lacks.iter().take(NAMED).map(of).cloned();
            named.chain(more.clone()).collect::<Vec<_>>().join("; ")
        };
        let what = format!("a load could not begin: {}", listed(|lack| &lack.what));
        Err(Error::destination(what).hint(listed(|lack| &lack.mend)))
    }

    /// What people read, where the check has come to `outcome`: a line for each fact.
    #[must_use]
    pub fn text(&self, outcome: &Result<()>) -> String {
        let width = self.facts.iter().map(|fact| fact.name.len()).max().unwrap_or_default();
        let line = |fact: &Fact| {
            let (name, words) = (fact.name.replace('_', " "), one_line(&fact.words));
            format!("{name:<width$}  {}\n", visible(&words))
        };
        let mut text: String = self.facts.iter().map(line).collect();
        if outcome.is_ok() {
            text += "a load could begin\n";
        }
        text
    }

    /// What programs read, where the check has come to `outcome`.
    #[must_use]
    pub fn json(&self, outcome: &Result<()>) -> Value {
        let mut object = Map::new();
        object.insert("ready".to_owned(), outcome.is_ok().into());
        for fact in &self.facts {
            object.insert(fact.name.to_owned(), fact.value.clone());
        }
        let lacks = self.lacks.iter().map(|lack| json!({"what": lack.what, "mend": lack.mend}));
        object.insert("lacks".to_owned(), lacks.collect());
        let error = outcome.as_ref().err().map(|error| {
            json!({"class": error.class().name(), "message": error.to_string(), "hint": error.hint_text()})
        });
        object.insert("error".to_owned(), error.into());
        Value::Object(object)
    }
}
