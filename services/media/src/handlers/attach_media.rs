//! `MediaLibraryService.AttachMedia`.

use confab_core::{MediaId, UserId};

use crate::domain::{Media, Place};
use crate::error::Error;
use crate::service::MediaService;
use crate::store::Attached;

/// What is to be attached to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attaching {
    /// On whose behalf.
    pub user: UserId,
    /// The files.
    pub media: Vec<MediaId>,
    /// To what.
    pub place: Place,
    /// Where the user sees them, if they are not all their own.
    pub source: Option<Place>,
}

/// Attaches files, and returns what is known of them, in their order.
pub async fn attach_media(service: &MediaService, attaching: Attaching) -> Result<Vec<Media>, Error> {
    let Attaching { user, media, place, source } = attaching;
    let now = service.clock.now();
    match service.stores.library.attach(user, &media, place, source, now).await? {
        Attached::Yes(media) => Ok(media),
        Attached::NoSuchMedia(media) => Err(Error::NoSuchMedia { media }),
    }
}
