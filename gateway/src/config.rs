//! What operators may change about the gateway.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::HeaderValue;

use crate::notices::SecurityContact;
use crate::rates::RatesConfig;

/// Settings of the gateway.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Config {
    /// An origin whose pages may call Confab with a token, such as `https://app.example`
    ///
    /// May be given several times. The pages of Confab itself need no entry.
    /// No cookie is accepted from the origins that stand here.
    #[arg(long, env = "CONFAB_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',', value_parser = parse_origin)]
    pub cors_origin: Vec<HeaderValue>,

    /// An origin whose pages may use the session cookie as ours do, such as `http://localhost:5173`
    ///
    /// For a client that is served from another port of the same host, as in
    /// development: browsers send the cookie from no other site, whatever stands
    /// here. Whoever can change a page there can do everything in the names of
    /// those who look at it. May be given several times.
    #[arg(long, env = "CONFAB_COOKIE_ORIGIN", value_name = "ORIGIN", value_delimiter = ',', value_parser = parse_origin)]
    pub cookie_origin: Vec<HeaderValue>,

    /// Gives browsers a session cookie that also works over plain HTTP
    ///
    /// Whoever can listen on the network can then take over sessions. Not
    /// needed for HTTPS and for localhost.
    #[arg(
        long,
        env = "CONFAB_INSECURE_COOKIE",
        value_name = "BOOL",
        default_value_t = false,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        action = clap::ArgAction::Set
    )]
    pub insecure_cookie: bool,

    /// Largest request body to accept, in bytes
    ///
    /// Smaller than the longest message, and people cannot send it; larger, and
    /// each request may take that much memory.
    #[arg(long, env = "CONFAB_REQUEST_MAX_BYTES", value_name = "BYTES", default_value_t = 4 * 1024 * 1024)]
    pub request_max_bytes: usize,

    /// How long a request may take until its response begins, such as 30s
    ///
    /// Also how long a body may take to arrive: too short cuts off slow
    /// networks, too long lets slow clients hold on to memory. The services
    /// give up after 30s and say more about it, so a little longer than that.
    #[arg(
        long,
        env = "CONFAB_REQUEST_TIMEOUT",
        value_name = "DURATION",
        default_value = "35s",
        value_parser = humantime::parse_duration
    )]
    pub request_timeout: Duration,

    /// How many proxies stand before the gateway, at most 8
    ///
    /// Each of them has to add the address it was called from to the header
    /// `X-Forwarded-For`. Too few, and everybody seems to come from one address;
    /// too many, and people can claim any address they like.
    #[arg(
        long,
        env = "CONFAB_PROXIES",
        value_name = "COUNT",
        default_value = "0",
        value_parser = clap::value_parser!(u8).range(0..=8)
    )]
    pub proxies: u8,

    /// The certificate of the gateway, in the form of PEM, and those that vouch for it
    ///
    /// With it the gateway speaks TLS and nothing else. A new one is taken up by
    /// itself, and on SIGHUP; if it cannot be used, the old one stays.
    #[arg(long, env = "CONFAB_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// The key of the certificate, in the form of PEM; nobody else may be able to read it
    #[arg(long, env = "CONFAB_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// Whom to tell of a weakness, such as mailto:security@example.com
    ///
    /// Put up at `/.well-known/security.txt`, for everybody to read.
    #[arg(long, env = "CONFAB_SECURITY_CONTACT", value_name = "URI", value_parser = SecurityContact::parse)]
    pub security_contact: Option<SecurityContact>,

    /// Settings of the rate limits.
    #[command(flatten)]
    pub rates: RatesConfig,
}

impl Config {
    /// The files of the certificate and its key, if there is one.
    #[must_use]
    pub fn certificate(&self) -> Option<(&Path, &Path)> {
        Some((self.tls_cert.as_deref()?, self.tls_key.as_deref()?))
    }
}

/// Accepts what a browser sends as `Origin` (RFC 6454, section 6.2), and only that.
fn parse_origin(text: &str) -> Result<HeaderValue, &'static str> {
    let problem = "must look like https://app.example, with nothing after the host and port";
    let (scheme, host) = text.split_once("://").ok_or(problem)?;
    let is_plain = |character: char| character.is_ascii_alphanumeric() || ".-:[]".contains(character);
    if !matches!(scheme, "http" | "https") || host.is_empty() || !host.chars().all(is_plain) {
        return Err(problem);
    }
    HeaderValue::from_str(&text.to_ascii_lowercase()).map_err(|_| problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_origin_is_accepted() {
        for good in ["https://app.example", "http://localhost:5173", "http://[::1]:80"] {
            assert!(parse_origin(good).is_ok(), "{good}");
        }
        for bad in ["*", "app.example", "https://app.example/", "https://", "ftp://a", "https://a.example?x"]
        {
            assert!(parse_origin(bad).is_err(), "{bad}");
        }
    }
}
