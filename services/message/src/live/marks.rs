//! Says how far people have come, on a lane that may lose anything: whatever is
//! lost can be asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_bus::{Bus, Whisper};
use confab_core::{ConversationId, UserId};
use confab_proto::internal::v1::MarkWhisper;
use confab_proto::internal::v1::live_whisper::What;
use tokio::time::sleep;

use super::whispers;
use crate::domain::{Conversation, Marks, READ_BY_MEMBERS_MAX};

/// How long nothing more is said of the marks of one member in one conversation.
const QUIET_TIME: Duration = Duration::from_secs(1);
/// Of how many members' marks something was said lately. More go unsaid.
const QUIET_MAX: usize = 16_384;

/// Says how far people have come. Clones are one and the same.
#[derive(Clone)]
pub struct MarkNews {
    bus: Bus,
    quiet: Arc<Mutex<HashMap<(ConversationId, UserId), Said>>>,
}

/// What was said of the marks of a member lately.
struct Said {
    marks: Marks,
    /// What is to be said next, and at which revision it was so.
    next: Option<(Marks, i64)>,
}

impl MarkNews {
    pub fn new(bus: Bus) -> Self {
        Self { bus, quiet: Arc::default() }
    }

    /// Says how far `member` of `conversation` has come, now or in a moment.
    pub fn tell(&self, conversation: &Conversation, member: UserId, marks: Marks) {
        if conversation.members.len() > READ_BY_MEMBERS_MAX {
            return;
        }
        let (key, revision) = ((conversation.id, member), conversation.revision);
        let mut quiet = self.quiet();
        if let Some(said) = quiet.get_mut(&key) {
            said.next = Some((marks, revision));
        } else if quiet.len() < QUIET_MAX {
            quiet.insert(key, Said { marks, next: None });
            self.say(key, marks, revision);
            tokio::spawn(self.clone().go_on(key));
        }
    }

    /// Says the newest of what came in meanwhile, and ends when there was nothing.
    async fn go_on(self, key: (ConversationId, UserId)) {
        loop {
            sleep(QUIET_TIME).await;
            let mut quiet = self.quiet();
            let Some(said) = quiet.get_mut(&key) else { return };
            let next = said.next.take().filter(|(marks, _)| *marks != said.marks);
            let Some((marks, revision)) = next else {
                quiet.remove(&key);
                return;
            };
            said.marks = marks;
            self.say(key, marks, revision);
        }
    }

    fn say(&self, (conversation, member): (ConversationId, UserId), marks: Marks, revision: i64) {
        let [conversation_id, user_id] = [conversation.as_uuid(), member.as_uuid()].map(whispers::bytes);
        let (read_seq, delivered_seq) = (marks.read.seq, marks.delivered);
        let what = What::Mark(MarkWhisper { conversation_id, user_id, read_seq, delivered_seq, revision });
        self.bus.whisper(Whisper { key: conversation.as_uuid(), payload: whispers::encode(what) });
    }

    fn quiet(&self) -> MutexGuard<'_, HashMap<(ConversationId, UserId), Said>> {
        self.quiet.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use confab_bus::Heard;
    use confab_core::Timestamp;
    use confab_proto::internal::v1::LiveWhisper;
    use futures_util::FutureExt;
    use prost::Message as _;

    use super::*;
    use crate::domain::Mark;

    fn marks(seq: i64) -> Marks {
        Marks::new(Mark { seq, ordinal: seq }, 0)
    }

    async fn heard(bus: &mut confab_bus::Listener) -> i64 {
        let Some(Heard::Whisper(whisper)) = bus.next().await else { panic!("no whisper") };
        match LiveWhisper::decode(whisper.payload).unwrap().what {
            Some(What::Mark(mark)) => mark.read_seq,
            other => panic!("about something else: {other:?}"),
        }
    }

    #[tokio::test]
    async fn of_each_member_something_is_said_once_a_second() {
        let bus = Bus::in_process();
        let (news, mut listener) = (MarkNews::new(bus.clone()), bus.listen());
        let [one, other] = [1, 2].map(|n| UserId::new(Timestamp::from_millis(n)));
        let conversation = Conversation::direct(one, other, Timestamp::from_millis(0));
        for seq in 1..=9 {
            news.tell(&conversation, one, marks(seq));
        }
        assert_eq!(heard(&mut listener).await, 1, "at once");
        assert!(listener.next().now_or_never().is_none());
        assert_eq!(heard(&mut listener).await, 9, "then only the newest");
        news.tell(&conversation, one, marks(9));
        news.tell(&conversation, other, marks(3));
        assert_eq!(heard(&mut listener).await, 3, "and nothing twice");
    }
}
