//! How Cloudinary is shown that a request is ours: a hash over what it says, and a secret behind it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use secrecy::{ExposeSecret, SecretString};
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// How long the signature in an address is, of SHA-1 and of SHA-256.
const SHORT_CHARS: usize = 8;
const LONG_CHARS: usize = 32;

/// The hash that an account is set to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Algorithm {
    /// What accounts are set to unless somebody changed it.
    #[default]
    Sha1,
    /// What newer accounts can be set to.
    Sha256,
}

/// Signs the parameters of a call: in alphabetical order, joined by `&`, with the secret behind them.
#[must_use]
pub fn of_call(parameters: &[(&str, String)], secret: &SecretString, algorithm: Algorithm) -> String {
    let mut sorted: Vec<_> = parameters.iter().filter(|(_, value)| !value.is_empty()).collect();
    sorted.sort_by_key(|(name, _)| *name);
    let mut signed = String::new();
    for (name, value) in sorted {
        if !signed.is_empty() {
            signed.push('&');
        }
        // A value that has an `&` in it must not look like the next parameter.
        let _ = write!(signed, "{name}={}", value.replace('&', "%26"));
    }
    signed.push_str(secret.expose_secret());
    match algorithm {
        Algorithm::Sha1 => hex::encode(Sha1::digest(signed)),
        Algorithm::Sha256 => hex::encode(Sha256::digest(signed)),
    }
}

/// Signs the address of what only whoever has such an address may load, as it stands in it.
#[must_use]
pub fn of_address(source: &str, secret: &SecretString, algorithm: Algorithm) -> String {
    let signed = [source, secret.expose_secret()].concat();
    let (hash, chars) = match algorithm {
        Algorithm::Sha1 => (Sha1::digest(signed).to_vec(), SHORT_CHARS),
        Algorithm::Sha256 => (Sha256::digest(signed).to_vec(), LONG_CHARS),
    };
    let text = URL_SAFE.encode(hash);
    format!("s--{}--", &text[..chars])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_comes_out() {
        let parameters = [("timestamp", "1315060510".to_owned()), ("public_id", "sample_image".to_owned())];
        let secret = SecretString::from("abcd");
        assert_eq!(
            of_call(&parameters, &secret, Algorithm::Sha1),
            "b4ad47fb4e25c7bf5f92a20089f9db59bc302313"
        );
    }

    #[test]
    fn whatever_is_empty_is_not_signed() {
        let secret = SecretString::from("abcd");
        let with = [("public_id", "a".to_owned()), ("tags", String::new())];
        let without = &with[..1];
        assert_eq!(of_call(&with, &secret, Algorithm::Sha256), of_call(without, &secret, Algorithm::Sha256));
    }

    #[test]
    fn a_value_cannot_pretend_to_be_two_parameters() {
        let secret = SecretString::from("abcd");
        let one = [("public_id", "a&timestamp=1".to_owned())];
        let two = [("public_id", "a".to_owned()), ("timestamp", "1".to_owned())];
        assert_ne!(of_call(&one, &secret, Algorithm::Sha1), of_call(&two, &secret, Algorithm::Sha1));
    }
}
