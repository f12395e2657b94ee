//! From which page a browser sends a request.

use http::header::{HOST, ORIGIN, REFERER};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

/// Says how the page that sends a request relates to where it is sent (W3C
/// Fetch Metadata). Scripts cannot set it; browsers do, except over plain HTTP
/// to other hosts than localhost.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whose page sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A page of our own, or of an origin that was said to be as good: only such
    /// a one may use the session cookie.
    OwnPage,
    /// A page of somebody else, or one that hides whose it is.
    OtherPage,
    /// No browser that would say so.
    Unknown,
}

impl Sender {
    /// Tells it by the headers of a request. Pages of the `trusted` origins are as good as ours.
    pub fn of(request: &Parts, trusted: &[HeaderValue]) -> Self {
        let headers = &request.headers;
        // Without an origin, as requests that ask for something have none, there
        // may still be the address of the page. Scripts cannot set that either.
        let referer = || only(headers, &REFERER).map(origin_of);
        let origin = only(headers, &ORIGIN).or_else(referer);
        let is_trusted = || origin.is_some_and(|origin| trusted.iter().any(|trusted| trusted == origin));
        if let Some(site) = only(headers, &SEC_FETCH_SITE) {
            return match site {
                "same-origin" => Self::OwnPage,
                // Typed into the address bar: nobody's page.
                "none" => Self::Unknown,
                // Of another site no cookie comes along, so none is looked for.
                "same-site" if is_trusted() => Self::OwnPage,
                _ => Self::OtherPage,
            };
        }
        let Some(origin) = origin else { return Self::Unknown };
        let host = host(&request.uri, headers).unwrap_or_default();
        if is_same_host(origin, host) || is_trusted() { Self::OwnPage } else { Self::OtherPage }
    }
}

/// The header `name`; something that is never right if it is there twice or not text.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    let text = first.to_str().unwrap_or("garbage");
    Some(if values.next().is_none() { text } else { "garbage" })
}

/// Where the request was sent: HTTP/2 says it in the URI, HTTP/1.1 in a header.
fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let authority = uri.authority().map(http::uri::Authority::as_str);
    authority.or_else(|| only(headers, &HOST))
}

/// The origin of the page at `address`.
fn origin_of(address: &str) -> &str {
    let host = address.find("://").map_or(0, |scheme| scheme + "://".len());
    let end = address[host..].find(['/', '?', '#']).map_or(address.len(), |end| host + end);
    &address[..end]
}

/// Whether `origin` is `http://host` or `https://host`. The scheme is not
/// compared: behind a proxy that ends TLS we do not know our own.
fn is_same_host(origin: &str, host: &str) -> bool {
    let (rest, default_port) = match origin.split_once("://") {
        Some(("https", rest)) => (rest, ":443"),
        Some(("http", rest)) => (rest, ":80"),
        _ => return false,
    };
    let plain = |text: &str| text.strip_suffix(default_port).unwrap_or(text).to_ascii_lowercase();
    !host.is_empty() && plain(rest) == plain(host)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn sender(headers: &[(&str, &str)]) -> Sender {
        sender_among(headers, &[])
    }

    fn sender_among(headers: &[(&str, &str)], trusted: &[HeaderValue]) -> Sender {
        let mut request = Request::builder().uri("/x").header("host", "chat.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Sender::of(&request.body(()).unwrap().into_parts().0, trusted)
    }

    #[test]
    fn the_word_of_the_browser_counts_most() {
        assert_eq!(
            sender(&[("sec-fetch-site", "same-origin"), ("origin", "https://a.example")]),
            Sender::OwnPage
        );
        for site in ["same-site", "cross-site", "", "Same-Origin", "same-origin, same-origin"] {
            let headers = [("sec-fetch-site", site), ("origin", "https://chat.example")];
            assert_eq!(sender(&headers), Sender::OtherPage, "{site}");
        }
        let twice = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")];
        assert_eq!(sender(&twice), Sender::OtherPage);
    }

    #[test]
    fn without_it_the_origin_has_to_be_the_host() {
        for own in [
            "https://chat.example",
            "http://chat.example",
            "https://chat.example:443",
            "https://CHAT.example",
        ] {
            assert_eq!(sender(&[("origin", own)]), Sender::OwnPage, "{own}");
        }
        for other in [
            "null",
            "",
            "chat.example",
            "https://chat.example:8443",
            "https://chat.example.evil.example",
            "https://evil.example",
            "https://",
            "https://chat.example:80",
        ] {
            assert_eq!(sender(&[("origin", other)]), Sender::OtherPage, "{other}");
        }
    }

    #[test]
    fn without_that_the_page_has_to_be_on_the_host() {
        for own in ["https://chat.example/", "http://chat.example", "https://chat.example:443/c/1?x#y"] {
            assert_eq!(sender(&[("referer", own)]), Sender::OwnPage, "{own}");
        }
        for other in
            ["", "x", "https://evil.example/https://chat.example/", "https://chat.example@evil.example/"]
        {
            assert_eq!(sender(&[("referer", other)]), Sender::OtherPage, "{other}");
        }
        let both = [("origin", "https://evil.example"), ("referer", "https://chat.example/")];
        assert_eq!(sender(&both), Sender::OtherPage);
    }

    #[test]
    fn pages_of_trusted_origins_are_as_good_as_ours_within_one_site() {
        let trusted = [HeaderValue::from_static("http://localhost:5173")];
        let origin = "http://localhost:5173";
        for own in [
            &[("origin", origin)][..],
            &[("origin", origin), ("sec-fetch-site", "same-site")],
            &[("referer", "http://localhost:5173/chat?x"), ("sec-fetch-site", "same-site")],
        ] {
            assert_eq!(sender_among(own, &trusted), Sender::OwnPage, "{own:?}");
            assert_eq!(sender(own), Sender::OtherPage, "{own:?}");
        }
        for other in [
            "http://localhost:5174",
            "https://localhost:5173",
            "http://localhost",
            "http://localhost:51730",
            "http://localhost:5173.evil.example",
            "http://localhost:5173@evil.example",
            "http://localhost:5173/",
            "http://127.0.0.1:5173",
            "http://LOCALHOST:5173",
            "null",
            "",
        ] {
            let said = [("origin", other), ("sec-fetch-site", "same-site")];
            assert_eq!(sender_among(&said, &trusted), Sender::OtherPage, "{other}");
            assert_eq!(sender_among(&said[..1], &trusted), Sender::OtherPage, "{other}");
        }
        let afar = [("origin", origin), ("sec-fetch-site", "cross-site")];
        let twice = [("origin", origin), ("origin", origin)];
        let both = [("origin", "https://evil.example"), ("referer", "http://localhost:5173/")];
        for said in [&afar[..], &twice, &both] {
            assert_eq!(sender_among(said, &trusted), Sender::OtherPage, "{said:?}");
        }
    }

    #[test]
    fn silence_proves_nothing() {
        assert_eq!(sender(&[]), Sender::Unknown);
        assert_eq!(sender(&[("sec-fetch-site", "none")]), Sender::Unknown);
    }
}
