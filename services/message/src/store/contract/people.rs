//! Who knows whom, and who was there when.

use std::time::Duration;

use super::{NOW, every_store, someone};
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

        store.stores.people.show(hidden, Visibility::Shown).await.unwrap();
        let found = store.stores.people.people(&[hidden]).await.unwrap();
        assert_eq!(found[0].1.visibility, Visibility::Shown, "{name}");
    }
}
