//! What Postgres refuses, in words, and whether it may go well later.

use ::postgres::error::SqlState;

use crate::error::Error;

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
                (Some(hint), _) => failed.hint(hint),
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
    passing.contains(code) || code.code().starts_with("08")
}
