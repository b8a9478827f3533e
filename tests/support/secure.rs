//! A private cluster that speaks TLS on a port of 127.0.0.1, and CAs that are made for the tests.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Child;

use ::postgres::{Client, NoTls};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    SigningKey as _,
};

use super::postgres;

/// A CA that signs certificates.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, as PEM.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = parameters(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its own certificate, as PEM.
    pub(crate) fn certificate(&self) -> String {
        self.0.pem()
    }

    /// A certificate of a common name and of alternative names.
    pub(crate) fn identity(&self, common_name: &str, names: &[&str]) -> Identity {
        self.dated(common_name, names, 2040)
    }

    /// One that is over at the begin of a year.
    pub(crate) fn dated(&self, common_name: &str, names: &[&str], over: i32) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = parameters(common_name, names);
        params.not_after = rcgen::date_time_ymd(over, 1, 1);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// A certificate of X.509's first version, as `openssl x509 -req` makes it without being told otherwise.
    pub(crate) fn old_identity(&self, common_name: &str) -> Identity {
        use x509_cert::Certificate;
        use x509_cert::certificate::Version;
        use x509_cert::der::asn1::BitString;
        use x509_cert::der::{Decode, Encode};

        let key = KeyPair::generate().unwrap();
        let modern = parameters(common_name, &[]).signed_by(&key, &self.0).unwrap();
        let mut old = Certificate::from_der(modern.der()).unwrap();
        old.tbs_certificate.version = Version::V1;
        old.tbs_certificate.extensions = None;
        let signed = old.tbs_certificate.to_der().unwrap();
        old.signature = BitString::from_bytes(&self.0.key().sign(&signed).unwrap()).unwrap();
        let pem = pem_of(&old.to_der().unwrap());
        Identity { certificate: pem, key: key.serialize_pem() }
    }
}

/// A certificate that signs itself, as the first example in Postgres' manual makes it: it could be a CA, too.
pub(crate) fn self_signed(common_name: &str) -> Identity {
    let own = Authority::new(common_name);
    Identity { certificate: own.certificate(), key: own.0.key().serialize_pem() }
}

fn parameters(common_name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    params
}

fn pem_of(der: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in der.chunks(3) {
        let number = three
            .iter()
            .chain([&0, &0])
            .take(3)
            .fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        let digits =
            (0..4).map(|at| if at <= three.len() { DIGITS[number >> (18 - 6 * at) & 63] } else { b'=' });
        text.extend(digits.map(char::from));
        if text.len() % 65 == 64 {
            text.push('\n');
        }
    }
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", text.trim_end())
}

/// A cluster whose connections over TCP are encrypted with a certificate of the tests.
pub(crate) struct Secure {
    folder: PathBuf,
    pub(crate) port: u16,
    user: Option<(u32, u32)>,
    /// The shell that stops it when its stdin is closed.
    _keeper: Child,
}

impl Secure {
    /// Starts one. `clients` is the CA of its clients' certificates.
    pub(crate) fn start(identity: &Identity, clients: &Authority, rules: &str, setup: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut owner = None;
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c ssl=on -c ssl_cert_file=../server.crt -c ssl_key_file=../server.key \
             -c ssl_ca_file=../clients.crt -c log_connections=on"
        );
        let (folder, keeper) = postgres::start(&options, |folder, user| {
            owner = user;
            install(folder, user, identity);
            put(&folder.join("clients.crt"), user, &clients.certificate());
            put(&folder.join("pg_hba.conf"), user, &format!("local all postgres trust\n{rules}"));
        });
        let started = Self { folder, port, user: owner, _keeper: keeper };
        started.administrator().batch_execute(setup).expect("the server is set up");
        started
    }

    /// Its administrator, by its socket.
    fn administrator(&self) -> Client {
        let folder = self.folder.display();
        Client::connect(&format!("host={folder} port={} user=postgres", self.port), NoTls)
            .expect("it answers")
    }

    /// The folder of its socket.
    pub(crate) fn socket(&self) -> String {
        self.folder.display().to_string()
    }

    /// Gives it another certificate.
    pub(crate) fn renew(&self, identity: &Identity) {
        install(&self.folder, self.user, identity);
        let reloads = || self.log().matches("reloading configuration files").count();
        let before = reloads();
        self.administrator().batch_execute("select pg_reload_conf()").expect("it reads its files again");
        let moment = std::time::Duration::from_millis(100);
        (0..100).take_while(|_| reloads() == before).for_each(|_| std::thread::sleep(moment));
        // It says so before it does so.
        std::thread::sleep(2 * moment);
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).expect("there is a log")
    }

    /// How the server let an application in, by its log: `None` where it did not.
    pub(crate) fn session(&self, application: &str) -> Option<String> {
        let log = self.log();
        let named = format!("application_name={application}");
        let line = log.lines().find(|line| {
            line.contains("connection authorized") && line.split_whitespace().any(|word| word == named)
        });
        line.map(str::to_owned)
    }
}

fn install(folder: &Path, user: Option<(u32, u32)>, identity: &Identity) {
    put(&folder.join("server.crt"), user, &identity.certificate);
    put(&folder.join("server.key"), user, &identity.key);
}

/// Writes a file that only the server's user can read.
fn put(path: &Path, user: Option<(u32, u32)>, text: &str) {
    fs::write(path, text).expect("the folder can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("it is ours");
    if let Some((user, group)) = user {
        chown(path, Some(user), Some(group)).expect("root may");
    }
}
