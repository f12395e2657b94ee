//! What every [`InviteStore`](crate::store::InviteStore) promises.

use confab_core::UserId;

use super::{NOW, TestStore, every_store, later};
use crate::domain::{Invite, InviteCode, InviteId};
use crate::store::Invited;

fn invite(creator: UserId, uses_max: u32) -> Invite {
    Invite {
        id: InviteId::new(NOW),
        code_hash: InviteCode::generate().unwrap().hash(),
        creator,
        created: NOW,
        expires: later(60),
        uses: 0,
        uses_max,
    }
}

#[tokio::test]
async fn an_invitation_is_used_as_often_as_it_may_be_and_until_it_expires() {
    for TestStore { name, stores, .. } in &every_store("invites_use").await {
        let invites = &stores.invites;
        let twice = invite(UserId::new(NOW), 2);
        assert_eq!(invites.insert(&twice).await.unwrap(), Invited::Yes, "{name}");
        assert_eq!(invites.find(twice.code_hash).await.unwrap(), Some(twice), "{name}");

        assert!(!invites.take(twice.code_hash, later(60)).await.unwrap(), "{name}");
        assert!(invites.take(twice.code_hash, later(59)).await.unwrap(), "{name}");
        invites.give_back(twice.code_hash).await.unwrap();
        for expected in [true, true, false] {
            assert_eq!(invites.take(twice.code_hash, NOW).await.unwrap(), expected, "{name}");
        }
        let found = invites.find(twice.code_hash).await.unwrap();
        assert_eq!(found, Some(Invite { uses: 2, ..twice }), "{name}");

        let unknown = InviteCode::generate().unwrap().hash();
        assert!(!invites.take(unknown, NOW).await.unwrap(), "{name}");
        invites.give_back(unknown).await.unwrap();
        assert_eq!(invites.find(unknown).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn of_uses_that_race_for_the_last_one_gets_it() {
    for TestStore { name, stores, .. } in &every_store("invites_race").await {
        let once = invite(UserId::new(NOW), 1);
        stores.invites.insert(&once).await.unwrap();
        let racing = (0..20).map(|_| {
            let invites = stores.invites.clone();
            tokio::spawn(async move { invites.take(once.code_hash, NOW).await.unwrap() })
        });
        let mut won = 0;
        for racer in racing.collect::<Vec<_>>() {
            won += usize::from(racer.await.unwrap());
        }
        assert_eq!(won, 1, "{name}");
    }
}

#[tokio::test]
async fn people_see_and_take_back_their_own_invitations_that_can_be_used() {
    for TestStore { name, stores, .. } in &every_store("invites_list").await {
        let (invites, ada, bob) = (&stores.invites, UserId::new(NOW), UserId::new(NOW));
        let (first, used, other) = (invite(ada, 1), invite(ada, 1), invite(bob, 1));
        for stored in [&first, &used, &other] {
            invites.insert(stored).await.unwrap();
        }
        let last = Invite { id: InviteId::new(later(1)), created: later(1), ..invite(ada, 1) };
        invites.insert(&last).await.unwrap();
        invites.take(used.code_hash, NOW).await.unwrap();
        assert_eq!(invites.list(ada, NOW).await.unwrap(), [last, first], "{name}");
        assert_eq!(invites.list(ada, later(60)).await.unwrap(), [], "{name}");

        invites.delete(bob, first.id).await.unwrap();
        invites.delete(ada, last.id).await.unwrap();
        invites.delete(ada, last.id).await.unwrap();
        assert_eq!(invites.list(ada, NOW).await.unwrap(), [first], "{name}");
        assert!(!invites.take(last.code_hash, NOW).await.unwrap(), "{name}");
        assert_eq!(invites.list(bob, NOW).await.unwrap(), [other], "{name}");
    }
}

#[tokio::test]
async fn nobody_has_more_than_so_many_invitations_at_once() {
    for TestStore { name, stores, .. } in &every_store("invites_many").await {
        let (invites, ada) = (&stores.invites, UserId::new(NOW));
        let full: Vec<Invite> = (0..Invite::PER_USER_MAX).map(|_| invite(ada, 1)).collect();
        for stored in &full {
            assert_eq!(invites.insert(stored).await.unwrap(), Invited::Yes, "{name}");
        }
        assert_eq!(invites.insert(&invite(ada, 1)).await.unwrap(), Invited::TooMany, "{name}");
        assert_eq!(invites.insert(&invite(UserId::new(NOW), 1)).await.unwrap(), Invited::Yes, "{name}");
        invites.take(full[0].code_hash, NOW).await.unwrap();
        assert_eq!(invites.insert(&invite(ada, 1)).await.unwrap(), Invited::Yes, "{name}");
    }
}
