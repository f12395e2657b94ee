//! The other place that a browser may be sent to for a file, past us.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use confab_proto::media::v1;
use http::header::{AUTHORIZATION, CACHE_CONTROL, IF_NONE_MATCH, LOCATION, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tonic::Status;

use super::serving::{self, Manner, Way};
use super::{Media, call};
use crate::tag;

/// What a browser wants something for (W3C Fetch Metadata).
const FETCH_DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// An origin that is not ours, from which files may be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherOrigin(Arc<str>);

impl OtherOrigin {
    /// The origin, as browsers write it, such as `https://s3.example`.
    pub fn new(origin: &str) -> Self {
        Self(origin.into())
    }

    /// As browsers write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `address` is there, and nowhere else that begins like it.
    fn has(&self, address: &str) -> bool {
        address.strip_prefix(self.as_str()).is_some_and(|path| path.starts_with('/'))
    }
}

/// Whether whoever asks with `headers` does no harm with what comes from elsewhere, which
/// has neither `nosniff` nor our policy: it becomes a picture, or a page of its own
/// there, but nothing that a page of ours runs, and nothing that one reads.
pub fn is_harmless(headers: &HeaderMap) -> bool {
    match headers.get(FETCH_DESTINATION) {
        Some(destination) => destination == "image" || destination == "document",
        // Over plain HTTP browsers do not tell; programs are known by their tokens.
        None => headers.contains_key(AUTHORIZATION),
    }
}

/// Sends whoever made the request `parts` to where a file is, if they may see it and it
/// is there; tells them that they have it already, if so.
pub async fn send(
    media: &Media,
    parts: &Parts,
    media_id: &str,
    variant: v1::MediaVariant,
    manner: Manner,
) -> Result<Option<Response>, Status> {
    let Some(elsewhere) = &media.elsewhere else { return Ok(None) };
    let wanted = v1::LocateMediaRequest {
        media_id: media_id.to_owned(),
        variant: variant.into(),
        keep: manner == Manner::Keep,
    };
    let located = media.service().locate_media(call(parts, wanted)?).await?.into_inner();
    if located.address.is_empty() {
        return Ok(None);
    }
    if !elsewhere.has(&located.address) {
        tracing::warn!("media would have a browser sent to where no files are; it is served from here");
        return Ok(None);
    }
    let file = located.header.unwrap_or_default();
    if tag::is_known(parts.headers.get(IF_NONE_MATCH), &serving::tag(&file)) {
        let headers = serving::headers(&file, Way::SignedIn, manner);
        return Ok(Some((StatusCode::NOT_MODIFIED, headers).into_response()));
    }
    let mut address =
        HeaderValue::try_from(located.address).map_err(|error| Status::internal(error.to_string()))?;
    // Whoever has it has the file.
    address.set_sensitive(true);
    let headers = [
        (LOCATION, address),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (VARY, HeaderValue::from_static("cookie, authorization")),
    ];
    Ok(Some((StatusCode::TEMPORARY_REDIRECT, headers).into_response()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_would_run_in_a_page_is_loaded_elsewhere() {
        let asked = |pairs: &[(HeaderName, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            is_harmless(&pairs.collect())
        };
        for destination in ["image", "document"] {
            assert!(asked(&[(FETCH_DESTINATION, destination)]), "{destination}");
        }
        for destination in
            ["script", "style", "worker", "serviceworker", "iframe", "embed", "object", "empty", "video", ""]
        {
            let headers = [(FETCH_DESTINATION, destination), (AUTHORIZATION, "Bearer x")];
            assert!(!asked(&headers), "{destination}");
        }
        assert!(asked(&[(AUTHORIZATION, "Bearer x")]) && !asked(&[(http::header::COOKIE, "x=y")]));
    }

    #[test]
    fn nobody_is_sent_anywhere_else() {
        let elsewhere = OtherOrigin::new("https://s3.example");
        assert!(elsewhere.has("https://s3.example/bucket/blob?x"));
        for other in [
            "https://s3.example",
            "https://s3.example.evil.test/bucket",
            "https://s3.example@evil.test/bucket",
            "https://s3.example:8443/bucket",
            "http://s3.example/bucket",
            "//s3.example/bucket",
            "/bucket",
        ] {
            assert!(!elsewhere.has(other), "{other}");
        }
    }
}
