//! Which modes of TLS connect, and which refuse.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use target::error::Class::{Destination, Usage};

use super::{connects, quoted, refused, refused_words, words, world};
use crate::support::folder;

#[test]
fn each_mode_encrypts_when_it_says_so() {
    connects("either", "", true);
    connects("either", "sslmode=disable", false);
    connects("either", "sslmode=allow", false);
    connects("either", "sslmode=prefer", true);
    connects("either", "sslmode=require", true);
}

#[test]
fn where_the_server_refuses_one_way_allow_and_prefer_go_the_other() {
    connects("loader", "sslmode=allow", true);
    connects("loader", "sslmode=prefer", true);
    connects("plain", "sslmode=allow", false);
    connects("plain", "sslmode=prefer", false);
}

#[test]
fn disable_and_require_go_no_other_way() {
    let said = refused("loader", "sslmode=disable", Destination, "no encryption");
    assert!(said.contains("set ssl_mode to require"), "{said}");
    refused("plain", "sslmode=require", Destination, "pg_hba.conf");
}

#[test]
fn require_needs_no_ca_and_holds_to_one_that_is_there() {
    let world = world();
    connects("loader", "sslmode=require", true);
    let right = quoted(&world.authority.certificate());
    connects("loader", &format!("sslmode=require sslrootcert={right}"), true);
    let wrong = quoted(&world.other.certificate());
    let why = "not signed by a CA in sslrootcert";
    let said = refused("loader", &format!("sslmode=require sslrootcert={wrong}"), Destination, why);
    assert!(said.contains("set ssl_certificate_authority"), "{said}");
}

#[test]
fn prefer_goes_on_without_tls_where_the_certificate_is_refused() {
    let wrong = quoted(&world().other.certificate());
    connects("either", &format!("sslmode=prefer sslrootcert={wrong}"), false);
    let said =
        refused("loader", &format!("sslmode=prefer sslrootcert={wrong}"), Destination, "not signed by a CA");
    assert!(said.contains("no encryption"), "both reasons: {said}");
}

#[test]
fn verify_ca_asks_who_signed_it_and_not_for_whom() {
    let world = world();
    let right = quoted(&world.authority.certificate());
    connects("loader", &format!("sslmode=verify-ca sslrootcert={right}"), true);
    connects("loader", &format!("sslmode=verify-ca sslrootcert={right} host=db.internal"), true);
    connects("loader", &format!("sslmode=verify-ca sslrootcert={}", quoted(&both())), true);
    for wrong in [world.other.certificate(), world.clients.certificate()] {
        let more = format!("sslmode=verify-ca sslrootcert={}", quoted(&wrong));
        refused("loader", &more, Destination, "not signed by a CA in sslrootcert");
    }
}

/// A file of two CAs, and what people write between them.
fn both() -> String {
    format!("# another\n{}\n# ours\n{}", world().other.certificate(), world().authority.certificate())
}

#[test]
fn verify_full_asks_for_the_name_too() {
    let world = world();
    let right = format!("sslmode=verify-full sslrootcert={}", quoted(&world.authority.certificate()));
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "db.example.com"] {
        connects("loader", &format!("{right} host={host}"), true);
    }
    for host in ["db.internal", "127.0.0.2", "example.com", "a.b.example.com", "::1"] {
        let said = refused("loader", &format!("{right} host={host}"), Destination, "is for another name");
        assert!(said.contains("verify-ca"), "{said}");
    }
    let wrong = format!("sslmode=verify-full sslrootcert={}", quoted(&world.other.certificate()));
    refused("loader", &wrong, Destination, "not signed by a CA in sslrootcert");
}

#[test]
fn an_address_alone_is_a_name() {
    let (words, _) = words("loader", &format!("sslmode=verify-full sslrootcert={}", quoted(&both())));
    super::connect(&words.replace("host=localhost ", "")).unwrap();
}

#[test]
fn verification_needs_a_ca() {
    for mode in ["verify-ca", "verify-full"] {
        let said = refused("loader", &format!("sslmode={mode}"), Usage, "needs the certificate of a CA");
        assert!(
            said.contains("ssl_certificate_authority") && said.contains("~/.postgresql/root.crt"),
            "{said}"
        );
    }
}

#[test]
fn the_systems_cas_do_not_know_ours() {
    let why = ["not signed by a CA in sslrootcert", "the system has no certificates"];
    let (words, _) = words("loader", "sslrootcert=system");
    let said = super::connect(&words).unwrap_err().to_string();
    assert!(why.iter().any(|why| said.contains(why)), "{said}");
    refused("loader", "sslrootcert=system sslmode=verify-ca", Usage, "need verify-full");
}

#[test]
fn certificates_are_taken_from_files_and_from_texts() {
    let world = world();
    let folder = folder::fresh();
    let client = world.clients.identity("client", &[]);
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        quoted(path.to_str().unwrap())
    };
    let (ca, certificate, key) = (
        put("ca.crt", &world.authority.certificate()),
        put("client.crt", &client.certificate),
        put("client.key", &client.key),
    );
    let files = format!("sslmode=verify-full sslrootcert={ca} sslcert={certificate} sslkey={key}");
    connects("client", &files, true);
    let texts = format!(
        "sslmode=verify-full sslrootcert={} sslcert={} sslkey={}",
        quoted(&world.authority.certificate()),
        quoted(&client.certificate),
        // As an environment without line breaks has it.
        quoted(&client.key.replace('\n', "\\n")),
    );
    connects("client", &texts, true);
    let without = format!("sslmode=verify-full sslrootcert={ca}");
    refused("client", &without, Destination, "certificate");
    refused("client", &format!("{files} sslcertmode=disable"), Destination, "certificate");
    let key = folder.path().join("client.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    refused("client", &files, Usage, "chmod 600");
}

#[test]
fn a_client_certificate_of_an_unknown_ca_or_for_another_user_is_refused() {
    let world = world();
    let stranger = world.other.identity("client", &[]);
    let with = |identity: &crate::support::secure::Identity| {
        format!("sslmode=require sslcert={} sslkey={}", quoted(&identity.certificate), quoted(&identity.key))
    };
    refused("client", &with(&stranger), Destination, "does not accept the client certificate");
    let somebody = world.clients.identity("somebody", &[]);
    refused("client", &with(&somebody), Destination, "certificate authentication failed");
    let mixed =
        format!("sslmode=require sslcert={} sslkey={}", quoted(&somebody.certificate), quoted(&stranger.key));
    refused("client", &mixed, Usage, "not a key that fits");
}

#[test]
fn channel_binding_is_used_where_it_is_demanded() {
    connects("loader", "sslmode=require channel_binding=require", true);
    connects("loader", "sslmode=require channel_binding=disable", true);
    let said = refused("either", "sslmode=disable channel_binding=require", Destination, "channel binding");
    assert!(said.contains("scram-sha-256"), "{said}");
    refused("md5", "sslmode=require channel_binding=require", Destination, "channel binding");
    connects("md5", "sslmode=require channel_binding=prefer", true);
}

#[test]
fn sockets_are_never_encrypted() {
    let world = world();
    let (words, name) = words("either", "sslmode=verify-full sslrootcert=/nowhere");
    let words =
        words.replace("host=localhost hostaddr=127.0.0.1", &format!("host={}", world.server.socket()));
    super::connect(&words).unwrap();
    assert!(!world.server.session(&name).unwrap().contains("SSL"));
}

#[test]
fn versions_of_tls_can_be_chosen() {
    let session = |more: &str| {
        let (words, name) = words("loader", more);
        super::connect(&words).unwrap();
        world().server.session(&name).unwrap()
    };
    assert!(session("sslmode=require").contains("TLSv1.3"));
    assert!(session("sslmode=require ssl_max_protocol_version=TLSv1.2").contains("TLSv1.2"));
    refused("loader", "ssl_max_protocol_version=TLSv1.1", Usage, "no version of TLS is left");
}

#[test]
fn a_server_without_tls_is_refused_by_require_and_taken_by_prefer() {
    let database = crate::support::postgres::start("", |_, _| {});
    let (folder, _keeper) = database;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // By way of its socket: the cluster has no port of its own.
    let socket = folder.join(".s.PGSQL.5432");
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = std::os::unix::net::UnixStream::connect(&socket).unwrap();
            let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
            let (mut from_server, mut to_server) = (server.try_clone().unwrap(), server);
            std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
            std::thread::spawn(move || std::io::copy(&mut from_server, &mut to_client));
        }
    });
    let words = format!("host=127.0.0.1 port={port} user=postgres sslmode=");
    super::connect(&(words.clone() + "prefer")).unwrap();
    super::connect(&(words.clone() + "allow")).unwrap();
    refused_words(&(words + "require"), Destination, "server does not support TLS");
}
