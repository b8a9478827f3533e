//! What Postgres refuses, in words, and whether it may go well later.

use ::postgres::error::SqlState;

use crate::error::Error;

/// What to do where nothing can be begun.
pub(super) const NO_TRANSACTIONS: &str =
    "a pooler with pool_mode = statement takes no transactions: set it to transaction or session";

/// What is done to a table that another loader has made.
pub(super) const ADOPT: &str = "adopt the table";

/// A statement's error: the server's own words, without the row that it shows in its detail.
pub(super) fn failed(what: &str, error: ::postgres::Error) -> Error {
    let passes = is_passing(&error);
    let failed = match error.as_db_error() {
        Some(server) => {
            let failed = Error::destination(format!(
                "Postgres cannot {what}: {} (SQLSTATE {})",
                server.message(),
                server.code().code()
            ));
            match (server.hint(), server.detail()) {
                (None, _) if *server.code() == SqlState::TOO_MANY_COLUMNS => failed.hint(
                    "select fewer of the stream's properties in the tap, or let objects be JSON (nested: json, or a smaller flatten_depth)",
                ),
                _ if *server.code() == SqlState::QUERY_CANCELED => failed.hint(
                    "where statement_timeout ended it: raise that, or make commits smaller (batch_size_rows); else somebody did",
                ),
                _ if is_without_transactions(server.message()) => failed.hint(NO_TRANSACTIONS),
                _ if *server.code() == SqlState::DISK_FULL => failed.hint(
                    "make room on the server's disk, and run again from the last bookmark: nothing of this commit is there",
                ),
                (Some(hint), _) => failed.hint(hint),
                // A check that was violated has a name, unless it is that of all partitions.
                _ if *server.code() == SqlState::CHECK_VIOLATION && server.constraint().is_none() => failed.hint(
                    "make a partition for such rows (a default one takes those that belong to no other), and run again from the last \
                     bookmark: nothing of this commit is there",
                ),
                (None, Some(detail)) if *server.code() == SqlState::FEATURE_NOT_SUPPORTED && what == ADOPT => failed.hint(
                    format!("{detail} A key has all the columns that its table is partitioned by: name them too"),
                ),
                // Of a column that a view reads the detail names both; it holds no row.
                (None, Some(detail)) if *server.code() == SqlState::FEATURE_NOT_SUPPORTED => failed.hint(format!(
                    "{detail}: drop it, load, and make it again; or load into another schema (default_target_schema)"
                )),
                _ => failed,
            }
        }
        None => Error::destination(format!("Postgres cannot {what}")).caused_by(error),
    };
    if passes { failed.passing() } else { failed }
}

/// Whether it may go well on another connection, or a little later. Not what a person has to mend: rights, a full disk, a table
/// that another program has changed.
pub(super) fn is_passing(error: &::postgres::Error) -> bool {
    let Some(code) = error.code() else {
        let cause = std::error::Error::source(error);
        return error.is_closed() || cause.is_some_and(|cause| cause.is::<std::io::Error>());
    };
    let passing = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    ];
    // Of class 08: the connection.
    let is_lost = code.code().starts_with("08");
    let is_refused = error.as_db_error().is_some_and(|server| is_without_transactions(server.message()));
    passing.contains(code) || (is_lost && !is_refused)
}

/// Whether PgBouncer says that it takes no transactions.
fn is_without_transactions(message: &str) -> bool {
    message.contains("statement pooling mode")
}
