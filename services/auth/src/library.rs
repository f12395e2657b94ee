//! Attaches people's pictures, which the media service keeps.
//!
//! # Invariants
//!
//! * A picture is attached before anybody sees that it is somebody's.
//! * What is let go of in vain is found by the media service, which asks from time
//!   to time whether it is still somebody's picture.

use std::error::Error as StdError;
use std::time::Duration;

use confab_core::{MediaId, UserId};
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::media_library_service_client::MediaLibraryServiceClient;
use confab_proto::internal::v1::media_place::Place;
use confab_rpc::Channel;
use tonic::{Code, Request};

use crate::error::Error;

/// How long the media service may take to answer. Whoever wants to be seen waits.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);
/// How often it is told to let go of something, if it does not answer.
const TRIES_MAX: usize = 3;

/// What becomes of a picture that is nobody's any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// It is erased.
    Erase,
    /// It waits for another try.
    Wait,
}

/// The way to the media service. Clones are one and the same.
#[derive(Clone)]
pub struct Library {
    media: MediaLibraryServiceClient<Channel>,
}

impl Library {
    /// Asks the media service that `channel` leads to, in the name of auth.
    pub fn new(channel: Channel) -> Self {
        Self { media: MediaLibraryServiceClient::new(channel) }
    }

    /// Attaches `media` to `user`, whose own it has to be.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchPicture`] if it is not there, not theirs, or not meant for
    /// this. [`Error::Media`] if the media service does not answer.
    pub async fn attach(&self, user: UserId, media: MediaId) -> Result<(), Error> {
        let mut request = Request::new(internal::AttachMediaRequest {
            user_id: user.to_string(),
            media_ids: vec![media.to_string()],
            place: Some(place(user)),
            source: None,
        });
        request.set_timeout(ASK_TIMEOUT);
        match self.media.clone().attach_media(request).await {
            Ok(_) => Ok(()),
            Err(status) if status.code() == Code::NotFound => Err(Error::NoSuchPicture { media }),
            Err(status) => Err(Error::Media(Box::new(status))),
        }
    }

    /// Takes all but `kept` away from `user`.
    ///
    /// It has happened already what they are let go for, and is no less so if the
    /// media service does not hear of it now.
    pub async fn let_go(&self, user: UserId, kept: Option<MediaId>, aftermath: Aftermath) {
        let aftermath = match aftermath {
            Aftermath::Erase => internal::Aftermath::Erase,
            Aftermath::Wait => internal::Aftermath::Wait,
        };
        let request = internal::DetachMediaRequest {
            place: Some(place(user)),
            kept_media_ids: kept.iter().map(MediaId::to_string).collect(),
            aftermath: aftermath.into(),
        };
        for tries in 1..=TRIES_MAX {
            let mut request = Request::new(request.clone());
            request.set_timeout(ASK_TIMEOUT);
            match self.media.clone().detach_media(request).await {
                Ok(_) => return,
                Err(status) if tries == TRIES_MAX => {
                    tracing::warn!(
                        error = &status as &dyn StdError,
                        "the media service did not let go of a picture"
                    );
                }
                Err(_) => {}
            }
        }
    }
}

/// A person, as something that a picture is attached to.
fn place(user: UserId) -> internal::MediaPlace {
    internal::MediaPlace { place: Some(Place::UserId(user.to_string())) }
}
