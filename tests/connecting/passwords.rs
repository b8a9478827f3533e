//! Where passwords come from, and where they never go.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use super::{PASSWORD, world};
use crate::support::{folder, programs};

/// Writes a file that only its owner can read.
fn keep(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Demands that a program got in and found nothing there, and did not say the password.
#[track_caller]
fn gets_in(ran: &programs::Ran) {
    assert!(ran.stderr.contains("no bookmark has been committed yet"), "{}", ran.stderr);
    silent(ran);
}

#[track_caller]
fn silent(ran: &programs::Ran) {
    for part in ["s3cr", "3t", "w'rd", "%40ss"] {
        assert!(!ran.stderr.contains(part) && !ran.stdout.contains(part), "{}{}", ran.stdout, ran.stderr);
    }
}

/// The server without a password.
fn url() -> String {
    format!("postgres://loader@localhost:{}/postgres?hostaddr=127.0.0.1", world().server.port)
}

fn escaped(password: &str) -> String {
    password.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn a_password_is_taken_from_the_url_the_environment_and_the_settings() {
    let folder = folder::fresh();
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        programs::target_in(folder.path(), &[&["state"], arguments].concat(), b"", variables)
    };
    gets_in(&run(&[&url().replace('@', &format!(":{}@", escaped(PASSWORD)))], &[]));
    gets_in(&run(&[&url()], &[("PGPASSWORD", PASSWORD)]));
    let port = world().server.port.to_string();
    let all = [
        ("PGHOST", "localhost"),
        ("PGPORT", port.as_str()),
        ("PGUSER", "loader"),
        ("PGDATABASE", "postgres"),
        ("PGPASSWORD", PASSWORD),
        ("PGSSLMODE", "require"),
    ];
    gets_in(&run(&["postgres://"], &all));
    let settings = json!({"host": "localhost", "port": world().server.port, "user": "loader", "database": "postgres",
        "password": PASSWORD, "ssl_mode": "verify-full", "ssl_certificate_authority": world().authority.certificate(),
        "channel_binding": "require"});
    keep(&folder.path().join("settings.json"), &settings.to_string());
    gets_in(&run(&["--config", "settings.json"], &[]));
}

#[test]
fn a_password_file_is_used_if_others_cannot_read_it() {
    let folder = folder::fresh();
    let run =
        |variables: &[(&str, &str)]| programs::target_in(folder.path(), &["state", &url()], b"", variables);
    let line = |host: &str| {
        let password = PASSWORD.replace('\\', "\\\\").replace(':', "\\:");
        format!("elsewhere:*:*:*:wrong\n{host}:{}:postgres:loader:{password}\n", world().server.port)
    };
    let ran = run(&[]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("set the password"), "{}", ran.stderr);
    let path = folder.path().join(".pgpass");
    keep(&path, &line("localhost"));
    gets_in(&run(&[]));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let ran = run(&[]);
    assert!(ran.code == 3 && ran.stderr.contains("chmod 600"), "{}", ran.stderr);
    silent(&ran);
    keep(&path, &line("otherhost"));
    let ran = run(&[]);
    assert!(ran.code == 3 && ran.stderr.contains("has no line for this host"), "{}", ran.stderr);
    let other = folder.path().join("passwords");
    keep(&other, &line("*"));
    gets_in(&run(&[("PGPASSFILE", other.to_str().unwrap())]));
    gets_in(&programs::target_in(
        folder.path(),
        &["state", &format!("{}&passfile={}", url(), other.display())],
        b"",
        &[],
    ));
    // What is set wins.
    let ran = run(&[("PGPASSFILE", other.to_str().unwrap()), ("PGPASSWORD", "wr0ng s3cr3t")]);
    assert!(ran.code == 3 && ran.stderr.contains("password authentication failed"), "{}", ran.stderr);
    silent(&ran);
}

#[test]
fn a_service_is_all_that_has_to_be_named() {
    let folder = folder::fresh();
    let ca = folder.path().join("ca.crt");
    keep(&ca, &world().authority.certificate());
    let service = format!(
        "[shop]\nhost=localhost\nport={}\nuser=loader\ndbname=postgres\npassword={PASSWORD}\nsslmode=verify-full\nsslrootcert={}\n",
        world().server.port,
        ca.display()
    );
    keep(&folder.path().join(".pg_service.conf"), &service);
    let run = |destination: &str, variables: &[(&str, &str)]| {
        programs::target_in(folder.path(), &["state", destination], b"", variables)
    };
    gets_in(&run("service=shop", &[]));
    gets_in(&run("postgres:///?service=shop", &[]));
    gets_in(&run("postgres://", &[("PGSERVICE", "shop")]));
    let ran = run("service=nothing", &[]);
    assert!(ran.code == 2 && ran.stderr.contains("there is no service"), "{}", ran.stderr);
    let ran = run("service=shop host=127.0.0.2 connect_timeout=2", &[]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    silent(&ran);
}

#[test]
fn a_root_certificate_in_the_home_is_used() {
    let folder = folder::fresh();
    fs::create_dir(folder.path().join(".postgresql")).unwrap();
    let path = folder.path().join(".postgresql/root.crt");
    let run = || {
        let variables = [("PGPASSWORD", PASSWORD), ("PGSSLMODE", "verify-full")];
        programs::target_in(folder.path(), &["state", &url()], b"", &variables)
    };
    let ran = run();
    assert!(ran.code == 2 && ran.stderr.contains("needs the certificate of a CA"), "{}", ran.stderr);
    keep(&path, &world().authority.certificate());
    gets_in(&run());
    keep(&path, &world().other.certificate());
    let ran = run();
    assert!(ran.code == 3 && ran.stderr.contains("not signed by a CA in sslrootcert"), "{}", ran.stderr);
}

#[test]
fn a_whole_load_over_tls_says_no_password() {
    let folder = folder::fresh();
    let input = "{\"type\":\"SCHEMA\",\"stream\":\"over_tls\",\"schema\":{\"properties\":{\"id\":{\"type\":\"integer\"}}},\"key_properties\":[\"id\"]}\n\
                 {\"type\":\"RECORD\",\"stream\":\"over_tls\",\"record\":{\"id\":1}}\n{\"type\":\"STATE\",\"value\":{\"position\":1}}\n";
    let url = url().replace("loader@", &format!("either:{}@", escaped(PASSWORD)))
        + "&channel_binding=require&sslmode=require";
    let ran = programs::target_in(folder.path(), &[&url, "--schema", "over_tls"], input.as_bytes(), &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"position\":1}\n"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains(&format!("loading into postgres://localhost:{}/postgres", world().server.port)),
        "{}",
        ran.stderr
    );
    silent(&ran);
}

/// `ps` shows the command line of every process to everybody.
#[cfg(target_os = "linux")]
#[test]
fn a_password_that_was_typed_does_not_stay_in_the_command_line() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let folder = folder::fresh();
    let url = url().replace("loader@", &format!("either:{}@", escaped(PASSWORD)));
    let mut command = Command::new(env!("CARGO_BIN_EXE_target"));
    programs::forget_postgres(&mut command);
    let mut child = command
        .env("HOME", folder.path())
        .args(["--schema", "titled", &url])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let title = fs::read_to_string(format!("/proc/{}/cmdline", child.id())).unwrap();
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success(), "{said}");
    assert!(said.contains("loading into postgres://localhost"), "{said}");
    let shown = format!("postgres://localhost:{}/postgres", world().server.port);
    assert!(title.ends_with(&format!("--schema\0titled\0{shown}\0")), "{title:?}");
}
