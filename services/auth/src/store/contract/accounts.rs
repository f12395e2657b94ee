//! What every [`AccountStore`](crate::store::AccountStore) promises.

use confab_core::UserId;
use confab_core::page::Page;

use super::users::{account, hash};
use super::{NOW, TestStore, every_store};
use crate::domain::{Account, AccountFilter, AccountState, ContactPolicy, NamePrefix, Role, UserCursor};
use crate::store::{Changed, Stores};

async fn insert(stores: &Stores, email: &str, name: &str) -> UserId {
    let account = account(email, name);
    stores.users.insert(&account, &hash("h")).await.unwrap();
    account.user.id
}

async fn list(stores: &Stores, filter: &AccountFilter, size: usize) -> Vec<Account> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = stores.accounts.list(filter, Page { size, after }).await.unwrap();
        all.extend_from_slice(&page);
        match page.last() {
            Some(last) => after = Some(UserCursor::after(&last.user)),
            None => return all,
        }
    }
}

fn filter(prefix: &str, state: Option<AccountState>, role: Option<Role>) -> AccountFilter {
    AccountFilter { prefix: NamePrefix::new(prefix), state, role }
}

#[tokio::test]
async fn accounts_are_found_by_name_by_address_by_state_and_by_role() {
    for TestStore { name, stores, .. } in &every_store("accounts").await {
        let ada = insert(stores, "ada@example.com", "Ada Zorn").await;
        let bob = insert(stores, "zed@example.com", "Bob").await;
        let cyd = insert(stores, "cyd@example.com", "Cyd").await;
        stores.accounts.set_role(ada, Role::Admin).await.unwrap();
        stores.accounts.set_state(bob, AccountState::Disabled).await.unwrap();
        let (active, disabled) = (Some(AccountState::Active), Some(AccountState::Disabled));
        for (filter, expected) in [
            (filter("", None, None), vec![ada, bob, cyd]),
            (filter("z", None, None), vec![ada, bob]),
            (filter("ZED@e", None, None), vec![bob]),
            (filter("", active, None), vec![ada, cyd]),
            (filter("", disabled, None), vec![bob]),
            (filter("", None, Some(Role::Admin)), vec![ada]),
            (filter("z", active, Some(Role::Member)), vec![]),
        ] {
            for size in [1, 9] {
                let found = list(stores, &filter, size).await;
                let found: Vec<UserId> = found.into_iter().map(|account| account.user.id).collect();
                assert_eq!(found, expected, "{name}, {filter:?}");
            }
        }
    }
}

#[tokio::test]
async fn whoever_is_disabled_is_not_found_by_others() {
    for TestStore { name, stores, .. } in &every_store("accounts_disabled").await {
        let ada = insert(stores, "ada@example.com", "Ada").await;
        let bob = insert(stores, "bob@example.com", "Bob").await;
        let set = async |state| stores.accounts.set_state(ada, state).await.unwrap();
        assert_eq!(set(AccountState::Disabled).await, Changed::Yes, "{name}");
        assert_eq!(set(AccountState::Disabled).await, Changed::Already, "{name}");
        for prefix in ["", "a"] {
            let page = Page { size: 9, after: None };
            let found = stores.users.list(&NamePrefix::new(prefix), page).await.unwrap();
            assert!(found.iter().all(|user| user.id == bob), "{name}");
        }
        let policies = stores.users.contact_policies(&[ada]).await.unwrap();
        assert_eq!(policies, [(ada, ContactPolicy::Nobody)], "{name}");
        assert_eq!(stores.users.find(ada).await.unwrap().unwrap().state, AccountState::Disabled, "{name}");
        assert_eq!(set(AccountState::Active).await, Changed::Yes, "{name}");
        let policies = stores.users.contact_policies(&[ada]).await.unwrap();
        assert_eq!(policies, [(ada, ContactPolicy::Anyone)], "{name}");
        let nobody = stores.accounts.set_state(UserId::new(NOW), AccountState::Disabled).await.unwrap();
        assert_eq!(nobody, Changed::NoSuchUser, "{name}");
    }
}

#[tokio::test]
async fn the_last_admin_stays() {
    for TestStore { name, stores, .. } in &every_store("accounts_last").await {
        let accounts = &stores.accounts;
        let ada = insert(stores, "ada@example.com", "Ada").await;
        let bob = insert(stores, "bob@example.com", "Bob").await;
        assert_eq!(accounts.set_role(ada, Role::Admin).await.unwrap(), Changed::Yes, "{name}");
        assert_eq!(accounts.set_role(ada, Role::Member).await.unwrap(), Changed::LastAdmin, "{name}");
        let disable = accounts.set_state(ada, AccountState::Disabled).await.unwrap();
        assert_eq!(disable, Changed::LastAdmin, "{name}");
        let ada_now = stores.users.find(ada).await.unwrap().unwrap();
        assert_eq!((ada_now.role, ada_now.state), (Role::Admin, AccountState::Active), "{name}");

        // One who is disabled does not count.
        accounts.set_role(bob, Role::Admin).await.unwrap();
        accounts.set_state(bob, AccountState::Disabled).await.unwrap();
        assert_eq!(accounts.set_role(ada, Role::Member).await.unwrap(), Changed::LastAdmin, "{name}");
        accounts.set_state(bob, AccountState::Active).await.unwrap();
        assert_eq!(accounts.set_role(ada, Role::Member).await.unwrap(), Changed::Yes, "{name}");
        assert_eq!(accounts.set_role(ada, Role::Member).await.unwrap(), Changed::Already, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admins_who_unmake_each_other_at_once_leave_one() {
    for TestStore { name, stores, .. } in &every_store("accounts_race").await {
        let mut admins = Vec::new();
        for number in 0..4 {
            let id = insert(stores, &format!("{number}@example.com"), "Admin").await;
            stores.accounts.set_role(id, Role::Admin).await.unwrap();
            admins.push(id);
        }
        let racing: Vec<_> = admins
            .into_iter()
            .map(|id| {
                let accounts = stores.accounts.clone();
                tokio::spawn(async move { accounts.set_role(id, Role::Member).await.unwrap() })
            })
            .collect();
        for racer in racing {
            racer.await.unwrap();
        }
        let left = list(stores, &filter("", None, Some(Role::Admin)), 9).await;
        assert!(!left.is_empty(), "{name}");
    }
}
