//! The words of an expression, in the way that Python writes them.

use super::parse::Stop;

/// A word, and the column that it begins in, from 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) column: usize,
    pub(super) word: Word<'a>,
}

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word<'a> {
    /// A name, or a word of the language.
    Name(&'a str),
    /// A text, without its quotes and escapes.
    Text(String),
    /// A number, as it is written.
    Number(&'a str),
    /// Anything else that means something.
    Sign(&'a str),
    /// Nothing more.
    End,
}

/// Signs of two characters: of one that begins like another the longer counts.
const PAIRS: [&str; 8] = ["==", "!=", "<=", ">=", "**", "//", "<<", ">>"];

/// The words of `text`, and the end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Stop> {
    let mut reader = Reader { text, at: 0, column: 1 };
    let mut tokens = Vec::new();
    loop {
        reader.take(|char| char.is_whitespace());
        let column = reader.column;
        let word = reader.word()?;
        let last = word == Word::End;
        tokens.push(Token { column, word });
        if last {
            return Ok(tokens);
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    column: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Passes characters while `of` says so.
    fn take(&mut self, of: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|char| !of(char)).unwrap_or(rest.len());
        self.pass(&rest[..length])
    }

    fn pass(&mut self, passed: &'a str) -> &'a str {
        self.at += passed.len();
        self.column += passed.chars().count();
        passed
    }

    fn next(&mut self) -> Option<char> {
        let char = self.rest().chars().next()?;
        self.at += char.len_utf8();
        self.column += 1;
        Some(char)
    }

    fn word(&mut self) -> Result<Word<'a>, Stop> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Word::End) };
        Ok(match first {
            '\'' | '"' => Word::Text(self.text()?),
            '0'..='9' => self.number()?,
            char if char.is_alphabetic() || char == '_' => {
                let column = self.column;
                let name = self.take(|char| char.is_alphanumeric() || char == '_');
                if self.rest().starts_with(['\'', '"']) {
                    return Err(Stop::at(column, format!("a text that begins with {name} is not supported")));
                }
                Word::Name(name)
            }
            first => {
                let pair = rest.get(..2).filter(|pair| PAIRS.contains(pair));
                Word::Sign(self.pass(pair.unwrap_or(&rest[..first.len_utf8()])))
            }
        })
    }

    /// A number as JSON writes it too.
    fn number(&mut self) -> Result<Word<'a>, Stop> {
        let column = self.column;
        let start = self.at;
        self.take(|char| char.is_alphanumeric() || char == '.' || char == '_');
        if self.text[..self.at].ends_with(['e', 'E']) && self.rest().starts_with(['+', '-']) {
            self.next();
            self.take(|char| char.is_ascii_digit());
        }
        let number = &self.text[start..self.at];
        let mut cursor = singer::json::Cursor::new(number);
        match cursor.number().and_then(|_| cursor.end()) {
            Ok(()) => Ok(Word::Number(number)),
            Err(_) => Err(Stop::at(column, format!("{number} is not a number as JSON writes it"))),
        }
    }

    fn text(&mut self) -> Result<String, Stop> {
        let start = self.column;
        let quote = self.next();
        if quote.is_some_and(|quote| self.rest().starts_with(&[quote, quote][..].iter().collect::<String>()))
        {
            return Err(Stop::at(start, "a text in three quotes is not supported"));
        }
        let mut text = String::new();
        loop {
            let column = self.column;
            match self.next() {
                None => return Err(Stop::at(start, "the text has no end")),
                char if char == quote => return Ok(text),
                Some('\\') => text.push(self.escape(column)?),
                Some(char) => text.push(char),
            }
        }
    }

    fn escape(&mut self, column: usize) -> Result<char, Stop> {
        let digits = match self.next() {
            Some(char @ ('\\' | '\'' | '"')) => return Ok(char),
            Some('n') => return Ok('\n'),
            Some('t') => return Ok('\t'),
            Some('r') => return Ok('\r'),
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => 0,
        };
        let code = self.rest().get(..digits).filter(|code| !code.is_empty());
        let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?)) {
            Some(char) => {
                self.pass(&self.rest()[..digits]);
                Ok(char)
            }
            None => Err(Stop::at(column, "this escape is not supported")),
        }
    }
}
