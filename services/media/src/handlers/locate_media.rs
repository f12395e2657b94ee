//! `MediaService.LocateMedia`.

use confab_core::{MediaId, Timestamp, UserId, content_disposition};

use super::download_media::DownloadHead;
use super::get_media::get_media;
use crate::blobs::{ADDRESS_TIME, Served};
use crate::domain::{MediaKind, Variant};
use crate::error::Error;
use crate::service::MediaService;

/// What somebody wants to load from where it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sought {
    /// The file.
    pub media: MediaId,
    /// In which form.
    pub variant: Variant,
    /// Whether it is to be kept, and not shown.
    pub keep: bool,
}

/// Where a file can be loaded from.
#[derive(Clone, Debug)]
pub struct Located {
    /// What is known of it.
    pub head: DownloadHead,
    /// The address, and until when it is good.
    pub address: Option<(String, Timestamp)>,
}

/// Finds where `user` can load what they seek past us, if they may see it.
pub async fn locate_media(service: &MediaService, user: UserId, sought: Sought) -> Result<Located, Error> {
    let media = get_media(service, user, sought.media).await?;
    let form = media.form(sought.variant).ok_or(Error::NoSuchMedia { media: media.id })?.clone();
    let head = DownloadHead { name: media.name, form };
    let kind = head.form.content_type.kind();
    let is_shown = !sought.keep && kind != MediaKind::File;
    // Of what is played, parts are loaded for longer than any address is good.
    if is_shown && kind != MediaKind::Image {
        return Ok(Located { head, address: None });
    }
    let name = head.name.fitting(head.form.content_type);
    let disposition = content_disposition(name.as_str(), is_shown);
    let served = Served { content_type: head.form.content_type, disposition };
    let expires = service.clock.now().plus(ADDRESS_TIME);
    let address = service.blobs.address(&head.form.key, &served).await?;
    Ok(Located { head, address: address.map(|address| (address, expires)) })
}
