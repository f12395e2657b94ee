//! What becomes of accounts that are deleted.

use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof;
use confab_proto::internal::v1 as internal;
use tonic::Code;

use crate::factors::{confirm, enrol};
use crate::world::{PASSWORD, World, log_in, refusal, with_token};

#[tokio::test]
async fn whose_account_is_deleted_is_gone_at_once() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let (bob, other) = world.join("bob@example.com", "Bob").await;
    let erase = v1::EraseAccountRequest { user_id: ada.user_id.clone() };
    world.operator().erase_account(erase).await.unwrap();

    assert_eq!(refusal(world.me(&token).await).1, "SESSION_ENDED");
    assert_eq!(
        refusal(world.auth().log_in(log_in("ada@example.com", PASSWORD)).await).1,
        "WRONG_CREDENTIALS"
    );
    let list = v1::ListUsersRequest { name_prefix: "ada".into(), ..Default::default() };
    assert_eq!(world.users().list_users(with_token(&other, list)).await.unwrap().into_inner().users, []);

    let gone = v1::User { user_id: ada.user_id.clone(), deleted: true, ..v1::User::default() };
    let get = v1::GetUserRequest { user_id: ada.user_id.clone() };
    let got = world.users().get_user(with_token(&other, get)).await.unwrap().into_inner();
    assert_eq!(got.user, Some(gone.clone()));
    let user_ids = vec![bob.user_id.clone(), ada.user_id.clone()];
    let batch = v1::BatchGetUsersRequest { user_ids: user_ids.clone() };
    let batch = world.users().batch_get_users(with_token(&other, batch)).await.unwrap().into_inner();
    assert_eq!(batch.users[1], gone);
    let block = v1::BlockUserRequest { user_id: ada.user_id.clone() };
    assert_eq!(refusal(world.users().block_user(with_token(&other, block)).await).0, Code::NotFound);

    let filter = internal::FilterUsersRequest { user_ids, caller_id: bob.user_id.clone() };
    let known = world.directory().filter_users(filter).await.unwrap().into_inner().user_ids;
    assert_eq!(known, std::slice::from_ref(&bob.user_id));
    let check = internal::CheckContactRequest { user_id: bob.user_id, other_id: ada.user_id.clone() };
    assert!(world.directory().check_contact(check).await.unwrap().into_inner().blocked);

    let (again, _) = world.join("ada@example.com", "Ada").await;
    assert_ne!(again.user_id, ada.user_id, "the address is free, the id is not");
}

#[tokio::test]
async fn the_last_admin_cannot_go_and_others_see_who_is_being_erased() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    let (bob, _) = world.join("bob@example.com", "Bob").await;
    let user_id = ada.user_id;
    world.operator().make_admin(v1::MakeAdminRequest { user_id: user_id.clone() }).await.unwrap();
    let erase = v1::EraseAccountRequest { user_id };
    let refused = world.admins().erase_account(with_token(&token, erase)).await;
    assert_eq!(refusal(refused), (Code::FailedPrecondition, "LAST_ADMIN".into()));

    for _ in 0..2 {
        let erase = v1::EraseAccountRequest { user_id: bob.user_id.clone() };
        world.admins().erase_account(with_token(&token, erase)).await.unwrap();
    }
    let list = with_token(&token, v1::ListErasuresRequest {});
    let erasures = world.admins().list_erasures(list).await.unwrap().into_inner();
    assert_eq!((erasures.total_size, &erasures.erasures[0].user_id), (1, &bob.user_id));
}

#[tokio::test]
async fn whoever_proves_who_they_are_deletes_their_account() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let elsewhere = world.auth().log_in(log_in("ada@example.com", PASSWORD)).await.unwrap().into_inner();
    let delete =
        async || world.auth().delete_account(with_token(&token, v1::DeleteAccountRequest {})).await.map(drop);
    assert_eq!(refusal(delete().await), (Code::FailedPrecondition, "STEP_UP_NEEDED".into()));
    world.me(&token).await.unwrap();

    confirm(&world, &token, Some(Proof::Password(PASSWORD.into()))).await.unwrap();
    delete().await.unwrap();

    assert_eq!(refusal(world.me(&token).await).1, "SESSION_ENDED");
    let refresh = v1::RefreshSessionRequest { refresh_token: elsewhere.refresh_token };
    assert_eq!(refusal(world.auth().refresh_session(refresh).await).1, "SESSION_ENDED");
    assert_eq!(
        refusal(world.auth().log_in(log_in("ada@example.com", PASSWORD)).await).1,
        "WRONG_CREDENTIALS"
    );
    assert_eq!(refusal(delete().await).1, "SESSION_ENDED");
}

#[tokio::test]
async fn whoever_has_two_factors_deletes_nothing_with_one() {
    let world = World::new().await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let (app, _) = enrol(&world, &token).await;
    let delete =
        async || world.auth().delete_account(with_token(&token, v1::DeleteAccountRequest {})).await.map(drop);
    let password = confirm(&world, &token, Some(Proof::Password(PASSWORD.into()))).await;
    assert_eq!(refusal(password).1, "STEP_UP_NEEDED");
    assert_eq!(refusal(delete().await).1, "STEP_UP_NEEDED");
    confirm(&world, &token, Some(Proof::TotpCode(app.code(world.now())))).await.unwrap();
    delete().await.unwrap();
}

#[tokio::test]
async fn the_only_admin_stays() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    world.operator().make_admin(v1::MakeAdminRequest { user_id: ada.user_id }).await.unwrap();
    confirm(&world, &token, Some(Proof::Password(PASSWORD.into()))).await.unwrap();
    let refused = world.auth().delete_account(with_token(&token, v1::DeleteAccountRequest {})).await;
    assert_eq!(refusal(refused), (Code::FailedPrecondition, "LAST_ADMIN".into()));
    world.me(&token).await.unwrap();
}
