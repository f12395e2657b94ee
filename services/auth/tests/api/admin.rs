//! What admins can do, and nobody else.

use confab_proto::auth::v1;
use confab_proto::internal::v1 as internal;
use tonic::Code;

use crate::world::{PASSWORD, World, log_in, refusal, with_token};

const NOBODY: &str = "018f0000-0000-7000-8000-000000000000";

/// A world with an admin, Ada, and Bob; their ids and tokens.
async fn world() -> (World, [(String, String); 2]) {
    let world = World::new().await;
    let (ada, admin) = world.join("ada@example.com", "Ada").await;
    let (bob, token) = world.join("bob@example.com", "Bob").await;
    let request = v1::MakeAdminRequest { user_id: ada.user_id.clone() };
    world.operator().make_admin(request).await.unwrap();
    (world, [(ada.user_id, admin), (bob.user_id, token)])
}

fn listed(response: v1::ListAccountsResponse) -> Vec<(String, bool, bool)> {
    let seen = |account: v1::Account| {
        let disabled = account.state() == v1::AccountState::Disabled;
        (account.user.unwrap().email, disabled, account.admin)
    };
    response.accounts.into_iter().map(seen).collect()
}

#[tokio::test]
async fn nobody_but_admins_learns_or_changes_anything() {
    let (world, [_, (bob, token)]) = world().await;
    let mut admins = world.admins();
    let user_id = || bob.clone();
    let refused = [
        refusal(admins.list_accounts(with_token(&token, v1::ListAccountsRequest::default())).await),
        refusal(
            admins
                .disable_account(with_token(&token, v1::DisableAccountRequest { user_id: user_id() }))
                .await,
        ),
        refusal(
            admins.enable_account(with_token(&token, v1::EnableAccountRequest { user_id: user_id() })).await,
        ),
        refusal(
            admins
                .force_password_reset(with_token(
                    &token,
                    v1::ForcePasswordResetRequest { user_id: user_id() },
                ))
                .await,
        ),
        refusal(admins.make_admin(with_token(&token, v1::MakeAdminRequest { user_id: user_id() })).await),
        refusal(
            admins.revoke_admin(with_token(&token, v1::RevokeAdminRequest { user_id: NOBODY.into() })).await,
        ),
        refusal(admins.list_audit_events(with_token(&token, v1::ListAuditEventsRequest::default())).await),
        refusal(admins.list_unsent_letters(with_token(&token, v1::ListUnsentLettersRequest {})).await),
    ];
    for told in refused {
        assert_eq!(told, (Code::PermissionDenied, "NOT_ADMIN".into()));
    }
    let anonymous = admins.list_accounts(v1::ListAccountsRequest::default()).await;
    assert_eq!(refusal(anonymous).0, Code::Unauthenticated);
}

#[tokio::test]
async fn admins_find_accounts_by_name_and_by_address() {
    let (world, [(ada, admin), (bob, _)]) = world().await;
    world.join("zoe@other.example", "Zoe Bobson").await;
    let list = async |request: v1::ListAccountsRequest| {
        let answer = world.admins().list_accounts(with_token(&admin, request)).await;
        listed(answer.unwrap().into_inner())
    };
    let query = |query: &str| v1::ListAccountsRequest { query: query.into(), ..Default::default() };
    let (ada_row, zoe) =
        (("ada@example.com".into(), false, true), ("zoe@other.example".into(), false, false));
    let bob_row = |disabled| ("bob@example.com".into(), disabled, false);
    assert_eq!(list(query("bob")).await, [bob_row(false), zoe.clone()]);
    assert_eq!(list(query("ZOE@o")).await, std::slice::from_ref(&zoe));
    assert_eq!(
        list(v1::ListAccountsRequest { admins_only: true, ..query("") }).await,
        std::slice::from_ref(&ada_row)
    );

    let disable = v1::DisableAccountRequest { user_id: bob };
    world.admins().disable_account(with_token(&admin, disable)).await.unwrap();
    assert_eq!(list(query("")).await, [ada_row, bob_row(true), zoe]);
    let state = v1::AccountState::Disabled.into();
    assert_eq!(list(v1::ListAccountsRequest { state, ..query("") }).await, [bob_row(true)]);

    let first = v1::ListAccountsRequest { page_size: Some(1), ..query("") };
    let page = world.admins().list_accounts(with_token(&admin, first)).await.unwrap().into_inner();
    assert_eq!(page.accounts[0].user.as_ref().unwrap().user_id, ada);
    assert!(!page.next_page_token.is_empty());
}

#[tokio::test]
async fn whoever_is_disabled_is_out_by_every_way() {
    let (world, [(_, admin), (bob, token)]) = world().await;
    let program = world.auth().log_in(log_in("bob@example.com", PASSWORD)).await.unwrap().into_inner();
    let in_a_browser = v1::LogInRequest {
        session_delivery: v1::SessionDelivery::Cookie.into(),
        ..log_in("bob@example.com", PASSWORD)
    };
    let browser = world.auth().log_in(in_a_browser).await.unwrap();
    let cookie = browser.metadata().get("confab-session-set").unwrap().to_str().unwrap().to_owned();
    world.exchange(&cookie).await.unwrap();
    let mut told =
        world.sessions().watch_revocations(internal::WatchRevocationsRequest {}).await.unwrap().into_inner();

    let disable = v1::DisableAccountRequest { user_id: bob.clone() };
    world.admins().disable_account(with_token(&admin, disable)).await.unwrap();
    let mut ended = 0;
    while ended < 3 {
        ended += told.message().await.unwrap().unwrap().revocations.len();
    }
    assert_eq!(refusal(world.auth().log_in(log_in("bob@example.com", PASSWORD)).await).1, "ACCOUNT_DISABLED");
    assert_eq!(refusal(world.auth().log_in(log_in("bob@example.com", "wrong")).await).1, "WRONG_CREDENTIALS");
    let refresh = v1::RefreshSessionRequest { refresh_token: program.refresh_token };
    assert_eq!(refusal(world.auth().refresh_session(refresh).await).1, "SESSION_ENDED");
    assert_eq!(refusal(world.exchange(&cookie).await).1, "SESSION_ENDED");
    assert_eq!(refusal(world.me(&token).await).1, "SESSION_ENDED");

    let list = v1::ListUsersRequest { name_prefix: "bob".into(), ..Default::default() };
    let found = world.users().list_users(with_token(&admin, list)).await.unwrap().into_inner();
    assert_eq!(found.users, []);
    let enable = v1::EnableAccountRequest { user_id: bob };
    world.admins().enable_account(with_token(&admin, enable)).await.unwrap();
    world.auth().log_in(log_in("bob@example.com", PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn what_happened_is_shown_to_admins_without_anybodys_secrets() {
    let (world, [(ada, admin), (bob, token)]) = world().await;
    let wrong = world.auth().log_in(log_in("bob@example.com", "a wrong secret")).await;
    assert!(wrong.is_err());
    world.auth().log_out(with_token(&token, v1::LogOutRequest {})).await.unwrap();
    let list = async |user_id: &str| {
        let request = v1::ListAuditEventsRequest { user_id: user_id.into(), ..Default::default() };
        let answer = world.admins().list_audit_events(with_token(&admin, request)).await;
        answer.unwrap().into_inner().audit_events
    };
    let all = list("").await;
    let mut of_bob: Vec<_> = list(&bob).await.into_iter().map(|event| (event.event, event.actor)).collect();
    of_bob.sort();
    let expected = [("log-in-refused", "anybody"), ("logged-out", "person"), ("signed-up", "person")];
    assert_eq!(of_bob, expected.map(|(event, actor)| (event.to_owned(), actor.to_owned())));
    let made = all.iter().find(|event| event.event == "admin-made").unwrap();
    assert_eq!((made.actor.as_str(), made.subject_id.as_str()), ("operator", ada.as_str()));
    let everything = format!("{all:?}");
    for secret in [PASSWORD, "a wrong secret", "@example.com", &token] {
        assert!(!everything.contains(secret), "{secret}");
    }
}
