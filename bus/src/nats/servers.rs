//! Where NATS is, and who we are to it.

use std::str::FromStr;

use async_nats::{ConnectOptions, ServerAddr};
use secrecy::{ExposeSecret, SecretString};

/// The servers of one NATS cluster: `nats://one:4222,nats://other:4222`, or
/// `tls://…`.
#[derive(Clone, Debug)]
pub struct NatsServers {
    addresses: Vec<ServerAddr>,
    credentials: Option<Credentials>,
}

/// What we prove to NATS who we are with: `user:password`, or a token.
#[derive(Clone, Debug)]
pub struct Credentials(SecretString);

/// The text names no servers that we can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidServers {
    /// It is no URL of ours.
    #[error("must look like nats://bus:4222, or like tls://bus:4222; several with commas between them")]
    Malformed,
    /// It has a password, which would be shown to whoever reads the settings.
    #[error("must be without user and password: they are secrets, and have a setting of their own")]
    HasCredentials,
}

impl NatsServers {
    /// How many servers may be named. NATS tells us of the others.
    const COUNT_MAX: usize = 16;

    /// The same servers, to which we are who `credentials` says.
    #[must_use]
    pub fn with_credentials(self, credentials: Option<Credentials>) -> Self {
        Self { credentials, ..self }
    }

    pub(super) fn addresses(&self) -> &[ServerAddr] {
        &self.addresses
    }

    /// `options` with the credentials.
    pub(super) fn authenticate(&self, options: ConnectOptions) -> ConnectOptions {
        let Some(Credentials(secret)) = &self.credentials else { return options };
        match secret.expose_secret().split_once(':') {
            Some((user, password)) => options.user_and_password(user.to_owned(), password.to_owned()),
            None => options.token(secret.expose_secret().to_owned()),
        }
    }
}

impl FromStr for NatsServers {
    type Err = InvalidServers;

    fn from_str(text: &str) -> Result<Self, InvalidServers> {
        let addresses = text.split(',').map(address).collect::<Result<Vec<_>, _>>()?;
        if addresses.len() > Self::COUNT_MAX {
            return Err(InvalidServers::Malformed);
        }
        Ok(Self { addresses, credentials: None })
    }
}

fn address(text: &str) -> Result<ServerAddr, InvalidServers> {
    // Without a scheme it would be taken for NATS, whatever was meant.
    let address: ServerAddr = text.parse().map_err(|_| InvalidServers::Malformed)?;
    if address.username().is_some() || address.password().is_some() {
        return Err(InvalidServers::HasCredentials);
    }
    let is_ours = ["nats://", "tls://"].iter().any(|scheme| text.starts_with(scheme));
    let end = text.find("://").map_or("", |at| &text[at + 3..]);
    let is_bare = !end.trim_end_matches('/').contains(['/', '?', '#']);
    (is_ours && is_bare && !address.host().is_empty()).then_some(address).ok_or(InvalidServers::Malformed)
}

impl From<SecretString> for Credentials {
    fn from(secret: SecretString) -> Self {
        Self(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_connected_to_names_servers() {
        for good in ["nats://bus:4222", "nats://[::1]", "tls://bus/", "nats://one:1,nats://other:2"] {
            assert!(good.parse::<NatsServers>().is_ok(), "{good}");
        }
        for bad in ["", "bus:4222", "nats://", "http://bus", "ws://bus", "nats://bus/path", "nats://one,"] {
            assert_eq!(bad.parse::<NatsServers>().unwrap_err(), InvalidServers::Malformed, "{bad}");
        }
    }

    #[test]
    fn a_password_is_not_taken_where_it_can_be_read() {
        for bad in
            ["nats://ann:secret@bus", "nats://token@bus", "nats://:secret@bus", "nats://a,nats://b:c@d"]
        {
            assert_eq!(bad.parse::<NatsServers>().unwrap_err(), InvalidServers::HasCredentials, "{bad}");
        }
    }

    #[test]
    fn credentials_do_not_print() {
        let servers: NatsServers = "nats://bus".parse().unwrap();
        let secret = SecretString::from("ann:secret".to_owned());
        let text = format!("{:?}", servers.with_credentials(Some(secret.into())));
        assert!(!text.contains("secret"), "{text}");
    }
}
