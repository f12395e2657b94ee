//! From the bus to the outboxes of this node.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use confab_bus::{Heard, Listener, Ring};
use confab_core::ConversationId;
use confab_db::StoreError;
use confab_proto::message::v1;
use prost::Message as _;
use v1::event::Kind;

use super::News;
use super::hub::Hub;
use super::progress::Step;
use crate::domain::Conversation;

/// Of how many people the heads are read in one go.
const PEOPLE_AT_ONCE: usize = 16;
/// How long to wait before looking again when the store did not answer.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

impl Hub {
    /// Passes on what the bus brings, until the process stops.
    pub(super) async fn deliver(self: Arc<Self>, mut bus: Listener) {
        loop {
            let heard = tokio::select! {
                heard = bus.next() => heard,
                () = self.shutdown.begun() => return,
            };
            match heard {
                Some(Heard::Ring(ring)) => self.take(ring.conversation, News::of(&ring)).await,
                Some(Heard::Whisper(whisper)) => self.hear(whisper).await,
                Some(Heard::Missed) => self.missed.notify_one(),
                None => return,
            }
        }
    }

    /// Looks into the store whenever rings may be lost, until the process stops.
    pub(super) async fn look_when_missed(self: Arc<Self>) {
        let looking = async {
            loop {
                self.missed.notified().await;
                if let Err(error) = self.look().await {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "what streams miss is not known now"
                    );
                    tokio::time::sleep(LOOK_PAUSE).await;
                    self.missed.notify_one();
                }
            }
        };
        tokio::select! {
            () = looking => {}
            () = self.shutdown.begun() => {}
        }
    }

    /// Tells everybody here of what they may have missed, whatever conversation it is in.
    async fn look(self: &Arc<Self>) -> Result<(), StoreError> {
        for people in self.people_here().chunks(PEOPLE_AT_ONCE) {
            for theirs in self.store.heads(people).await? {
                let (conversation, seq) = (theirs.conversation, theirs.head.seq);
                match self.reader.is_told(conversation, seq) {
                    Some(true) => {}
                    Some(false) => self.take(conversation, News::Head(seq)).await,
                    // Their streams know how far they are.
                    None => self.each_outbox([theirs.member].into_iter(), |outbox| {
                        outbox.push_head(conversation, seq);
                    }),
                }
            }
        }
        Ok(())
    }

    /// Passes on `news` of `conversation`, or what has to be told before.
    async fn take(self: &Arc<Self>, conversation: ConversationId, news: News) {
        match self.reader.step(conversation, news) {
            Step::Nothing => {}
            Step::Tell(news) => self.tell(conversation, &news).await,
            Step::Read => drop(tokio::spawn(self.clone().read(conversation))),
        }
    }

    /// Reads what is missing of `conversation`, and tells it.
    async fn read(self: Arc<Self>, conversation: ConversationId) {
        let reading = self.reader.begin(conversation);
        // On most nodes nobody is in it.
        if let Ok(Some(seen_by)) = self.conversation_with(conversation, None).await
            && !self.is_anybody_here(&seen_by)
        {
            reading.skip();
        }
        while let Some(news) = reading.next().await {
            self.tell(conversation, &news).await;
        }
    }

    /// Puts `news` into the outboxes of those who see it.
    async fn tell(&self, conversation: ConversationId, news: &News) {
        let seen_by = match self.conversation_with(conversation, Some(news)).await {
            Ok(Some(seen_by)) => seen_by,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "members are not known now");
                self.reader.forget(conversation);
                return self.missed.notify_one();
            }
        };
        self.each_outbox(seen_by.members.iter().map(|member| member.user), |outbox| match news {
            News::Events(events) => outbox.push_events(conversation, events),
            News::Head(seq) => outbox.push_head(conversation, *seq),
        });
        if let News::Events(events) = news {
            self.tell_those_who_left(&seen_by, events);
        }
    }

    /// Those who left see it, and what was before it.
    fn tell_those_who_left(&self, conversation: &Conversation, events: &[Arc<v1::Event>]) {
        for (place, event) in events.iter().enumerate() {
            let Some(Kind::MemberLeft(left)) = &event.kind else { continue };
            let Ok(user) = left.member_id.parse() else { continue };
            if conversation.member(user).is_none() {
                let seen = &events[..=place];
                self.each_outbox([user].into_iter(), |outbox| outbox.push_events(conversation.id, seen));
            }
        }
    }

    /// The conversation as it was with `news`, or later; without news, as it is.
    async fn conversation_with(
        &self,
        conversation: ConversationId,
        news: Option<&News>,
    ) -> Result<Option<Arc<Conversation>>, StoreError> {
        let revision = match news {
            Some(News::Events(events)) => events.last().map_or(0, |event| event.revision),
            Some(News::Head(_)) | None => self.store.head(conversation).await?.revision,
        };
        self.store.conversation(conversation, revision).await
    }
}

impl News {
    /// What `ring` says; its events are decoded once for all streams.
    fn of(ring: &Ring) -> Self {
        events_of(ring).map_or(Self::Head(ring.seq), Self::Events)
    }
}

/// The events in `ring`; `None` if they are to be read.
fn events_of(ring: &Ring) -> Option<Vec<Arc<v1::Event>>> {
    let first = ring.seq.checked_sub(i64::try_from(ring.events.len()).ok()?)?.checked_add(1)?;
    let decode = |(seq, event): (i64, &Bytes)| {
        let event = v1::Event::decode(event.clone()).ok()?;
        (event.seq == seq).then(|| Arc::new(event))
    };
    let events: Vec<_> = (first..).zip(&ring.events).map(decode).collect::<Option<_>>()?;
    (!events.is_empty()).then_some(events)
}

#[cfg(test)]
mod tests {
    use confab_core::{ConversationId, Timestamp};

    use super::*;

    fn ring(seq: i64, events: &[i64]) -> Ring {
        let encode = |seq: &i64| v1::Event { seq: *seq, ..Default::default() }.encode_to_vec().into();
        let conversation = ConversationId::new(Timestamp::from_millis(0));
        Ring { conversation, seq, events: events.iter().map(encode).collect() }
    }

    fn seqs(ring: &Ring) -> Option<Vec<i64>> {
        Some(events_of(ring)?.iter().map(|event| event.seq).collect())
    }

    #[test]
    fn events_on_the_bus_are_taken_as_they_are() {
        assert_eq!(seqs(&ring(3, &[3])), Some(vec![3]));
        assert_eq!(seqs(&ring(3, &[1, 2, 3])), Some(vec![1, 2, 3]));
    }

    #[test]
    fn what_is_not_in_order_is_read_from_the_store() {
        for broken in [vec![], vec![2], vec![2, 1, 3], vec![1, 3]] {
            assert_eq!(seqs(&ring(3, &broken)), None, "{broken:?}");
        }
        let garbage = Ring { events: vec![Bytes::from_static(b"\xff")], ..ring(3, &[]) };
        assert_eq!(seqs(&garbage), None);
    }
}
