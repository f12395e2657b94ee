//! The bytes of one connection: whoever is slow, or says nothing at great
//! length, is cut off.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::meter::{Meter, Verdict};

/// How long a client may take for what it has begun: its first word, a head, a
/// block of headers, a frame of at most [`super::connection::FRAME_BYTES_MAX`].
const OWED_MAX: Duration = Duration::from_secs(10);

/// A connection, with an eye on what the client sends.
pub struct Watched<Io> {
    io: Io,
    meter: Meter,
    parting: Parting,
    /// Until when the client may take for the thing that has this number.
    owed: Option<(u64, Pin<Box<Sleep>>)>,
}

/// How far the end of a connection has come that we want to end.
enum Parting {
    /// We do not.
    Not,
    /// This is to be read next, which nobody may say.
    Breach(&'static [u8]),
    /// It was read.
    Over,
}

impl<Io> Watched<Io> {
    /// Watches over `io`, on which nothing was said yet.
    pub fn new(io: Io) -> Self {
        Self { io, meter: Meter::new(Instant::now()), parting: Parting::Not, owed: None }
    }

    /// Takes in what was read after the first `before` bytes of `buffer`.
    fn take(&mut self, buffer: &mut ReadBuf<'_>, before: usize) {
        let verdict = self.meter.read(&buffer.filled()[before..], Instant::now());
        let Verdict::EndAfter(count, breach) = verdict else { return };
        tracing::debug!("a client says what nobody may, or says nothing at great length; told to go");
        buffer.set_filled(before + count);
        self.parting = Parting::Breach(breach);
        if count == 0 {
            // To have read nothing would be the end, and nobody would be told why.
            self.breach(buffer, breach);
        }
    }

    /// Lets `breach` be read, if there is room for it.
    fn breach(&mut self, buffer: &mut ReadBuf<'_>, breach: &'static [u8]) {
        if buffer.remaining() >= breach.len() {
            buffer.put_slice(breach);
            self.parting = Parting::Over;
        }
    }

    /// Whether the client takes too long for what it has begun.
    fn poll_overdue(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(number) = self.meter.owed() else {
            self.owed = None;
            return Poll::Pending;
        };
        match &mut self.owed {
            Some((of, until)) if *of == number => until.as_mut().poll(context),
            owed => {
                let (_, until) = owed.insert((number, Box::pin(sleep(OWED_MAX))));
                until.as_mut().poll(context)
            }
        }
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Watched<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.parting {
            Parting::Not => {}
            Parting::Breach(breach) => {
                self.breach(buffer, breach);
                return Poll::Ready(Ok(()));
            }
            Parting::Over => return Poll::Ready(Ok(())),
        }
        let before = buffer.filled().len();
        match Pin::new(&mut self.io).poll_read(context, buffer) {
            Poll::Ready(read) => {
                read?;
                self.take(buffer, before);
                Poll::Ready(Ok(()))
            }
            Poll::Pending => {
                ready!(self.poll_overdue(context));
                Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, "the client takes too long")))
            }
        }
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Watched<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.io).poll_write(context, bytes))?;
        self.meter.wrote(count);
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.io).poll_write_vectored(context, parts))?;
        self.meter.wrote(count);
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
