//! How far a subscriber has come, as the `id` of an event.
//!
//! A subscription goes on from what its reader knows: an epoch, and the newest
//! event of each conversation (`SubscribeRequest`). A browser that connects
//! again says the last `id` that it saw, and nothing else; so the `id` says all
//! of that. No node keeps anything of it, and any node can go on from it.
//!
//! A cursor has the conversations in which something happened last, as many as
//! fit into a header. A reader of more than those is told again of the others,
//! as after a first connection: something twice, nothing never.
//!
//! `HeadMoved` counts as told: the reader is to fetch what it names before it
//! keeps the `id`, as with every event.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_proto::message::v1;
use prost::Message;
use prost_reflect::{DynamicMessage, ReflectMessage};
use uuid::Uuid;
use v1::subscribe_response::Frame;

/// The RPC whose answers have cursors.
pub const RPC: &str = "/confab.message.v1.LiveService/Subscribe";

/// How many conversations a cursor can have. With the longest numbers it is
/// 10 KiB long, and all headers of a request may have 16.
const CONVERSATIONS_MAX: usize = 300;
/// The longest cursor that is sent with every event. A longer one is sent once in [`PAUSE`].
const SHORT_BYTES: usize = 1024;
const PAUSE: Duration = Duration::from_secs(1);
/// The longest epoch that can be in a cursor, as the contract says, in bytes.
const EPOCH_BYTES_MAX: usize = 64;

/// What a subscriber knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    epoch: String,
    /// The newest event known of each conversation; where something happened last, last.
    heads: Vec<(Uuid, i64)>,
}

/// How a cursor is written, before base64.
#[derive(Clone, PartialEq, Message)]
struct Written {
    #[prost(string, tag = "1")]
    epoch: String,
    /// The ids, one behind the other, 16 bytes each.
    #[prost(bytes = "vec", tag = "2")]
    conversations: Vec<u8>,
    #[prost(int64, repeated, tag = "3")]
    seqs: Vec<i64>,
}

impl Cursor {
    /// Reads an `id`; nothing if it is none of ours.
    pub fn read(id: &str) -> Option<Self> {
        let written = Written::decode(&*URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
        let (ids, rest) = written.conversations.as_chunks::<16>();
        let fits = rest.is_empty()
            && ids.len() == written.seqs.len()
            && ids.len() <= CONVERSATIONS_MAX
            && written.epoch.len() <= EPOCH_BYTES_MAX
            && written.seqs.iter().all(|seq| *seq >= 0);
        let heads = ids.iter().map(|id| Uuid::from_bytes(*id)).zip(written.seqs).collect();
        fits.then_some(Self { epoch: written.epoch, heads })
    }

    /// What `request`, of a subscriber, says that it knows.
    pub fn of(request: &DynamicMessage) -> Self {
        let request: v1::SubscribeRequest = request.transcode_to().unwrap_or_default();
        let mut cursor = Self { epoch: request.epoch, heads: Vec::new() };
        for head in request.known_heads {
            cursor.know(&head.conversation_id, head.seq);
        }
        cursor
    }

    /// Says it in the place of what `request` says.
    pub fn put_into(&self, request: &mut DynamicMessage) {
        let known = |(id, seq): &(Uuid, i64)| v1::KnownHead { conversation_id: id.to_string(), seq: *seq };
        let known_heads = self.heads.iter().map(known).collect();
        let said = v1::SubscribeRequest { epoch: self.epoch.clone(), known_heads, heads_hash: None };
        let mut message = DynamicMessage::new(request.descriptor());
        // Its descriptor is that of the contract, as the type is.
        if message.transcode_from(&said).is_ok() {
            *request = message;
        }
    }

    fn write(&self) -> String {
        let conversations = self.heads.iter().flat_map(|(id, _)| *id.as_bytes()).collect();
        let seqs = self.heads.iter().map(|(_, seq)| *seq).collect();
        let written = Written { epoch: self.epoch.clone(), conversations, seqs };
        URL_SAFE_NO_PAD.encode(written.encode_to_vec())
    }

    /// Knows `conversation` up to `seq`.
    fn know(&mut self, conversation: &str, seq: i64) {
        let Ok(id) = conversation.parse::<Uuid>() else { return };
        self.heads.retain(|(known, _)| *known != id);
        if self.heads.len() == CONVERSATIONS_MAX {
            self.heads.remove(0);
        }
        self.heads.push((id, seq));
    }

    /// Takes in what the subscriber was told. Returns whether it knows more, or other things.
    fn take_in(&mut self, frame: Frame) -> bool {
        match frame {
            Frame::Ready(ready) => self.epoch = ready.epoch,
            Frame::Reset(reset) => *self = Self { epoch: reset.epoch, heads: Vec::new() },
            Frame::Event(event) => self.know(&event.conversation_id, event.seq),
            Frame::HeadMoved(moved) => self.know(&moved.conversation_id, moved.head_seq),
            Frame::Gone(gone) => {
                self.heads.retain(|(id, _)| !gone.conversation_id.eq_ignore_ascii_case(&id.to_string()));
            }
            Frame::Heartbeat(_)
            | Frame::Typing(_)
            | Frame::PresenceChanged(_)
            | Frame::MarkMoved(_)
            | Frame::KnownHeadsNeeded(_) => return false,
        }
        true
    }
}

/// The cursor of a stream while it goes on.
pub struct Progress {
    cursor: Cursor,
    /// When it was sent last.
    sent: Option<Instant>,
    /// Whether it has changed since.
    is_new: bool,
}

impl Progress {
    /// Of a subscriber who knows what `cursor` says.
    pub fn new(cursor: Cursor) -> Self {
        Self { cursor, sent: None, is_new: true }
    }

    /// The `id` of the event that tells `message` at the time `now`, if it is to
    /// have one. One that has none leaves the browser with that of the last that had.
    pub fn after(&mut self, message: &Bytes, now: Instant) -> Option<String> {
        let frame = v1::SubscribeResponse::decode(message.clone()).ok()?.frame?;
        self.is_new |= self.cursor.take_in(frame);
        if !self.is_new {
            return None;
        }
        let id = self.cursor.write();
        let is_due =
            id.len() <= SHORT_BYTES || self.sent.is_none_or(|sent| now.duration_since(sent) >= PAUSE);
        if !is_due {
            return None;
        }
        (self.sent, self.is_new) = (Some(now), false);
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> String {
        Uuid::from_u128(number).to_string()
    }

    fn told(frame: Frame) -> Bytes {
        v1::SubscribeResponse { frame: Some(frame) }.encode_to_vec().into()
    }

    fn event(conversation: u128, seq: i64) -> Bytes {
        told(Frame::Event(v1::Event { conversation_id: id(conversation), seq, ..v1::Event::default() }))
    }

    fn moved(conversation: u128, head_seq: i64) -> Bytes {
        told(Frame::HeadMoved(v1::HeadMoved { conversation_id: id(conversation), head_seq }))
    }

    fn knows(cursor: &str) -> (String, Vec<(u128, i64)>) {
        let cursor = Cursor::read(cursor).unwrap();
        (cursor.epoch, cursor.heads.iter().map(|(id, seq)| (id.as_u128(), *seq)).collect())
    }

    #[test]
    fn a_cursor_says_all_that_was_told() {
        let (mut progress, now) = (Progress::new(Cursor::default()), Instant::now());
        let ready = v1::Ready { stream_id: id(9), epoch: "e".into() };
        let first = progress.after(&told(Frame::Ready(ready)), now).unwrap();
        assert_eq!(knows(&first), ("e".into(), vec![]));

        for message in [event(1, 7), event(2, 1), moved(1, 300)] {
            assert!(progress.after(&message, now).is_some());
        }
        assert_eq!(progress.after(&told(Frame::Heartbeat(v1::Heartbeat {})), now), None);
        assert_eq!(knows(&progress.after(&event(3, 2), now).unwrap()).1, [(2, 1), (1, 300), (3, 2)]);

        let gone = v1::Gone { conversation_id: id(2).to_uppercase() };
        assert_eq!(knows(&progress.after(&told(Frame::Gone(gone)), now).unwrap()).1, [(1, 300), (3, 2)]);
        let reset = v1::Reset { epoch: "f".into() };
        assert_eq!(knows(&progress.after(&told(Frame::Reset(reset)), now).unwrap()), ("f".into(), vec![]));
    }

    #[test]
    fn a_long_cursor_is_not_sent_with_every_event_but_is_not_forgotten() {
        let (mut progress, now) = (Progress::new(Cursor::default()), Instant::now());
        let sent: Vec<_> = (1..=400).filter_map(|at| progress.after(&event(at, i64::MAX), now)).collect();
        assert!(sent.len() < 60, "{}", sent.len());
        let last = progress.after(&told(Frame::Heartbeat(v1::Heartbeat {})), now + PAUSE).unwrap();
        assert!(last.len() < 12 * 1024, "{}", last.len());
        let known = knows(&last).1;
        assert_eq!((known.len(), known[0].0, known[299].0), (CONVERSATIONS_MAX, 101, 400));
    }

    #[test]
    fn what_is_no_cursor_is_not_read() {
        let written = |written: Written| URL_SAFE_NO_PAD.encode(written.encode_to_vec());
        let one = || Written { epoch: "e".into(), conversations: vec![1; 16], seqs: vec![1] };
        assert!(Cursor::read(&written(one())).is_some());
        for bad in [
            Written { epoch: "e".repeat(65), ..one() },
            Written { conversations: vec![1; 17], ..one() },
            Written { seqs: vec![1, 2], ..one() },
            Written { seqs: vec![-1], ..one() },
            Written { conversations: vec![1; 16 * 301], seqs: vec![1; 301], ..one() },
        ] {
            assert_eq!(Cursor::read(&written(bad.clone())), None, "{bad:?}");
        }
        assert_eq!(Cursor::read("not base64!"), None);
    }
}
