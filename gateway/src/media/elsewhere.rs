//! The other place that a browser may be sent to for a file, past us.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use confab_proto::media::v1;
use http::header::{CACHE_CONTROL, IF_NONE_MATCH, LOCATION, VARY};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use tonic::Status;

use super::serving::{self, Manner, Way};
use super::{Media, call};
use crate::tag;

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
