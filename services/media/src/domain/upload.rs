//! A file on its way to us.

use std::time::Duration;

use confab_core::{MediaId, Timestamp, UserId};

use super::{BlobKey, FileName, Purpose};

/// A file that somebody is uploading. What it will take is reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id, which will be that of the file.
    pub id: MediaId,
    /// Who uploads it.
    pub owner: UserId,
    /// What for.
    pub purpose: Purpose,
    /// What it is called.
    pub name: FileName,
    /// How many bytes were announced.
    pub size: u64,
    /// How many are durable.
    pub received: u64,
    /// What they are to hash to, if that was said.
    pub hash: Option<BlobKey>,
    /// How they come.
    pub manner: Manner,
    /// When it began.
    pub created: Timestamp,
    /// When it is given up.
    pub expires: Timestamp,
}

/// How the bytes of an upload come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// In one stream.
    InOneGo,
    /// Piece by piece, with pauses.
    Resumable,
}

impl Manner {
    /// How long an upload may take.
    #[must_use]
    pub const fn time_max(self) -> Duration {
        match self {
            Self::InOneGo => Duration::from_hours(1),
            // The contract says so too.
            Self::Resumable => Duration::from_hours(24),
        }
    }

    /// Its name in stores.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::InOneGo => "one-go",
            Self::Resumable => "resumable",
        }
    }

    /// The manner of that name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::InOneGo, Self::Resumable].into_iter().find(|manner| manner.word() == word)
    }
}
