//! `MediaLibraryService.DetachMedia`.

use confab_core::MediaId;

use crate::domain::Place;
use crate::error::Error;
use crate::service::MediaService;
use crate::store::Aftermath;

/// What is to be taken away from what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detaching {
    /// From what.
    pub place: Place,
    /// What stays there.
    pub kept: Vec<MediaId>,
    /// What becomes of what is attached to nothing then.
    pub aftermath: Aftermath,
}

/// Takes files away from a place.
pub async fn detach_media(service: &MediaService, detaching: Detaching) -> Result<(), Error> {
    let Detaching { place, kept, aftermath } = detaching;
    service.stores.library.detach(place, &kept, aftermath, service.clock.now()).await?;
    if aftermath == Aftermath::Erase {
        service.sweeper().erase_soon();
    }
    Ok(())
}
