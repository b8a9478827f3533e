//! The text of an expression → the expression, or where it stops and why.

use serde_json::{Map, Value};

use super::alias::STREAM_NAME;
use super::expression::{Cast, Comparison, Expression, Hash, Named, Which};
use super::tokens::{Token, Word, tokens};

/// What an expression may be, for people.
pub(super) const SUPPORTED: &str = "supported are: a property's name, record[\"name\"], record.get(\"name\"), self, \
    __stream_name__, config[\"name\"], config.get(\"name\"), texts, numbers, True, False, None, md5(), sha256(), int(), float(), \
    str(), bool(), == != < <= > >=, is None, is not None, in [...], not in [...], and in __filter__ and bool() also and, or, not";

/// How deep parentheses and the like may be in each other.
const MAX_DEPTH: usize = 64;

/// Where an expression stops to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// The column, from 1.
    pub(super) column: usize,
    /// What is wrong there.
    pub(super) reason: String,
}

impl Stop {
    pub(super) fn at(column: usize, reason: impl Into<String>) -> Self {
        Self { column, reason: reason.into() }
    }
}

type Parsed = Result<Expression<Named>, Stop>;

/// Reads an expression that gives a value.
pub(super) fn value(text: &str, config: &Map<String, Value>) -> Parsed {
    whole(text, config, false)
}

/// Reads an expression that says whether something is so.
pub(super) fn condition(text: &str, config: &Map<String, Value>) -> Parsed {
    whole(text, config, true)
}

fn whole(text: &str, config: &Map<String, Value>, conditional: bool) -> Parsed {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, config, conditional, depth: 0 };
    let expression = parser.inner()?;
    match parser.peek() {
        Word::End => Ok(expression),
        _ => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    config: &'a Map<String, Value>,
    /// Whether all that counts here is whether something is so.
    conditional: bool,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> &Word<'a> {
        self.tokens.get(self.at).map_or(&Word::End, |token| &token.word)
    }

    fn column(&self) -> usize {
        self.tokens.get(self.at).map_or(1, |token| token.column)
    }

    /// Passes a word of the language or a sign, where it is what comes.
    fn passes(&mut self, wanted: &str) -> bool {
        let is_it = matches!(self.peek(), Word::Name(word) | Word::Sign(word) if *word == wanted);
        self.at += usize::from(is_it);
        is_it
    }

    fn demand(&mut self, wanted: &str) -> Result<(), Stop> {
        if self.passes(wanted) { Ok(()) } else { Err(self.stop(&format!("expected {wanted}"))) }
    }

    /// An error about what comes.
    fn stop(&self, reason: &str) -> Stop {
        let found = match self.peek() {
            Word::End => "the end".to_owned(),
            Word::Text(_) => "a text".to_owned(),
            Word::Name(word) | Word::Sign(word) | Word::Number(word) => word.to_string(),
        };
        Stop::at(self.column(), format!("{reason}, found {found}"))
    }

    fn unexpected(&self) -> Stop {
        match self.peek() {
            Word::End => Stop::at(self.column(), "unexpected end"),
            Word::Text(_) => Stop::at(self.column(), "a text is not expected here"),
            Word::Name(word) | Word::Sign(word) | Word::Number(word) => {
                Stop::at(self.column(), format!("{word} is not supported here"))
            }
        }
    }

    /// An expression, in parentheses or not.
    fn inner(&mut self) -> Parsed {
        if self.conditional { self.condition() } else { self.value() }
    }

    /// An expression that is not `and` or `or`: in Python those give one of their sides, of either type.
    fn value(&mut self) -> Parsed {
        let expression = self.deeper(Parser::negation)?;
        match self.peek() {
            Word::Name(word @ ("and" | "or")) => Err(Stop::at(
                self.column(),
                format!("{word} is supported in __filter__ and inside of bool() only"),
            )),
            _ => Ok(expression),
        }
    }

    fn condition(&mut self) -> Parsed {
        self.deeper(|parser| {
            let mut expression = parser.conjunction()?;
            while parser.passes("or") {
                expression = Expression::Or(Box::new(expression), Box::new(parser.conjunction()?));
            }
            Ok(expression)
        })
    }

    fn conjunction(&mut self) -> Parsed {
        let mut expression = self.negation()?;
        while self.passes("and") {
            expression = Expression::And(Box::new(expression), Box::new(self.negation()?));
        }
        Ok(expression)
    }

    fn negation(&mut self) -> Parsed {
        if self.passes("not") {
            return Ok(Expression::Not(Box::new(self.deeper(Parser::negation)?)));
        }
        self.comparison()
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::at(self.column(), "nested too deep"));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn comparison(&mut self) -> Parsed {
        let first = Box::new(self.atom()?);
        let last = self.at;
        let comparison = match self.peek() {
            Word::Sign("==") => Comparison::Equal,
            Word::Sign("!=") => Comparison::Unequal,
            Word::Sign("<") => Comparison::Less,
            Word::Sign("<=") => Comparison::LessOrEqual,
            Word::Sign(">") => Comparison::Greater,
            Word::Sign(">=") => Comparison::GreaterOrEqual,
            Word::Name("is") => {
                self.at += 1;
                let not = self.passes("not");
                self.demand("None")?;
                return self.compared(negated(not, Expression::IsNull(first)));
            }
            Word::Name(word @ ("in" | "not")) => {
                let not = *word == "not";
                self.at += 1;
                if not {
                    self.demand("in")?;
                }
                let list = self.list()?;
                return self.compared(negated(not, Expression::Among(first, list)));
            }
            _ => return Ok(*first),
        };
        self.at += 1;
        let second = Box::new(self.atom()?);
        if [&first, &second].iter().any(|side| matches!(***side, Expression::And(..) | Expression::Or(..))) {
            let column = self.tokens.get(last).map_or(1, |token| token.column);
            return Err(Stop::at(column, "and, or cannot be compared: put bool() around them"));
        }
        self.compared(Expression::Compare(first, comparison, second))
    }

    /// What was compared is not compared again: Python would read a chain.
    fn compared(&self, expression: Expression<Named>) -> Parsed {
        match self.peek() {
            Word::Sign("==" | "!=" | "<" | "<=" | ">" | ">=") | Word::Name("is" | "in" | "not") => {
                Err(Stop::at(self.column(), "one comparison at a time is supported: join them with and"))
            }
            _ => Ok(expression),
        }
    }

    fn list(&mut self) -> Result<Vec<Expression<Named>>, Stop> {
        let close = match self.peek() {
            Word::Sign("[") => "]",
            Word::Sign("(") => ")",
            _ => return Err(self.stop("expected a list such as [1, 2]")),
        };
        self.at += 1;
        let mut list = Vec::new();
        while !self.passes(close) {
            list.push(self.atom()?);
            if !self.passes(",") {
                self.demand(close)?;
                break;
            }
        }
        Ok(list)
    }

    fn atom(&mut self) -> Parsed {
        let column = self.column();
        let word = self.peek().clone();
        let name = match word {
            Word::Name(name) => name,
            Word::Text(text) => {
                self.at += 1;
                return Ok(Expression::Constant(Value::from(text).to_string()));
            }
            Word::Number(number) => {
                self.at += 1;
                return Ok(Expression::Constant(number.to_owned()));
            }
            Word::Sign("(") => {
                self.at += 1;
                let inner = self.inner()?;
                self.demand(")")?;
                return Ok(inner);
            }
            Word::Sign("-") => {
                self.at += 1;
                let Word::Number(number) = *self.peek() else {
                    return Err(Stop::at(column, "- is supported before a number only"));
                };
                self.at += 1;
                return Ok(Expression::Constant(format!("-{number}")));
            }
            _ => return Err(self.unexpected()),
        };
        if matches!(name, "and" | "or" | "in" | "is" | "if" | "else" | "for" | "lambda" | "await") {
            return Err(self.unexpected());
        }
        self.at += 1;
        let property = |which| Expression::Property(Named { which, column });
        match (name, self.peek()) {
            ("None", _) => Ok(Expression::Constant("null".to_owned())),
            ("True", _) => Ok(Expression::Constant("true".to_owned())),
            ("False", _) => Ok(Expression::Constant("false".to_owned())),
            (_, Word::Sign("(")) => self.function(name, column),
            ("record" | "_", _) => {
                let (name, optional) = self.member(name, column)?;
                Ok(property(if optional { Which::Optional(name) } else { Which::Property(name) }))
            }
            ("config", _) => {
                let (name, optional) = self.member(name, column)?;
                match self.config.get(&name) {
                    Some(value) => Ok(Expression::Constant(value.to_string())),
                    None if optional => Ok(Expression::Constant("null".to_owned())),
                    None => Err(Stop::at(column, format!("stream_map_config has no {name:?}"))),
                }
            }
            (_, Word::Sign("." | "[")) => {
                Err(Stop::at(self.column(), "what is inside of a value cannot be reached"))
            }
            ("self", _) => Ok(property(Which::Own)),
            (STREAM_NAME, _) => Ok(property(Which::StreamName)),
            ("fake", _) => Err(Stop::at(column, "fake is not supported")),
            (name, _) => Ok(property(Which::Property(name.to_owned()))),
        }
    }

    /// The rest of `record["name"]` or `record.get("name")`: the name, and whether it may be missing.
    fn member(&mut self, of: &str, column: usize) -> Result<(String, bool), Stop> {
        let optional = self.passes(".");
        if optional {
            self.demand("get")?;
            self.demand("(")?;
        } else if !self.passes("[") {
            return Err(Stop::at(
                column,
                format!("{of} is supported as {of}[\"name\"] and {of}.get(\"name\") only"),
            ));
        }
        let Word::Text(name) = self.peek().clone() else {
            return Err(self.stop("expected a name in quotes"));
        };
        self.at += 1;
        self.demand(if optional { ")" } else { "]" })?;
        Ok((name, optional))
    }

    fn function(&mut self, name: &str, column: usize) -> Parsed {
        if !matches!(name, "md5" | "sha256" | "int" | "float" | "str" | "bool") {
            return Err(Stop::at(column, format!("the function {name} is not supported")));
        }
        self.demand("(")?;
        let outside = std::mem::replace(&mut self.conditional, name == "bool");
        let of = Box::new(self.inner()?);
        self.conditional = outside;
        self.demand(")")?;
        Ok(match name {
            "md5" => Expression::Hash(Hash::Md5, of),
            "sha256" => Expression::Hash(Hash::Sha256, of),
            "int" => Expression::Cast(Cast::Integer, of),
            "float" => Expression::Cast(Cast::Number, of),
            "str" => Expression::Cast(Cast::Text, of),
            _ => Expression::Cast(Cast::Boolean, of),
        })
    }
}

fn negated(not: bool, expression: Expression<Named>) -> Expression<Named> {
    if not { Expression::Not(Box::new(expression)) } else { expression }
}
