//! Certificates as others make them: libpq takes them, so they are taken here.

use target::error::Class::Destination;

use super::{PASSWORD, RULES, SETUP, connect, quoted, refused_words};
use crate::support::secure::{Authority, Identity, Secure, self_signed};

/// A server, and a connection to it under a name with a CA.
struct Served(Secure);

impl Served {
    fn words(&self, mode: &str, host: &str, ca: &str) -> String {
        format!(
            "host={host} hostaddr=127.0.0.1 port={} user=loader dbname=postgres password={} sslmode={mode} sslrootcert={}",
            self.0.port,
            quoted(PASSWORD),
            quoted(ca)
        )
    }

    #[track_caller]
    fn connects(&self, mode: &str, host: &str, ca: &str) {
        connect(&self.words(mode, host, ca)).unwrap_or_else(|error| panic!("{mode} {host}: {error}"));
    }

    #[track_caller]
    fn refuses(&self, mode: &str, host: &str, ca: &str, why: &str) {
        refused_words(&self.words(mode, host, ca), Destination, why);
    }
}

#[test]
fn certificates_as_libpq_takes_them() {
    let (authority, other) = (Authority::new("root"), Authority::new("root"));
    let (ca, wrong) = (authority.certificate(), other.certificate());
    let first: Identity = authority.identity("db.example.org", &[]);
    let served = Served(Secure::start(&first, &other, RULES, SETUP));
    let unsigned = "not signed by a CA in sslrootcert";
    let misnamed = "is for another name";

    // A common name alone.
    served.connects("verify-full", "db.example.org", &ca);
    served.connects("verify-ca", "elsewhere", &ca);
    served.refuses("verify-full", "elsewhere", &ca, misnamed);
    served.refuses("verify-full", "127.0.0.1", &ca, misnamed);
    served.refuses("verify-full", "db.example.org", &wrong, unsigned);

    // An alternative name: the common one does not count then.
    served.0.renew(&authority.identity("db.example.org", &["other.example.org"]));
    served.refuses("verify-full", "db.example.org", &ca, misnamed);
    served.connects("verify-full", "other.example.org", &ca);

    // A wildcard, and an address, as common names.
    served.0.renew(&authority.identity("*.example.org", &[]));
    served.connects("verify-full", "db.example.org", &ca);
    served.refuses("verify-full", "a.db.example.org", &ca, misnamed);
    served.0.renew(&authority.identity("127.0.0.1", &["db.example.org"]));
    served.connects("verify-full", "127.0.0.1", &ca);

    // One that signs itself, and is all that is trusted.
    let own = self_signed("db.example.org");
    served.0.renew(&own);
    served.connects("require", "elsewhere", &own.certificate);
    served.connects("verify-full", "db.example.org", &own.certificate);
    served.refuses("verify-full", "elsewhere", &own.certificate, misnamed);
    served.refuses("verify-ca", "db.example.org", &ca, unsigned);
    served.refuses("verify-ca", "db.example.org", &self_signed("db.example.org").certificate, unsigned);

    // The first version of X.509.
    served.0.renew(&authority.old_identity("db.example.org"));
    served.connects("verify-ca", "elsewhere", &ca);
    served.connects("verify-full", "db.example.org", &ca);
    served.refuses("verify-full", "elsewhere", &ca, misnamed);
    served.refuses("verify-ca", "db.example.org", &wrong, unsigned);
    let unchecked =
        served.words("require", "elsewhere", "").replace("sslrootcert=''", "channel_binding=require");
    connect(&unchecked).unwrap();

    // One that is over.
    served.0.renew(&authority.dated("db.example.org", &["db.example.org"], 2021));
    served.refuses("verify-ca", "db.example.org", &ca, "has expired");
}
