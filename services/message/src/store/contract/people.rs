//! Who knows whom, and who was there when.

use std::time::Duration;

use confab_core::ConversationId;
use uuid::Uuid;

use super::{NOW, every_store, someone, stored, wants};
use crate::domain::{EventKind, Founding, History, Profile};
use crate::store::{Person, Visibility};

#[tokio::test]
async fn those_who_share_a_conversation_know_each_other() {
    for store in every_store("acquaintances").await {
        let (conversation, people) = (store.conversation().await, &store.stores.people);
        let [one, other] = [0, 1].map(|at| conversation.members[at].user);
        let stranger = store.conversation().await.members[0].user;
        let found = people.acquaintances(one, &[stranger, other, someone()]).await.unwrap();
        assert_eq!(found, [other], "{}", store.name);
        assert_eq!(people.acquaintances(someone(), &[one]).await.unwrap(), [], "{}", store.name);
    }
}

#[tokio::test]
async fn those_who_share_a_group_are_mates_and_those_who_only_talk_are_not() {
    for store in every_store("group_mates").await {
        let (name, people, talk) = (store.name, &store.stores.people, store.conversation().await);
        let (one, mut members) = (someone(), vec![someone(), someone()]);
        members.sort_unstable();
        let [two, three] = [members[0], members[1]];
        let founding = Founding { profile: Profile::default(), history: History::Everything, members };
        let group = ConversationId::from_uuid(Uuid::new_v4());
        stored(store.append_one(group, wants(one, EventKind::GroupCreated(founding))).await);
        let found = people.group_mates(one, &[two, someone(), three]).await.unwrap();
        assert_eq!(found, [two, three], "{name}");
        let [here, there] = [0, 1].map(|at| talk.members[at].user);
        assert_eq!(people.group_mates(here, &[there, one]).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn what_is_kept_about_people_stays() {
    for store in every_store("people").await {
        let (name, user, hidden, earlier) = (store.name, someone(), someone(), NOW.plus(Duration::ZERO));
        let later = NOW.plus(Duration::from_secs(1));
        let people = &store.stores.people;
        people.saw(&[(user, later), (hidden, earlier)]).await.unwrap();
        people.saw(&[(user, earlier)]).await.unwrap();
        people.show(hidden, Visibility::Hidden).await.unwrap();

        let store = store.restarted().await;
        let mut found = store.stores.people.people(&[user, hidden, someone()]).await.unwrap();
        found.sort_by_key(|(found, _)| *found != user);
        let shown = Person { visibility: Visibility::Shown, last_seen: Some(later) };
        let not_shown = Person { visibility: Visibility::Hidden, last_seen: Some(earlier) };
        assert_eq!(found, [(user, shown), (hidden, not_shown)], "{name}");

        for _ in 0..2 {
            store.stores.people.forget(user).await.unwrap();
        }
        assert_eq!(store.stores.people.people(&[user]).await.unwrap(), [], "{name}");
        store.stores.people.show(hidden, Visibility::Shown).await.unwrap();
        let found = store.stores.people.people(&[hidden]).await.unwrap();
        assert_eq!(found[0].1.visibility, Visibility::Shown, "{name}");
    }
}
