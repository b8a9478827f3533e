//! Connection strings, services and passwords in files: as libpq reads them.

use target::config::{self, Config, Environment};
use target::conninfo::{Conninfo, SslMode, passfile, service};
use target::error::Class;

/// A connection string as words, in the order of their names.
#[track_caller]
fn words(text: &str) -> String {
    Conninfo::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).text()
}

#[test]
fn urls_are_read_as_libpq_reads_them() {
    for (url, expected) in [
        ("postgres://", ""),
        ("postgresql://host", "host='host'"),
        ("postgres://host:5433", "host='host' port='5433'"),
        ("postgres://host/db", "dbname='db' host='host'"),
        ("postgres:///db", "dbname='db'"),
        ("postgres://me@/db", "dbname='db' user='me'"),
        ("postgres://me:@host", "host='host' user='me'"),
        ("postgres://me:secret@host", "host='host' password='secret' user='me'"),
        ("postgres://me:a:b?c@host", "host='host' password='a:b?c' user='me'"),
        ("postgres://m%40e:s%2Fe%3Ac@h/d%2fb", "dbname='d/b' host='h' password='s/e:c' user='m@e'"),
        ("postgres://[::1]:5433/db", "dbname='db' host='::1' port='5433'"),
        ("postgres://[2001:db8::1]", "host='2001:db8::1'"),
        ("postgres://%2Fvar%2Frun/db", "dbname='db' host='/var/run'"),
        ("postgres://a:1,b,[::1]:3/db", "dbname='db' host='a,b,::1' port='1,,3'"),
        ("postgres://a,b/db", "dbname='db' host='a,b'"),
        ("postgres:///db?host=/tmp&port=5433", "dbname='db' host='/tmp' port='5433'"),
        ("postgres://h/db?user=me&password=p%26q%3D1", "dbname='db' host='h' password='p&q=1' user='me'"),
        (
            "postgres://h?sslmode=verify-full&sslrootcert=/a%20b",
            "host='h' sslmode='verify-full' sslrootcert='/a b'",
        ),
        ("postgres://h?ssl=true", "host='h' sslmode='require'"),
        ("postgres://h/?application_name=it%27s", "application_name='it\\'s' host='h'"),
        ("postgres://h/db?", "dbname='db' host='h'"),
    ] {
        assert_eq!(words(url), expected, "{url}");
        assert_eq!(words(expected), expected);
    }
}

#[test]
fn words_are_read_as_libpq_reads_them() {
    for (text, expected) in [
        ("", ""),
        ("host=h", "host='h'"),
        ("  host = h\n port=1 ", "host='h' port='1'"),
        ("password='it''", "x"),
        ("password='a b' user=me", "password='a b' user='me'"),
        (r"password='it\'s \\' user=me", r"password='it\'s \\' user='me'"),
        (r"password=a\ b\'c", r"password='a b\'c'"),
        ("host='' dbname=d", "dbname='d' host=''"),
        ("host=a host=b", "host='b'"),
    ] {
        match Conninfo::parse(text) {
            Ok(info) => assert_eq!(info.text(), expected, "{text}"),
            Err(error) => assert_eq!(expected, "x", "{text}: {error}"),
        }
    }
}

/// Whatever is written badly may be a password.
#[test]
fn what_is_no_connection_string_is_refused_and_not_shown() {
    for text in [
        "s3cr3t",
        "s3cr3t=1",
        "host=h s3cr3t",
        "host=h password=a s3cr3t=b",
        "password='s3cr3t",
        "postgres://me:s3cr3t/x@host/db",
        "postgres://me:1/s3cr3t@host/db",
        "postgres://me:1s3cr3t@x@host/db",
        "postgres://me:s3cr3t%zz@host/db",
        "postgres://me:s3cr3t%00@host/db",
        "postgres://me:s3cr3t%ff@host/db",
        "postgres://host:s3cr3t/db",
        "postgres://host:70000/s3cr3t",
        "postgres://[s3cr3t/db",
        "postgres://[::1]s3cr3t/db",
        "postgres://host/db?s3cr3t",
        "postgres://host/db?s3cr3t=1",
        "postgres://host/db?password=a=s3cr3t",
        "postgres://host/db?password=a&s3cr3t=b",
    ] {
        let error = Conninfo::parse(text).expect_err(text);
        assert_eq!(error.class(), Class::Usage);
        let said = format!("{error} {error:?} {:?}", error.hint_text());
        assert!(!said.contains("s3cr3t"), "{text}: {said}");
    }
}

#[test]
fn nothing_of_a_connection_string_is_shown_but_where_it_leads() {
    let info = Conninfo::parse("postgres://me:s3cr3t@h:1,/db").unwrap();
    assert!(!format!("{info:?}").contains("s3cr3t"));
    for (text, shown) in [
        ("host=h port=1 dbname=d password=s3cr3t", "postgres://h:1/d"),
        ("host=a,b port=1,2 user=s3cr3t", "postgres://a:1,b:2/"),
        ("host=a,b port=1 dbname=d", "postgres://a:1,b:1/d"),
        ("host=/tmp dbname=d passfile=s3cr3t", "postgres:///d"),
        ("hostaddr=127.0.0.1", "postgres://127.0.0.1/"),
        ("password='s3cr3t", "postgres://…"),
        ("user=me password=a s3cr3t", "postgres://…"),
    ] {
        assert_eq!(config::target(text).unwrap().to_string(), shown, "{text}");
    }
}

#[test]
fn sslmode_is_one_of_six_and_the_systems_cas_need_the_strictest() {
    let mode = |text: &str| SslMode::of(&Conninfo::parse(text).unwrap());
    for (text, expected) in [
        ("", SslMode::Prefer),
        ("sslmode=disable", SslMode::Disable),
        ("sslmode=allow", SslMode::Allow),
        ("sslmode=require sslrootcert=x", SslMode::Require),
        ("sslmode=verify-ca", SslMode::VerifyCa),
        ("sslmode=verify-full sslrootcert=system", SslMode::VerifyFull),
        ("sslrootcert=system", SslMode::VerifyFull),
    ] {
        assert_eq!(mode(text).unwrap(), expected, "{text}");
        assert_eq!(mode(&format!("sslmode={}", expected.word())).unwrap(), expected);
    }
    for text in ["sslmode=on", "sslmode=Require", "sslmode=require sslrootcert=system"] {
        assert_eq!(mode(text).unwrap_err().class(), Class::Usage, "{text}");
    }
}

#[test]
fn a_line_of_a_password_file_is_for_what_it_names() {
    let file = "# a comment:1:2:3:4\n\
                h:5432:d:u:one\n\
                h:5432:*:u:two\r\n\
                *:*:*:colon\\:user:with\\:colon\\\\and\\x\n\
                ::1:5432:d:u:no\n\
                \\:\\:1:5432:d:u:six\n\
                short:1\n\
                \n\
                last:1:d:u:a:rest\n\
                \\*:*:*:*:star\n\
                *:7:*:*:any\n";
    let find = |host, port, database, user| passfile::find(file, host, port, database, user);
    assert_eq!(find("h", 5432, "d", "u").as_deref(), Some("one"));
    assert_eq!(find("h", 5432, "e", "u").as_deref(), Some("two"));
    assert_eq!(find("h", 5433, "d", "u"), None);
    assert_eq!(find("x", 1, "y", "colon:user").as_deref(), Some(r"with:colon\andx"));
    assert_eq!(find("::1", 5432, "d", "u").as_deref(), Some("six"));
    assert_eq!(find("last", 1, "d", "u").as_deref(), Some("a"), "a colon ends it, as in libpq");
    assert_eq!(find("*", 9, "d", "u").as_deref(), Some("star"));
    assert_eq!(find("x", 9, "d", "u"), None);
    assert_eq!(find("x", 7, "d", "u").as_deref(), Some("any"));
    assert_eq!(find("# a comment", 1, "2", "3"), None);
}

#[test]
fn a_service_is_a_section_of_its_file() {
    let file = "# services\n[a]\nhost=h1\n host=h2 \nport=1\n\n[b]\ndbname= d \npassword=p=q\n[a]\nuser=later\n[bad]\nnothing\n\
                [nested]\nservice=a\n[unknown]\ns3cr3t=1\n[empty]\n";
    let find = |name: &str| service::find(file, name).map(|found| found.map(|info| info.text()));
    assert_eq!(find("a").unwrap().as_deref(), Some("host='h1' port='1'"));
    assert_eq!(find("b").unwrap().as_deref(), Some("dbname=' d' password='p=q'"));
    assert_eq!(find("empty").unwrap().as_deref(), Some(""));
    assert_eq!(find("c").unwrap(), None);
    for name in ["bad", "nested", "unknown"] {
        let error = find(name).expect_err(name);
        assert!(error.to_string().contains("line 1") && !error.to_string().contains("s3cr3t"), "{error}");
    }
}

/// A folder that is somebody's home, with files in it.
fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    home
}

/// What a destination means in an environment, as words, with the home as `~`.
fn within(settings: &str, home: &tempfile::TempDir, variables: &[(&str, &str)]) -> Result<String, String> {
    let home = home.path().to_str().unwrap();
    let mut environment = vec![("HOME".to_owned(), home.to_owned())];
    environment.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), value.replace('~', home))));
    let environment: Environment = environment.into_iter().collect();
    let settings =
        Config::read(settings).and_then(Config::settle).and_then(|settings| settings.within(&environment));
    match settings.map_err(|error| error.to_string())?.target {
        config::Target::Postgres(text) => Ok(text.replace(home, "~")),
        config::Target::DuckDb(path) => Ok(path.display().to_string()),
        config::Target::DuckLake(lake) => Ok(lake.to_string()),
        config::Target::MotherDuck(database) => Ok(database.to_string()),
    }
}

#[test]
fn the_string_wins_over_its_service_and_that_over_the_environment() {
    let home = home(&[
        (".pg_service.conf", "[mine]\nhost=of_service\nport=2\nuser=of_service\n"),
        ("other.conf", "[theirs]\nhost=of_other\n[mine]\nhost=not_this\n"),
        ("system/pg_service.conf", "[all]\nhost=of_system\n"),
    ]);
    let url = |query: &str| format!(r#"{{"destination": "postgres://me@/db?{query}"}}"#);
    let port = ("PGPORT", "3");
    let meant = |query: &str, variables: &[(&str, &str)]| within(&url(query), &home, variables).unwrap();
    assert_eq!(meant("", &[]), "dbname='db' user='me'");
    assert_eq!(
        meant("", &[("PGHOST", "h"), ("PGUSER", "not"), ("PGPASSWORD", "p"), ("PGPORT", "")]),
        "dbname='db' host='h' password='p' user='me'"
    );
    assert_eq!(meant("service=mine", &[port]), "dbname='db' host='of_service' port='2' user='me'");
    assert_eq!(meant("port=1", &[("PGSERVICE", "mine")]), "dbname='db' host='of_service' port='1' user='me'");
    let other = ("PGSERVICEFILE", "~/other.conf");
    assert_eq!(meant("service=theirs", &[port, other]), "dbname='db' host='of_other' port='3' user='me'");
    let system = ("PGSYSCONFDIR", "~/system");
    assert_eq!(meant("service=all", &[system]), "dbname='db' host='of_system' user='me'");
    let missing = within(&url("service=none"), &home, &[]).unwrap_err();
    assert!(missing.contains("there is no service \"none\""), "{missing}");
    let missing = within(&url("service=none"), &home, &[("PGSERVICEFILE", "~/nowhere")]).unwrap_err();
    assert!(missing.contains("cannot read the service file"), "{missing}");
    // None of it is for DuckDB.
    assert_eq!(within("{}", &home, &[("PGSERVICE", "none"), ("PGHOST", "h")]).unwrap(), "warehouse.duckdb");
}

#[test]
fn every_variable_of_libpq_is_followed() {
    let home = home(&[]);
    let variables = [
        ("PGHOST", "host"),
        ("PGHOSTADDR", "hostaddr"),
        ("PGPORT", "port"),
        ("PGDATABASE", "dbname"),
        ("PGUSER", "user"),
        ("PGPASSWORD", "password"),
        ("PGPASSFILE", "passfile"),
        ("PGSSLMODE", "sslmode"),
        ("PGSSLROOTCERT", "sslrootcert"),
        ("PGSSLCERT", "sslcert"),
        ("PGSSLKEY", "sslkey"),
        ("PGSSLNEGOTIATION", "sslnegotiation"),
        ("PGCHANNELBINDING", "channel_binding"),
        ("PGAPPNAME", "application_name"),
        ("PGOPTIONS", "options"),
        ("PGCONNECT_TIMEOUT", "connect_timeout"),
        ("PGTARGETSESSIONATTRS", "target_session_attrs"),
        ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
    ];
    for (variable, keyword) in variables {
        let meant = within(r#"{"destination": "postgres://"}"#, &home, &[(variable, "x y")]).unwrap();
        assert_eq!(meant, format!("{keyword}='x y'"));
    }
}

#[test]
fn files_in_the_home_are_found_as_libpq_finds_them() {
    let home = home(&[
        (".pgpass", ""),
        (".postgresql/root.crt", ""),
        (".postgresql/postgresql.crt", ""),
        (".postgresql/postgresql.key", ""),
    ]);
    let to = |text: &str| within(&format!(r#"{{"destination": "{text}"}}"#), &home, &[]).unwrap();
    assert_eq!(
        to("postgres://h"),
        "host='h' passfile='~/.pgpass' sslcert='~/.postgresql/postgresql.crt' sslkey='~/.postgresql/postgresql.key' \
         sslrootcert='~/.postgresql/root.crt'"
    );
    assert_eq!(
        to("passfile=/p sslrootcert=~/r sslcert=/c"),
        "passfile='/p' sslcert='/c' sslkey='~/.postgresql/postgresql.key' sslrootcert='~/r'"
    );
}

#[test]
fn the_settings_of_tls_go_into_the_connection_string() {
    let home = home(&[]);
    let meant = |settings: &str| within(settings, &home, &[]).unwrap();
    assert_eq!(meant(r#"{"host": "h", "ssl_mode": "verify-ca"}"#), "host='h' sslmode='verify-ca'");
    assert_eq!(
        meant(
            r#"{"destination": "postgres://h?sslmode=require", "ssl_mode": "disable", "connect_timeout": 3}"#
        ),
        "connect_timeout='3' host='h' sslmode='require'",
        "what was typed wins"
    );
    let all = r#"{"host": "h", "ssl_enable": ENABLE, "ssl_certificate_authority": "/ca", "ssl_client_certificate_enable": CLIENT,
        "ssl_client_certificate": "/c", "ssl_client_private_key": "/k", "ssl_storage_directory": ".secrets", "channel_binding": "require"}"#;
    let all = |enable: &str, client: &str| meant(&all.replace("ENABLE", enable).replace("CLIENT", client));
    let (ca, client) = ("sslrootcert='/ca'", "sslcert='/c' sslkey='/k'");
    assert_eq!(
        all("true", "null"),
        format!("channel_binding='require' host='h' {client} sslmode='verify-full' {ca}")
    );
    assert_eq!(all("null", "null"), format!("channel_binding='require' host='h' {client} {ca}"));
    assert_eq!(
        all("true", "false"),
        format!("channel_binding='require' host='h' sslmode='verify-full' {ca}")
    );
    assert_eq!(all("false", "true"), "channel_binding='require' host='h'");
    assert_eq!(meant(r#"{"ssl_mode": "require", "path": "a.duckdb"}"#), "a.duckdb");
}
