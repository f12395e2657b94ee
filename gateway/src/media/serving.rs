//! As what a browser may take a file.

use confab_core::content_disposition;
use confab_proto::media::v1::{DownloadHeader, MediaKind};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

use crate::tag;

/// The types that are served, and nothing else is.
const TYPES: [&str; 12] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/webm",
    "audio/mpeg",
    "audio/ogg",
    "audio/mp4",
    "application/pdf",
    "application/zip",
    "text/plain; charset=utf-8",
];
/// As what anything else would be served.
const UNKNOWN: &str = "application/octet-stream";

/// A file has its id and never changes. It is for one person, and for no cache between us.
const CACHING: &str = "private, max-age=31536000, immutable";
/// An address that is good for minutes is not kept for long either.
const SIGNED_CACHING: &str = "private, max-age=300";
/// Whatever a file is, it runs nothing, loads nothing and is in nobody's frame.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// How somebody comes to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// With a token or a cookie.
    SignedIn,
    /// With an address that was made for somebody.
    Signed,
}

/// What a browser is to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Show it, if it is something to look at or to listen to.
    Show,
    /// Keep it.
    Keep,
}

/// The headers that say what a file is.
pub fn headers(file: &DownloadHeader, way: Way, manner: Manner) -> HeaderMap {
    let known = TYPES.into_iter().find(|known| *known == file.content_type);
    let is_shown = manner == Manner::Show
        && known.is_some()
        && matches!(file.kind(), MediaKind::Image | MediaKind::Video | MediaKind::Audio);
    let caching = match way {
        Way::SignedIn => CACHING,
        Way::Signed => SIGNED_CACHING,
    };
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, known.unwrap_or(UNKNOWN)),
        (header::CACHE_CONTROL, caching),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ACCEPT_RANGES, "bytes"),
        (header::VARY, "cookie, authorization"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    insert(&mut headers, header::CONTENT_DISPOSITION, &content_disposition(&file.name, is_shown));
    insert(&mut headers, header::ETAG, &tag(file));
    headers
}

/// What stands for the bytes of a file.
pub fn tag(file: &DownloadHeader) -> String {
    file.sha256.as_ref().try_into().map_or_else(|_| String::new(), tag::of_hash)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(content_type: &str, kind: MediaKind, name: &str) -> HeaderMap {
        let file = DownloadHeader {
            content_type: content_type.to_owned(),
            name: name.to_owned(),
            kind: kind.into(),
            size: 1,
            sha256: vec![7; 32].into(),
        };
        headers(&file, Way::SignedIn, Manner::Show)
    }

    #[test]
    fn nothing_is_served_as_what_it_says_it_is() {
        for (content_type, kind, expected) in [
            ("image/png", MediaKind::Image, "image/png"),
            ("image/svg+xml", MediaKind::Image, UNKNOWN),
            ("text/html", MediaKind::File, UNKNOWN),
            ("", MediaKind::Unspecified, UNKNOWN),
        ] {
            let headers = served(content_type, kind, "a");
            assert_eq!(headers[header::CONTENT_TYPE], expected);
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            let shown = headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("inline");
            assert_eq!(shown, expected != UNKNOWN, "{content_type}");
        }
        let pdf = served("application/pdf", MediaKind::File, "a");
        assert!(pdf[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    }
}
