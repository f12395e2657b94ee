//! Attaches pictures and files, which the media service keeps.
//!
//! # Invariants
//!
//! * What a message or a group has is attached before anybody hears of it.
//! * What is let go of in vain is found by the media service, which asks from time
//!   to time whether it is still there.

use std::time::Duration;

use confab_core::{MediaId, UserId};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::media_library_service_client::MediaLibraryServiceClient;
use confab_rpc::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::convert;
use crate::domain::{Attachment, Holder};
use crate::error::Error;

/// How long the media service may take to answer. Whoever wants to say something waits.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);
/// How often it is told to let go of something, if it does not answer.
const TRIES_MAX: usize = 3;

/// What becomes of files that nothing has any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// They are erased.
    Erase,
    /// They wait for another try.
    Wait,
}

/// The way to the media service. Clones are one and the same.
#[derive(Clone)]
pub struct Library {
    media: MediaLibraryServiceClient<Channel>,
}

impl Library {
    /// Asks the media service that `channel` leads to, in the name of ours.
    pub fn new(channel: Channel) -> Self {
        Self { media: MediaLibraryServiceClient::new(channel) }
    }

    /// Attaches `media` to `holder` on behalf of `user`: files of their own, and
    /// those that `source` has, which they see. Returns what is known of them, in
    /// their order.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchMedia`] with the first that is not there, or not theirs to
    /// attach; the `field` of the request names it. [`Error::Media`] if the media
    /// service does not answer.
    pub async fn attach(
        &self,
        user: UserId,
        field: &'static str,
        media: &[MediaId],
        holder: Holder,
        source: Option<Holder>,
    ) -> Result<Vec<Attachment>, Error> {
        let mut request = Request::new(internal::AttachMediaRequest {
            user_id: user.to_string(),
            media_ids: media.iter().map(MediaId::to_string).collect(),
            place: Some(convert::wire_place(holder)),
            source: source.map(convert::wire_place),
        });
        request.set_timeout(ASK_TIMEOUT);
        match self.media.clone().attach_media(request).await {
            Ok(response) => response.into_inner().media.into_iter().map(convert::attachment).collect(),
            Err(status) if status.code() == Code::NotFound => {
                Err(Error::NoSuchMedia { field, media: named(&status).unwrap_or_default() })
            }
            Err(status) => Err(Error::Media(status.into())),
        }
    }

    /// Takes all but `kept` away from `holder`.
    ///
    /// It has happened already what they are let go for, and is no less so if the
    /// media service does not hear of it now.
    pub async fn let_go(&self, holder: Holder, kept: &[MediaId], aftermath: Aftermath) {
        let request = internal::DetachMediaRequest {
            place: Some(convert::wire_place(holder)),
            kept_media_ids: kept.iter().map(MediaId::to_string).collect(),
            aftermath: convert::wire_aftermath(aftermath).into(),
        };
        for tries in 1..=TRIES_MAX {
            let mut request = Request::new(request.clone());
            request.set_timeout(ASK_TIMEOUT);
            match self.media.clone().detach_media(request).await {
                Ok(_) => return,
                Err(status) if tries == TRIES_MAX => {
                    tracing::warn!(
                        error = &status as &dyn std::error::Error,
                        "the media service did not let go of files"
                    );
                }
                Err(_) => {}
            }
        }
    }
}

/// The file that an answer names.
fn named(status: &Status) -> Option<String> {
    status.get_details_error_info()?.metadata.remove("media_id")
}
