//! The end of answers that would outlast the session they were opened in.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use confab_core::SessionId;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::Revoked;
use crate::verifier::session_ended;

/// Makes `response` end when `session` does.
pub fn end_with_session(
    response: Response<Body>,
    session: SessionId,
    revoked: &Arc<Revoked>,
) -> Response<Body> {
    // An answer that has its status in its head must not look as if more came.
    if response.body().is_end_stream() {
        return response;
    }
    response.map(|body| Body::new(Ending { body, session, revoked: revoked.clone(), end: End::NotAsked }))
}

/// An answer, and what it waits for besides its own next part.
struct Ending {
    body: Body,
    session: SessionId,
    revoked: Arc<Revoked>,
    end: End,
}

/// What is known of the end of a session.
enum End {
    /// Nothing yet: most answers are there in one go, and never have to wait.
    NotAsked,
    /// It is to come.
    Awaited(Pin<Box<WaitForCancellationFutureOwned>>),
    /// It has come, and the answer is at its end too.
    Over,
}

impl HttpBody for Ending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if matches!(self.end, End::Over) {
            return Poll::Ready(None);
        }
        if let End::Awaited(end) = &mut self.end
            && end.as_mut().poll(context).is_ready()
        {
            self.close();
            return Poll::Ready(Some(Ok(Frame::trailers(trailers()))));
        }
        let part = Pin::new(&mut self.body).poll_frame(context);
        if part.is_pending() && matches!(self.end, End::NotAsked) {
            self.end = End::Awaited(Box::pin(self.revoked.opened(self.session)));
            // So that the end of the session wakes us, too.
            return self.poll_frame(context);
        }
        part
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.end, End::Over) || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // It may end sooner than the answer itself knows.
        let mut hint = SizeHint::new();
        if let Some(upper) = self.body.size_hint().upper() {
            hint.set_upper(upper);
        }
        hint
    }
}

impl Ending {
    /// Lets go of the answer, and of the place in the list.
    fn close(&mut self) {
        if matches!(self.end, End::Awaited(_)) {
            self.revoked.closed(self.session);
        }
        self.end = End::Over;
        self.body = Body::empty();
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.close();
    }
}

/// What is said of an answer that was not at its end.
fn trailers() -> HeaderMap {
    let mut trailers = session_ended().into_http::<Body>().into_parts().0.headers;
    trailers.remove(CONTENT_TYPE);
    trailers
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use confab_core::Timestamp;
    use http_body_util::{BodyExt, StreamBody};
    use tokio::sync::mpsc;
    use tokio::time::timeout;
    use tonic::{Code, Status};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_000);
    const SOON: Duration = Duration::from_secs(5);

    /// An answer that goes on until the sender is dropped.
    fn stream(session: SessionId, revoked: &Arc<Revoked>) -> (mpsc::Sender<Bytes>, Body) {
        let (send, mut receive) = mpsc::channel::<Bytes>(1);
        let frames = async_stream::stream! {
            while let Some(bytes) = receive.recv().await {
                yield Ok::<_, axum::Error>(Frame::data(bytes));
            }
        };
        let response = Response::new(Body::new(StreamBody::new(frames)));
        (send, end_with_session(response, session, revoked).into_body())
    }

    #[tokio::test]
    async fn an_open_answer_ends_with_its_session_and_says_why() {
        let (revoked, session) = (Arc::new(Revoked::default()), SessionId::new(NOW));
        let (send, mut body) = stream(session, &revoked);
        send.send("part".into()).await.unwrap();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "part");

        let rest = tokio::spawn(async move { (body.frame().await, body.frame().await.is_none()) });
        revoked.add(session, NOW, NOW);
        let (last, is_over) = timeout(SOON, rest).await.unwrap().unwrap();
        let trailers = last.unwrap().unwrap().into_trailers().unwrap();
        assert_eq!(Status::from_header_map(&trailers).unwrap().code(), Code::Unauthenticated);
        assert!(is_over && revoked.open().is_empty());
    }

    #[tokio::test]
    async fn an_answer_of_another_session_goes_on() {
        let revoked = Arc::new(Revoked::default());
        let (send, mut body) = stream(SessionId::new(NOW), &revoked);
        revoked.add(SessionId::new(NOW), NOW, NOW);
        send.send("part".into()).await.unwrap();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "part");
        drop(send);
        assert!(body.frame().await.is_none());
        drop(body);
        assert!(revoked.open().is_empty());
    }

    #[tokio::test]
    async fn an_answer_that_is_there_in_one_go_stands_in_no_list() {
        let (revoked, session) = (Arc::new(Revoked::default()), SessionId::new(NOW));
        let response = end_with_session(Response::new(Body::from("all")), session, &revoked);
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "all");
        assert!(revoked.open().is_empty());
    }
}
