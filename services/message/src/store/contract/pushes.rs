//! Which devices are told, and what became of that.

use std::time::Duration;

use confab_core::page::Page;
use confab_core::{ConversationId, SessionId, Timestamp, UserId};
use uuid::Uuid;

use super::{NOW, TestStore, every_store, someone};
use crate::domain::{Device, DeviceKeys, Endpoint, Outcome, Push, PushCursor, PushText};

impl TestStore {
    /// Everything that is kept of pushes to somebody, the latest first.
    async fn pushes_to(&self, user: UserId) -> Vec<Push> {
        self.stores.pushes.list(user, Page { size: 100, after: None }).await.unwrap()
    }

    async fn claimed(&self, now: Timestamp) -> Vec<Push> {
        self.stores.pushes.claim(now, 10).await.unwrap()
    }
}

fn seconds(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn device(user: UserId, created: Timestamp) -> Device {
    let session = SessionId::from_uuid(Uuid::new_v4());
    Device {
        session,
        user,
        endpoint: Endpoint::stored(format!("https://push.example.net/{session}")),
        keys: DeviceKeys { p256dh: [4; 65], auth: [7; 16] },
        text: PushText::Hidden,
        created,
    }
}

fn push(device: &Device, conversation: ConversationId, seq: i64, due: Timestamp) -> Push {
    Push::new(device, (conversation, seq), someone(), NOW, due)
}

fn talk() -> ConversationId {
    ConversationId::from_uuid(Uuid::new_v4())
}

#[tokio::test]
async fn a_device_is_kept_with_its_session() {
    for store in every_store("devices").await {
        let (name, pushes, user) = (store.name, &store.stores.pushes, someone());
        assert!(!pushes.has_devices().await.unwrap(), "{name}");
        let (one, other) = (device(user, NOW), device(someone(), seconds(1)));
        pushes.subscribe(&one).await.unwrap();
        pushes.subscribe(&other).await.unwrap();
        // Again, otherwise.
        let shown = Device { text: PushText::Shown, ..one.clone() };
        pushes.subscribe(&shown).await.unwrap();

        assert!(pushes.has_devices().await.unwrap(), "{name}");
        assert_eq!(pushes.device(one.session).await.unwrap().as_ref(), Some(&shown), "{name}");
        assert_eq!(pushes.devices_of(&[user, someone()]).await.unwrap(), [shown], "{name}");
        let mut sessions = [one.session, other.session];
        sessions.sort_unstable();
        assert_eq!(pushes.list_sessions(None, 1).await.unwrap(), sessions[..1], "{name}");
        assert_eq!(pushes.list_sessions(Some(sessions[0]), 9).await.unwrap(), sessions[1..], "{name}");

        pushes.unsubscribe(one.session, Some(&other.endpoint)).await.unwrap();
        assert!(pushes.device(one.session).await.unwrap().is_some(), "{name}: it has another by now");
        for _ in 0..2 {
            pushes.unsubscribe(one.session, Some(&one.endpoint)).await.unwrap();
        }
        pushes.unsubscribe(other.session, None).await.unwrap();
        assert!(!pushes.has_devices().await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn a_browser_is_told_in_its_last_session_only() {
    for store in every_store("devices_moved").await {
        let (name, pushes) = (store.name, &store.stores.pushes);
        let first = device(someone(), NOW);
        let second = Device { endpoint: first.endpoint.clone(), ..device(someone(), seconds(1)) };
        pushes.subscribe(&first).await.unwrap();
        pushes.subscribe(&second).await.unwrap();
        assert_eq!(pushes.device(first.session).await.unwrap(), None, "{name}");
        assert_eq!(pushes.devices_of(&[first.user, second.user]).await.unwrap(), [second], "{name}");
    }
}

#[tokio::test]
async fn of_too_many_devices_of_one_person_the_first_go() {
    for store in every_store("devices_many").await {
        let (name, pushes, user) = (store.name, &store.stores.pushes, someone());
        let all: Vec<_> = (0..22).map(|second| device(user, seconds(second))).collect();
        for device in &all {
            pushes.subscribe(device).await.unwrap();
        }
        let mut kept = pushes.devices_of(&[user]).await.unwrap();
        kept.sort_by_key(|device| device.created);
        assert_eq!(kept, all[2..], "{name}");
    }
}

#[tokio::test]
async fn a_push_is_given_to_one_at_a_time_until_it_is_settled() {
    for store in every_store("pushes").await {
        let (name, pushes, device) = (store.name, &store.stores.pushes, device(someone(), NOW));
        let push = push(&device, talk(), 3, seconds(15));
        pushes.add(std::slice::from_ref(&push)).await.unwrap();
        assert_eq!(store.claimed(seconds(14)).await, [], "{name}: it is not due");
        let racing = (0..4).map(|_| {
            let pushes = pushes.clone();
            tokio::spawn(async move { pushes.claim(seconds(15), 10).await.unwrap() })
        });
        let mut claimed = Vec::new();
        for racer in racing.collect::<Vec<_>>() {
            claimed.extend(racer.await.unwrap());
        }
        assert_eq!(claimed, [push.clone().tried(seconds(15))], "{name}");

        // Whoever had it is gone; the next one puts it off, and then sends it.
        let store = store.restarted().await;
        let pushes = &store.stores.pushes;
        let again = store.claimed(seconds(75)).await.remove(0);
        assert_eq!(again.tries, 2, "{name}");
        let put_off = Push { status: 503, ..again }.put_off(None, seconds(75));
        pushes.settle(&put_off).await.unwrap();
        assert_eq!(store.pushes_to(device.user).await, std::slice::from_ref(&put_off), "{name}");
        assert_eq!(store.claimed(seconds(76)).await, [], "{name}");
        let last = store.claimed(put_off.decided).await.remove(0);
        let sent = Push { status: 201, ..last }.settled(Outcome::Sent, put_off.decided);
        pushes.settle(&sent).await.unwrap();
        assert_eq!(store.claimed(seconds(9_999)).await, [], "{name}");
        assert_eq!(store.pushes_to(device.user).await, [sent], "{name}");
    }
}

#[tokio::test]
async fn of_each_conversation_and_device_one_push_waits() {
    for store in every_store("pushes_joined").await {
        let (name, pushes, device) = (store.name, &store.stores.pushes, device(someone(), NOW));
        let (one, other) = (talk(), talk());
        let first = push(&device, one, 3, seconds(15));
        let newer = push(&device, one, 4, NOW);
        let elsewhere = push(&device, other, 1, seconds(20));
        pushes.add(&[first.clone(), elsewhere.clone()]).await.unwrap();
        pushes.add(std::slice::from_ref(&newer)).await.unwrap();
        let joined = first.joined(&newer);
        assert_eq!((joined.seq, joined.messages, joined.decided), (4, 2, NOW));
        assert_eq!(store.claimed(NOW).await, [joined.clone().tried(NOW)], "{name}");
        let mut kept = store.pushes_to(device.user).await;
        kept.sort_by_key(|push| push.seq);
        assert_eq!(kept, [elsewhere, joined.tried(NOW)], "{name}");
    }
}

#[tokio::test]
async fn what_joins_while_a_push_is_sent_is_told_after_it() {
    for store in every_store("pushes_meanwhile").await {
        let (name, pushes, device) = (store.name, &store.stores.pushes, device(someone(), NOW));
        let talk = talk();
        pushes.add(&[push(&device, talk, 3, NOW)]).await.unwrap();
        let claimed = store.claimed(NOW).await.remove(0);
        for seq in [4, 5] {
            pushes.add(&[push(&device, talk, seq, NOW)]).await.unwrap();
        }
        assert_eq!(store.claimed(NOW).await, [], "{name}: it is with the first");
        pushes.settle(&claimed.settled(Outcome::Sent, seconds(1))).await.unwrap();
        let next = store.claimed(seconds(1)).await.remove(0);
        assert_eq!((next.seq, next.messages, next.tries), (5, 2, 1), "{name}");
        pushes.settle(&next.left_out(Outcome::Read, seconds(2))).await.unwrap();
        assert_eq!(store.claimed(seconds(9_999)).await, [], "{name}");
        let kept = store.pushes_to(device.user).await;
        let mut told: Vec<_> = kept.iter().map(|push| (push.seq, push.outcome, push.tries)).collect();
        told.sort_by_key(|(seq, ..)| *seq);
        assert_eq!(told, [(3, Outcome::Sent, 1), (5, Outcome::Read, 0)], "{name}");
    }
}

#[tokio::test]
async fn pushes_are_listed_by_page_and_only_ones_own() {
    for store in every_store("pushes_listed").await {
        let (name, pushes) = (store.name, &store.stores.pushes);
        let (mine, theirs) = (device(someone(), NOW), device(someone(), NOW));
        for second in 0..3 {
            let now = seconds(second);
            let at = |device: &Device| Push {
                created: now,
                ..Push::new(device, (talk(), 1), someone(), now, now)
            };
            pushes.add(&[at(&mine), at(&theirs)]).await.unwrap();
        }
        let page = |after: Option<PushCursor>| Page { size: 2, after };
        let first = pushes.list(mine.user, page(None)).await.unwrap();
        let second = pushes.list(mine.user, page(first.last().map(|last| last.id.as_uuid()))).await.unwrap();
        let times: Vec<_> = first.iter().chain(&second).map(|push| push.created).collect();
        assert_eq!(times, [seconds(2), seconds(1), seconds(0)], "{name}");
        assert!(first.iter().chain(&second).all(|push| push.user == mine.user), "{name}");
    }
}

#[tokio::test]
async fn old_pushes_and_those_of_who_is_gone_are_forgotten() {
    for store in every_store("pushes_forgotten").await {
        let (name, pushes) = (store.name, &store.stores.pushes);
        let (one, gone) = (device(someone(), NOW), device(someone(), NOW));
        for device in [&one, &gone] {
            pushes.subscribe(device).await.unwrap();
            pushes.add(&[push(device, talk(), 1, NOW), push(device, talk(), 2, seconds(9))]).await.unwrap();
        }
        for claimed in store.claimed(NOW).await {
            pushes.settle(&claimed.settled(Outcome::Sent, NOW)).await.unwrap();
        }
        for _ in 0..2 {
            pushes.forget(gone.user).await.unwrap();
        }
        assert_eq!(
            pushes.devices_of(&[one.user, gone.user]).await.unwrap(),
            std::slice::from_ref(&one),
            "{name}"
        );
        assert_eq!(store.pushes_to(gone.user).await, [], "{name}");

        let over = NOW.plus(Push::KEPT_TIME);
        let before = Timestamp::from_millis(over.as_millis() - 1);
        assert_eq!(pushes.prune(before).await.unwrap(), 0, "{name}");
        assert_eq!(pushes.prune(over).await.unwrap(), 1, "{name}");
        let left = store.pushes_to(one.user).await;
        assert_eq!(left.iter().map(|push| push.outcome).collect::<Vec<_>>(), [Outcome::Waiting], "{name}");
    }
}
