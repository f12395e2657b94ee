//! Fetches what providers publish: little, soon, and from nowhere else.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an answer may take, to its end.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer, in bytes: a dozen keys with certificates.
const BYTES_MAX: usize = 256 * 1024;

/// Why something could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum Unfetched {
    /// The net, or the provider.
    #[error("the provider could not be asked")]
    Http(#[from] reqwest::Error),
    /// It answers with something else.
    #[error("the provider answered with the status {0}")]
    Status(u16),
    /// See [`BYTES_MAX`].
    #[error("the provider's answer is longer than {BYTES_MAX} bytes")]
    TooLong,
    /// It is not JSON, or lacks something.
    #[error("the provider's answer is malformed")]
    Form(#[from] serde_json::Error),
}

/// What a provider says, in one of the two forms that it may choose (OpenID Connect
/// Core, section 5.3.2).
pub enum Said<T> {
    /// As it is.
    Plain(T),
    /// In a token, which is to be checked.
    Signed(String),
}

/// A client that goes where it is told and nowhere else.
pub fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        // Who sends us on could send us to what only we can reach.
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(ANSWER_TIMEOUT)
        .build()
}

/// Sends `request`, and reads what comes back.
pub async fn fetch<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Unfetched> {
    let response = request.header(ACCEPT, "application/json").send().await?;
    Ok(serde_json::from_slice(&read(response).await?)?)
}

/// The same, where what comes back may be signed.
pub async fn fetch_said<T: DeserializeOwned>(request: RequestBuilder) -> Result<Said<T>, Unfetched> {
    let response = request.header(ACCEPT, "application/json, application/jwt").send().await?;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_signed = kind.eq_ignore_ascii_case("application/jwt");
    let body = read(response).await?;
    Ok(if is_signed {
        Said::Signed(String::from_utf8_lossy(&body).trim().to_owned())
    } else {
        Said::Plain(serde_json::from_slice(&body)?)
    })
}

async fn read(mut response: Response) -> Result<Vec<u8>, Unfetched> {
    if !response.status().is_success() {
        return Err(Unfetched::Status(response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > BYTES_MAX {
            return Err(Unfetched::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Puts `form` into the body of `request`.
pub fn with_form(request: RequestBuilder, form: &[(&str, &str)]) -> RequestBuilder {
    let fields: Vec<String> =
        form.iter().map(|(name, value)| format!("{name}={}", form_encoded(value))).collect();
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(fields.join("&"))
}

/// `text` as it stands in a form; the same goes into a header (RFC 6749, section 2.3.1).
pub fn form_encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Whether what goes to `url` cannot be read on the way: over TLS, or not over a net.
pub fn is_safe(url: &Url) -> bool {
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_in_clear_text_over_a_net() {
        for (url, safe) in [
            ("https://id.example.com/a", true),
            ("http://localhost:3000/", true),
            ("http://[::1]:3000/", true),
            ("http://id.example.com/", false),
            ("http://localhost.example.com/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_safe(&url.parse().unwrap()), safe, "{url}");
        }
    }
}
