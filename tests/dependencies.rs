//! What the programs are built of: only crates from crates.io, under the licences that `deny.toml` allows.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

/// What a program prints.
fn output(program: &str, arguments: &[&str]) -> String {
    let ran = Command::new(program)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo and rustc are there, for they have built this");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).expect("programs write UTF-8")
}

/// The packages of the workspace and all that it needs on this platform.
fn packages() -> Vec<Value> {
    let about = output("rustc", &["-vV"]);
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&output("cargo", &arguments)).expect("it is JSON");
    metadata["packages"].as_array().expect("there are packages").clone()
}

/// The licences that `deny.toml` allows.
fn allowed() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deny.toml"))
        .expect("deny.toml is there");
    let (_, list) = text.split_once("allow = [").expect("it has a list of licences");
    let (list, _) = list.split_once(']').expect("the list ends");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_dependency_has_a_licence_that_is_allowed() {
    let allowed = allowed();
    let packages = packages();
    assert!(packages.len() > 100, "all dependencies are looked at: {}", packages.len());
    for package in &packages {
        let (name, licence) = (&package["name"], package["license"].as_str().unwrap_or_default());
        let expression = Expression::parse_mode(licence, ParseMode::LAX)
            .unwrap_or_else(|error| panic!("{name}: {licence:?}: {error}"));
        let is_allowed = expression.evaluate(|asked| allowed.contains(&asked.to_string()));
        assert!(is_allowed, "{name}: {licence:?} is not allowed by deny.toml");
    }
}

#[test]
fn every_dependency_comes_from_crates_io() {
    for package in packages() {
        if let Some(source) = package["source"].as_str() {
            assert_eq!(
                source, "registry+https://github.com/rust-lang/crates.io-index",
                "{}",
                package["name"]
            );
        }
    }
}

#[test]
fn a_licence_that_is_not_in_the_list_is_not_allowed() {
    let allowed = allowed();
    assert!(allowed.iter().any(|licence| licence == "MIT"), "{allowed:?}");
    for licence in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "AGPL-3.0-or-later"] {
        let expression = Expression::parse_mode(licence, ParseMode::LAX).expect("they are licences");
        assert!(!expression.evaluate(|asked| allowed.contains(&asked.to_string())), "{licence}");
    }
}
