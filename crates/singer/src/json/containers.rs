//! Walking through objects and arrays, and over any value.

use super::nest::Nest;
use super::{Cursor, Kind, Text, Walk};

impl<'a> Cursor<'a> {
    /// Enters an object. [`Cursor::member`] then gives its members.
    ///
    /// # Errors
    /// Where no object begins here.
    pub fn enter_object(&mut self) -> Walk<()> {
        self.space();
        if self.byte() != Some(b'{') {
            return self.err("expected an object");
        }
        self.at += 1;
        Ok(())
    }

    /// The next member's name, with the cursor at its value; `None` once the object is left. `first` is true for the first call
    /// in an object, and is cleared.
    ///
    /// # Errors
    /// Where the grammar is broken.
    #[inline]
    pub fn member(&mut self, first: &mut bool) -> Walk<Option<Text<'a>>> {
        self.space();
        match self.byte() {
            Some(b'}') => {
                self.at += 1;
                return Ok(None);
            }
            Some(b',') if !*first => {
                self.at += 1;
                self.space();
            }
            _ if *first => {}
            _ => return self.err("expected a comma or the end of the object"),
        }
        *first = false;
        let name = self.string()?;
        self.space();
        if self.byte() != Some(b':') {
            return self.err("expected a colon");
        }
        self.at += 1;
        self.space();
        Ok(Some(name))
    }

    /// Consumes any value and returns its text.
    ///
    /// # Errors
    /// Where the grammar is broken anywhere in it.
    pub fn skip(&mut self) -> Walk<&'a str> {
        self.space();
        let start = self.at;
        match self.peek()? {
            Kind::Object | Kind::Array => self.skip_nested()?,
            kind => self.skip_scalar(kind)?,
        }
        Ok(&self.text[start..self.at])
    }

    #[inline]
    fn skip_scalar(&mut self, kind: Kind) -> Walk<()> {
        match kind {
            Kind::Null => self.null(),
            Kind::Boolean => self.boolean().map(drop),
            Kind::Number => self.number().map(drop),
            _ => self.string().map(drop),
        }
    }

    fn skip_nested(&mut self) -> Walk<()> {
        let mut nest = Nest::default();
        loop {
            // A value begins here.
            match self.peek()? {
                Kind::Object => {
                    self.at += 1;
                    self.space();
                    if self.byte() == Some(b'}') {
                        self.at += 1;
                    } else {
                        nest.push(true);
                        self.deepest = self.deepest.max(nest.depth());
                        self.name()?;
                        continue;
                    }
                }
                Kind::Array => {
                    self.at += 1;
                    self.space();
                    if self.byte() == Some(b']') {
                        self.at += 1;
                    } else {
                        nest.push(false);
                        self.deepest = self.deepest.max(nest.depth());
                        continue;
                    }
                }
                kind => self.skip_scalar(kind)?,
            }
            // A value has ended here.
            loop {
                let Some(object) = nest.top() else { return Ok(()) };
                self.space();
                match (self.byte(), object) {
                    (Some(b','), true) => {
                        self.at += 1;
                        self.space();
                        self.name()?;
                        break;
                    }
                    (Some(b','), false) => {
                        self.at += 1;
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.at += 1;
                        nest.pop();
                    }
                    (None, _) => return self.err("unexpected end"),
                    _ => return self.err("expected a comma or the end of the value"),
                }
            }
        }
    }

    fn name(&mut self) -> Walk<()> {
        self.string()?;
        self.space();
        if self.byte() != Some(b':') {
            return self.err("expected a colon");
        }
        self.at += 1;
        Ok(())
    }

    /// Enters an array. [`Cursor::element`] then gives its elements.
    ///
    /// # Errors
    /// Where no array begins here.
    pub fn enter_array(&mut self) -> Walk<()> {
        self.space();
        if self.byte() != Some(b'[') {
            return self.err("expected an array");
        }
        self.at += 1;
        Ok(())
    }

    /// Whether another element follows, with the cursor at it; false once the array is left. `first` is true for the first call in
    /// an array, and is cleared.
    ///
    /// # Errors
    /// Where the grammar is broken.
    pub fn element(&mut self, first: &mut bool) -> Walk<bool> {
        self.space();
        match self.byte() {
            // After a comma `peek` or `skip` refuses the bracket.
            Some(b']') => {
                self.at += 1;
                return Ok(false);
            }
            Some(b',') if !*first => self.at += 1,
            _ if *first => {}
            _ => return self.err("expected a comma or the end of the array"),
        }
        *first = false;
        self.space();
        Ok(true)
    }
}
