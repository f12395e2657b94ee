//! A picture or file that is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use confab_core::{MediaId, Timestamp, UserId};

use super::{BlobKey, ContentType, FileName, MediaKind, Purpose, Variant};

/// A picture or file that somebody has uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Its id, which was that of its upload.
    pub id: MediaId,
    /// Who uploaded it.
    pub owner: UserId,
    /// What for.
    pub purpose: Purpose,
    /// What it is called.
    pub name: FileName,
    /// What is kept in place of what came.
    pub original: Form,
    /// Smaller stills, the largest first.
    pub thumbnails: Vec<(Variant, Form)>,
    /// How long it is, if it is a film or a sound.
    pub duration: Option<Duration>,
    /// What it looks like from afar, if it is a picture.
    pub blurhash: Option<String>,
    /// Whether metadata may still be in it.
    pub keeps_metadata: bool,
    /// How many bytes of its owner's quota it takes: as many as were uploaded.
    pub charged: u64,
    /// When it was uploaded.
    pub created: Timestamp,
}

/// One form of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The blob.
    pub key: BlobKey,
    /// Its size in bytes.
    pub size: u64,
    /// What it is.
    pub content_type: ContentType,
    /// Width and height in pixels, if it has them.
    pub dimensions: Option<(u32, u32)>,
}

impl Media {
    /// What people see in it.
    #[must_use]
    pub const fn kind(&self) -> MediaKind {
        self.original.content_type.kind()
    }

    /// The form called `variant`, if there is one.
    #[must_use]
    pub fn form(&self, variant: Variant) -> Option<&Form> {
        match variant {
            Variant::Original => Some(&self.original),
            Variant::Large | Variant::Small => {
                self.thumbnails.iter().find(|(of, _)| *of == variant).map(|(_, form)| form)
            }
        }
    }

    /// All its forms.
    pub fn forms(&self) -> impl Iterator<Item = (Variant, &Form)> {
        let thumbnails = self.thumbnails.iter().map(|(variant, form)| (*variant, form));
        std::iter::once((Variant::Original, &self.original)).chain(thumbnails)
    }

    /// Its blobs, each once, with their sizes.
    #[must_use]
    pub fn blobs(&self) -> BTreeMap<BlobKey, u64> {
        self.forms().map(|(_, form)| (form.key, form.size)).collect()
    }
}
