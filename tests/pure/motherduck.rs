//! Databases in MotherDuck, as they are named.

use clap::Parser;
use serde_json::json;
use target::cli::Cli;
use target::config::{Target, target};
use target::motherduck::MotherDuck;

use super::given::{fault, settled};

fn named(destination: &str) -> MotherDuck {
    match target(destination).expect(destination) {
        Target::MotherDuck(database) => database,
        other => panic!("{destination} is {other}"),
    }
}

#[test]
fn a_database_in_motherduck_is_named_by_its_url() {
    for (destination, place, token) in [
        ("md:warehouse", "md:warehouse", None),
        ("motherduck:warehouse", "md:warehouse", None),
        ("md:warehouse?motherduck_token=a.b", "md:warehouse", Some("a.b")),
        ("md:warehouse?saas_mode=true&token=t&x=", "md:warehouse?saas_mode=true&x=", Some("t")),
        ("md:my db", "md:my db", None),
    ] {
        let found = named(destination);
        assert_eq!((found.place.as_str(), found.token.as_deref()), (place, token), "{destination}");
        assert_eq!(found.database, place["md:".len()..].split('?').next().unwrap());
        assert_eq!((found.to_string(), format!("{found:?}")), (place.to_owned(), place.to_owned()));
        assert_eq!(found.extensions().collect::<Vec<_>>(), ["motherduck"]);
    }
    for (destination, expected) in [
        ("md:", "without a database"),
        ("md:?motherduck_token=t", "without a database"),
        ("md:_share/a/b", "share"),
    ] {
        let said = fault(&json!({"destination": destination}));
        assert!(said.contains(expected) && !said.contains("motherduck_token=t"), "{said}");
    }
}

#[test]
fn settings_say_who_loads_into_motherduck() {
    let given = json!({
        "destination": "md:warehouse", "motherduck_token": "t", "extension_directory": "/e",
        "settings": {"motherduck_dbinstance_inactivity_ttl": "0s"},
    });
    let Target::MotherDuck(database) = settled(&given).target else { panic!("it is in MotherDuck") };
    assert_eq!((database.token.as_deref(), database.extension_directory.as_deref()), (Some("t"), Some("/e")));
    assert_eq!(database.settings["motherduck_dbinstance_inactivity_ttl"], "0s");
    // The nearer word counts.
    let both = json!({"destination": "md:warehouse?motherduck_token=near", "motherduck_token": "far"});
    let Target::MotherDuck(database) = settled(&both).target else { panic!("it is in MotherDuck") };
    assert_eq!(database.token.as_deref(), Some("near"));
    let said = fault(&json!({"destination": "md:sales", "schema": "Sales"}));
    assert!(said.contains("database md:sales"), "{said}");
}

#[test]
fn a_token_that_was_typed_does_not_stay_in_the_title() {
    let typed = "md:warehouse?motherduck_token=s3cret";
    let begins_again = |destination: &str| {
        let cli = Cli::parse_from(["target", destination]);
        cli.flags().hidden([destination.into()].into_iter())
    };
    let hidden = begins_again(typed).expect("it is hidden");
    assert_eq!(hidden.arguments, ["md:warehouse"]);
    assert_eq!(hidden.variable, ("LASTWORD_DESTINATION", typed.to_owned()));
    assert!(begins_again("md:warehouse").is_none());
}
