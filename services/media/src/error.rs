//! Why requests fail, and what clients are told about it.

use std::io;
use std::time::Duration;

use confab_core::MediaId;
use confab_db::StoreError;
use confab_rpc::Failure;
use tonic::Status;

use crate::blobs::BlobError;
use crate::domain::{Exceeded, Purpose, Quota};
use crate::intake::Refused;
use crate::spool::SpoolError;

/// What to wait before a retry when something did not answer.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why a request failed, in the words of the domain.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field of the request is not what it should be.
    #[error("{field} {problem}")]
    Invalid {
        /// Where in the request, with dots.
        field: &'static str,
        /// What is wrong, to be read behind the name of the field.
        problem: String,
    },
    /// A stream does not begin with its header, or has another one.
    #[error("a stream has one header, and it comes first")]
    Misplaced,
    /// A part of a stream breaks the contract; what is wrong is said already.
    #[error("a part of the stream is not as it should be")]
    Malformed(#[source] Box<Status>),
    /// Nothing like it is there, or not for the caller.
    #[error("there is no such file")]
    NoSuchMedia {
        /// What was asked for.
        media: MediaId,
    },
    /// There is no such upload of the caller.
    #[error("there is no such upload")]
    NoSuchUpload {
        /// What was asked for.
        upload: MediaId,
    },
    /// The file is larger than any may be.
    #[error("a file may have at most {max} bytes")]
    TooLarge {
        /// How many bytes a file may have.
        max: u64,
    },
    /// Somebody has too much already.
    #[error("{}", too_much(*.exceeded, .quota))]
    Quota {
        /// Of what.
        exceeded: Exceeded,
        /// How much somebody may have.
        quota: Quota,
    },
    /// Somebody uploads too many files at once.
    #[error("you can upload {max} files at once; wait until one has ended")]
    TooManyUploads {
        /// How many may be on their way.
        max: u64,
    },
    /// More bytes come than were announced.
    #[error("there are more than the {size} bytes that were announced")]
    TooLong {
        /// How many were announced.
        size: u64,
    },
    /// The bytes ended too early.
    #[error("only {received} of {size} bytes have arrived")]
    Truncated {
        /// How many arrived.
        received: u64,
        /// How many were announced.
        size: u64,
    },
    /// The bytes are none at all.
    #[error("the file is empty")]
    Empty,
    /// The bytes are not those that were announced.
    #[error("the bytes do not have the SHA-256 that was announced")]
    HashMismatch,
    /// An upload goes on somewhere else.
    #[error("the upload has {received} bytes, and goes on there")]
    OffsetMismatch {
        /// Where it goes on.
        received: u64,
    },
    /// Two write to one upload at once.
    #[error("somebody else writes to this upload")]
    UploadBusy,
    /// The client broke off, or said nothing for too long.
    #[error("the upload was broken off")]
    BrokenOff,
    /// The file is not taken.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The file does not fit what it is for.
    #[error("only a picture can be used for that")]
    NotAPicture {
        /// What it is for.
        purpose: Purpose,
    },
    /// There is nothing at that place in the file.
    #[error("the file has {size} bytes")]
    OutOfRange {
        /// How many there are.
        size: u64,
    },
    /// Nobody made this address, or it is too old.
    #[error("the address is not good any more")]
    BadSignature,
    /// Bytes that are wanted are just being erased.
    #[error("the same bytes are being erased; try again")]
    BeingErased,
    /// The disk of the uploads failed.
    #[error("the spool failed")]
    Spool(#[from] io::Error),
    /// The message service did not say who may see what.
    #[error("the message service did not answer")]
    Message(#[source] Box<Status>),
    /// The auth service did not say whose picture something is.
    #[error("the auth service did not answer")]
    Auth(#[source] Box<Status>),
    /// The blob store failed.
    #[error("the blob store failed")]
    Blobs(#[from] BlobError),
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The task that worked on it died.
    #[error("an upload was broken off on the server")]
    TaskDied(#[from] tokio::task::JoinError),
}

impl From<SpoolError> for Error {
    fn from(error: SpoolError) -> Self {
        match error {
            SpoolError::Busy => Self::UploadBusy,
            SpoolError::Disk(error) => Self::Spool(error),
        }
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let error = match error {
            Error::Malformed(status) => return *status,
            error => error,
        };
        // No `_` arm: whoever adds an error is made to choose its code here.
        let failure = match &error {
            Error::Invalid { field, problem } => Failure::invalid("INVALID_FIELD").field(field, problem),
            Error::Malformed(_) | Error::Misplaced => Failure::invalid("MISPLACED_PART"),
            Error::NoSuchMedia { media } => Failure::not_found("NO_SUCH_MEDIA").with("media_id", media),
            Error::NoSuchUpload { upload } => Failure::not_found("NO_SUCH_UPLOAD").with("upload_id", upload),
            Error::TooLarge { max } => {
                let failure = Failure::invalid("FILE_TOO_LARGE").with("max_bytes", max);
                failure.field("header.size", format_args!("is more than {max}"))
            }
            Error::Quota { exceeded: Exceeded::Bytes, quota } => {
                Failure::exhausted("QUOTA_BYTES").with("max_bytes", &quota.bytes)
            }
            Error::Quota { exceeded: Exceeded::Files, quota } => {
                Failure::exhausted("QUOTA_FILES").with("max_files", &quota.files)
            }
            Error::TooManyUploads { max } => {
                Failure::exhausted("QUOTA_UPLOADS").with("max_uploads", max).retry_after(RETRY_AFTER)
            }
            Error::TooLong { size } => Failure::invalid("UPLOAD_TOO_LONG").with("size", size),
            Error::Truncated { .. } => Failure::invalid("UPLOAD_TRUNCATED"),
            Error::Empty => Failure::invalid("FILE_EMPTY"),
            Error::HashMismatch => Failure::invalid("HASH_MISMATCH"),
            Error::OffsetMismatch { received } => {
                Failure::precondition("OFFSET_MISMATCH").with("offset", received)
            }
            Error::UploadBusy => Failure::precondition("UPLOAD_BUSY").retry_after(RETRY_AFTER),
            Error::BrokenOff => Failure::new(tonic::Code::Cancelled, "UPLOAD_BROKEN_OFF"),
            Error::Refused(refused) => of_refusal(refused),
            Error::NotAPicture { .. } => Failure::invalid("NOT_A_PICTURE"),
            Error::OutOfRange { size } => {
                Failure::new(tonic::Code::OutOfRange, "OUT_OF_RANGE").with("size", size)
            }
            Error::BadSignature => Failure::denied("BAD_SIGNATURE"),
            Error::BeingErased => Failure::unavailable("BEING_ERASED").retry_after(RETRY_AFTER),
            Error::Spool(error) if is_full(error) => Failure::exhausted("STORE_FULL"),
            Error::Spool(_) => Failure::internal("SPOOL_FAILED"),
            Error::Auth(_) => Failure::unavailable("AUTH_DOWN").retry_after(RETRY_AFTER),
            Error::Message(_) => Failure::unavailable("MESSAGE_DOWN").retry_after(RETRY_AFTER),
            Error::Blobs(error) => of_blobs(error),
            Error::Store(error) => of_store(error),
            Error::TaskDied(_) => Failure::internal("TASK_DIED"),
        };
        failure.into_status(&error)
    }
}

fn of_refusal(refused: &Refused) -> Failure {
    match refused {
        Refused::Type => Failure::invalid("TYPE_REFUSED"),
        Refused::Damaged => Failure::invalid("FILE_DAMAGED"),
        Refused::TooLarge { .. } => Failure::invalid("PICTURE_TOO_LARGE"),
        Refused::TooCostly => Failure::invalid("PICTURE_TOO_COSTLY"),
        Refused::Infected => Failure::invalid("FILE_INFECTED"),
        Refused::Unscanned => Failure::unavailable("SCANNER_DOWN").retry_after(RETRY_AFTER),
        Refused::Failed(error) if is_full(error) => Failure::exhausted("STORE_FULL"),
        Refused::Failed(_) => Failure::internal("EXAMINATION_FAILED"),
    }
}

fn of_blobs(error: &BlobError) -> Failure {
    match error {
        // It was put there, and nobody else may take it away.
        BlobError::Missing { .. } => Failure::internal("BLOB_MISSING"),
        BlobError::Unavailable { .. } => Failure::unavailable("BLOBS_DOWN").retry_after(RETRY_AFTER),
        BlobError::Full { .. } => Failure::exhausted("STORE_FULL"),
        BlobError::Corrupt { .. } => Failure::internal("BLOB_CORRUPT"),
    }
}

fn of_store(error: &StoreError) -> Failure {
    match error {
        StoreError::Unavailable { .. } => Failure::unavailable("STORE_DOWN").retry_after(RETRY_AFTER),
        // It may have been stored: the retry finds out.
        StoreError::Unknown { .. } => Failure::unavailable("OUTCOME_UNKNOWN").retry_after(RETRY_AFTER),
        StoreError::Full { .. } => Failure::exhausted("STORE_FULL"),
        StoreError::Corrupt { .. } => Failure::internal("STORE_CORRUPT"),
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    // The last is what a limit of the process or of the file system says.
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

fn too_much(exceeded: Exceeded, quota: &Quota) -> String {
    let Quota { bytes, files } = quota;
    match exceeded {
        Exceeded::Bytes => format!(
            "you may have {bytes} bytes of files, which leaves no room for this one; delete some first"
        ),
        Exceeded::Files => format!("you may have {files} files, and have them; delete some first"),
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::StatusExt;

    use super::*;

    #[test]
    fn an_upload_that_goes_on_elsewhere_is_told_where() {
        let status = Status::from(Error::OffsetMismatch { received: 7 });
        assert_eq!(status.code(), Code::FailedPrecondition);
        assert_eq!(status.get_details_error_info().unwrap().metadata["offset"], "7");
    }

    #[test]
    fn every_limit_is_named_for_people_and_for_programs() {
        let quota = Quota { bytes: 7_000, files: 70 };
        for (error, key, limit) in [
            (Error::TooLarge { max: 700 }, "max_bytes", "700"),
            (Error::Quota { exceeded: Exceeded::Bytes, quota }, "max_bytes", "7000"),
            (Error::Quota { exceeded: Exceeded::Files, quota }, "max_files", "70"),
            (Error::TooManyUploads { max: 7 }, "max_uploads", "7"),
            (Error::TooLong { size: 77 }, "size", "77"),
        ] {
            let status = Status::from(error);
            assert!(status.message().contains(limit), "{status:?}");
            assert_eq!(status.get_details_error_info().unwrap().metadata[key], limit, "{status:?}");
        }
        let violations = Status::from(Error::TooLarge { max: 700 }).get_details_bad_request().unwrap();
        assert_eq!(violations.field_violations[0].field, "header.size");
    }

    #[test]
    fn a_full_disk_is_said_to_be_one() {
        let status = Status::from(Error::Spool(io::ErrorKind::StorageFull.into()));
        assert_eq!(status.code(), Code::ResourceExhausted);
        assert_eq!(
            Status::from(Error::Spool(io::ErrorKind::FileTooLarge.into())).code(),
            Code::ResourceExhausted
        );
        assert_eq!(Status::from(Error::Spool(io::ErrorKind::Other.into())).code(), Code::Internal);
    }
}
