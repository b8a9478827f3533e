//! What a stream may ask of the destination while records come: what exists there.

use std::sync::mpsc;

use crate::adopt::{self, Wish};
use crate::destination::Destination;
use crate::error::{Error, Result};
use crate::table::{Stored, TableName};
use crate::types::Type;

/// Tells what exists in the destination.
pub trait Catalog {
    /// The table of this name.
    ///
    /// # Errors
    /// Of class destination.
    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>>;

    /// Whether every stored value of a column can be turned from one type into the other without a loss.
    ///
    /// # Errors
    /// Of class destination.
    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool>;

    /// Makes a table of another loader one of this loader's; what that means, for a person.
    ///
    /// # Errors
    /// Of class destination, and of class usage where it cannot be done.
    fn adopt(&mut self, table: &TableName, wish: &Wish) -> Result<String>;
}

impl<D: Destination> Catalog for D {
    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        Destination::describe(self, table)
    }

    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        Destination::fits(self, table, column, from, to)
    }

    fn adopt(&mut self, table: &TableName, wish: &Wish) -> Result<String> {
        adopt::carry_out(self, table, wish)
    }
}

impl Catalog for Box<dyn Destination> {
    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        Destination::describe(&mut **self, table)
    }

    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        Destination::fits(&mut **self, table, column, from, to)
    }

    fn adopt(&mut self, table: &TableName, wish: &Wish) -> Result<String> {
        adopt::carry_out(&mut **self, table, wish)
    }
}

/// Something to ask of a destination, there where it is.
pub type Question = Box<dyn FnOnce(&mut dyn Destination) + Send>;

/// A catalog whose destination is in the hands of another thread: `send` hands over a question, or is `None` where nobody answers.
pub struct Remote<S>(pub S);

impl<S: FnMut(Question) -> Option<()>> Remote<S> {
    fn ask<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&mut dyn Destination) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ended = || Error::destination("the load has ended");
        let (answer, answered) = mpsc::sync_channel(1);
        let question = Box::new(move |destination: &mut dyn Destination| {
            // Who asked may be gone by now.
            let _ = answer.send(question(destination));
        });
        (self.0)(question).ok_or_else(ended)?;
        answered.recv().map_err(|_| ended())?
    }
}

impl<S: FnMut(Question) -> Option<()>> Catalog for Remote<S> {
    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        let table = table.clone();
        self.ask(move |destination| destination.describe(&table))
    }

    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        let (table, column) = (table.clone(), column.to_owned());
        self.ask(move |destination| destination.fits(&table, &column, from, to))
    }

    fn adopt(&mut self, table: &TableName, wish: &Wish) -> Result<String> {
        let (table, wish) = (table.clone(), wish.clone());
        self.ask(move |destination| adopt::carry_out(destination, &table, &wish))
    }
}
