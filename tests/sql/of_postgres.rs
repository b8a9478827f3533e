//! What Postgres is sent.

use target::flush::Spread;
use target::merge::Tie;
use target::sql::{self, Dialect, guarded, ledger, postgres};
use target::table::{System, Table, TableName};

use super::file::Golden;
use super::{TIES, beside, common, tables};

/// What Postgres is asked before rows are sent.
fn known(golden: &mut Golden, name: &str, table: &Table) {
    use postgres::known::{Probe, judge, judge_appended, keys_of, probe};
    let columns = table.keys().into_iter().map(|at| table.columns[at].name.as_str());
    let columns: Vec<&str> = columns.collect();
    for bounded in 0..=columns.len() {
        let keys = Probe { table: &table.name, columns: columns.clone(), is_unique: true, bounded };
        golden.put(&format!("probe keys {name}, {bounded} bounded"), &probe(&[keys]));
    }
    let sequences =
        || Probe { table: &table.name, columns: vec![System::Sequence.name()], is_unique: false, bounded: 1 };
    golden.put(&format!("probe sequences {name}, twice"), &probe(&[sequences(), sequences()]));
    let keys = keys_of(table);
    golden.put(&format!("create staged keys {name}"), &postgres::create_staging("keys \"1\"", &keys));
    golden.put(&format!("copy staged keys {name}"), &postgres::copy(&sql::quote("keys \"1\""), &keys));
    for (word, tie) in TIES {
        let judged = judge("keys \"1\"", table, tie, word == "keep");
        golden.put(&format!("judge {name}, tie {word}"), &judged);
    }
    golden.put(&format!("judge appended {name}"), &judge_appended("keys \"1\"", table));
    let unchanged = postgres::known::drop_unchanged("staging \"1\"", table, &["old".to_owned()]);
    golden.put(&format!("drop unchanged by key {name}"), &unchanged);
    golden.put(&format!("recognition {name}"), &postgres::Postgres.recognition(table).unwrap());
}

/// What is asked of a role, and what it may be granted.
fn rights(golden: &mut Golden) {
    use postgres::rights::{
        MISSING_ROLES, OF_SCHEMA, OF_TABLES, SESSION, SIZES, on_database, on_schema, on_table,
    };
    golden.put("session", SESSION);
    golden.put("rights on a schema", OF_SCHEMA);
    golden.put("rights on tables", OF_TABLES);
    golden.put("sizes of tables", SIZES);
    golden.put("grant on database", &on_database("temporary", "my \"shop\"", "o'role\""));
    let role = "o'role\"".to_owned();
    let one = std::slice::from_ref(&role);
    golden.put("grant on schema", &on_schema(&["usage", "create"], "my \"schema\"", one));
    let (_, hostile) = &tables()[2];
    golden.put("grant on table", &on_table(&["select", "insert"], &hostile.name, one));
    golden.put("roles that are not there", MISSING_ROLES);
    let roles = [role, "b".to_owned()];
    let dialect = postgres::Postgres;
    golden
        .put_all("make a schema that roles may use", ledger::make_schema(&dialect, "my \"schema\"", &roles));
    golden.put("let roles read", &dialect.let_read(&hostile.name, &roles).unwrap());
    let columns = [hostile.columns[0].name.clone(), hostile.columns[1].name.clone()];
    golden.put("index", &dialect.index(&hostile.name, &columns).unwrap());
}

/// What Postgres is sent where tables are distributed by Citus, and not where they are not.
pub(super) fn distributed() -> String {
    use postgres::citus::{Citus, PLACED, SETTINGS, VERSION, distribute, meet, sizes, temporary};
    let mut golden = Golden::default();
    golden.put("version", VERSION);
    golden.put("settings of a transaction", SETTINGS);
    golden.put("tables that are placed", PLACED);
    golden.put("sizes of tables", &sizes());
    for (name, table) in tables() {
        let beside = beside(&table, "__tags");
        let by = |table: &TableName, of: Option<&TableName>| {
            distribute(table, &Spread::By("i'd\"".to_owned()), of)
        };
        golden.put(&format!("distribute {name}"), &by(&table.name, None));
        golden.put(&format!("distribute beside {name}"), &by(&beside, Some(&table.name)));
        golden.put(&format!("everywhere {name}"), &distribute(&table.name, &Spread::Everywhere, None));
        if table.keys().is_empty() {
            continue;
        }
        for (word, exactly) in [("key", false), ("version", true)] {
            let fetch = meet("staging \"1\"_met", "staging \"1\"", &table, &table.name, exactly);
            golden.put(&format!("fetch by {word} {name}"), &fetch);
        }
        for (number, statement) in (1..).zip(Citus.replace("staging \"1\"", &table, &[], &["old".to_owned()]))
        {
            golden.put(&format!("replace {name} {number}"), &statement);
        }
        let met = Table { name: temporary("staging \"1\"_met"), ..table };
        let losers = guarded::drop_losers("staging \"1\"", &met, &met.name, Tie::Replace);
        golden.put(&format!("drop losers {name}"), &losers);
        golden.put(&format!("tally {name}"), &guarded::tally("staging \"1\"", &met));
    }
    golden.text()
}

/// All of it.
pub(super) fn all() -> String {
    let mut golden = Golden::default();
    golden.put("describe", postgres::catalog::DESCRIBE);
    golden.put("describe all", &postgres::catalog::describe_all("my \"schema\""));
    golden.put("remember all", &postgres::catalog::remember_all("main", false));
    golden.put("remember all anew", &postgres::catalog::remember_all("main", true));
    golden.put("ledger state", postgres::LEDGER_STATE);
    golden.put("hurry", postgres::HURRY);
    golden.put("lock schema", postgres::LOCK_SCHEMA);
    golden.put("newest run, locked", &postgres::newest_run_locked("main"));
    golden.put("lock tables", postgres::LOCK_TABLES);
    golden.put("begin", &postgres::begin(60_000, 0));
    golden.put("begin with a limit", &postgres::begin(60_000, 90_000));
    golden.put("within lock_timeout", &postgres::within_lock_timeout("drop view v", 2000, 60_000));
    golden.put("is at work", postgres::IS_AT_WORK);
    golden.put("end session", postgres::END_SESSION);
    golden.put("holders", postgres::HOLDERS);
    rights(&mut golden);
    common(&mut golden, &postgres::Postgres);
    for (name, table) in tables() {
        golden.put(&format!("copy {name}"), &postgres::copy(&sql::qualified(&table.name), &table));
        golden.put(&format!("create staging {name}"), &postgres::create_staging("staging \"1\"", &table));
        golden.put(&format!("insert all staged {name}"), &postgres::insert_staged("staging \"1\"", &table));
        if table.keys().is_empty() {
            continue;
        }
        golden.put(&format!("copy staging {name}"), &postgres::copy(&sql::quote("staging \"1\""), &table));
        for (word, tie) in TIES {
            golden.put(
                &format!("merge {name}, tie {word}"),
                &postgres::merge("staging \"1\"", &table, &[], tie),
            );
        }
        let gone = ["old".to_owned(), "an\"other".to_owned()];
        let merge = postgres::merge("staging", &table, &gone, Tie::Keep);
        golden.put(&format!("merge {name}, columns gone"), &merge);
        golden.put(&format!("count equal {name}"), &postgres::count_equal_staged("staging \"1\"", &table));
        known(&mut golden, name, &table);
    }
    golden.text()
}
