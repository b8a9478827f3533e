//! What is checked of the server's certificate.
//!
//! rustls checks what today's certificates have. Postgres' own instructions make older ones, and libpq takes those:
//! [`old_certificates`](super::old_certificates).

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::old_certificates as old;

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// Nothing but that the server has its certificate's key.
    Nothing,
    /// Who signed it.
    Issuer,
    /// And that it is for the server's name.
    Name,
}

#[derive(Debug)]
pub(super) struct Verifier {
    check: Check,
    /// `None` where nothing is checked.
    modern: Option<Arc<WebPkiServerVerifier>>,
    roots: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) fn new(
        check: Check,
        roots: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut modern = None;
        if check != Check::Nothing {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(roots.iter().cloned());
            let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider));
            modern = Some(builder.build()?);
        }
        Ok(Self { check, modern, roots, algorithms: provider.signature_verification_algorithms })
    }

    /// Whether it is signed by a CA that is known, and still valid.
    fn is_signed(
        &self,
        end: &CertificateDer<'_>,
        issuer: Result<(), Error>,
        now: UnixTime,
    ) -> Result<(), Error> {
        match issuer {
            Ok(()) => Ok(()),
            // What today's rules refuse may be one of the older kind, which has its own.
            Err(error) => match old::is_trusted(end, &self.roots, self.algorithms.all, now)? {
                true => Ok(()),
                false if old::is_old(end)? => Err(CertificateError::UnknownIssuer.into()),
                false => Err(error),
            },
        }
    }
}

/// Whether that is all that is wrong: it is looked at last.
fn is_name(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        )
    )
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(modern) = &self.modern else { return Ok(ServerCertVerified::assertion()) };
        let whole = modern.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let Err(error) = whole else { return Ok(ServerCertVerified::assertion()) };
        let issuer = if is_name(&error) { Ok(()) } else { Err(error.clone()) };
        self.is_signed(end_entity, issuer, now)?;
        match self.check {
            Check::Name if !old::is_for(end_entity, server_name) => Err(match is_name(&error) {
                true => error,
                false => CertificateError::NotValidForName.into(),
            }),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // By its key alone: the rest of an old certificate is nothing that rustls reads.
        let key = old::public_key(cert)?;
        rustls::crypto::verify_tls13_signature_with_raw_key(message, &key, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
