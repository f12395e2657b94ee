//! What every [`UserStore`](crate::store::UserStore) promises.

use confab_core::page::Page;
use confab_core::{MediaId, UserId};

use super::{NOW, TestStore, every_store, later};
use crate::domain::{
    Account, ContactPolicy, Email, Name, NamePrefix, PasswordHash, ProfileChange, StatusText, TimeZone, User,
    UserCursor,
};
use crate::store::{Inserted, Moved, UserStore};

pub fn account(email: &str, name: &str) -> Account {
    Account::joining(User::joining(Name::new(name).unwrap(), NOW), Email::new(email).unwrap())
}

/// A wish for another name.
fn renamed(name: &str) -> ProfileChange {
    ProfileChange { name: Some(Name::new(name).unwrap()), ..ProfileChange::default() }
}

pub fn hash(text: &str) -> PasswordHash {
    PasswordHash::stored(text.to_owned())
}

/// Stores somebody with each of `names`, and returns them.
async fn insert_people(users: &dyn UserStore, names: &[&str]) -> Vec<User> {
    let mut people = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let account = account(&format!("person{number}@example.com"), name);
        assert_eq!(users.insert(&account, &hash("h")).await.unwrap(), Inserted::Yes);
        people.push(account.user);
    }
    people
}

/// Reads the list page by page, as clients do.
async fn list_all(users: &dyn UserStore, prefix: &str, size: usize) -> Vec<User> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = Page { size, after };
        let users = users.list(&NamePrefix::new(prefix), page).await.unwrap();
        assert!(users.len() <= size);
        all.extend_from_slice(&users);
        match users.last() {
            Some(last) => after = Some(UserCursor::after(last)),
            None => return all,
        }
    }
}

fn names(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.name.as_str()).collect()
}

#[tokio::test]
async fn an_account_is_found_by_its_address_and_by_its_id() {
    for TestStore { name, stores, .. } in &every_store("users_found").await {
        let ada = account("ada@example.com", "Ada");
        stores.users.insert(&ada, &hash("ada's")).await.unwrap();
        stores.users.insert(&account("bob@example.com", "Bob"), &hash("bob's")).await.unwrap();

        let found = stores.users.find_by_email(&ada.email).await.unwrap();
        assert_eq!(found, Some((ada.clone(), hash("ada's"))), "{name}");
        assert_eq!(stores.users.find(ada.user.id).await.unwrap(), Some(ada), "{name}");
    }
}

#[tokio::test]
async fn nobody_is_not_found() {
    for TestStore { name, stores, .. } in &every_store("users_nobody").await {
        let nobody = account("nobody@example.com", "Nobody");
        assert_eq!(stores.users.find_by_email(&nobody.email).await.unwrap(), None, "{name}");
        assert_eq!(stores.users.find(nobody.user.id).await.unwrap(), None, "{name}");
        assert_eq!(stores.users.find_many(&[nobody.user.id]).await.unwrap(), [], "{name}");
        assert_eq!(list_all(&*stores.users, "", 10).await, [], "{name}");
    }
}

#[tokio::test]
async fn an_address_can_be_taken_once() {
    for TestStore { name, stores, .. } in &every_store("users_taken").await {
        let first = account("ada@example.com", "Ada");
        let second = account(" ADA@Example.com", "Another Ada");
        assert_eq!(stores.users.insert(&first, &hash("1")).await.unwrap(), Inserted::Yes, "{name}");
        assert_eq!(stores.users.insert(&second, &hash("2")).await.unwrap(), Inserted::EmailTaken, "{name}");

        let found = stores.users.find_by_email(&second.email).await.unwrap();
        assert_eq!(found, Some((first, hash("1"))), "{name}");
        assert_eq!(stores.users.find(second.user.id).await.unwrap(), None, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_want_one_address_at_once_one_gets_it() {
    for TestStore { name, stores, .. } in &every_store("users_race").await {
        let attempts: Vec<_> = (0..32)
            .map(|number| {
                let users = stores.users.clone();
                let account = account("ada@example.com", &format!("Ada {number}"));
                tokio::spawn(async move { users.insert(&account, &hash("h")).await.unwrap() })
            })
            .collect();
        let mut winners = 0;
        for attempt in attempts {
            winners += usize::from(attempt.await.unwrap() == Inserted::Yes);
        }
        assert_eq!(winners, 1, "{name}");
        assert_eq!(list_all(&*stores.users, "", 10).await.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn several_people_are_found_at_once_and_each_once() {
    for TestStore { name, stores, .. } in &every_store("users_several").await {
        let people = insert_people(&*stores.users, &["Ada", "Bob", "Cyd"]).await;
        let nobody = UserId::new(NOW);
        let ids = [people[2].id, nobody, people[0].id, people[2].id];

        let mut found = stores.users.find_many(&ids).await.unwrap();
        found.sort_by_key(|user| user.id);
        let mut expected = [people[0].clone(), people[2].clone()];
        expected.sort_by_key(|user| user.id);
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn pages_are_complete_and_in_order_also_with_equal_names() {
    for TestStore { name, stores, .. } in &every_store("users_pages").await {
        let mut people =
            insert_people(&*stores.users, &["Zoe", "alex", "Alex", "ALEX", "alex", "Žofie", "李小龙", "bob"])
                .await;
        people.sort_by_key(|user| (user.name.folded(), user.id));

        for size in [1, 2, 3, 8, 9, 100] {
            assert_eq!(list_all(&*stores.users, "", size).await, people, "{name}, pages of {size}");
        }
        assert_eq!(list_all(&*stores.users, "aLeX", 3).await, people[..4], "{name}");
    }
}

#[tokio::test]
async fn names_are_searched_by_how_they_begin_without_regard_to_case() {
    for TestStore { name, stores, .. } in &every_store("users_prefix").await {
        let all =
            ["Ada", "Adam", "ADELE", "Bob", "Žofie", "žo\u{10FFFF}", "Zofie", "Weiß", "a%b", "a.b", "李小龙"];
        insert_people(&*stores.users, &all).await;

        for (prefix, expected) in [
            ("ad", ["Ada", "Adam", "ADELE"].as_slice()),
            ("ADA", &["Ada", "Adam"]),
            ("da", &[]),
            ("ŽO", &["Žofie", "žo\u{10FFFF}"]),
            ("zo\u{30c}", &[]),
            ("z\u{30c}o", &["Žofie", "žo\u{10FFFF}"]),
            ("weiss", &["Weiß"]),
            ("李", &["李小龙"]),
            ("a%", &["a%b"]),
            ("a.", &["a.b"]),
            (".*", &[]),
            ("\u{10FFFF}", &[]),
        ] {
            let found = list_all(&*stores.users, prefix, 2).await;
            assert_eq!(names(&found), expected, "{name}, {prefix:?}");
        }
    }
}

#[tokio::test]
async fn who_joins_or_is_renamed_meanwhile_disturbs_no_page() {
    for TestStore { name, stores, .. } in &every_store("users_stable").await {
        let people = insert_people(&*stores.users, &["B", "D", "F", "H"]).await;
        let first = stores.users.list(&NamePrefix::new(""), Page { size: 2, after: None }).await.unwrap();
        assert_eq!(names(&first), ["B", "D"], "{name}");

        stores.users.insert(&account("new@example.com", "A"), &hash("h")).await.unwrap();
        stores.users.update_profile(people[1].id, &renamed("E"), later(1)).await.unwrap();

        let after = Some(UserCursor::after(&first[1]));
        let second = stores.users.list(&NamePrefix::new(""), Page { size: 9, after }).await.unwrap();
        assert_eq!(names(&second), ["E", "F", "H"], "{name}");
    }
}

#[tokio::test]
async fn an_address_is_proved_once_and_by_whoever_has_it() {
    for TestStore { name, stores, .. } in &every_store("users_verify").await {
        let users = &stores.users;
        let (ada, bob) = (account("ada@example.com", "Ada"), account("bob@example.com", "Bob"));
        for person in [&ada, &bob] {
            users.insert(person, &hash("h")).await.unwrap();
        }
        assert!(!users.verify_email(ada.user.id, &bob.email, NOW).await.unwrap(), "{name}");
        assert!(!users.verify_email(UserId::new(NOW), &bob.email, NOW).await.unwrap(), "{name}");
        assert_eq!(users.find(bob.user.id).await.unwrap().unwrap().email_verified, None, "{name}");
        for second in [3, 9] {
            assert!(users.verify_email(ada.user.id, &ada.email, later(second)).await.unwrap(), "{name}");
            let found = users.find_by_email(&ada.email).await.unwrap().unwrap().0;
            assert_eq!(found, Account { email_verified: Some(later(3)), ..ada.clone() }, "{name}");
        }
    }
}

#[tokio::test]
async fn an_address_changes_unless_somebody_has_it() {
    for TestStore { name, stores, .. } in &every_store("users_move").await {
        let users = &stores.users;
        let (ada, bob) = (account("ada@example.com", "Ada"), account("bob@example.com", "Bob"));
        for person in [&ada, &bob] {
            users.insert(person, &hash("h")).await.unwrap();
        }
        let id = ada.user.id;
        assert_eq!(users.change_email(id, &bob.email, NOW).await.unwrap(), Moved::EmailTaken, "{name}");
        let new = Email::new("new@example.com").unwrap();
        let nobody = users.change_email(UserId::new(NOW), &new, NOW).await.unwrap();
        assert_eq!(nobody, Moved::NoSuchUser, "{name}");
        let moved = users.change_email(id, &new, later(1)).await.unwrap();
        assert_eq!(moved, Moved::Yes { old: ada.email.clone() }, "{name}");
        assert_eq!(users.find_by_email(&ada.email).await.unwrap(), None, "{name}");
        let expected = Account { email: new.clone(), email_verified: Some(later(1)), ..ada };
        assert_eq!(users.find_by_email(&new).await.unwrap().unwrap().0, expected, "{name}");
    }
}

#[tokio::test]
async fn a_new_name_is_seen_and_searched_for() {
    for TestStore { name, stores, .. } in &every_store("users_rename").await {
        let ada = account("ada@example.com", "Ada");
        stores.users.insert(&ada, &hash("h")).await.unwrap();
        let change = renamed("Žofie");
        let updated = stores.users.update_profile(ada.user.id, &change, later(5)).await.unwrap();
        let user = User { name: Name::new("Žofie").unwrap(), updated: later(5), ..ada.user.clone() };
        let expected = Account { user, ..ada.clone() };
        assert_eq!(updated.as_ref(), Some(&expected), "{name}");

        assert_eq!(stores.users.find(ada.user.id).await.unwrap(), Some(expected), "{name}");
        assert_eq!(list_all(&*stores.users, "ada", 10).await, [], "{name}");
        assert_eq!(list_all(&*stores.users, "žof", 10).await.len(), 1, "{name}");

        let nobody = stores.users.update_profile(UserId::new(NOW), &change, NOW).await.unwrap();
        assert_eq!(nobody, None, "{name}");
        assert_eq!(list_all(&*stores.users, "žof", 10).await.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn people_are_found_by_each_word_of_their_names_and_once() {
    for TestStore { name, stores, .. } in &every_store("users_words").await {
        let users = &*stores.users;
        let all = ["Ann Anderson", "Anne-Marie van Berg", "Bob Ann", "Vera Long"];
        let people = insert_people(users, &all).await;
        for (prefix, expected) in [
            ("an", ["Ann Anderson", "Anne-Marie van Berg", "Bob Ann"].as_slice()),
            ("ANDER", &["Ann Anderson"]),
            ("v", &["Anne-Marie van Berg", "Vera Long"]),
            ("van b", &["Anne-Marie van Berg"]),
            ("marie", &["Anne-Marie van Berg"]),
            ("ann ander", &["Ann Anderson"]),
            ("long vera", &[]),
            ("derson", &[]),
        ] {
            for size in [1, 2, 9] {
                let found = list_all(users, prefix, size).await;
                assert_eq!(names(&found), expected, "{name}, {prefix:?}, pages of {size}");
            }
        }
        users.update_profile(people[1].id, &renamed("Mia Hill"), later(1)).await.unwrap();
        assert_eq!(names(&list_all(users, "v", 9).await), ["Vera Long"], "{name}");
        assert_eq!(names(&list_all(users, "hi", 9).await), ["Mia Hill"], "{name}");
    }
}

#[tokio::test]
async fn what_people_say_of_themselves_is_kept_until_they_say_otherwise() {
    for TestStore { name, stores, .. } in &every_store("users_profile").await {
        let ada = account("ada@example.com", "Ada");
        stores.users.insert(&ada, &hash("h")).await.unwrap();
        let (status, zone) = (StatusText::new("☕").unwrap(), TimeZone::new("Asia/Tokyo").unwrap());
        let picture = MediaId::new(NOW);
        let said = ProfileChange {
            status: Some(status.clone()),
            time_zone: Some(Some(zone.clone())),
            picture: Some(Some(picture)),
            ..ProfileChange::default()
        };
        let no_zone = ProfileChange { time_zone: Some(None), ..ProfileChange::default() };
        let no_picture = ProfileChange { picture: Some(None), ..ProfileChange::default() };
        for (second, change, status, time_zone, picture) in [
            (1, said, status.clone(), Some(zone.clone()), Some(picture)),
            (2, ProfileChange::default(), status.clone(), Some(zone), Some(picture)),
            (3, no_zone, status.clone(), None, Some(picture)),
            (4, no_picture, status, None, None),
        ] {
            let user = User { status, time_zone, picture, updated: later(second), ..ada.user.clone() };
            let updated = stores.users.update_profile(user.id, &change, later(second)).await.unwrap();
            assert_eq!(updated, Some(Account { user: user.clone(), ..ada.clone() }), "{name}");
            assert_eq!(stores.users.find_many(&[user.id]).await.unwrap(), [user], "{name}");
        }
    }
}

#[tokio::test]
async fn who_may_contact_somebody_is_as_it_was_set_last() {
    for TestStore { name, stores, .. } in &every_store("users_contact").await {
        let users = &stores.users;
        let people = insert_people(&**users, &["Ada", "Bob"]).await;
        let (ada, bob, nobody) = (people[0].id, people[1].id, UserId::new(NOW));
        let policies = async || {
            let mut found = users.contact_policies(&[bob, nobody, ada, bob]).await.unwrap();
            found.sort_by_key(|(user, _)| *user != ada);
            found
        };
        let anyone = ContactPolicy::Anyone;
        assert_eq!(policies().await, [(ada, anyone), (bob, anyone)], "{name}");
        for policy in [ContactPolicy::Nobody, ContactPolicy::SharedGroup, anyone, ContactPolicy::Nobody] {
            users.set_contact_policy(bob, policy).await.unwrap();
            users.set_contact_policy(nobody, policy).await.unwrap();
            assert_eq!(policies().await, [(ada, anyone), (bob, policy)], "{name}");
        }
        assert_eq!(users.find(bob).await.unwrap().unwrap().contact, ContactPolicy::Nobody, "{name}");
    }
}

#[tokio::test]
async fn a_password_is_replaced_only_if_it_is_still_the_same() {
    for TestStore { name, stores, .. } in &every_store("users_password").await {
        let ada = account("ada@example.com", "Ada");
        stores.users.insert(&ada, &hash("first")).await.unwrap();

        let replace =
            async |new| stores.users.replace_password(ada.user.id, &hash("first"), &hash(new)).await;
        assert!(replace("second").await.unwrap(), "{name}");
        assert!(!replace("too late").await.unwrap(), "{name}");

        let by_email = stores.users.find_by_email(&ada.email).await.unwrap().unwrap();
        let by_id = stores.users.find_to_log_in(ada.user.id).await.unwrap().unwrap();
        assert_eq!(by_email.1, hash("second"), "{name}");
        assert_eq!(by_id, by_email, "{name}");
    }
}
