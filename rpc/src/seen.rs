//! A body that somebody looks at as it goes by.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};

/// The next part of a body; nothing at its end.
pub type Part<'a> = Option<&'a Result<Frame<Bytes>, axum::Error>>;

/// `body`, each part of which is shown to `see`, which goes when the body does.
pub fn seen(body: Body, see: impl FnMut(Part<'_>) + Send + Unpin + 'static) -> Body {
    Body::new(Seen { body, see })
}

struct Seen<See> {
    body: Body,
    see: See,
}

impl<See: FnMut(Part<'_>) + Unpin> http_body::Body for Seen<See> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let part = ready!(Pin::new(&mut self.body).poll_frame(context));
        (self.see)(part.as_ref());
        Poll::Ready(part)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
