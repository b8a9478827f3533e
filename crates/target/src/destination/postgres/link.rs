//! A session, and what others see of it while it waits: each statement and each piece of a COPY is a sign of life, and the transaction
//! has a name.
//!
//! Statements have no names, but for those of a COPY and of [`Transaction::prepare`], which are gone before their transaction is: a
//! pooler may give each transaction another session.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use ::postgres::types::{ToSql, Type};
use ::postgres::{CopyInWriter, Error, Row, SimpleQueryMessage, Statement};

use crate::destination::watched::Pulse;

/// A transaction as the server knows it: by its session, and by when it began. A pooler may give the session to others afterwards.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) session: i32,
    pub(super) since: String,
}

impl At {
    /// For the statements that are about it.
    pub(super) fn values(&self) -> [Value<'_>; 2] {
        [(&self.session, Type::INT4), (&self.since, Type::TEXT)]
    }
}

/// What others see of a session.
#[derive(Debug, Default)]
pub(super) struct Sight {
    pub(super) pulse: Arc<Pulse>,
    at: Mutex<Option<At>>,
}

impl Sight {
    /// The transaction that is under way.
    pub(super) fn at(&self) -> Option<At> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, at: Option<At>) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

/// A session.
pub(super) struct Client {
    client: ::postgres::Client,
    sight: Arc<Sight>,
}

/// A value for a statement, with the type that the statement takes it for.
pub(super) type Value<'a> = (&'a (dyn ToSql + Sync), Type);

/// What a session and a transaction have in common.
pub(super) trait Statements {
    /// What asks. That is a sign of life.
    fn client(&mut self) -> &mut ::postgres::Client;

    /// Runs statements that give nothing.
    fn batch_execute(&mut self, statements: &str) -> Result<(), Error> {
        self.client().batch_execute(statements)
    }

    /// The rows of a query.
    fn query(&mut self, query: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Error> {
        self.client().query_typed(query, values)
    }

    /// The one row of a query.
    fn query_one(&mut self, query: &str, values: &[Value<'_>]) -> Result<Row, Error> {
        self.client().query_typed_one(query, values)
    }

    /// The row of a query, if it has one.
    fn query_opt(&mut self, query: &str, values: &[Value<'_>]) -> Result<Option<Row>, Error> {
        self.client().query_typed_opt(query, values)
    }
}

impl Client {
    /// The session, as others see it there.
    pub(super) fn new(client: ::postgres::Client, sight: Arc<Sight>) -> Self {
        Self { client, sight }
    }

    /// Begins a transaction, by statements that end with a query of what the server calls it.
    pub(super) fn begin(&mut self, statements: &str) -> Result<Transaction<'_>, Error> {
        let transaction = Transaction { session: self, is_over: false };
        let said = transaction.session.client().simple_query(statements)?;
        let at = said.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some(At { session: row.get(0)?.parse().ok()?, since: row.get(1)?.to_owned() })
            }
            _ => None,
        });
        transaction.session.sight.set(at);
        Ok(transaction)
    }
}

impl Statements for Client {
    fn client(&mut self) -> &mut ::postgres::Client {
        self.sight.pulse.beat();
        &mut self.client
    }
}

/// A transaction. It is rolled back unless it is committed.
pub(super) struct Transaction<'a> {
    session: &'a mut Client,
    is_over: bool,
}

impl Statements for Transaction<'_> {
    fn client(&mut self) -> &mut ::postgres::Client {
        self.session.client()
    }
}

impl Transaction<'_> {
    pub(super) fn commit(mut self) -> Result<(), Error> {
        self.is_over = true;
        self.batch_execute("commit")
    }

    /// Runs a statement: how many rows it was about.
    pub(super) fn execute(&mut self, statement: &str, values: &[Value<'_>]) -> Result<u64, Error> {
        self.client().execute_typed(statement, values)
    }

    /// A statement that is run many times.
    pub(super) fn prepare(&mut self, statement: &str) -> Result<Statement, Error> {
        self.client().prepare(statement)
    }

    pub(super) fn execute_prepared(
        &mut self,
        statement: &Statement,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error> {
        self.client().execute(statement, values)
    }

    /// A COPY that rows are written to.
    pub(super) fn copy_in(&mut self, statement: &str) -> Result<Copying<'_>, Error> {
        let Client { client, sight } = &mut *self.session;
        sight.pulse.beat();
        Ok(Copying { writer: client.copy_in(statement)?, sight })
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            // Where the connection is lost there is nothing to roll back.
            let _ = self.batch_execute("rollback");
        }
        self.session.sight.set(None);
    }
}

/// A COPY under way. It fails in the server unless it is finished.
pub(super) struct Copying<'a> {
    writer: CopyInWriter<'a>,
    sight: &'a Sight,
}

impl Copying<'_> {
    pub(super) fn finish(self) -> Result<u64, Error> {
        self.sight.pulse.beat();
        self.writer.finish()
    }
}

impl Write for Copying<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sight.pulse.beat();
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
