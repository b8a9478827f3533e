//! Every SQL statement that the loader can send, in one file per dialect: `tests/golden/sql/*.sql`.
//!
//! A change of the SQL shows as a diff of these files. After a change that is meant, write them anew and read the diff:
//!
//! ```text
//! UPDATE_GOLDEN=1 cargo test -p target --no-default-features sql
//! git diff tests/golden/sql
//! ```

/// Files of statements with names.
mod file;
/// What DuckDB is sent: a file, a lake, MotherDuck.
mod of_duckdb;
/// What Postgres is sent.
mod of_postgres;
/// Names of types, conversions, quotes and comments.
mod words;

use target::flush::{LatestView, Tombstones};
use target::merge::Tie;
use target::plan::Change;
use target::sql::{self, Dialect, guarded, ledger, status, whole};
use target::table::{Column, Memory, Role, System, Table, TableName};
use target::types::Type;

use file::{Golden, check, statements};
use of_duckdb::{in_duckdb, in_ducklake, in_motherduck};

const TIES: [(&str, Tie); 2] = [("keep", Tie::Keep), ("replace", Tie::Replace)];

const TYPES: [Type; 18] = [
    Type::Boolean,
    Type::SmallInteger,
    Type::ShortInteger,
    Type::Integer,
    Type::BigInteger,
    Type::Decimal { precision: 12, scale: 3 },
    Type::Number,
    Type::Double,
    Type::Date,
    Type::Time,
    Type::Timestamp,
    Type::LocalTimestamp,
    Type::Text,
    Type::Varchar { length: 12 },
    Type::Uuid,
    Type::Bytes,
    Type::Json,
    Type::Foreign,
];

fn column(name: &str, ty: Type, role: Role) -> Column {
    Column { name: name.into(), ty, nullable: role != Role::Key, role }
}

fn table(schema: &str, name: &str, columns: Vec<Column>) -> Table {
    Table { name: TableName { schema: schema.into(), name: name.into() }, columns }
}

fn system(columns: &[System]) -> Vec<Column> {
    columns.iter().map(|system| system.column()).collect()
}

/// One table of each sort, with what to call it.
fn tables() -> [(&'static str, Table); 4] {
    let mut keyed = vec![column("id", Type::Integer, Role::Key)];
    keyed.extend(TYPES.iter().map(|ty| column(&ty.to_string(), *ty, Role::Value)));
    keyed.extend(system(&System::ALL));
    let mut keyless =
        vec![column("line", Type::Text, Role::Value), column("read", Type::Timestamp, Role::Value)];
    keyless.extend(system(&System::ALL));
    let mut hostile = vec![
        column("select", Type::Text, Role::Key),
        column("a\"b'; drop table x; --", Type::Integer, Role::Value),
        column("naïve 😀", Type::Json, Role::Value),
        column("{0}", Type::Date, Role::Value),
    ];
    hostile.extend(system(&System::ALL));
    let mut composite = vec![
        column("tenant", Type::Uuid, Role::Key),
        column("day", Type::Date, Role::Key),
        column("amount", Type::Number, Role::Value),
        Column { nullable: false, ..column("note", Type::Text, Role::Value) },
        column("part", Type::Text, Role::Key),
    ];
    composite.extend(system(&[System::DeletedAt, System::Sequence, System::TableVersion]));
    [
        ("keyed", table("main", "people", keyed)),
        ("keyless", table("main", "log", keyless)),
        ("hostile", table("my \"schema\"", "or'der\"s", hostile)),
        ("composite", table("main", "parts", composite)),
    ]
}

/// What both databases are sent alike: the loader's own tables, and the changes of tables.
fn common(golden: &mut Golden, dialect: &dyn Dialect) {
    golden.put("create schema", &ledger::create_schema("my schema"));
    golden.put_all("create ledger", ledger::create(dialect, "main"));
    golden.put_all("upgrade ledger", ledger::upgrade(dialect, "my \"schema\""));
    golden.put("create what is remembered of tables", &ledger::create_tables(dialect, "my \"schema\""));
    golden.put_all("upgrade what is remembered of tables", ledger::upgrade_tables(dialect, "my \"schema\""));
    golden.put("create the table of pipelines", &ledger::create_runs(dialect, "my \"schema\""));
    golden.put("begin a run", &ledger::begin_run(dialect, "main"));
    golden.put("newest run", &ledger::newest_run(dialect, "main"));
    golden.put("remember", &ledger::remember(dialect, "main", false));
    golden.put("remember anew", &ledger::remember(dialect, "main", true));
    golden.put("forget", &ledger::forget(dialect, "main"));
    golden.put("recall", &ledger::recall(dialect, "main"));
    golden.put("look a load up", &ledger::counted(dialect, "main"));
    golden.put("record load", &ledger::record_load(dialect, "main"));
    golden.put("record reject", &ledger::record_reject(dialect, "my \"schema\""));
    golden.put("rejected", &ledger::rejected(dialect, "main"));
    golden.put("replayed", &ledger::replayed(dialect, "my \"schema\""));
    golden.put("last bookmark", &ledger::last_bookmark(dialect, "my \"schema\""));
    entered(golden, dialect);
    standing(golden, dialect);
    for (name, table) in tables() {
        let mut change = |what: &str, change: &Change| {
            golden.put(&format!("{what} {name}"), &sql::change(dialect, &table, change))
        };
        change("create table", &Change::CreateTable);
        let value = table.columns.iter().find(|column| column.role == Role::Value).unwrap();
        change("add column", &Change::AddColumn(value.clone()));
        change("drop not null", &Change::DropNotNull { column: value.name.clone() });
    }
    for (name, table) in tables() {
        if table.keys().is_empty() {
            continue;
        }
        let view = TableName { name: format!("{}_latest", table.name.name), ..table.name.clone() };
        let view = LatestView { name: view, table };
        golden.put(&format!("latest view {name}"), &sql::latest_view(&view));
        golden.put(&format!("drop view {name}"), &whole::drop_view(&view.name));
    }
    for (name, table) in tables().iter().filter(|(_, table)| !table.keys().is_empty()) {
        staged(golden, dialect, name, table);
    }
    for (name, table) in tables() {
        all_at_once(golden, dialect, name, &table);
    }
    let (_, hostile) = &tables()[2];
    let widen =
        Change::Widen { column: hostile.columns[1].name.clone(), from: Type::Date, to: Type::Timestamp };
    golden.put("widen date to timestamp hostile", &sql::change(dialect, hostile, &widen));
    let (_, keyed) = &tables()[0];
    let numbers = [
        Type::Integer,
        Type::BigInteger,
        Type::Decimal { precision: 12, scale: 3 },
        Type::Number,
        Type::Double,
    ];
    for from in numbers {
        let wider = |to: &Type| *to != from && (*to == Type::Double || to.holds(from));
        for to in numbers.into_iter().filter(wider) {
            let widen = Change::Widen { column: "n".into(), from, to };
            golden.put(&format!("widen {from} to {to}"), &sql::change(dialect, keyed, &widen));
        }
    }
    // What only a value or a table of somebody else's makes necessary.
    let decimal = Type::Decimal { precision: 12, scale: 3 };
    for (from, to) in [
        (Type::SmallInteger, Type::Integer),
        (Type::ShortInteger, Type::Number),
        (Type::Integer, Type::Text),
        (decimal, Type::Text),
        (Type::Double, decimal),
        (Type::Double, Type::Text),
        (Type::Varchar { length: 12 }, Type::Text),
        (Type::LocalTimestamp, Type::Timestamp),
    ] {
        let widen = Change::Widen { column: "n".into(), from, to };
        golden.put(&format!("widen {from} to {to} by value"), &sql::change(dialect, keyed, &widen));
    }
}

/// The merge by way of a staging table.
fn staged(golden: &mut Golden, dialect: &dyn Dialect, name: &str, table: &Table) {
    const STAGING: &str = "staging \"1\"";
    let graves = Tombstones { table: beside(table, "__tombstones"), hard: true, retention: None };
    let mut put = |what: &str, statement: &str| golden.put(&format!("{what} {name}"), statement);
    put("create tombstones", &sql::change(dialect, &graves.definition(table), &Change::CreateTable));
    put("count same", &guarded::count_same(STAGING, table, &graves.table));
    for (word, tie) in TIES {
        put(&format!("drop losers, tie {word},"), &guarded::drop_losers(STAGING, table, &table.name, tie));
    }
    put("drop known", &guarded::drop_known(STAGING, table));
    let gone = ["old".to_owned()];
    put("drop unchanged", &guarded::drop_unchanged(dialect, STAGING, table, &gone));
    put("complete", &guarded::complete(STAGING, table).unwrap());
    put("tally", &guarded::tally(STAGING, table));
    for (number, statement) in (1..).zip(guarded::bury(dialect, STAGING, table, &graves.table)) {
        put(&format!("bury {number}"), &statement);
    }
    put("unbury", &guarded::unbury(STAGING, table, &graves.table));
    put("prune", &guarded::prune(dialect, &graves.table));
    let (kept, gone) = (["mine".to_owned(), "a\"b".to_owned()], ["old".to_owned()]);
    for (what, kept) in [("replace", &[][..]), ("replace and keep", &kept)] {
        for (number, statement) in (1..).zip(dialect.replace(STAGING, table, kept, &gone)) {
            put(&format!("{what} {number}"), &statement);
        }
    }
    let (child, source) = child(table);
    put("orphan", &guarded::orphan(STAGING, &child, &source));
    put("adopt", &guarded::adopt("staging \"1\" 0", &child, STAGING, &source));
    put("insert staged", &guarded::insert_staged(STAGING, table));
    put("drop staging", &guarded::drop_staging(STAGING));
}

/// What happens to a table as a whole.
fn all_at_once(golden: &mut Golden, dialect: &dyn Dialect, name: &str, table: &Table) {
    let (child, source) = child(table);
    let mut put = |what: &str, statement: &str| golden.put(&format!("{what} {name}"), statement);
    put("end", &whole::end(dialect, &table.name));
    put("mark", &whole::mark(dialect, &table.name, Type::Timestamp));
    put("mark in text", &whole::mark(dialect, &table.name, Type::Text));
    put("mark without zone", &whole::mark(dialect, &table.name, Type::LocalTimestamp));
    if !source.is_empty() {
        put("end children", &whole::end_children(dialect, &child.name, &table.name, &source));
        let mark = whole::mark_children(dialect, &child.name, Type::Timestamp, &table.name, &source);
        put("mark children", &mark);
    }
    put("empty", &whole::empty(&table.name));
    put("take over", &whole::take_over(&beside(table, "__shadow"), table));
    put("drop table", &whole::drop_table(&table.name));
    let decimal = Type::Decimal { precision: 12, scale: 3 };
    put("fits", &whole::fits(dialect, &table.name, "a\"b", Type::Double, decimal));
}

/// What a person may run who makes a table by hand.
fn entered(golden: &mut Golden, dialect: &dyn Dialect) {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let name = TableName { schema: "my \"schema\"".to_owned(), name: "or'der\"s".to_owned() };
    golden.put("enter little", &ledger::enter(dialect, &name, &Memory::default()));
    let memory = Memory {
        stream: "o'rders".to_owned(),
        mode: "merge".to_owned(),
        keys: texts(&["i'd", "a\"b"]),
        sequence_source: Some("property x'y".to_owned()),
        // What only rows can say.
        arrival_sequence: Some(7),
        active_version: Some(7),
        load_id: Some("run".to_owned()),
        activated: [("1/2".parse().unwrap(), 7)].into(),
        columns: texts(&["i'd", "_sdc_sequence"]),
        tombstones: Some("t'".to_owned()),
        latest_view: Some("v'".to_owned()),
        schema: Some("{\"a\": \"it's \\n\"}".to_owned()),
    };
    golden.put("enter all", &ledger::enter(dialect, &name, &memory));
}

/// What was loaded.
fn standing(golden: &mut Golden, dialect: &dyn Dialect) {
    let schema = "my \"schema\"";
    golden.put("status of tables", &status::tables(schema));
    golden.put("status of loads", &status::loads(dialect, schema, 10));
    golden.put("status of streams", &status::streams(dialect, schema, 10));
    golden.put("last commits", &status::last_commits(dialect, schema));
    golden.put("totals", &status::totals(dialect, schema));
    golden.put("count rejects", &status::rejects(schema));
    golden.put("count hostile", &status::count(&tables()[2].1.name));
}

fn beside(table: &Table, suffix: &str) -> TableName {
    TableName { name: format!("{}{suffix}", table.name.name), ..table.name.clone() }
}

/// The table of an array, and which of its columns repeat the parent's key.
fn child(table: &Table) -> (Table, Vec<(String, String)>) {
    let keys = table.columns.iter().filter(|column| column.role == Role::Key);
    let source = keys.clone().map(|key| (format!("_sdc_source_key_{}", key.name), key.name.clone()));
    let own = keys.map(|key| Column { name: format!("_sdc_source_key_{}", key.name), ..key.clone() });
    let columns = own.chain([
        column("_sdc_level_0_id", Type::Integer, Role::Key),
        column("value", Type::Text, Role::Value),
    ]);
    (Table { name: beside(table, "__tags"), columns: columns.collect() }, source.collect())
}

#[test]
fn what_postgres_is_sent_is_in_its_golden_file() {
    check("postgres.sql", &of_postgres::all());
}

#[test]
fn what_postgres_is_sent_for_distributed_tables_is_in_its_golden_file() {
    check("citus.sql", &of_postgres::distributed());
}

#[test]
fn what_duckdb_is_sent_is_in_its_golden_file() {
    check("duckdb.sql", &in_duckdb());
}

#[test]
fn what_a_ducklake_is_sent_is_in_its_golden_file() {
    check("ducklake.sql", &in_ducklake());
}

#[test]
fn what_motherduck_is_sent_is_in_its_golden_file() {
    check("motherduck.sql", &in_motherduck());
}

#[test]
fn every_statement_of_a_golden_file_has_a_name_of_its_own() {
    let texts = [of_postgres::all(), of_postgres::distributed(), in_duckdb(), in_ducklake(), in_motherduck()];
    for text in texts {
        let mut names: Vec<String> = statements(&text).into_iter().map(|(name, _)| name).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
        assert_eq!(text.matches("-- end ").count(), all);
    }
}
