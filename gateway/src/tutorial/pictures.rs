//! Pictures: data URLs on their way here, and addresses on their way back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use confab_proto::media::v1::upload_media_request::Part;
use confab_proto::media::v1::{
    DeleteMediaRequest, Media, MediaKind, Purpose, UploadHeader, UploadMediaRequest,
};
use confab_proto::message::v1::Attachment;
use futures_util::stream;
use serde_json::Value;

use super::asker::Asker;
use super::refused::Refused;
use super::sent::text;
use crate::media::split;

/// What a picture is called, which has no name where it comes from. The media
/// service adds what its type is called.
const NAME: &str = "picture";

/// A picture that somebody has sent: bytes that claim to be one.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture(Bytes);

impl Picture {
    /// Reads a field that holds a data URL (RFC 2397), as `FileReader` makes them.
    /// Nothing else is read: no file, and no address of anybody.
    ///
    /// # Errors
    ///
    /// If there is a text that is none, or not of a picture.
    pub fn read(field: Option<Value>) -> Result<Option<Self>, Refused> {
        let Some(url) = text(field) else { return Ok(None) };
        let bytes = decode(&url).ok_or_else(|| {
            Refused::because("A picture has to be a data URL with base64: data:image/png;base64,…")
        })?;
        Ok(Some(Self(bytes)))
    }

    /// Has it kept for `purpose`, by whoever asks.
    ///
    /// # Errors
    ///
    /// If the media service does not take it, or it is no picture.
    pub async fn keep(self, asker: &Asker, purpose: Purpose) -> Result<String, Refused> {
        let header = UploadHeader {
            purpose: purpose.into(),
            name: NAME.to_owned(),
            size: i64::try_from(self.0.len()).unwrap_or(i64::MAX),
            sha256: Bytes::new(),
        };
        let chunks = split(self.0).into_iter().map(Part::Chunk);
        let parts = std::iter::once(Part::Header(header)).chain(chunks);
        let parts: Vec<_> = parts.map(|part| UploadMediaRequest { part: Some(part) }).collect();
        let answer = asker.media().upload_media(stream::iter(parts)).await?.into_inner();
        let kept = answer.media.ok_or_else(Refused::incomplete)?;
        if kept.kind() != MediaKind::Image {
            return Err(no_picture(asker, kept).await);
        }
        Ok(kept.media_id)
    }
}

/// Has something removed that could be kept, but is nothing to look at.
async fn no_picture(asker: &Asker, kept: Media) -> Refused {
    let removed = asker.media().delete_media(DeleteMediaRequest { media_id: kept.media_id }).await;
    removed.map_or_else(Refused::from, |_| Refused::because("That is no picture"))
}

/// The bytes in a data URL of a picture.
fn decode(url: &str) -> Option<Bytes> {
    const SCHEME: &str = "data:";
    let scheme = url.get(..SCHEME.len()).filter(|scheme| scheme.eq_ignore_ascii_case(SCHEME))?;
    let (head, data) = url[scheme.len()..].split_once(',')?;
    let (kind, encoding) = head.rsplit_once(';')?;
    let is_picture = kind.get(..6).is_some_and(|kind| kind.eq_ignore_ascii_case("image/"));
    if !is_picture || !encoding.eq_ignore_ascii_case("base64") {
        return None;
    }
    STANDARD.decode(data).ok().filter(|bytes| !bytes.is_empty()).map(Bytes::from)
}

/// What the addresses begin with that somebody is given: the host that they have
/// asked, without a scheme, so that it is that of their page. A page on another
/// port of that host finds them too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host(String);

impl Host {
    /// The host called `name`; without one, addresses are those of the page's own.
    pub fn of(name: Option<&str>) -> Self {
        Self(name.map(|name| format!("//{name}")).unwrap_or_default())
    }

    /// Where somebody's picture is shown, if they have one; nothing else.
    pub fn of_person(&self, picture_id: &str) -> String {
        if picture_id.is_empty() { String::new() } else { format!("{}/media/{picture_id}/small", self.0) }
    }

    /// Where the first of `attachments` is shown that is a picture. Those that move
    /// do so in their original only.
    pub fn of_message(&self, attachments: &[Attachment]) -> Option<String> {
        let picture = attachments.iter().find(|one| one.kind() == MediaKind::Image)?;
        let may_move = matches!(picture.content_type.as_str(), "image/gif" | "image/webp");
        let form = if may_move { "original" } else { "large" };
        Some(format!("{}/media/{}/{form}", self.0, picture.media_id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_picture_is_a_data_url_and_nothing_else() {
        for good in ["data:image/png;base64,AAEC", "DATA:IMAGE/PNG;name=a.png;BASE64,AAEC"] {
            let picture = Picture::read(Some(json!(good))).unwrap();
            assert_eq!(picture, Some(Picture(Bytes::from_static(&[0, 1, 2]))), "{good}");
        }
        for nothing in [None, Some(Value::Null), Some(json!(" ")), Some(json!(7)), Some(json!({}))] {
            assert_eq!(Picture::read(nothing).unwrap(), None);
        }
        for bad in [
            "https://elsewhere.example/a.png",
            "/etc/passwd",
            "file:///etc/passwd",
            "data:image/png;base64,",
            "data:image/png;base64,AAE",
            "data:image/png;base64,%41",
            "data:image/png,AAEC",
            "data:text/html;base64,AAEC",
            "data:;base64,AAEC",
            "data:ímage/png;base64,AAEC",
            "data:",
            "da",
        ] {
            assert!(Picture::read(Some(json!(bad))).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_is_on_the_host_that_was_asked() {
        let host = Host::of(Some("chat.test:8080"));
        assert_eq!(host.of_person("p"), "//chat.test:8080/media/p/small");
        assert_eq!(
            (host.of_person(""), Host::of(None).of_person("p")),
            (String::new(), "/media/p/small".into())
        );

        let attached = |kind: MediaKind, content_type: &str, media_id: &str| Attachment {
            kind: kind.into(),
            content_type: content_type.into(),
            media_id: media_id.into(),
            ..Attachment::default()
        };
        let file = attached(MediaKind::File, "application/pdf", "f");
        let still = attached(MediaKind::Image, "image/jpeg", "s");
        let moving = attached(MediaKind::Image, "image/gif", "m");
        assert_eq!(host.of_message(std::slice::from_ref(&file)), None);
        let found = host.of_message(&[file, still, moving.clone()]);
        assert_eq!(found.unwrap(), "//chat.test:8080/media/s/large");
        assert_eq!(host.of_message(&[moving]).unwrap(), "//chat.test:8080/media/m/original");
    }
}
