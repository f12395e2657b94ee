//! Until when a call may take, told from call to call: each gets less time than
//! the one that makes it.
//!
//! Whoever calls says it in `grpc-timeout` (the gRPC protocol, "Timeout"), at every
//! door. Nobody is given more than we would give them anyway. By the protocol it is
//! positive; clients that have nothing left write zero all the same (gRPC for Java did until
//! 2025, and gRPC for Go takes it for that reason), so zero is a time that is over.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tonic::Status;

use crate::Failure;

/// How long a call may take: at most eight digits, and a unit.
pub const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// What to wait before a call is tried again that took too long.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How much earlier than that of a request the time of a call inside of it may end: it is
/// rounded down, and clocks tick.
const ROUNDING_MAX: Duration = Duration::from_millis(10);
/// How many digits the time has.
const DIGITS_MAX: usize = 8;
/// What has that many digits is written in the next larger unit.
const NUMBER_MAX: u128 = 99_999_999;

tokio::task_local! {
    static CURRENT: Instant;
}

/// Ends the work on `request` when its time is over: what it asks for itself, but no
/// more than `longest`. What it opens ends then, too, if it asked.
///
/// The calls that are made for it are given what is left of its time.
pub async fn keep_deadline(request: Request, longest: Option<Duration>, next: Next) -> Response {
    let Ok(wanted) = wanted(request.headers()) else { return malformed().into_http() };
    let Some(limit) = wanted.into_iter().chain(longest).min() else { return next.run(request).await };
    let deadline = Instant::now() + limit;
    let is_wanted = wanted == Some(limit);
    match timeout_at(deadline, CURRENT.scope(deadline, next.run(request))).await {
        // An answer that has its status in its head must not look as if more came.
        Ok(response) if is_wanted && !response.body().is_end_stream() => {
            response.map(|body| Body::new(Timed { body, deadline, alarm: None, is_over: false }))
        }
        Ok(response) => response,
        Err(_) if is_wanted => passed().into_http(),
        // Nobody knows how far it came; a retry settles it.
        Err(_) => {
            let failure = Failure::unavailable("TIMED_OUT").retry_after(RETRY_AFTER);
            failure.into_status_saying("the server took too long; try again with the same ids").into_http()
        }
    }
}

/// What is left of the time of the request being served.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// As much as anybody likes: no request is being served.
    Unlimited,
    /// So much.
    Some(HeaderValue),
    /// Nothing.
    Nothing,
}

impl Left {
    /// What is left now.
    pub(crate) fn now() -> Self {
        // Outside a request, as in a task of the service's own, there is no deadline.
        CURRENT
            .try_with(|deadline| *deadline)
            .map_or(Self::Unlimited, |deadline| Self::of(deadline.saturating_duration_since(Instant::now())))
    }

    /// `left`, rounded down: the header has no room for more.
    fn of(left: Duration) -> Self {
        let units = [(left.as_micros(), 'u'), (left.as_millis(), 'm'), (left.as_secs().into(), 'S')];
        let written = units.into_iter().find(|(number, _)| *number <= NUMBER_MAX);
        let (number, unit) = written.unwrap_or((NUMBER_MAX, 'S'));
        if number == 0 {
            return Self::Nothing;
        }
        HeaderValue::try_from(format!("{number}{unit}")).map_or(Self::Nothing, Self::Some)
    }
}

/// Whether the time of the request being served is over, or as good as over.
pub(crate) fn is_over() -> bool {
    CURRENT.try_with(|deadline| Instant::now() + ROUNDING_MAX >= *deadline).unwrap_or(false)
}

/// What is said of a call whose client does not wait any more.
pub(crate) fn passed() -> Status {
    Status::deadline_exceeded("the deadline of the request has passed")
}

fn malformed() -> Status {
    let failure = Failure::invalid("INVALID_TIMEOUT").field("grpc-timeout", "is malformed");
    failure.into_status_saying("the metadata grpc-timeout is malformed")
}

/// A time that is none.
#[derive(Debug, PartialEq, Eq)]
struct Malformed;

/// The time that `headers` ask for, if they do.
fn wanted(headers: &HeaderMap) -> Result<Option<Duration>, Malformed> {
    let mut values = headers.get_all(GRPC_TIMEOUT).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Malformed);
    }
    let value = value.to_str().map_err(|_| Malformed)?;
    let (digits, unit) = value.split_at_checked(value.len().saturating_sub(1)).ok_or(Malformed)?;
    if !(1..=DIGITS_MAX).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed);
    }
    let amount: u64 = digits.parse().map_err(|_| Malformed)?;
    Ok(Some(match unit {
        "H" => Duration::from_secs(amount * 3_600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return Err(Malformed),
    }))
}

/// An answer that ends at a deadline.
struct Timed {
    body: Body,
    deadline: Instant,
    /// Most answers are there in one go, and never have to be woken.
    alarm: Option<Pin<Box<Sleep>>>,
    is_over: bool,
}

impl Timed {
    /// Lets go of the answer, and says why.
    fn end(&mut self) -> HeaderMap {
        (self.is_over, self.alarm, self.body) = (true, None, Body::empty());
        let mut trailers = passed().into_http::<Body>().into_parts().0.headers;
        trailers.remove(CONTENT_TYPE);
        trailers
    }
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let part = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(None) = part {
            return part;
        }
        if Instant::now() >= self.deadline {
            return Poll::Ready(Some(Ok(Frame::trailers(self.end()))));
        }
        if part.is_pending() {
            let deadline = self.deadline;
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
            if alarm.as_mut().poll(context).is_ready() {
                return Poll::Ready(Some(Ok(Frame::trailers(self.end()))));
            }
        }
        part
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || self.body.is_end_stream()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> Result<Option<Duration>, Malformed> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(GRPC_TIMEOUT, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        wanted(&headers)
    }

    #[test]
    fn timeouts_are_read_as_the_protocol_says() {
        assert_eq!(read(&[]), Ok(None));
        for (text, expected) in [
            ("1n", Duration::from_nanos(1)),
            ("99999999n", Duration::from_nanos(99_999_999)),
            ("1u", Duration::from_micros(1)),
            ("250m", Duration::from_millis(250)),
            ("5S", Duration::from_secs(5)),
            ("00000005S", Duration::from_secs(5)),
            ("2M", Duration::from_mins(2)),
            ("99999999H", Duration::from_hours(99_999_999)),
            // No client should say so; those that do have no time left.
            ("0S", Duration::ZERO),
            ("00000000H", Duration::ZERO),
        ] {
            assert_eq!(read(&[text]), Ok(Some(expected)), "{text}");
        }
    }

    #[test]
    fn what_the_protocol_does_not_know_is_malformed() {
        for text in [
            "",
            "S",
            "5",
            "5s",
            "5h",
            "5N",
            "5U",
            "5 S",
            " 5S",
            "5S ",
            "-5S",
            "+5S",
            "5.5S",
            "5e3S",
            "0x5S",
            "5SS",
            "123456789S",
            "000000005S",
            "5ms",
            "5\u{e9}S",
            "S5",
            "infinite",
            "5S, 5S",
        ] {
            assert_eq!(read(&[text]), Err(Malformed), "{text}");
        }
        assert_eq!(read(&["5S", "5S"]), Err(Malformed), "one of the two is somebody else's");
    }

    #[test]
    fn what_is_left_is_never_more_than_there_is() {
        for left in [
            Duration::from_nanos(1_999),
            Duration::from_micros(99_999_999),
            Duration::from_secs(100),
            Duration::new(3_600, 999_999_999),
        ] {
            let Left::Some(said) = Left::of(left) else { panic!("nothing of {left:?}") };
            let headers = HeaderMap::from_iter([(GRPC_TIMEOUT, said)]);
            let told = wanted(&headers).unwrap().unwrap();
            assert!(told <= left && told > left.mul_f64(0.2), "{told:?} of {left:?}");
        }
        assert_eq!(Left::of(Duration::from_nanos(999)), Left::Nothing);
        assert_eq!(Left::now(), Left::Unlimited);
    }
}
