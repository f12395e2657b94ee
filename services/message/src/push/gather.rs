//! Sees who is to be told of new messages, and puts that into the store.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use confab_core::{ConversationId, UserId};
use confab_db::StoreError;
use tokio::time::Instant;

use super::{News, Pusher};
use crate::domain::{Device, Push};

/// Of how many messages it is seen at once.
const BATCH_MAX: usize = 256;
/// How many pushes go into the store at once.
const ADDED_MAX: usize = 500;
/// How long it holds that nobody has a device, which another node may have changed.
const NOBODY_TIME: Duration = Duration::from_secs(5);

/// Whether anybody is to be told of anything: most installations begin with nobody.
#[derive(Default)]
pub struct Anybody {
    /// Set when a device subscribes on this node.
    known: AtomicBool,
}

impl Anybody {
    /// From now on somebody has a device.
    pub fn came(&self) {
        self.known.store(true, Ordering::Relaxed);
    }
}

impl Pusher {
    /// Takes out of the box what is handed in. Goes on for ever.
    pub(super) async fn gather(&self) {
        let mut news = self.news.lock().await;
        let (mut batch, mut looked) = (Vec::new(), None);
        loop {
            batch.clear();
            if news.recv_many(&mut batch, BATCH_MAX).await == 0 {
                // Nobody is left who could hand something in.
                return;
            }
            match self.note(&batch, &mut looked).await {
                Ok(0) => {}
                Ok(_) => self.bell.notify_one(),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn StdError, "devices are not told of some messages");
                }
            }
        }
    }

    /// Puts into the store whom to tell of `batch`, and returns how many devices that are.
    async fn note(&self, batch: &[News], looked: &mut Option<Instant>) -> Result<usize, StoreError> {
        if !self.is_anybody_there(looked).await? {
            return Ok(0);
        }
        let mut pushes = Vec::new();
        for (news, count) in latest(batch) {
            pushes.extend(self.pushes_for(news, count).await?);
        }
        for some in pushes.chunks(ADDED_MAX) {
            self.needs.pushes.add(some).await?;
        }
        Ok(pushes.len())
    }

    async fn is_anybody_there(&self, looked: &mut Option<Instant>) -> Result<bool, StoreError> {
        let known = &self.anybody.known;
        if known.load(Ordering::Relaxed) {
            return Ok(true);
        }
        if looked.is_some_and(|at| at.elapsed() < NOBODY_TIME) {
            return Ok(false);
        }
        *looked = Some(Instant::now());
        let found = self.needs.pushes.has_devices().await?;
        // Once there is one, finding those of a conversation says as much.
        known.fetch_or(found, Ordering::Relaxed);
        Ok(found)
    }

    /// What is to be told of `news`, which is the last of `count` messages.
    async fn pushes_for(&self, news: News, count: i32) -> Result<Vec<Push>, StoreError> {
        let News { conversation, seq, sender, revision } = news;
        let found = self.needs.store.conversation(conversation, revision).await?;
        let Some(found) = found else { return Ok(Vec::new()) };
        let others = found.members.iter().filter(|member| member.user != sender && member.since.seq < seq);
        let others: Vec<UserId> = others.map(|member| member.user).collect();
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let devices = self.needs.pushes.devices_of(&others).await?;
        let now = self.needs.clock.now();
        let push = |device: &Device| {
            // Whoever has a page open anywhere may be reading it just now.
            let has_page = self.needs.hub.presence.has_stream(device.user);
            let due = if has_page { now.plus(Push::READ_TIME) } else { now };
            Push { messages: count, ..Push::new(device, (conversation, seq), sender, now, due) }
        };
        Ok(devices.iter().map(push).collect())
    }
}

/// Of all that one person has said in one conversation the newest, and how much it
/// is; in the order of the numbers.
fn latest(batch: &[News]) -> Vec<(News, i32)> {
    let mut newest: HashMap<(ConversationId, UserId), (News, i32)> = HashMap::new();
    for news in batch {
        let (kept, count) = newest.entry((news.conversation, news.sender)).or_insert((*news, 0));
        *count += 1;
        if news.seq > kept.seq {
            *kept = *news;
        }
    }
    let mut newest: Vec<_> = newest.into_values().collect();
    newest.sort_unstable_by_key(|(news, _)| news.seq);
    newest
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_somebody_says_in_one_go_is_told_at_once() {
        let news = |talk: u128, sender: u128, seq| News {
            conversation: ConversationId::from_uuid(Uuid::from_u128(talk)),
            seq,
            sender: UserId::from_uuid(Uuid::from_u128(sender)),
            revision: 0,
        };
        let batch = [news(1, 1, 7), news(1, 1, 8), news(1, 2, 9), news(2, 1, 1), news(1, 1, 10)];
        assert_eq!(latest(&batch), [(news(2, 1, 1), 1), (news(1, 2, 9), 1), (news(1, 1, 10), 3)]);
        assert_eq!(latest(&[]), []);
    }
}
