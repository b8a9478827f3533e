//! The settings of how a Postgres connection is made.

use super::{Config, Target};
use crate::conninfo::{Conninfo, SslMode};
use crate::error::Result;

impl Config {
    /// The destination with these settings in its connection string. What stands there already wins, for it may have been typed.
    pub(super) fn over_tls(&self, target: Target) -> Result<Target> {
        let set = self.connection();
        match target {
            Target::Postgres(text) if set != Conninfo::default() => {
                Ok(Target::Postgres(Conninfo::parse(&text)?.or(set).text()))
            }
            target => Ok(target),
        }
    }

    fn connection(&self) -> Conninfo {
        let mut set = Conninfo::default();
        let mut put = |keyword, value: Option<&str>| {
            if let Some(value) = value {
                set.set(keyword, value);
            }
        };
        // Other loaders' settings have switches, and defaults for what is switched off; a URL of SQLAlchemy says what it wants of TLS.
        if self.ssl_enable != Some(false) && self.sqlalchemy_url.is_none() {
            let strict = self.ssl_enable.and(Some(SslMode::VerifyFull));
            let plain = self.ssl.filter(|is_on| *is_on).and(Some(SslMode::Require));
            put("sslmode", self.ssl_mode.or(strict).or(plain).map(SslMode::word));
            put("sslrootcert", self.ssl_certificate_authority.as_deref());
            if self.ssl_client_certificate_enable != Some(false) {
                put("sslcert", self.ssl_client_certificate.as_deref());
                put("sslkey", self.ssl_client_private_key.as_deref());
            }
        }
        put("channel_binding", self.channel_binding.map(|binding| binding.word()));
        put("connect_timeout", self.connect_timeout.map(|seconds| seconds.to_string()).as_deref());
        set
    }
}
