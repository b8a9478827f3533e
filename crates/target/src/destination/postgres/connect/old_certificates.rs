//! Certificates that rustls does not read and libpq does: those that Postgres' own instructions make. They are of X.509's first version,
//! or sign themselves, and have their name as a common name.

use rustls::pki_types::{
    CertificateDer, IpAddr, ServerName, SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::{CertificateError, Error};
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::oid::db::rfc4519::COMMON_NAME;
use x509_cert::der::{self, Decode, Encode, Header, Reader, SliceReader};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// Whether a certificate is trusted although today's rules refuse it: it is itself among the trusted ones, or of the first version and
/// signed by one of them. Nothing may stand between the two, for what is of the first version does not say what it may sign.
///
/// # Errors
/// Where it is over, or not valid yet.
pub(super) fn is_trusted(
    end: &CertificateDer<'_>,
    roots: &[CertificateDer<'_>],
    algorithms: &[&dyn SignatureVerificationAlgorithm],
    now: UnixTime,
) -> Result<bool, Error> {
    let certificate = parsed(end)?;
    let signed = || {
        certificate.tbs_certificate.version == Version::V1
            && roots.iter().any(|root| has_signed(root, end, &certificate, algorithms).unwrap_or(false))
    };
    if !roots.contains(end) && !signed() {
        return Ok(false);
    }
    let validity = &certificate.tbs_certificate.validity;
    if now.as_secs() > validity.not_after.to_unix_duration().as_secs() {
        return Err(CertificateError::Expired.into());
    }
    if now.as_secs() < validity.not_before.to_unix_duration().as_secs() {
        return Err(CertificateError::NotValidYet.into());
    }
    Ok(true)
}

/// Whether a certificate is of the older kind: then the rules above say whether it is trusted, and not today's.
///
/// # Errors
/// Where it is no certificate.
pub(super) fn is_old(end: &CertificateDer<'_>) -> Result<bool, Error> {
    let certificate = parsed(end)?.tbs_certificate;
    Ok(certificate.version == Version::V1 || certificate.issuer == certificate.subject)
}

fn has_signed(
    root: &CertificateDer<'_>,
    end: &CertificateDer<'_>,
    certificate: &Certificate,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
) -> der::Result<bool> {
    let root = Certificate::from_der(root)?;
    if root.tbs_certificate.subject != certificate.tbs_certificate.issuer {
        return Ok(false);
    }
    let signed = signed_part(end)?;
    let key = &root.tbs_certificate.subject_public_key_info;
    let (key_kind, signature_kind) = (key.algorithm.to_der()?, certificate.signature_algorithm.to_der()?);
    let (key_kind, signature_kind) = (AnyRef::from_der(&key_kind)?, AnyRef::from_der(&signature_kind)?);
    let (Some(key), Some(signature)) = (key.subject_public_key.as_bytes(), certificate.signature.as_bytes())
    else {
        return Ok(false);
    };
    Ok(algorithms.iter().any(|algorithm| {
        algorithm.public_key_alg_id().as_ref() == key_kind.value()
            && algorithm.signature_alg_id().as_ref() == signature_kind.value()
            && algorithm.verify_signature(key, signed, signature).is_ok()
    }))
}

/// The part of a certificate that its issuer signs, byte for byte.
fn signed_part<'a>(certificate: &'a CertificateDer<'_>) -> der::Result<&'a [u8]> {
    let mut reader = SliceReader::new(certificate)?;
    Header::decode(&mut reader)?;
    reader.tlv_bytes()
}

/// Whether a certificate is for a name, by libpq's rules: one of its alternative names is the host's; where it has none of the host's
/// kind, its common name is.
pub(super) fn is_for(end: &CertificateDer<'_>, host: &ServerName<'_>) -> bool {
    let Ok(certificate) = parsed(end) else { return false };
    let subject = certificate.tbs_certificate;
    let Ok(names) = subject.get::<SubjectAltName>() else { return false };
    let names = names.map(|(_, names)| names.0).unwrap_or_default();
    let mut of_its_kind = false;
    for name in &names {
        let is_it = match (name, host) {
            (GeneralName::DnsName(name), ServerName::DnsName(host)) => matches(name.as_str(), host.as_ref()),
            (GeneralName::IpAddress(address), ServerName::IpAddress(host)) => match host {
                IpAddr::V4(host) => address.as_bytes() == host.as_ref(),
                IpAddr::V6(host) => address.as_bytes() == host.as_ref(),
            },
            _ => continue,
        };
        of_its_kind = true;
        if is_it {
            return true;
        }
    }
    if of_its_kind {
        return false;
    }
    let mut attributes = subject.subject.0.iter().flat_map(|name| name.0.iter());
    let common_name = attributes.find(|attribute| attribute.oid == COMMON_NAME);
    let common_name = common_name.and_then(|attribute| std::str::from_utf8(attribute.value.value()).ok());
    common_name.is_some_and(|name| match host {
        ServerName::DnsName(host) => matches(name, host.as_ref()),
        host => name == host.to_str(),
    })
}

/// Whether a name is the host's. `*.` stands for one label.
fn matches(name: &str, host: &str) -> bool {
    let host = match name.strip_prefix("*.") {
        // Never for a whole domain of the first level.
        Some(domain) if domain.contains('.') => host.split_once('.').map(|(_, domain)| domain),
        Some(_) => None,
        None => Some(host),
    };
    host.is_some_and(|host| name.strip_prefix("*.").unwrap_or(name).eq_ignore_ascii_case(host))
}

/// The public key in a certificate.
pub(super) fn public_key(end: &CertificateDer<'_>) -> Result<SubjectPublicKeyInfoDer<'static>, Error> {
    let key = parsed(end)?.tbs_certificate.subject_public_key_info;
    key.to_der().map(Into::into).map_err(|_| CertificateError::BadEncoding.into())
}

fn parsed(certificate: &CertificateDer<'_>) -> Result<Certificate, Error> {
    Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding.into())
}
