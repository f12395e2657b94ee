//! What operators can set about passkeys.

use std::fmt;
use std::str::FromStr;

/// Where the page is on one's own machine.
const LOCAL_ORIGIN: &str = "http://localhost:8080";

/// Settings of passkeys.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct PasskeyConfig {
    /// Where people open the web page, such as `https://chat.example.com`: passkeys work there only.
    ///
    /// May be given several times, for hosts of one domain; links in letters lead to the
    /// first one, and providers (--oidc-file) send people back to it. Browsers know
    /// no passkeys over http, but on localhost.
    #[arg(
        long,
        env = "CONFAB_PASSKEY_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        default_value = LOCAL_ORIGIN
    )]
    pub passkey_origin: Vec<Origin>,

    /// The domain that passkeys belong to; the host of the first --passkey-origin, unless set
    ///
    /// It has to be that host, or a domain above it. All passkeys are lost when it changes.
    #[arg(long, env = "CONFAB_PASSKEY_DOMAIN", value_name = "DOMAIN")]
    pub passkey_domain: Option<String>,
}

impl PasskeyConfig {
    /// Where the web page is that letters lead to.
    #[must_use]
    pub fn page(&self) -> Origin {
        self.passkey_origin.first().cloned().unwrap_or_else(|| Origin(LOCAL_ORIGIN.to_owned()))
    }

    /// The domain that passkeys belong to.
    #[must_use]
    pub fn domain(&self) -> &str {
        let first = || self.passkey_origin.first().map_or("localhost", Origin::host);
        self.passkey_domain.as_deref().unwrap_or_else(first)
    }
}

/// Scheme, host and port of a web page, as browsers write them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// Why a text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be like https://chat.example.com, in small letters, without a path; http only for localhost")]
pub struct InvalidOrigin;

impl Origin {
    /// Whether it is on one's own machine, so that nobody else gets there.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.host() == "localhost"
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        let after = self.0.split_once("://").map_or(self.0.as_str(), |(_, after)| after);
        after.split_once(':').map_or(after, |(host, _)| host)
    }

    /// The origin as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let origin = Self(text.to_owned());
        let (scheme, after) = text.split_once("://").ok_or(InvalidOrigin)?;
        let (host, port) = after.split_once(':').map_or((after, None), |(host, port)| (host, Some(port)));
        let is_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        let host_fits = !host.is_empty() && host.chars().all(is_host);
        let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        let scheme_fits = scheme == "https" || (scheme == "http" && host == "localhost");
        if host_fits && port_fits && scheme_fits { Ok(origin) } else { Err(InvalidOrigin) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_browsers_send() {
        for (text, host) in [
            ("http://localhost:8080", "localhost"),
            ("https://chat.example.com", "chat.example.com"),
            ("https://chat.example.com:8443", "chat.example.com"),
        ] {
            let origin: Origin = text.parse().unwrap();
            assert_eq!((origin.host(), origin.as_str()), (host, text));
        }
        for odd in [
            "",
            "chat.example.com",
            "http://chat.example.com",
            "https://",
            "https://Chat.example.com",
            "https://chat.example.com/",
            "https://chat.example.com:0",
            "https://chat.example.com:x",
            "ftp://localhost",
        ] {
            assert_eq!(odd.parse::<Origin>(), Err(InvalidOrigin), "{odd}");
        }
    }

    #[test]
    fn passkeys_belong_to_the_first_host_unless_somebody_says_otherwise() {
        let origins =
            ["https://chat.example.com", "https://talk.example.com"].map(|text| text.parse().unwrap());
        let config = PasskeyConfig { passkey_origin: origins.to_vec(), passkey_domain: None };
        assert_eq!(
            (config.domain(), config.page().as_str()),
            ("chat.example.com", "https://chat.example.com")
        );
        assert!(!config.page().is_local());
        let above = PasskeyConfig { passkey_domain: Some("example.com".to_owned()), ..config };
        assert_eq!(above.domain(), "example.com");
    }
}
