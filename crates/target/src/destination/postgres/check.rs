//! Whether a load could begin in a Postgres database: the session, and what its role may do.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::postgres::Error as ServerError;
use ::postgres::types::Type as ServerType;
use serde_json::json;

use super::citus::MEND;
use super::connect::connect;
use super::link::{Client, Statements, Transaction};
use super::waits::Waits;
use super::{failed, read};
use crate::check::Found;
use crate::error::Result;
use crate::sql::postgres::{citus, rights as sql};
use crate::sql::{ledger, quote, status};
use crate::table::{Beside, TableName};

/// The rights that a table may be needed for, in the order in which they are asked for.
const RIGHTS: [&str; 4] = ["select", "insert", "update", "delete"];

/// The first version of Citus whose distributed tables join with local ones.
const OLDEST_CITUS: u32 = 10;

/// What a role may do with a table.
struct Rights {
    may: [bool; 4],
    owns: bool,
}

impl Rights {
    /// Those of `needed` that it has not.
    fn lacking(&self, needed: &[&'static str]) -> Vec<&'static str> {
        let may = |right: &&str| RIGHTS.iter().zip(self.may).any(|(name, may)| may && name == right);
        needed.iter().copied().filter(|right| !may(right)).collect()
    }
}

/// What the server says.
struct Said {
    version: String,
    role: String,
    database: String,
    search_path: String,
    tls: Option<String>,
    is_read_only: bool,
    may_make_schemas: bool,
    may_make_temporary: bool,
    /// Of the schema, if it is there: whether it may be used, and tables may be made in it.
    schema: Option<(bool, bool)>,
    /// The version of Citus.
    citus: Option<String>,
    ledger: BTreeMap<String, Rights>,
    /// The tables that are remembered, each with its mode; `None` where that may not be read.
    known: Option<Vec<(String, String)>>,
    tables: BTreeMap<String, Rights>,
}

/// Connects to `url`, and takes down whether a load into `schema` could begin, which distributes its tables or does not. Nothing is changed.
///
/// # Errors
/// Where it cannot connect.
pub fn check(url: &str, schema: &str, distributes: bool, found: &mut Found) -> Result<()> {
    let mut client = Client::new(connect(url)?, Arc::default());
    let said = read(&mut client, Waits::default(), |transaction| ask(transaction, schema));
    let said = said.map_err(|error| failed("say what may be done", error))?;
    judge(&said, schema, found);
    judge_citus(said.citus.as_deref(), distributes, found);
    Ok(())
}

fn ask(transaction: &mut Transaction<'_>, schema: &str) -> Result<Said, ServerError> {
    let session = transaction.query_one(sql::SESSION, &[])?;
    let citus = transaction.query_opt(citus::VERSION, &[])?.map(|row| row.get(0));
    let of_schema = transaction.query_opt(sql::OF_SCHEMA, &[(&schema, ServerType::NAME)])?;
    let of_schema = of_schema.map(|row| (row.get(0), row.get(1)));
    let ledger = rights(transaction, schema, &ledger::NEEDED_TABLES)?;
    let may_use = of_schema.is_some_and(|(may_use, _): (bool, bool)| may_use);
    let readable =
        ledger.get(ledger::TABLES).filter(|rights| may_use && rights.lacking(&["select"]).is_empty());
    let known = match (readable, ledger.contains_key(ledger::TABLES)) {
        (Some(_), _) => {
            let rows = transaction.query(&status::tables(schema), &[])?;
            Some(rows.iter().map(|row| (row.get(0), row.get(2))).collect())
        }
        (None, true) => None,
        (None, false) => Some(Vec::new()),
    };
    let names: Vec<&str> = known.iter().flatten().map(|(name, _): &(String, String)| name.as_str()).collect();
    let tables = rights(transaction, schema, &names)?;
    Ok(Said {
        version: session.get(0),
        role: session.get(1),
        database: session.get(2),
        search_path: session.get(3),
        tls: session.get(4),
        is_read_only: session.get(5),
        may_make_schemas: session.get(6),
        may_make_temporary: session.get(7),
        schema: of_schema,
        citus,
        ledger,
        known,
        tables,
    })
}

fn rights(
    transaction: &mut Transaction<'_>,
    schema: &str,
    names: &[&str],
) -> Result<BTreeMap<String, Rights>, ServerError> {
    let rows = transaction
        .query(sql::OF_TABLES, &[(&schema, ServerType::NAME), (&names, ServerType::TEXT_ARRAY)])?;
    let rights = |row: &::postgres::Row| {
        let may = [row.get(1), row.get(2), row.get(3), row.get(4)];
        (row.get(0), Rights { may, owns: row.get(5) })
    };
    Ok(rows.iter().map(rights).collect())
}

/// The rights that a load needs of the loader's own tables.
fn needed_of_ledger(table: &str) -> &'static [&'static str] {
    match table {
        ledger::LOADS => &["select", "insert"],
        ledger::REJECTED => &["select", "insert", "delete"],
        _ => &RIGHTS,
    }
}

/// The rights that a load needs of a table of this mode.
fn needed(mode: &str) -> &'static [&'static str] {
    match (Beside::of(mode), mode) {
        (Some(Beside::Array | Beside::Tombstones), _) => &["select", "insert", "delete"],
        (Some(Beside::Shadow), _) => &[],
        (None, "append") => &["select", "insert"],
        (None, _) => &["select", "insert", "update"],
    }
}

fn judge(said: &Said, schema: &str, found: &mut Found) {
    found.fact("version", said.version.clone(), format!("PostgreSQL {}", said.version));
    found.fact("tls", said.tls.clone(), said.tls.clone().unwrap_or_else(|| "none".to_owned()));
    found.fact("user", said.role.clone(), said.role.clone());
    found.fact("database", said.database.clone(), said.database.clone());
    found.fact("search_path", said.search_path.clone(), said.search_path.clone());
    if said.is_read_only {
        found.lack(
            "nothing can be written here: it is a standby, or default_transaction_read_only is on",
            "connect to the primary (target_session_attrs=read-write)",
        );
    }
    let missing: Vec<&str> =
        ledger::NEEDED_TABLES.into_iter().filter(|table| !said.ledger.contains_key(*table)).collect();
    judge_schema(said, schema, !missing.is_empty(), found);
    if !said.may_make_temporary {
        found.lack(
            format!("the role {} may not make temporary tables", said.role),
            sql::on_database("temporary", &said.database, &said.role),
        );
    }
    judge_tables(said, schema, found);
    let makes = said.schema.is_none().then(|| format!("schema {schema}")).into_iter();
    found.would_make(makes.chain(missing.into_iter().map(str::to_owned)).collect());
}

/// Whether tables can be distributed, where they are to be.
fn judge_citus(version: Option<&str>, distributes: bool, found: &mut Found) {
    let Some(version) = version else {
        if distributes {
            found.fact("citus", json!(null), "it is not there, and the setting distribution asks for it");
            found.lack("the database has no extension citus", MEND);
        }
        return;
    };
    found.fact("citus", version, format!("Citus {version}"));
    let major = version.split(['.', '-']).next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major < OLDEST_CITUS) {
        found.lack(
            format!("Citus {version} cannot join distributed tables with local ones"),
            format!("update the extension: Citus {OLDEST_CITUS} or later is needed"),
        );
    }
}

/// Whether the schema is there, and what may be done in it.
fn judge_schema(said: &Said, schema: &str, makes_tables: bool, found: &mut Found) {
    let there = if said.schema.is_some() { "it is there" } else { "it is not there" };
    found.fact(
        "schema",
        json!({"name": schema, "exists": said.schema.is_some()}),
        format!("{schema}: {there}"),
    );
    let (may_use, may_make) = said.schema.unwrap_or((said.may_make_schemas, said.may_make_schemas));
    let rights = [
        ("make schemas", said.may_make_schemas),
        ("use the schema", may_use),
        ("make tables in it", may_make),
        ("make temporary tables", said.may_make_temporary),
    ];
    let listed = |may: bool| {
        let rights = rights.iter().filter(|(_, has)| *has == may).map(|(right, _)| *right);
        rights.collect::<Vec<_>>().join(", ")
    };
    let words = match (listed(true), listed(false)) {
        (may, none) if none.is_empty() => format!("may {may}"),
        (none, may_not) if none.is_empty() => format!("may not {may_not}"),
        (may, may_not) => format!("may {may}; may not {may_not}"),
    };
    let value = json!({
        "make_schemas": said.may_make_schemas,
        "use_schema": may_use,
        "make_tables": may_make,
        "make_temporary_tables": said.may_make_temporary,
    });
    found.fact("rights", value, words);
    let role = &said.role;
    if said.schema.is_none() {
        if !said.may_make_schemas {
            found.lack(
                format!("the schema {schema:?} is not there, and the role {role} may not make it"),
                sql::on_database("create", &said.database, role),
            );
        }
        return;
    }
    let lacking: Vec<&str> = [("usage", !may_use), ("create", !may_make && makes_tables)]
        .into_iter()
        .filter_map(|(right, lacks)| lacks.then_some(right))
        .collect();
    if !lacking.is_empty() {
        let what = lacking.iter().map(|right| match *right {
            "usage" => "use it",
            _ => "make tables in it",
        });
        let what = what.collect::<Vec<_>>().join(" or ");
        found.lack(
            format!("schema {schema:?}: the role {role} may not {what}"),
            sql::on_schema(&lacking, schema, role),
        );
    }
}

/// What may be done with the tables that are there.
fn judge_tables(said: &Said, schema: &str, found: &mut Found) {
    let place = |name: &str| TableName { schema: schema.to_owned(), name: name.to_owned() };
    let mut lacking: Vec<(&str, Vec<&'static str>)> = Vec::new();
    for (name, rights) in &said.ledger {
        lacking.push((name, rights.lacking(needed_of_ledger(name))));
    }
    for (name, mode) in said.known.iter().flatten() {
        if let Some(rights) = said.tables.get(name) {
            lacking.push((name, rights.lacking(needed(mode))));
        }
    }
    lacking.retain(|(_, rights)| !rights.is_empty());
    let foreign: Vec<&str> =
        said.tables.iter().filter(|(_, rights)| !rights.owns).map(|(name, _)| name.as_str()).collect();
    let words = match (&said.known, foreign.as_slice()) {
        (None, _) => "what the loader knows may not be read".to_owned(),
        (Some(known), []) => format!("{} known to the loader, which may change them", known.len()),
        (Some(known), foreign) => format!(
            "{} known to the loader; of another owner, so that they get no new columns: {}",
            known.len(),
            foreign.join(", ")
        ),
    };
    let value = json!({
        "known": said.known.as_ref().map(Vec::len),
        "not_owned": foreign,
        "lacking": lacking.iter().map(|(table, rights)| json!({"table": table, "rights": rights})).collect::<Vec<_>>(),
    });
    found.fact("tables", value, words);
    for (table, rights) in lacking {
        found.lack(
            format!("the role {} may not {} in {}", said.role, rights.join(", "), quote(table)),
            sql::on_table(&rights, &place(table), &said.role),
        );
    }
}
