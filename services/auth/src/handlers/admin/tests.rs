//! Who may do what only admins can, and what comes of it.

use super::*;
use crate::domain::{Delivery, Device, LogIn, Password};
use crate::handlers::log_in;
use crate::service::testing::{another_session, bob, bob_logged_in, caller, join, test_service};

/// A claim to be Ada.
fn ada_again() -> LogIn {
    LogIn {
        email: Some(crate::service::testing::ada().email),
        password: Password::claimed("correct horse battery"),
        delivery: Delivery::Token,
        device: Device::default(),
        device_secret: None,
    }
}

#[tokio::test]
async fn only_active_admins_and_operators_may() {
    let (service, _folder) = test_service().await;
    let ((ada, session), eve) = (join(&service).await, bob_logged_in(&service).await);
    let (as_ada, as_eve) = (Authority::Caller(caller(&session)), Authority::Caller(caller(&eve)));
    for who in [as_ada, as_eve] {
        let refused = make_admin(&service, who, eve.user).await;
        assert!(matches!(refused, Err(Error::NotAdmin)));
    }
    make_admin(&service, Authority::Operator, ada.user.id).await.unwrap();
    make_admin(&service, as_ada, eve.user).await.unwrap();
    revoke_admin(&service, as_eve, ada.user.id).await.unwrap();
    assert!(matches!(make_admin(&service, as_ada, ada.user.id).await, Err(Error::NotAdmin)));
    assert!(matches!(revoke_admin(&service, as_eve, eve.user).await, Err(Error::LastAdmin)));
    assert!(matches!(disable_account(&service, as_eve, eve.user).await, Err(Error::LastAdmin)));
}

#[tokio::test]
async fn who_is_disabled_is_out_until_they_are_enabled() {
    let (service, _folder) = test_service().await;
    let (ada, _) = join(&service).await;
    another_session(&service, &ada).await;
    let id = ada.user.id;
    for _ in 0..2 {
        disable_account(&service, Authority::Operator, id).await.unwrap();
    }
    assert_eq!(service.stores.sessions.list(id, service.clock.now()).await.unwrap(), []);
    assert!(matches!(log_in(&service, ada_again()).await, Err(Error::AccountDisabled)));
    let guess = LogIn { password: Password::claimed("wrong"), ..ada_again() };
    assert!(matches!(log_in(&service, guess).await, Err(Error::WrongCredentials)));

    enable_account(&service, Authority::Operator, id).await.unwrap();
    log_in(&service, ada_again()).await.unwrap();
}

#[tokio::test]
async fn a_forced_reset_leaves_one_way_in() {
    let (service, _folder) = test_service().await;
    let (ada, session) = join(&service).await;
    let other = bob(&service).await.id;
    make_admin(&service, Authority::Operator, ada.user.id).await.unwrap();
    let as_admin = Authority::Caller(caller(&session));
    let refused = force_password_reset(&service, as_admin, other).await;
    assert!(matches!(refused, Err(Error::MailOff)), "an admin is not given codes of others");

    let code = force_password_reset(&service, Authority::Operator, ada.user.id).await.unwrap();
    assert_eq!(service.stores.sessions.list(ada.user.id, service.clock.now()).await.unwrap(), []);
    assert!(matches!(log_in(&service, ada_again()).await, Err(Error::WrongCredentials)));
    let new = Password::claimed("staple battery horse");
    crate::handlers::reset_password(&service, code, new.clone()).await.unwrap();
    log_in(&service, LogIn { password: new, ..ada_again() }).await.unwrap();
}

#[tokio::test]
async fn nobody_cannot_be_changed() {
    let (service, _folder) = test_service().await;
    let (_, session) = join(&service).await;
    let nobody = UserId::new(session.created);
    let operator = Authority::Operator;
    for refused in [
        disable_account(&service, operator, nobody).await,
        enable_account(&service, operator, nobody).await,
        make_admin(&service, operator, nobody).await,
        revoke_admin(&service, operator, nobody).await,
        force_password_reset(&service, operator, nobody).await.map(drop),
    ] {
        assert!(matches!(refused, Err(Error::NoSuchUser { user }) if user == nobody));
    }
}
