//! What is refused before a server is asked, and servers that do not answer.

use std::net::TcpListener;
use std::time::Instant;

use target::error::Class::{Destination, Usage};

use super::{connect, quoted, refused, refused_words, words, world};

#[test]
fn what_is_not_done_is_refused_by_name() {
    for parameter in [
        "sslcrl=/x",
        "sslcrldir=/x",
        "requirepeer=x",
        "requireauth=none",
        "gssencmode=require",
        "replication=true",
        "service=x",
    ] {
        let (name, _) = parameter.split_once('=').unwrap();
        refused("loader", parameter, Usage, &format!("{name} is not supported"));
    }
    refused("loader", "sslpassword=x", Usage, "encrypted keys are not supported");
    for (parameter, why) in [
        ("sslmode=on", "sslmode is not one of"),
        ("channel_binding=on", "channel_binding is not one of"),
        ("target_session_attrs=prefer-standby", "target_session_attrs is not one of"),
        ("sslnegotiation=direct", "needs an ssl_mode of require"),
        ("sslnegotiation=x", "sslnegotiation is not one of"),
        ("connect_timeout=soon", "connect_timeout is not a whole number"),
        ("keepalives_idle=x", "keepalives_idle is not a whole number"),
        ("ssl_min_protocol_version=3", "is not a version of TLS"),
        ("sslcertmode=require", "sslcertmode is not one of"),
        ("hostaddr=localhost", "hostaddr is not an IP address"),
        ("port=0", "the port is not a number"),
        ("host=a,b hostaddr=127.0.0.1", "do not name equally many hosts"),
    ] {
        refused("loader", parameter, Usage, why);
    }
}

#[test]
fn certificates_that_cannot_be_read_are_refused_by_name() {
    let client = world().clients.identity("client", &[]);
    let (certificate, key) = (quoted(&client.certificate), quoted(&client.key));
    let key_without_its_first_line = quoted(client.key.split_once('\n').unwrap().1);
    let secret = client.key.lines().nth(1).unwrap();
    for (more, why) in [
        (
            "sslrootcert=/nowhere/ca.crt".to_owned(),
            "/nowhere/ca.crt that sslrootcert (ssl_certificate_authority) names",
        ),
        (format!("sslrootcert={key}"), "sslrootcert has no certificate in it"),
        ("sslrootcert='-----BEGIN CERTIFICATE-----'".to_owned(), "sslrootcert is not PEM"),
        (format!("sslcert={certificate}"), "its key is not"),
        ("sslcert=/nowhere/c sslkey=/nowhere/k".to_owned(), "sslcert (ssl_client_certificate) names"),
        (
            format!("sslcert={certificate} sslkey=/nowhere/k"),
            "the file that sslkey (ssl_client_private_key) names",
        ),
        (
            format!("sslcert={certificate} sslkey={key_without_its_first_line}"),
            "cannot read the file that sslkey",
        ),
        (format!("sslcert={certificate} sslkey={certificate}"), "has no private key in it"),
        (
            format!(
                "sslcert={certificate} sslkey='-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----'"
            ),
            "openssl pkey",
        ),
    ] {
        let (words, _) = words("client", &format!("sslmode=require {more}"));
        let error = connect(&words).expect_err(&more);
        let said = format!("{error} {error:?} {}", error.hint_text().unwrap_or_default());
        assert!(error.class() == Usage && said.contains(why), "{more}: {said}");
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn a_server_that_takes_the_connection_and_says_nothing_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let begun = Instant::now();
    let words = format!("host=127.0.0.1 port={port} user=me connect_timeout=1");
    refused_words(&words, Destination, "no answer within 1 s (connect_timeout)");
    assert!(begun.elapsed().as_secs() < 8);
}

#[test]
fn the_next_host_is_asked_where_one_does_not_answer() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (words, name) = words("loader", "");
    let port = world().server.port;
    let two = words
        .replace("host=localhost hostaddr=127.0.0.1", "host=127.0.0.1,localhost")
        .replace(&format!("port={port}"), &format!("port={closed},{port}"));
    connect(&two).unwrap();
    assert!(world().server.session(&name).is_some());
    let both = two.replace(&format!(",{port}"), &format!(",{closed}"));
    refused_words(&both, Destination, "check the host, the port");
}

#[test]
fn the_session_has_its_name_and_the_options_that_were_given() {
    let (words, name) = words("loader", "target_session_attrs=read-write options='-c work_mem=5MB'");
    connect(&words).unwrap();
    assert!(world().server.session(&name).is_some());
    // Without a name of its own it has the loader's.
    connect(&words.replace(&format!("application_name={name}"), "")).unwrap();
    assert!(world().server.session("lastword").is_some());
    let said = refused("loader", "options='-c work_mem=none'", Destination, "work_mem");
    assert!(said.contains("SQLSTATE"), "{said}");
    refused("loader", "target_session_attrs=read-only", Destination, "database is not read only");
    refused("nobody", "sslmode=require", Destination, "pg_hba.conf");
    refused("loader", "host=nowhere.invalid hostaddr=''", Destination, "its name cannot be resolved");
}
