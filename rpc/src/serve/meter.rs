//! What a client says, counted frame by frame (RFC 9113, section 4.1).
//!
//! hyper bounds what it has to keep of a connection, and most of what it has to
//! do for it: streams, resets, CONTINUATION, small DATA. It answers PING and
//! SETTINGS, and reads `WINDOW_UPDATE`, PRIORITY and what it does not know, for as
//! long as somebody sends them. Here such frames are counted against what the
//! client was sent, so that whoever only keeps us busy is told to go.

use tokio::time::Instant;

use super::head::{Head, Shown};

/// What HTTP/2 begins with (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The length of the head of a frame, in bytes.
const FRAME_HEAD_BYTES: usize = 9;

/// How many frames of control may come at once.
const FRAMES_BURST: u32 = 2_000;
/// How many of them may come each second from then on.
const FRAMES_PER_SECOND: u32 = 200;
/// So many bytes that we send are good for one more: a client says by such
/// frames that it has read them.
const BYTES_PER_FRAME: usize = 32;

/// The head of a frame that is longer than any may be. Whoever reads it ends the
/// connection with a GOAWAY, as for every breach of the protocol.
const FRAME_BREACH: &[u8] = &[0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0];
/// What stands in no head of an HTTP/1 request. Whoever reads it answers 400, and
/// ends the connection.
const HEAD_BREACH: &[u8] = b"\0";

/// What was understood of the bytes of one connection.
#[derive(Debug)]
pub struct Meter {
    place: Place,
    budget: Budget,
    /// How many things the client has begun and ended: a head, a frame, a block of headers.
    ended: u64,
    /// Whether the next frames belong to headers that have begun.
    in_headers: bool,
    flooded: bool,
    unsound: bool,
}

/// Where in the conversation we are.
#[derive(Debug)]
enum Place {
    /// Within what may be the preface, so many bytes of it.
    Hello(usize),
    /// Within the head of an HTTP/1 request.
    Head(Head),
    /// Within the body of one, with so many bytes to come.
    Body(u64),
    /// Between two HTTP/1 requests.
    Gap,
    /// Where nothing follows that we understand.
    Rest,
    /// Within the head of a frame, so many bytes of it.
    FrameHead([u8; FRAME_HEAD_BYTES], usize),
    /// Within the rest of a frame, with so many bytes to come.
    Payload(usize),
}

/// What is to be done with bytes that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Fine,
    /// Only so many of them are to be taken, and then what stands here in place
    /// of all others: it ends the connection.
    EndAfter(usize, &'static [u8]),
}

impl Meter {
    /// Of a connection on which nothing was said yet.
    pub fn new(now: Instant) -> Self {
        Self {
            place: Place::Hello(0),
            budget: Budget { left: FRAMES_BURST, since: now },
            ended: 0,
            in_headers: false,
            flooded: false,
            unsound: false,
        }
    }

    /// Takes in what was read at `now`.
    pub fn read(&mut self, bytes: &[u8], now: Instant) -> Verdict {
        let mut at = 0;
        while at < bytes.len() {
            at += self.step(&bytes[at..], now);
            if self.unsound {
                return Verdict::EndAfter(at, HEAD_BREACH);
            }
            if self.flooded && matches!(self.place, Place::FrameHead(_, 0)) {
                return Verdict::EndAfter(at, FRAME_BREACH);
            }
        }
        Verdict::Fine
    }

    /// Takes in that `count` bytes were sent.
    pub fn wrote(&mut self, count: usize) {
        self.budget.earn(count);
    }

    /// What the client has begun and not ended, by its number.
    pub fn owed(&self) -> Option<u64> {
        let between = match self.place {
            Place::Body(_) | Place::Gap | Place::Rest => true,
            Place::FrameHead(_, filled) => filled == 0 && !self.in_headers,
            Place::Hello(_) | Place::Head(_) | Place::Payload(_) => false,
        };
        (!between).then_some(self.ended)
    }

    /// Takes in the first of `bytes`, and returns how many.
    fn step(&mut self, bytes: &[u8], now: Instant) -> usize {
        match &mut self.place {
            Place::Hello(matched) => {
                if bytes[0] != PREFACE[*matched] {
                    // No request begins as the preface does, but its first letter may.
                    let mut head = Head::new();
                    for byte in &PREFACE[..*matched] {
                        head.read(*byte);
                    }
                    self.place = Place::Head(head);
                    return 0;
                }
                *matched += 1;
                if *matched == PREFACE.len() {
                    self.end(Place::FrameHead([0; FRAME_HEAD_BYTES], 0));
                }
                1
            }
            Place::Gap => {
                self.place = Place::Head(Head::new());
                0
            }
            Place::Head(head) => {
                let shown = head.read(bytes[0]);
                self.show(shown)
            }
            Place::Body(left) => {
                let count = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= count as u64;
                if *left == 0 {
                    self.end(Place::Gap);
                }
                count
            }
            Place::Rest => bytes.len(),
            Place::FrameHead(head, filled) => {
                let count = bytes.len().min(FRAME_HEAD_BYTES - *filled);
                head[*filled..*filled + count].copy_from_slice(&bytes[..count]);
                *filled += count;
                if *filled == FRAME_HEAD_BYTES {
                    let head = *head;
                    self.begin(head, now);
                }
                count
            }
            Place::Payload(left) => {
                let count = bytes.len().min(*left);
                *left -= count;
                if *left == 0 {
                    self.end(Place::FrameHead([0; FRAME_HEAD_BYTES], 0));
                }
                count
            }
        }
    }

    /// Goes on after a byte of a head, and returns how many of it are to be passed on.
    fn show(&mut self, shown: Shown) -> usize {
        match shown {
            Shown::More => {}
            Shown::Body(0) => self.end(Place::Gap),
            Shown::Body(size) => self.end(Place::Body(size)),
            Shown::Rest => self.end(Place::Rest),
            Shown::Unsound => {
                self.unsound = true;
                return 0;
            }
        }
        1
    }

    /// Takes in the head of a frame.
    fn begin(&mut self, head: [u8; FRAME_HEAD_BYTES], now: Instant) {
        const END_HEADERS: u8 = 0x4;
        const DATA: u8 = 0x0;
        const HEADERS: u8 = 0x1;
        const CONTINUATION: u8 = 0x9;

        let [high, middle, low, kind, flags, ..] = head;
        if matches!(kind, HEADERS | CONTINUATION) {
            self.in_headers = flags & END_HEADERS == 0;
        }
        // hyper bounds how many requests there are, and how small their parts.
        if !matches!(kind, DATA | HEADERS) && !self.budget.spend(now) {
            self.flooded = true;
        }
        match usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low) {
            0 => self.end(Place::FrameHead([0; FRAME_HEAD_BYTES], 0)),
            left => self.place = Place::Payload(left),
        }
    }

    fn end(&mut self, next: Place) {
        self.place = next;
        // Headers are one thing, however many frames they are cut into.
        if !self.in_headers {
            self.ended += 1;
        }
    }
}

/// How many frames of control may come now.
#[derive(Debug)]
struct Budget {
    left: u32,
    since: Instant,
}

impl Budget {
    /// Takes one away, if there is one.
    fn spend(&mut self, now: Instant) -> bool {
        let millis = now.saturating_duration_since(self.since).as_millis();
        let earned = u32::try_from(millis).unwrap_or(u32::MAX).saturating_mul(FRAMES_PER_SECOND) / 1_000;
        if earned > 0 {
            self.since = now;
            self.add(earned);
        }
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    fn earn(&mut self, bytes: usize) {
        self.add(u32::try_from(bytes / BYTES_PER_FRAME).unwrap_or(u32::MAX));
    }

    fn add(&mut self, count: u32) {
        self.left = self.left.saturating_add(count).min(FRAMES_BURST);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A frame of `kind` with `size` bytes in it.
    fn frame(kind: u8, flags: u8, size: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, size, kind, flags, 0, 0, 0, 0];
        frame.resize(FRAME_HEAD_BYTES + usize::from(size), 0);
        frame
    }

    fn http2(now: Instant) -> Meter {
        let mut meter = Meter::new(now);
        assert_eq!(meter.read(PREFACE, now), Verdict::Fine);
        meter
    }

    #[test]
    fn whatever_is_begun_is_owed_until_it_is_ended() {
        let now = Instant::now();
        let mut meter = Meter::new(now);
        let first = meter.owed().unwrap();
        for byte in b"GET / HTTP/1.1\r\nHost: a\r\n\r" {
            meter.read(&[*byte], now);
            assert_eq!(meter.owed(), Some(first));
        }
        meter.read(b"\n", now);
        assert_eq!(meter.owed(), None);

        let mut meter = http2(now);
        let mut numbers = Vec::new();
        for part in [frame(0, 0, 9), frame(1, 0, 1), frame(9, 4, 0)].concat().chunks(1) {
            meter.read(part, now);
            numbers.push(meter.owed());
        }
        assert_eq!(numbers.iter().filter(|number| number.is_none()).count(), 2, "{numbers:?}");
        numbers.dedup();
        assert_eq!(numbers.len(), 4, "a block of headers is one thing: {numbers:?}");
    }

    #[test]
    fn one_request_follows_the_other() {
        let now = Instant::now();
        let mut meter = Meter::new(now);
        let (get, post) = ("GET / HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n\n\n\n");
        let many = [get, post, "PUT / HTTP/1.1\r\n\r\n", post, get].concat();
        for size in 1..many.len() {
            for part in many.as_bytes().chunks(size) {
                assert_eq!(meter.read(part, now), Verdict::Fine);
            }
            assert_eq!(meter.owed(), None);
        }
        assert_eq!(meter.read(b"GET / HTTP/1.1\nX: y\n\n", now), Verdict::EndAfter(14, HEAD_BREACH));
        let mut meter = Meter::new(now);
        assert_eq!(meter.read(b"\n", now), Verdict::EndAfter(0, HEAD_BREACH));
    }

    #[test]
    fn whoever_only_keeps_us_busy_is_told_to_go() {
        // PRIORITY, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, and one that nobody knows.
        for kind in [2, 3, 4, 6, 8, 77] {
            let now = Instant::now();
            let mut meter = http2(now);
            for _ in 0..FRAMES_BURST {
                assert_eq!(meter.read(&frame(kind, 0, 4), now), Verdict::Fine, "{kind}");
            }
            // In whatever pieces it comes, what is taken ends with the frame.
            let mut bytes = frame(kind, 0, 4);
            bytes.extend(frame(kind, 0, 4));
            assert_eq!(meter.read(&bytes[..5], now), Verdict::Fine);
            assert_eq!(meter.read(&bytes[5..], now), Verdict::EndAfter(8, FRAME_BREACH), "{kind}");
        }
    }

    #[test]
    fn whoever_reads_what_it_asked_for_may_go_on() {
        let now = Instant::now();
        let mut meter = http2(now);
        for _ in 0..10 * FRAMES_BURST {
            meter.wrote(100);
            assert_eq!(meter.read(&[frame(8, 0, 4), frame(8, 0, 4)].concat(), now), Verdict::Fine);
        }
        let mut slow = http2(now);
        for second in 0..100 {
            for _ in 0..FRAMES_PER_SECOND {
                let later = now + Duration::from_secs(second);
                assert_eq!(slow.read(&frame(6, 0, 8), later), Verdict::Fine);
            }
        }
    }

    #[test]
    fn requests_are_not_counted_here() {
        let now = Instant::now();
        let mut meter = http2(now);
        for _ in 0..10 * FRAMES_BURST {
            assert_eq!(meter.read(&[frame(1, 4, 20), frame(0, 1, 5)].concat(), now), Verdict::Fine);
        }
    }
}
