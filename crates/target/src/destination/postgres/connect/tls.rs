//! The TLS of a connection: whom it trusts, what it checks, and who it says it is.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, SupportedProtocolVersion};

use super::verify::{Check, Verifier};
use crate::conninfo::{Conninfo, SslMode};
use crate::error::{Error, Result};

/// The parameters that hold certificates, and the settings that do the same.
const SETTINGS: &[(&str, &str)] = &[
    ("sslrootcert", "ssl_certificate_authority"),
    ("sslcert", "ssl_client_certificate"),
    ("sslkey", "ssl_client_private_key"),
];

/// TLS as the parameters want it.
///
/// # Errors
/// Of class usage where certificates are missing or cannot be read.
pub(super) fn config(info: &Conninfo, mode: SslMode) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = Arc::new(verifier(info, mode, &provider)?);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(info)?)
        .map_err(|error| Error::bug("TLS cannot be set up").caused_by(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match identity(info)? {
        None => builder.with_no_client_auth(),
        Some((certificates, key)) => builder.with_client_auth_cert(certificates, key).map_err(|error| {
            Error::usage("sslkey is not a key that fits the certificate in sslcert").caused_by(error).hint(
                "ssl_client_certificate and ssl_client_private_key belong together; the certificate comes before its issuers",
            )
        })?,
    };
    config.enable_sni = info.get("sslsni") != Some("0");
    if is_direct(info)? {
        // Whoever takes TLS without being asked must be told for what.
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(config)
}

/// Whether TLS begins at once, without asking the server: from Postgres 17 on.
pub(super) fn is_direct(info: &Conninfo) -> Result<bool> {
    match info.get("sslnegotiation") {
        None | Some("postgres") => Ok(false),
        Some("direct") if SslMode::of(info)? >= SslMode::Require => Ok(true),
        Some("direct") => Err(Error::usage("sslnegotiation=direct needs an ssl_mode of require or stricter")),
        Some(_) => Err(Error::usage("sslnegotiation is not one of postgres and direct")),
    }
}

/// What is checked: as in libpq, a CA that is known is used in every mode.
fn verifier(info: &Conninfo, mode: SslMode, provider: &Arc<CryptoProvider>) -> Result<Verifier> {
    let roots = roots(info)?;
    let check = match (mode, &roots) {
        (SslMode::VerifyFull, Some(_)) => Check::Name,
        (_, Some(_)) => Check::Issuer,
        (SslMode::VerifyCa | SslMode::VerifyFull, None) => {
            return Err(Error::usage(format!("ssl_mode {} needs the certificate of a CA", mode.word())).hint(
                "set ssl_certificate_authority (sslrootcert) to its path or its text, or to system; or put it into \
                 ~/.postgresql/root.crt",
            ));
        }
        (_, None) => Check::Nothing,
    };
    Verifier::new(check, roots.unwrap_or_default(), provider)
        .map_err(|error| Error::usage("sslrootcert has no certificate that a CA can have").caused_by(error))
}

fn roots(info: &Conninfo) -> Result<Option<Vec<CertificateDer<'static>>>> {
    if info.get("sslrootcert") != Some("system") {
        return pem(info, "sslrootcert")?.map(|text| certificates(&text, "sslrootcert")).transpose();
    }
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(Error::usage("the system has no certificates of CAs (sslrootcert=system)")
            .hint("install them (Debian: ca-certificates), or name a file of them in SSL_CERT_FILE"));
    }
    Ok(Some(found.certs))
}

/// The client's certificate with its issuers, and its key.
fn identity(info: &Conninfo) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>> {
    match info.get("sslcertmode") {
        None | Some("allow") => {}
        Some("disable") => return Ok(None),
        Some(_) => return Err(Error::usage("sslcertmode is not one of disable and allow")),
    }
    let Some(certificate) = pem(info, "sslcert")? else { return Ok(None) };
    let key = pem(info, "sslkey")?.ok_or_else(|| {
        Error::usage("a client certificate is set, and its key is not")
            .hint("set ssl_client_private_key (sslkey) to its path or its text")
    })?;
    Ok(Some((certificates(&certificate, "sslcert")?, private_key(&key)?)))
}

fn certificates(text: &[u8], keyword: &str) -> Result<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(Error::usage(format!("{keyword} has no certificate in it"))
            .hint("certificates are wanted as PEM: -----BEGIN CERTIFICATE-----")),
        Err(error) => Err(Error::usage(format!("{keyword} is not PEM")).caused_by(error)),
    }
}

fn private_key(text: &[u8]) -> Result<PrivateKeyDer<'static>> {
    let words = String::from_utf8_lossy(text);
    if words.contains("ENCRYPTED") {
        return Err(Error::usage("the client's key (sslkey) is encrypted, which is not supported").hint(
            "decrypt it: openssl pkey -in encrypted.key -out client.key, and keep it from others (chmod 600)",
        ));
    }
    // Without the cause, which may show what stands there.
    PrivateKeyDer::from_pem_slice(text).map_err(|_| {
        Error::usage("the client's key (sslkey) has no private key in it")
            .hint("a key is wanted as PEM: -----BEGIN PRIVATE KEY-----")
    })
}

/// What a parameter holds: PEM as it stands there, or that of the file it names.
fn pem(info: &Conninfo, keyword: &str) -> Result<Option<Vec<u8>>> {
    let Some(value) = info.get(keyword) else { return Ok(None) };
    if value.contains("-----BEGIN") {
        // Some environments cannot hold line breaks and write them as \n.
        return Ok(Some(value.replace("\\n", "\n").into_bytes()));
    }
    let setting = SETTINGS.iter().find(|(name, _)| *name == keyword).map_or("", |(_, setting)| setting);
    let is_key = keyword == "sslkey";
    if is_key && fs::metadata(value).is_ok_and(|file| !is_kept(&file)) {
        return Err(Error::usage("the file of the client's key (sslkey) can be read by others")
            .hint("let only its owner read it: chmod 600"));
    }
    let text = fs::read(value).map_err(|error| {
        // A key without its first line would be taken for a path, and must not be shown.
        let what = if is_key { String::new() } else { format!(" {value}") };
        Error::usage(format!("cannot read the file{what} that {keyword} ({setting}) names"))
            .caused_by(error)
            .hint("it holds a path, or PEM: -----BEGIN …")
    })?;
    Ok(Some(text))
}

/// Whether a key is kept from others, by libpq's rule: root's may be read by a group.
fn is_kept(file: &fs::Metadata) -> bool {
    file.mode() & if file.uid() == 0 { 0o037 } else { 0o077 } == 0
}

fn versions(info: &Conninfo) -> Result<Vec<&'static SupportedProtocolVersion>> {
    let position = |keyword: &str, default: usize| match info.get(keyword) {
        None => Ok(default),
        Some("TLSv1.3") => Ok(1),
        Some("TLSv1" | "TLSv1.1" | "TLSv1.2") => Ok(0),
        Some(_) => Err(Error::usage(format!("{keyword} is not a version of TLS, such as TLSv1.2"))),
    };
    let (least, most) = (position("ssl_min_protocol_version", 0)?, position("ssl_max_protocol_version", 1)?);
    if matches!(info.get("ssl_max_protocol_version"), Some("TLSv1" | "TLSv1.1")) || least > most {
        return Err(Error::usage("no version of TLS is left: TLSv1.2 and TLSv1.3 are supported"));
    }
    Ok([&TLS12, &TLS13][least..=most].to_vec())
}
