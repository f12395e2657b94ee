//! What can go wrong, by what the caller may do about it.

use std::error::Error;
use std::path::PathBuf;

/// The error of an engine, kept as the source of ours.
pub(crate) type Cause = Box<dyn Error + Send + Sync + 'static>;

/// Why a store could not do what it was asked.
///
/// `task` says what was being tried, in the words of the caller.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be asked. Nothing was written.
    #[error("could not {task}: the database is unavailable")]
    Unavailable {
        /// What was being tried.
        task: &'static str,
        /// Why the database is unavailable.
        source: Cause,
    },
    /// The database did not say how it ended. It may or may not be stored;
    /// trying again with the same ids settles it.
    #[error("nobody can tell whether this was done: {task}")]
    Unknown {
        /// What was being tried.
        task: &'static str,
        /// What came instead of the answer.
        source: Cause,
    },
    /// The disk is full. Nothing was written, and reads go on.
    #[error("could not {task}: the disk is full")]
    Full {
        /// What was being tried.
        task: &'static str,
        /// What the engine said.
        source: Cause,
    },
    /// What is stored, or was to be stored, is not what the program expects:
    /// trying again does not help.
    #[error("could not {task}: {detail}")]
    Corrupt {
        /// What was being tried.
        task: &'static str,
        /// What is wrong, without anybody's data in it.
        detail: String,
    },
}

impl StoreError {
    /// Says that something stored cannot be what we once wrote.
    pub fn corrupt(task: &'static str, detail: impl ToString) -> Self {
        Self::Corrupt { task, detail: detail.to_string() }
    }
}

/// Why a database could not be opened. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another program, or another part of this one, has the file open.
    #[error("{} is in use by another program ({holder}); stop it first", file.display())]
    InUse {
        /// The data file.
        file: PathBuf,
        /// Who holds it, as far as we know.
        holder: String,
    },
    /// The file is damaged, or is no database at all.
    #[error("{} is damaged: {detail}; restore it from a backup", file.display())]
    Damaged {
        /// The data file.
        file: PathBuf,
        /// What the engine found.
        detail: String,
    },
    /// The file was written by a later version of the program.
    #[error("{} has schema {found}, and this program knows only {known}; use a newer program", file.display())]
    Newer {
        /// The data file.
        file: PathBuf,
        /// The version in the file.
        found: usize,
        /// The latest version this program knows.
        known: usize,
    },
    /// An earlier version of the program has the file open.
    #[error("{} is in use by an older program, with schema {found} and not {known}; stop it first", file.display())]
    Older {
        /// The data file.
        file: PathBuf,
        /// The version in the file.
        found: usize,
        /// The version that this program needs.
        known: usize,
    },
    /// The file or its folder cannot be used.
    #[error("cannot {task} {}", file.display())]
    File {
        /// What was being tried.
        task: &'static str,
        /// The file or folder.
        file: PathBuf,
        /// Why not.
        source: Cause,
    },
    /// The MongoDB URL is not one.
    #[error("the MongoDB URL is not valid: {detail}")]
    Url {
        /// What is wrong with it, without its secrets.
        detail: String,
    },
    /// MongoDB cannot be reached. Waiting may help.
    #[error("MongoDB at {hosts} is unavailable")]
    Unavailable {
        /// The servers that were tried.
        hosts: String,
        /// Why.
        source: Cause,
    },
    /// MongoDB does not let us in, or not do what we need. Waiting does not help.
    #[error("MongoDB at {hosts} refuses us: check user and password in the URL")]
    Refused {
        /// The servers that were asked.
        hosts: String,
        /// What they said.
        source: Cause,
    },
    /// MongoDB has a collection that is not as the program needs it.
    #[error("collection {collection} of MongoDB database {database}: {problem}")]
    Collection {
        /// The database.
        database: String,
        /// The collection.
        collection: String,
        /// What differs.
        problem: String,
    },
}
