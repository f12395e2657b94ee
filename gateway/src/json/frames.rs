//! The messages in the body of an answer, and the status at its end.

use axum::body::{Body, Bytes};
use bytes::{Buf, BytesMut};
use confab_rpc::Failure;
use http::HeaderMap;
use http_body_util::BodyExt;
use tonic::{Code, Status};

/// What stands before each message: whether it is compressed, and its length.
pub const HEAD_BYTES: usize = 5;
/// The longest message of an answer, in bytes: twice what the longest page of
/// the longest messages has.
const MESSAGE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The messages of an answer, one after the other.
pub struct Messages {
    body: Body,
    /// What has come, and was not taken yet: nothing is held on to while nothing comes.
    read: BytesMut,
    trailers: Option<HeaderMap>,
    has_ended: bool,
}

impl Messages {
    /// Those in `body`.
    pub fn new(body: Body) -> Self {
        Self { body, read: BytesMut::new(), trailers: None, has_ended: false }
    }

    /// The next message; nothing after the last. May be dropped and called again.
    ///
    /// # Errors
    ///
    /// With the status that the answer ends with, if that is not OK.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        let Some(length) = self.arrived().await? else { return Ok(None) };
        self.read.advance(HEAD_BYTES);
        let message = self.read.split_to(length).freeze();
        if self.read.is_empty() {
            self.read = BytesMut::new();
        }
        Ok(Some(message))
    }

    /// Waits until the next message is there as a whole, and returns its length;
    /// nothing after the last. May be dropped and called again.
    ///
    /// # Errors
    ///
    /// As [`Messages::next`].
    pub async fn arrived(&mut self) -> Result<Option<usize>, Status> {
        loop {
            if let Some(length) = self.length()? {
                return Ok(Some(length));
            }
            if self.has_ended {
                return self.end().map(|()| None);
            }
            match self.body.frame().await {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.read.extend_from_slice(&data),
                    Err(frame) => self.trailers = frame.into_trailers().ok(),
                },
                Some(Err(error)) => {
                    tracing::warn!(%error, "an answer broke off");
                    return Err(broken_off());
                }
                None => self.has_ended = true,
            }
        }
    }

    /// The length of the next message, if that is there as a whole.
    fn length(&self) -> Result<Option<usize>, Status> {
        let Some((head, rest)) = self.read.split_first_chunk::<HEAD_BYTES>() else { return Ok(None) };
        let [compressed, a, b, c, d] = *head;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        // Nobody was told that we can read anything else.
        if compressed != 0 || length > MESSAGE_BYTES_MAX {
            tracing::error!(compressed, length, "an answer cannot be read");
            return Err(
                Failure::internal("BAD_ANSWER").into_status_saying("something went wrong on the server")
            );
        }
        Ok((rest.len() >= length).then_some(length))
    }

    /// What the answer ends with.
    fn end(&self) -> Result<(), Status> {
        let status = self.trailers.as_ref().and_then(Status::from_header_map);
        match status {
            Some(status) if status.code() == Code::Ok && self.read.is_empty() => Ok(()),
            Some(status) if status.code() != Code::Ok => Err(status),
            _ => Err(broken_off()),
        }
    }
}

/// Nobody knows how far the service came; a retry settles it.
fn broken_off() -> Status {
    let failure = Failure::unavailable("ANSWER_BROKE_OFF");
    failure.into_status_saying("the answer broke off; try again with the same ids")
}
