//! Whether a load could begin in a Postgres database: the session, and what its role may do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::postgres::Error as ServerError;
use ::postgres::types::Type as ServerType;
use serde_json::json;

use super::citus::MEND;
use super::connect::connect;
use super::link::{Client, Statements, Transaction};
use super::waits::Waits;
use super::{Readers, failed, read};
use crate::check::Found;
use crate::destination::load::READERS;
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
    /// The version of Citus.
    citus: Option<String>,
    /// The run's schema.
    own: Schema,
    /// The others that tables go to.
    others: Vec<Schema>,
    /// The roles that are to read, and are not there.
    missing_roles: Vec<String>,
}

/// What the server says of a schema.
struct Schema {
    name: String,
    /// If it is there: whether it may be used, and tables may be made in it.
    rights: Option<(bool, bool)>,
    /// The loader's own tables that it needs.
    needed: &'static [&'static str],
    ledger: BTreeMap<String, Rights>,
    /// The tables that are remembered, each with its mode; `None` where that may not be read.
    known: Option<Vec<(String, String)>>,
    tables: BTreeMap<String, Rights>,
}

impl Schema {
    /// The loader's own tables that it lacks.
    fn missing(&self) -> impl Iterator<Item = &'static str> {
        self.needed.iter().copied().filter(|table| !self.ledger.contains_key(*table))
    }
}

/// Connects to `url`, and takes down whether a load into `schema`, and into the others that have `readers`, could begin, which distributes its
/// tables or does not. Nothing is changed.
///
/// # Errors
/// Where it cannot connect.
pub fn check(url: &str, schema: &str, readers: &Readers, distributes: bool, found: &mut Found) -> Result<()> {
    let mut client = Client::new(connect(url)?, Arc::default());
    let said = read(&mut client, Waits::default(), |transaction| ask(transaction, schema, readers));
    let said = said.map_err(|error| failed("say what may be done", error))?;
    judge(&said, found);
    judge_citus(said.citus.as_deref(), distributes, found);
    Ok(())
}

fn ask(transaction: &mut Transaction<'_>, own: &str, readers: &Readers) -> Result<Said, ServerError> {
    let session = transaction.query_one(sql::SESSION, &[])?;
    let citus = transaction.query_opt(citus::VERSION, &[])?.map(|row| row.get(0));
    let others = readers.keys().filter(|schema| *schema != own);
    let others: Result<Vec<Schema>, ServerError> =
        others.map(|other| ask_of(transaction, other, &[ledger::TABLES])).collect();
    let roles: BTreeSet<&str> = readers.values().flatten().map(String::as_str).collect();
    let missing_roles = match roles.is_empty() {
        true => Vec::new(),
        false => {
            let roles = Vec::from_iter(roles);
            transaction.query(sql::MISSING_ROLES, &[(&roles, ServerType::TEXT_ARRAY)])?
        }
    };
    Ok(Said {
        version: session.get(0),
        role: session.get(1),
        database: session.get(2),
        search_path: session.get(3),
        tls: session.get(4),
        is_read_only: session.get(5),
        may_make_schemas: session.get(6),
        may_make_temporary: session.get(7),
        citus,
        own: ask_of(transaction, own, &ledger::NEEDED_TABLES)?,
        others: others?,
        missing_roles: missing_roles.iter().map(|row| row.get(0)).collect(),
    })
}

fn ask_of(
    transaction: &mut Transaction<'_>,
    schema: &str,
    needed: &'static [&'static str],
) -> Result<Schema, ServerError> {
    let of_schema = transaction.query_opt(sql::OF_SCHEMA, &[(&schema, ServerType::NAME)])?;
    let of_schema = of_schema.map(|row| (row.get(0), row.get(1)));
    let ledger = rights(transaction, schema, needed)?;
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
    Ok(Schema { name: schema.to_owned(), rights: of_schema, needed, ledger, known, tables })
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

fn judge(said: &Said, found: &mut Found) {
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
    judge_schema(said, found);
    let there: Vec<(&str, bool)> =
        said.others.iter().map(|other| (other.name.as_str(), other.rights.is_some())).collect();
    found.other_schemas(&there);
    let all = || [&said.own].into_iter().chain(&said.others);
    all().for_each(|schema| lacks_of_schema(said, schema, found));
    if !said.may_make_temporary {
        found.lack(
            format!("the role {} may not make temporary tables", said.role),
            sql::on_database("temporary", &said.database, &said.role),
        );
    }
    for role in &said.missing_roles {
        found.lack(format!("there is no role {role:?}"), READERS);
    }
    judge_tables(said, found);
    let mut makes = Vec::new();
    for schema in all() {
        makes.extend(schema.rights.is_none().then(|| format!("schema {}", schema.name)));
        let is_own = schema.name == said.own.name;
        makes.extend(schema.missing().map(|table| match is_own {
            true => table.to_owned(),
            false => format!("{}.{table}", schema.name),
        }));
    }
    found.would_make(makes);
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

/// Whether the run's schema is there, and what may be done in it.
fn judge_schema(said: &Said, found: &mut Found) {
    found.schema(&said.own.name, said.own.rights.is_some());
    let (may_use, may_make) = said.own.rights.unwrap_or((said.may_make_schemas, said.may_make_schemas));
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
}

/// What may not be done in a schema that a load would have to do.
fn lacks_of_schema(said: &Said, schema: &Schema, found: &mut Found) {
    let (role, name) = (&said.role, &schema.name);
    let Some((may_use, may_make)) = schema.rights else {
        if !said.may_make_schemas {
            found.lack(
                format!("the schema {name:?} is not there, and the role {role} may not make it"),
                sql::on_database("create", &said.database, role),
            );
        }
        return;
    };
    let makes_tables = schema.missing().next().is_some();
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
            format!("schema {name:?}: the role {role} may not {what}"),
            sql::on_schema(&lacking, name, std::slice::from_ref(role)),
        );
    }
}

/// What may be done with the tables that are there.
fn judge_tables(said: &Said, found: &mut Found) {
    // A table of another schema is called by that, too.
    let called = |schema: &Schema, table: &str| match schema.name == said.own.name {
        true => table.to_owned(),
        false => format!("{}.{table}", schema.name),
    };
    let mut lacking: Vec<(&Schema, &str, Vec<&'static str>)> = Vec::new();
    let mut foreign = Vec::new();
    let mut known = Some(0);
    for schema in [&said.own].into_iter().chain(&said.others) {
        for (name, rights) in &schema.ledger {
            lacking.push((schema, name, rights.lacking(needed_of_ledger(name))));
        }
        for (name, mode) in schema.known.iter().flatten() {
            if let Some(rights) = schema.tables.get(name) {
                lacking.push((schema, name, rights.lacking(needed(mode))));
            }
        }
        let others = schema.tables.iter().filter(|(_, rights)| !rights.owns);
        foreign.extend(others.map(|(name, _)| called(schema, name)));
        known = known.zip(schema.known.as_ref()).map(|(count, known)| count + known.len());
    }
    lacking.retain(|(_, _, rights)| !rights.is_empty());
    let words = match (known, foreign.as_slice()) {
        (None, _) => "what the loader knows may not be read".to_owned(),
        (Some(known), []) => format!("{known} known to the loader, which may change them"),
        (Some(known), foreign) => format!(
            "{known} known to the loader; of another owner, so that they get no new columns: {}",
            foreign.join(", ")
        ),
    };
    let lacks = lacking
        .iter()
        .map(|(schema, table, rights)| json!({"table": called(schema, table), "rights": rights}));
    let value = json!({"known": known, "not_owned": foreign, "lacking": lacks.collect::<Vec<_>>()});
    found.fact("tables", value, words);
    for (schema, table, rights) in lacking {
        let place = TableName { schema: schema.name.clone(), name: table.to_owned() };
        found.lack(
            format!(
                "the role {} may not {} in {}",
                said.role,
                rights.join(", "),
                quote(&called(schema, table))
            ),
            sql::on_table(&rights, &place, std::slice::from_ref(&said.role)),
        );
    }
}
