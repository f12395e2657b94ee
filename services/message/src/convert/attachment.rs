//! What is attached, from the wire and to it.

use confab_core::MediaId;
use confab_proto::internal::v1 as internal;
use confab_proto::media::v1 as media;
use confab_proto::message::v1;
use internal::media_place::Place;

use super::field;
use crate::domain::{Attachment, AttachmentKind, Holder};
use crate::error::Error;
use crate::library::Aftermath;

/// The files that a message names, each once, in its order.
pub fn attachment_ids(ids: &[String]) -> Result<Vec<MediaId>, Error> {
    let ids: Vec<MediaId> =
        field("attachment_ids", ids.iter().map(|id| id.parse()).collect::<Result<_, _>>())?;
    let is_twice = |(index, id): (usize, &MediaId)| ids[..index].contains(id);
    if ids.iter().enumerate().any(is_twice) {
        return Err(Error::invalid("attachment_ids", "must not name anything twice"));
    }
    Ok(ids)
}

/// What the media service says of a file.
pub fn attachment(media: media::Media) -> Result<Attachment, Error> {
    let kind = match media.kind() {
        media::MediaKind::Image => AttachmentKind::Image,
        media::MediaKind::Video => AttachmentKind::Video,
        media::MediaKind::Audio => AttachmentKind::Audio,
        media::MediaKind::File | media::MediaKind::Unspecified => AttachmentKind::File,
    };
    Ok(Attachment {
        media: field("attachment_ids", media.media_id.parse())?,
        kind,
        name: media.name,
        content_type: media.content_type,
        size: media.size,
        width: media.width,
        height: media.height,
        duration: media.duration.and_then(|duration| duration.try_into().ok()),
        blurhash: media.blurhash,
    })
}

impl From<Attachment> for v1::Attachment {
    fn from(attachment: Attachment) -> Self {
        let kind = match attachment.kind {
            AttachmentKind::Image => media::MediaKind::Image,
            AttachmentKind::Video => media::MediaKind::Video,
            AttachmentKind::Audio => media::MediaKind::Audio,
            AttachmentKind::File => media::MediaKind::File,
        };
        Self {
            media_id: attachment.media.to_string(),
            kind: kind.into(),
            name: attachment.name,
            content_type: attachment.content_type,
            size: attachment.size,
            width: attachment.width,
            height: attachment.height,
            duration: attachment.duration.and_then(|duration| duration.try_into().ok()),
            blurhash: attachment.blurhash,
        }
    }
}

/// What holds something, as the media service knows it.
pub fn wire_place(holder: Holder) -> internal::MediaPlace {
    let place = match holder {
        Holder::Message { conversation, sender, client } => Place::Message(internal::MessagePlace {
            conversation_id: conversation.to_string(),
            sender_id: sender.to_string(),
            client_id: client.to_string(),
        }),
        Holder::Group(group) => Place::GroupId(group.to_string()),
    };
    internal::MediaPlace { place: Some(place) }
}

pub const fn wire_aftermath(aftermath: Aftermath) -> internal::Aftermath {
    match aftermath {
        Aftermath::Erase => internal::Aftermath::Erase,
        Aftermath::Wait => internal::Aftermath::Wait,
    }
}
