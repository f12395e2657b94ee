//! `MediaService.DownloadMedia`, and the same for whoever has an address.

use std::pin::Pin;

use bytes::Bytes;
use confab_core::{MediaId, UserId};
use futures_util::{Stream, StreamExt, stream};

use super::get_media::get_media;
use crate::domain::{FileName, Form, Variant};
use crate::error::Error;
use crate::service::MediaService;
use crate::signature::Grant;

/// The largest part of a download, in bytes. The contract says so too.
const PART_BYTES_MAX: usize = 64 * 1024;

/// What somebody wants to download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The file.
    pub media: MediaId,
    /// In which form.
    pub variant: Variant,
    /// Where to begin, in bytes.
    pub offset: u64,
    /// How many bytes at the most, if not all.
    pub length: Option<u64>,
}

/// A part of a download.
#[derive(Clone, Debug)]
pub enum Part {
    /// What is known of it; this comes first.
    Head(DownloadHead),
    /// The next bytes.
    Bytes(Bytes),
}

/// What is known of a download.
#[derive(Clone, Debug)]
pub struct DownloadHead {
    /// What to call it.
    pub name: FileName,
    /// What it is.
    pub form: Form,
}

/// A download as it goes.
pub type Parts = Pin<Box<dyn Stream<Item = Result<Part, Error>> + Send>>;

/// Begins to read what `user` wants, if they may see it.
pub async fn download_media(service: &MediaService, user: UserId, wanted: Wanted) -> Result<Parts, Error> {
    let media = get_media(service, user, wanted.media).await?;
    let form = media.form(wanted.variant).ok_or(Error::NoSuchMedia { media: media.id })?.clone();
    // At its very end there is nothing, but a file begins somewhere.
    if wanted.offset > form.size || (wanted.offset == form.size && form.size > 0) {
        return Err(Error::OutOfRange { size: form.size });
    }
    let left = form.size - wanted.offset;
    let end = wanted.offset + wanted.length.unwrap_or(left).min(left);
    let bytes = service.blobs.read(&form.key, wanted.offset..end).await?;
    let head = Part::Head(DownloadHead { name: media.name, form });
    let parts = bytes.flat_map(|piece| match piece {
        Ok(bytes) => stream::iter(split(bytes)).map(|bytes| Ok::<_, Error>(Part::Bytes(bytes))).left_stream(),
        Err(error) => stream::once(std::future::ready(Err(Error::from(error)))).right_stream(),
    });
    Ok(Box::pin(stream::once(std::future::ready(Ok(head))).chain(parts)))
}

/// The same for whoever has an address that was made for somebody.
pub async fn download_signed(
    service: &MediaService,
    wanted: Wanted,
    grant: Grant,
    signature: &[u8],
) -> Result<Parts, Error> {
    if !service.signer.holds(grant, signature, service.clock.now()) {
        return Err(Error::BadSignature);
    }
    // It lives for less long than an ended session is remembered here.
    if service.revoked.has(grant.session) {
        return Err(Error::BadSignature);
    }
    download_media(service, grant.user, wanted).await
}

fn split(mut bytes: Bytes) -> Vec<Bytes> {
    let mut parts = Vec::with_capacity(bytes.len().div_ceil(PART_BYTES_MAX));
    while !bytes.is_empty() {
        parts.push(bytes.split_to(bytes.len().min(PART_BYTES_MAX)));
    }
    parts
}
