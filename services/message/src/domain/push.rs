//! Telling devices of messages while no page of theirs is open.

use std::fmt;
use std::time::Duration;

use confab_core::{ConversationId, Id, SessionId, Timestamp, UserId};
use uuid::Uuid;

/// Names what is to become of a message on one device.
pub type PushId = Id<Push>;

/// Where a browser's push service takes what is for one device.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Endpoint(String);

impl Endpoint {
    /// Takes what was checked: at the door (see `push::Outside::endpoint`), or by the store.
    pub fn stored(url: String) -> Self {
        Self(url)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whoever knows it can address the device, so it is not for logs.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoint([REDACTED])")
    }
}

/// What a message for a device is encrypted with (RFC 8291).
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceKeys {
    /// The browser's public key: a point of P-256, uncompressed.
    pub p256dh: [u8; Self::POINT_BYTES],
    /// What the browser and we share.
    pub auth: [u8; Self::AUTH_BYTES],
}

impl DeviceKeys {
    pub const POINT_BYTES: usize = 65;
    pub const AUTH_BYTES: usize = 16;
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKeys([REDACTED])")
    }
}

/// A device that wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The session that it is logged in with, and with which it ends.
    pub session: SessionId,
    pub user: UserId,
    pub endpoint: Endpoint,
    pub keys: DeviceKeys,
    pub text: PushText,
    pub created: Timestamp,
}

impl Device {
    /// How many devices of one person are told. Those that subscribed first are
    /// forgotten.
    pub const COUNT_MAX: usize = 20;
}

/// Whether what was said goes to a device too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushText {
    Shown,
    Hidden,
}

/// Messages of one conversation that one device is, or was, to be told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    pub id: PushId,
    pub session: SessionId,
    pub user: UserId,
    pub conversation: ConversationId,
    /// The number of the newest of the messages, and who sent it.
    pub seq: i64,
    pub sender: UserId,
    /// How many they are.
    pub messages: i32,
    /// When the first of them was sent.
    pub created: Timestamp,
    /// When this was decided; while it waits, when it is to be looked at next.
    pub decided: Timestamp,
    pub outcome: Outcome,
    pub tries: i32,
    /// What the push service answered last; 0 if it did not.
    pub status: u16,
}

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is to be looked at, or tried again.
    Waiting,
    Sent,
    Muted,
    Archived,
    Read,
    /// The page was open on the device.
    Open,
    Blocked,
    /// The message is, or whoever was to be told of it is not in there any more.
    Gone,
    /// The session or the subscription had ended.
    Ended,
    /// The push service knows the subscription no more.
    Expired,
    /// The push service does not want it.
    Refused,
    /// It was tried as often as it may be.
    Failed,
    /// The push service would be inside of a network.
    Forbidden,
}

impl Outcome {
    /// All of them; stores keep their places in here, so new ones come last.
    pub const ALL: [Self; 13] = [
        Self::Waiting,
        Self::Sent,
        Self::Muted,
        Self::Archived,
        Self::Read,
        Self::Open,
        Self::Blocked,
        Self::Gone,
        Self::Ended,
        Self::Expired,
        Self::Refused,
        Self::Failed,
        Self::Forbidden,
    ];

    /// As stores keep it.
    pub fn number(self) -> i32 {
        let place = Self::ALL.iter().position(|other| *other == self);
        place.and_then(|place| i32::try_from(place).ok()).unwrap_or_default()
    }

    /// What stores keep as `number`.
    pub fn of_number(number: i32) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// What it is called in figures.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Muted => "muted",
            Self::Archived => "archived",
            Self::Read => "read",
            Self::Open => "open",
            Self::Blocked => "blocked",
            Self::Gone => "gone",
            Self::Ended => "ended",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Forbidden => "forbidden",
        }
    }
}

impl Push {
    /// How long is told what became of it.
    pub const KEPT_TIME: Duration = Duration::from_hours(7 * 24);
    /// Of how many is told at the most; the oldest are forgotten first.
    pub const KEPT_MAX: u64 = 1_000_000;
    /// How long one may be looked at and sent; then it is anybody's again.
    pub const TRY_TIME_MAX: Duration = Duration::from_mins(1);
    /// How long is waited for somebody who has a page open elsewhere to read it.
    pub const READ_TIME: Duration = Duration::from_secs(15);
    /// How often it is tried to be sent.
    const TRIES_MAX: i32 = 5;
    /// How long is waited after the first try; four times as long after each more.
    const PAUSE_MIN: Duration = Duration::from_secs(10);
    /// A push service that wants to be left alone for longer gets nothing.
    const PAUSE_MAX: Duration = Duration::from_hours(1);

    /// That `device` is to be told, at `due`, of the message `seq` that `sender` has just sent.
    pub fn new(
        device: &Device,
        (conversation, seq): (ConversationId, i64),
        sender: UserId,
        now: Timestamp,
        due: Timestamp,
    ) -> Self {
        Self {
            id: Id::new(now),
            session: device.session,
            user: device.user,
            conversation,
            seq,
            sender,
            messages: 1,
            created: now,
            decided: due,
            outcome: Outcome::Waiting,
            tries: 0,
            status: 0,
        }
    }

    /// What becomes of one that waits when `newer` is to be told too: one push
    /// tells of both. It is due when the sooner of them is; but one that a push
    /// service has put off stays put off.
    #[must_use]
    pub fn joined(self, newer: &Self) -> Self {
        let decided = if self.tries > 0 { self.decided } else { self.decided.min(newer.decided) };
        Self {
            seq: newer.seq,
            sender: newer.sender,
            messages: self.messages.saturating_add(newer.messages),
            decided,
            ..self
        }
    }

    /// Given to somebody at `now`, who has [`Push::TRY_TIME_MAX`].
    #[must_use]
    pub fn tried(self, now: Timestamp) -> Self {
        Self { tries: self.tries.saturating_add(1), decided: now.plus(Self::TRY_TIME_MAX), ..self }
    }

    /// Decided at `now`.
    #[must_use]
    pub fn settled(self, outcome: Outcome, now: Timestamp) -> Self {
        Self { outcome, decided: now, ..self }
    }

    /// What goes on to wait when this, which waits, has become `settled`, as it was
    /// claimed: `None` if that waits itself, or nothing has joined since.
    pub fn rest_of(&self, settled: &Self) -> Option<Self> {
        if settled.outcome == Outcome::Waiting || self.seq == settled.seq {
            return None;
        }
        let messages = self.messages.saturating_sub(settled.messages).max(1);
        let (id, created) = (Id::new(settled.decided), settled.decided);
        let (outcome, tries, status) = (Outcome::Waiting, 0, 0);
        Some(Self { id, created, decided: created, messages, outcome, tries, status, ..self.clone() })
    }

    /// Not sent, for a reason that was found at `now`: that was no try.
    #[must_use]
    pub fn left_out(self, why: Outcome, now: Timestamp) -> Self {
        Self { tries: self.tries - 1, ..self.settled(why, now) }
    }

    /// To be tried again, after `pause` if somebody has asked for one; or given up.
    #[must_use]
    pub fn put_off(self, pause: Option<Duration>, now: Timestamp) -> Self {
        let own = Self::PAUSE_MIN * 4_u32.pow(u32::try_from(self.tries - 1).unwrap_or(0).min(8));
        let pause = pause.map_or(own, |pause| pause.max(own));
        if self.tries >= Self::TRIES_MAX || pause > Self::PAUSE_MAX {
            return self.settled(Outcome::Failed, now);
        }
        Self { decided: now.plus(pause), ..self }
    }

    /// As it was before it was given to somebody, to be looked at `later`.
    #[must_use]
    pub fn returned(self, later: Timestamp) -> Self {
        Self { tries: self.tries - 1, decided: later, ..self }
    }
}

/// Where a page of pushes goes on: after the one with this id.
pub type PushCursor = Uuid;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn some_push(due: Timestamp) -> Push {
        let device = Device {
            session: SessionId::new(NOW),
            user: UserId::new(NOW),
            endpoint: Endpoint::stored("https://push.example.net/1".into()),
            keys: DeviceKeys { p256dh: [4; 65], auth: [7; 16] },
            text: PushText::Shown,
            created: NOW,
        };
        Push::new(&device, (ConversationId::new(NOW), 1), UserId::new(NOW), NOW, due)
    }

    fn seconds(seconds: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn pauses_grow_and_tries_end() {
        let (mut push, mut pauses) = (some_push(NOW), Vec::new());
        loop {
            push = push.tried(NOW).put_off(None, NOW);
            if push.outcome != Outcome::Waiting {
                break;
            }
            pauses.push(push.decided.since(NOW).as_secs());
        }
        assert_eq!(pauses, [10, 40, 160, 640]);
        assert_eq!((push.outcome, push.tries), (Outcome::Failed, 5));
    }

    #[test]
    fn a_push_service_can_ask_for_a_longer_pause_and_not_for_a_shorter_one() {
        let put_off = |seconds| some_push(NOW).tried(NOW).put_off(Some(Duration::from_secs(seconds)), NOW);
        assert_eq!(put_off(90).decided, seconds(90));
        assert_eq!(put_off(0).decided, seconds(10));
        assert_eq!(put_off(3_601).outcome, Outcome::Failed);
    }

    #[test]
    fn one_push_tells_of_what_comes_while_it_waits() {
        let newer = Push { seq: 2, ..some_push(seconds(20)) };
        let joined = some_push(seconds(15)).joined(&newer);
        assert_eq!((joined.seq, joined.messages, joined.decided), (2, 2, seconds(15)));
        let now = some_push(seconds(15)).joined(&Push { decided: NOW, ..newer.clone() });
        assert_eq!(now.decided, NOW);
        let put_off = some_push(NOW).tried(NOW).put_off(None, NOW);
        assert_eq!(put_off.joined(&Push { decided: NOW, ..newer }).decided, seconds(10), "it stays put off");
    }

    #[test]
    fn outcomes_keep_their_numbers() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::of_number(outcome.number()), Some(outcome));
        }
        assert_eq!(Outcome::Forbidden.number(), 12);
        assert_eq!(Outcome::of_number(13), None);
    }
}
