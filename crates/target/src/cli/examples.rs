//! The examples at the end of each `--help`.

pub(super) const LOAD: &str = "\
Examples:
  tap | target                                     into warehouse.duckdb, in this folder
  tap | target duckdb:sales.duckdb                 into another DuckDB file
  tap | target postgres://me@localhost/sales       into Postgres
  tap | target ducklake:lake.ducklake              into a DuckLake
  tap | target md:warehouse                        into MotherDuck
  tap | target --config settings.json              as the file says
  tap | target --report report.json                what became of every record, as JSON
  target check postgres://me@localhost/sales       whether a load could begin there, and what is missing
  tap | target plan duckdb:sales.duckdb            what a load would do, and its SQL; nothing is written
  target status duckdb:sales.duckdb                the tables and the last loads
  target state duckdb:sales.duckdb                 print the committed bookmark, for tap --state
  target rejects duckdb:sales.duckdb --replay      load what was rejected, after it was mended
  target adopt postgres://me@localhost/sales --table orders   take over another loader's table
  target --about --format=json                     what it can do, and its settings, for programs

Exit codes: 0 all loaded, 1 the input is at fault, 2 the settings, 3 the destination,
4 records were rejected (only with fail_on_rejects).";

pub(super) const CHECK: &str = "\
Examples:
  target check                                         warehouse.duckdb, in this folder
  target check postgres://me@localhost/sales           a Postgres database
  target check --config settings.json --schema raw     as the file says, with another schema
  target check --config settings.json --json           for programs

Exit codes: 0 a load could begin, 2 the settings are at fault, 3 the destination would refuse.";

pub(super) const PLAN: &str = "\
Examples:
  tap | target plan duckdb:sales.duckdb                    how each stream would be loaded, and the SQL
  tap | target plan --config settings.json > changes.sql   the SQL in a file; the rest is on stderr
  target plan postgres://me@localhost/sales < day.singer   of a stream that was kept";

pub(super) const STATUS: &str = "\
Examples:
  target status                                        of warehouse.duckdb, in this folder
  target status duckdb:sales.duckdb --loads 30         the last 30 loads
  target status --config settings.json --json          for programs";

pub(super) const MAINTAIN: &str = "\
Examples:
  target maintain ducklake:lake.ducklake                 into few files; nobody misses anything
  target maintain --config lake.json --expire 30days     and what was only there 30 days ago goes";

pub(super) const STATE: &str = "\
Examples:
  target state > state.json                            of warehouse.duckdb, in this folder
  tap --state <(target state duckdb:sales.duckdb)      go on where the last load has ended
  target state --config settings.json --schema raw     of another schema";

pub(super) const REJECTS: &str = "\
Examples:
  target rejects duckdb:sales.duckdb                   what was rejected, by table and reason
  target rejects duckdb:sales.duckdb --replay          load it now, after the tap or a setting was mended
  target rejects --config settings.json --replay --report report.json";

pub(super) const ADOPT: &str = "\
Examples:
  target adopt postgres://me@localhost/sales --table orders              what it takes
  target adopt postgres://me@localhost/sales --table orders --yes        do it
  target adopt duckdb:sales.duckdb --table orders --key shop,number --stream shop-orders";

pub(super) const COMPLETIONS: &str = "\
Examples:
  target completions bash > ~/.local/share/bash-completion/completions/target
  target completions zsh > ~/.zfunc/_target";

pub(super) const MAN: &str = "\
Examples:
  target man > target.1 && man ./target.1";
