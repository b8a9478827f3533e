//! Where a file is: a URL or a path, as taps write them.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use crate::error::{Error, Result};

/// The path that an entry of a manifest names. It may be relative to the loader's folder, also as a URL: the SDK's own documents have
/// `file://folder/…`.
pub(super) fn path(entry: &str) -> Result<PathBuf> {
    let Some((scheme, rest)) = scheme(entry) else {
        return if entry.is_empty() {
            Err(Error::input("the manifest names a file without a name"))
        } else {
            Ok(entry.into())
        };
    };
    if !scheme.eq_ignore_ascii_case("file") {
        // The rest may hold a password.
        return Err(Error::input(format!("the manifest has a URL of the scheme {scheme:?}, and only files are read"))
            .hint("let the tap write into a local folder (batch_config.storage.root: \"file://…\"), or send RECORD messages"));
    }
    let rest = match rest.strip_prefix("//") {
        None => rest,
        Some(rest) => rest.strip_prefix("localhost").filter(|rest| rest.starts_with('/')).unwrap_or(rest),
    };
    let bytes = decoded(rest).filter(|bytes| !bytes.is_empty() && !bytes.contains(&0));
    let bytes = bytes.ok_or_else(|| {
        Error::input(format!("the manifest has a URL that is none: {entry:?}"))
            .hint("in a URL a % stands before two hexadecimal digits")
    })?;
    Ok(OsString::from_vec(bytes).into())
}

/// The scheme of a URL and what follows it; `None` for a path.
fn scheme(entry: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = entry.split_once(':')?;
    let named = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    // A path may have a colon, and a URL of files needs no slashes.
    (named && (rest.starts_with("//") || scheme.eq_ignore_ascii_case("file"))).then_some((scheme, rest))
}

/// The bytes of a text with percent signs.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    Some(bytes)
}
