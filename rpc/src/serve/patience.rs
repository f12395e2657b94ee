//! Request bodies that do not come: a client that is slow holds on to nothing for long.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// How long a client may take for the next part of a body that is waited for.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// What a body and whoever answers the request tell each other.
#[derive(Clone, Default)]
pub struct Waiting(Arc<AtomicU8>);

impl Waiting {
    const ANSWERED: u8 = 1;
    const OVERDUE: u8 = 2;

    /// The answer has begun: from now on the rest of the request may take its
    /// time, as that of a stream in both directions does.
    pub fn answered(&self) {
        self.0.fetch_or(Self::ANSWERED, Ordering::Relaxed);
    }

    /// Whether the body broke off because the client took too long.
    pub fn was_in_vain(&self) -> bool {
        self.0.load(Ordering::Relaxed) & Self::OVERDUE != 0
    }

    fn is_answered(&self) -> bool {
        self.0.load(Ordering::Relaxed) & Self::ANSWERED != 0
    }
}

/// A body that breaks off when its client takes too long.
pub struct Patient<B> {
    body: B,
    waiting: Waiting,
    until: Option<Pin<Box<Sleep>>>,
}

impl<B> Patient<B> {
    /// `body`, which tells `waiting` if it breaks off.
    pub fn new(body: B, waiting: Waiting) -> Self {
        Self { body, waiting, until: None }
    }
}

impl<B> Body for Patient<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.until = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if self.waiting.is_answered() {
            return Poll::Pending;
        }
        let until = self.until.get_or_insert_with(|| Box::pin(sleep(PAUSE_MAX)));
        ready!(until.as_mut().poll(context));
        // Somebody may have begun to answer meanwhile.
        if self.waiting.is_answered() {
            return Poll::Pending;
        }
        self.waiting.0.fetch_or(Waiting::OVERDUE, Ordering::Relaxed);
        let error = io::Error::new(ErrorKind::TimedOut, "the client takes too long for the body");
        Poll::Ready(Some(Err(error.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
