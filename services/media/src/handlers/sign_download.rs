//! `MediaService.SignDownload`.

use confab_core::{MediaId, Timestamp};
use confab_rpc::Caller;

use super::get_media::get_media;
use crate::domain::Variant;
use crate::error::Error;
use crate::service::MediaService;
use crate::signature::{Grant, LIFETIME};

/// Lets whoever has the signature download a form of the file `id`, in place of
/// `caller`, for as long as their session lasts and not for long.
pub async fn sign_download(
    service: &MediaService,
    caller: Caller,
    id: MediaId,
    variant: Variant,
) -> Result<(Grant, Vec<u8>), Error> {
    let media = get_media(service, caller.user, id).await?;
    media.form(variant).ok_or(Error::NoSuchMedia { media: id })?;
    // Whole seconds, rounded down: an address says no more.
    let expires = service.clock.now().plus(LIFETIME).as_seconds();
    let expires = Timestamp::from_millis(expires.saturating_mul(1_000));
    let grant = Grant { media: id, variant, user: caller.user, session: caller.session, expires };
    Ok((grant, service.signer.sign(grant)))
}
