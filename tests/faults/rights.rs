//! The least rights in Postgres that the loader needs: what docs/operations.md lists, and not one more.

use ::postgres::Config;
use ::postgres::config::Host;

use crate::support::{folder, postgres, programs};

const DOCUMENT: &str = include_str!("../../docs/operations.md");

#[test]
fn the_rights_that_the_documentation_lists_are_enough() {
    let folder = folder::fresh();
    let database = postgres::fresh_database();
    let mut client = postgres::connect(&database);
    let name = client.query_one("select current_database()", &[]).expect("it answers").get::<_, String>(0);
    // A role is the whole server's, and other tests have theirs.
    let role = format!("loader_of_{name}");
    let listed = DOCUMENT.split("```sql\n").nth(1).and_then(|rest| rest.split("```").next());
    let listed = listed.expect("the page lists the rights").replace("loader", &role).replace("shop", &name);
    client.batch_execute("revoke all on schema public from public").expect("it may");
    client.batch_execute(&format!("revoke all on database {name} from public")).expect("it may");
    client.batch_execute(&listed).unwrap_or_else(|error| panic!("{listed}: {error}"));
    let config: Config = database.parse().expect("the test server's URL is one");
    let host = match &config.get_hosts()[0] {
        Host::Unix(folder) => folder.display().to_string(),
        Host::Tcp(host) => host.clone(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let url = format!("host={host} port={port} user={role} dbname={name}");
    let tap = |seed: &str| {
        let arguments = [
            "--rows",
            "200",
            "--deletes",
            "0.2",
            "--late",
            "0.2",
            "--schema-change-at",
            "100",
            "--seed",
            seed,
        ];
        programs::tap(folder.path(), &arguments).ok().stdout
    };
    for (seed, flags) in
        [("1", ["--schema", "raw"]), ("2", ["--schema", "raw"]), ("3", ["--load-method", "overwrite"])]
    {
        let schema = if flags[0] == "--schema" { vec![] } else { vec!["--schema", "raw"] };
        let arguments = [[url.as_str()].as_slice(), &flags, &schema].concat();
        programs::target(folder.path(), &arguments, tap(seed).as_bytes()).ok();
    }
    let state = programs::target(folder.path(), &["state", &url, "--schema", "raw"], b"").ok();
    assert!(state.stdout.contains("bookmarks"), "{}", state.stdout);
    client.batch_execute(&format!("drop owned by {role} cascade; drop role {role}")).expect("it may");
}
