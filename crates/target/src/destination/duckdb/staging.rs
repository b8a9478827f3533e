//! A batch in a staging table: temporary, or where the tables are.

use ::duckdb::{Connection, Result};
use arrow::array::RecordBatch;

use super::Store;
use super::batch::Lent;
use crate::sql::{duckdb, motherduck};

/// Makes the staging table `name` of a batch, for the transaction that goes on.
pub(super) fn stage(connection: &Connection, store: Store, name: &str, batch: RecordBatch) -> Result<()> {
    let lent = Lent::new(batch);
    let (first, rest) = match store {
        Store::File | Store::Lake => (duckdb::stage(name), Vec::new()),
        Store::MotherDuck => {
            let [first, rest @ ..] = motherduck::stage(name);
            (first, Vec::from(rest))
        }
    };
    connection.execute(&first, [lent.number()])?;
    rest.iter().try_for_each(|statement| connection.execute_batch(statement))
}
