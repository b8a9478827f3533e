//! MotherDuck by the real binary, as far as it goes without one: what is said where it is not reached. What it is sent once it is there is seen by
//! the tests of all destinations, for which a file stands in its place.

use std::fs;

use serde_json::json;

use crate::support::{folder, programs};

#[test]
fn where_motherduck_is_not_reached_that_is_said_without_the_token() {
    let folder = folder::fresh();
    let nothing = folder.path().join("nothing").display().to_string();
    let given = json!({
        "extension_directory": nothing, "settings": {"custom_extension_repository": "/nowhere"}, "max_retries": 0,
    });
    fs::write(folder.path().join("settings.json"), given.to_string()).unwrap();
    for arguments in [&[][..], &["check"], &["status"], &["plan"]] {
        let destination = "md:warehouse?motherduck_token=s3cret";
        let said = programs::target(
            folder.path(),
            &[arguments, &["--config", "settings.json", destination]].concat(),
            b"",
        );
        assert_eq!(said.code, 3, "{}", said.stderr);
        assert!(said.stderr.contains("load its extension motherduck"), "{}", said.stderr);
        assert!(said.stderr.contains("set extension_directory"), "{}", said.stderr);
        assert!(!(said.stderr + &said.stdout).contains("s3cret"));
    }
    let said = programs::target(folder.path(), &["maintain", "md:warehouse"], b"");
    assert_eq!(said.code, 2, "{}", said.stderr);
    assert!(said.stderr.contains("nothing to be done for md:warehouse"), "{}", said.stderr);
}
