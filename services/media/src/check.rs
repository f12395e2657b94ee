//! Compares the bytes that are kept with what is known of them.

use crate::blobs::BlobStore;
use crate::domain::BlobKey;
use crate::error::Error;
use crate::store::Stores;

/// How many blobs are looked at at once.
const BATCH: usize = 500;

/// What does not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A file needs it, and it is not kept.
    Missing(BlobKey),
    /// A file needs it, and what is kept has another size.
    Damaged(BlobKey),
    /// It is kept, and nothing knows of it.
    Orphan(BlobKey),
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Blobs that files need.
    pub needed: u64,
    /// Blobs that are kept.
    pub kept: u64,
}

/// Tells `tell` of everything that does not fit together.
///
/// While files are uploaded, their bytes may be told of as orphans only if their
/// claim was lost: what is claimed is known.
///
/// # Errors
///
/// If one of the stores cannot be read.
pub async fn check(
    stores: &Stores,
    blobs: &dyn BlobStore,
    mut tell: impl FnMut(Finding),
) -> Result<Checked, CheckError> {
    Ok(Checked {
        needed: check_needed(stores, blobs, &mut tell).await?,
        kept: check_kept(stores, blobs, &mut tell).await?,
    })
}

/// A store could not be read.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct CheckError(#[from] Error);

async fn check_needed(
    stores: &Stores,
    blobs: &dyn BlobStore,
    tell: &mut impl FnMut(Finding),
) -> Result<u64, Error> {
    let (mut count, mut after) = (0, None);
    loop {
        let page = stores.blobs.list_used(after, BATCH).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = Some(last.key);
        count += page.len() as u64;
        for blob in page {
            match blobs.size(&blob.key).await? {
                None => tell(Finding::Missing(blob.key)),
                Some(size) if size != blob.size => tell(Finding::Damaged(blob.key)),
                Some(_) => {}
            }
        }
    }
}

async fn check_kept(
    stores: &Stores,
    blobs: &dyn BlobStore,
    tell: &mut impl FnMut(Finding),
) -> Result<u64, Error> {
    let (mut count, mut after) = (0, None);
    loop {
        let page = blobs.list(after.as_ref(), BATCH).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = Some(*last);
        count += page.len() as u64;
        let known = stores.blobs.known(&page).await?;
        page.iter().filter(|key| !known.contains(*key)).for_each(|key| tell(Finding::Orphan(*key)));
    }
}
