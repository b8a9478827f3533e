//! Servers that are reached over a bastion: OpenSSH's `ssh`, and a real SSH server.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use target::error::Class::{Destination, Usage};

use super::{PASSWORD, connect, connects, quoted, refused, words, world};
use crate::support::bastion::Bastion;
use crate::support::{folder, programs};

/// The words of a way over a bastion, with a key.
fn over(bastion: &Bastion, key: &str, more: &str) -> String {
    let (port, key, host_key) = (bastion.port, quoted(key), quoted(&bastion.host_key()));
    format!("sshhost=127.0.0.1 sshport={port} sshuser=loader sshkey={key} sshhostkey={host_key} {more}")
}

fn text(bastion: &Bastion) -> String {
    fs::read_to_string(bastion.key()).unwrap()
}

#[test]
fn a_server_is_reached_over_a_bastion_by_a_key_or_its_file() {
    let bastion = Bastion::start();
    let port = world().server.port;
    // The tests' server has a name and an address: the bastion gets the address.
    connects("loader", &over(&bastion, &text(&bastion), "sslmode=require"), true);
    assert!(bastion.log().contains(&format!("asked 127.0.0.1:{port}")), "{}", bastion.log());
    connects("plain", &over(&bastion, bastion.key().to_str().unwrap(), "sslmode=disable"), false);
    // Both ways of a mode go over it.
    connects("plain", &over(&bastion, &text(&bastion), "sslmode=prefer"), false);
}

#[test]
fn the_name_of_the_server_is_looked_up_at_the_bastion_and_stays_what_its_certificate_is_for() {
    let bastion = Bastion::start();
    let (port, ca) = (world().server.port, quoted(&world().authority.certificate()));
    let far = |host: &str| {
        let (words, _) = words("loader", &over(&bastion, &text(&bastion), ""));
        let words = words.replace("host=localhost hostaddr=127.0.0.1", &format!("host={host}"));
        format!("{words} sslmode=verify-full sslrootcert={ca}")
    };
    connect(&far("localhost")).unwrap();
    assert!(bastion.log().contains(&format!("asked localhost:{port}")), "{}", bastion.log());
    // No host is the bastion itself, and not a socket here.
    let nowhere = far("localhost").replace("host=localhost ", "");
    connect(&nowhere).unwrap();
    let wrong = far("localhost").replace(&ca, &quoted(&world().other.certificate()));
    super::refused_words(&wrong, Destination, "not signed by a CA");
    super::refused_words(&far("/var/run/postgresql"), Usage, "no socket in a folder");
}

#[test]
fn an_encrypted_key_needs_its_password() {
    let bastion = Bastion::start();
    let key = bastion.encrypted_key("a 'b\\c$d");
    let password = |password: &str| format!("sshpassword={}", quoted(password));
    connects("either", &over(&bastion, &key, &password("a 'b\\c$d")), true);
    for more in [password("another"), String::new()] {
        refused("either", &over(&bastion, &key, &more), Destination, "private_key_password");
    }
}

#[test]
fn what_ssh_says_is_the_error_and_comes_with_what_to_do() {
    let bastion = Bastion::start();
    let key = text(&bastion);
    let refused = |more: &str, why: &str, hint: &str| {
        let said = refused("either", more, Destination, why);
        assert!(said.contains("the SSH tunnel failed") && said.contains(hint), "{said}");
    };
    refused(&over(&bastion, &bastion.other_key(), ""), "Permission denied", "check ssh_tunnel.username");
    refused(&over(&bastion, "/nowhere/key", ""), "Permission denied", "private_key");
    let other = Bastion::start();
    let wrong = over(&bastion, &key, "").replace(&bastion.host_key(), &other.host_key());
    refused(&wrong, "Host key verification failed", "the right bastion");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody =
        over(&bastion, &key, "").replace(&format!("sshport={}", bastion.port), &format!("sshport={closed}"));
    refused(&nobody, "Connection refused", "check ssh_tunnel.host and port");
    let (words, _) = words("either", &over(&bastion, &key, ""));
    let words = words.replace(&format!(" port={} ", world().server.port), &format!(" port={closed} "));
    super::refused_words(&words, Destination, "the bastion reaches the database");
}

/// The settings of a load over a bastion, as they stand for MeltanoLabs' target-postgres.
fn settings(bastion: &Bastion) -> Value {
    json!({
        "host": "127.0.0.1", "port": world().server.port, "user": "either", "password": PASSWORD, "database": "postgres",
        "default_target_schema": format!("over_ssh_{}", bastion.port),
        "ssh_tunnel.enable": "true", "ssh_tunnel.host": "127.0.0.1", "ssh_tunnel.port": bastion.port.to_string(),
        "ssh_tunnel.username": "loader", "ssh_tunnel.private_key": text(bastion), "ssh_tunnel.host_key": bastion.host_key(),
    })
}

const STREAM: &str = r#"{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":["id"]}
{"type":"RECORD","stream":"s","record":{"id":1}}
{"type":"STATE","value":{"at":1}}
"#;

#[test]
fn a_load_goes_over_the_bastion_and_leaves_no_key_behind() {
    let (bastion, home) = (Bastion::start(), folder::fresh());
    let temporary = home.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    fs::write(home.path().join("config.json"), settings(&bastion).to_string()).unwrap();
    let variables = [("TMPDIR", temporary.to_str().unwrap())];
    let load =
        || programs::target_in(home.path(), &["--config", "config.json"], STREAM.as_bytes(), &variables).ok();
    assert_eq!((load().stdout, load().stdout), ("{\"at\":1}\n".to_owned(), "{\"at\":1}\n".to_owned()));
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    bastion.await_lost(2);
}

#[test]
fn a_loader_that_is_killed_leaves_no_ssh_behind() {
    let (bastion, home) = (Bastion::start(), folder::fresh());
    fs::write(home.path().join("config.json"), settings(&bastion).to_string()).unwrap();
    let mut loader = Command::new(env!("CARGO_BIN_EXE_target"))
        .args(["--config", "config.json"])
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = loader.stdin.take().unwrap();
    stdin.write_all(STREAM.as_bytes()).unwrap();
    (0..200)
        .take_while(|_| !bastion.log().contains("asked"))
        .for_each(|_| std::thread::sleep(std::time::Duration::from_millis(50)));
    loader.kill().unwrap();
    loader.wait().unwrap();
    bastion.await_lost(1);
}
