//! What people prove who they are with, once they are in.

use std::time::Duration;

use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::authenticator::App;
use crate::world::{PASSWORD, World, bad_field, refusal, with_token};

const ADA: &str = "ada@example.com";
/// Longer than a code is good for.
const LATER: Duration = Duration::from_secs(90);

pub async fn confirm(
    world: &World,
    token: &str,
    proof: Option<Proof>,
) -> Result<v1::ConfirmIdentityResponse, Status> {
    let request = with_token(token, v1::ConfirmIdentityRequest { proof });
    Ok(world.factors().confirm_identity(request).await?.into_inner())
}

pub async fn begin(world: &World, token: &str, password: &str) -> Result<v1::BeginTotpResponse, Status> {
    let request = with_token(token, v1::BeginTotpRequest { password: password.to_owned() });
    Ok(world.factors().begin_totp(request).await?.into_inner())
}

pub async fn confirm_totp(world: &World, token: &str, code: &str) -> Result<Vec<String>, Status> {
    let request = with_token(token, v1::ConfirmTotpRequest { code: code.to_owned() });
    Ok(world.factors().confirm_totp(request).await?.into_inner().recovery_codes)
}

/// Gives the owner of `token` an app, and returns it with the codes on paper.
pub async fn enrol(world: &World, token: &str) -> (App, Vec<String>) {
    let app = App::new(&begin(world, token, PASSWORD).await.unwrap().secret);
    let codes = confirm_totp(world, token, &app.code(world.now())).await.unwrap();
    world.clock.advance(LATER);
    (app, codes)
}

async fn factors(world: &World, token: &str) -> v1::GetFactorsResponse {
    let request = with_token(token, v1::GetFactorsRequest {});
    world.factors().get_factors(request).await.unwrap().into_inner()
}

async fn regenerate(world: &World, token: &str) -> Result<Vec<String>, Status> {
    let request = with_token(token, v1::RegenerateRecoveryCodesRequest {});
    Ok(world.factors().regenerate_recovery_codes(request).await?.into_inner().recovery_codes)
}

async fn remove(world: &World, token: &str) -> Result<(), Status> {
    world.factors().remove_totp(with_token(token, v1::RemoveTotpRequest {})).await.map(drop)
}

/// The ways to prove who one is that a refusal names.
fn methods<T>(refused: Result<T, Status>) -> String {
    let Err(status) = refused else { panic!("not refused") };
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    let mut info = status.get_details_error_info().unwrap();
    assert_eq!(info.reason, "STEP_UP_NEEDED");
    info.metadata.remove("methods").unwrap()
}

fn wrong_code() -> (Code, String) {
    (Code::InvalidArgument, "WRONG_CODE".into())
}

#[tokio::test]
async fn people_prove_once_more_who_they_are() {
    let world = World::new().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let proved = confirm(&world, &token, Some(Proof::Password(PASSWORD.into()))).await.unwrap();
    let until = world.now().plus(Duration::from_mins(10));
    assert_eq!(proved.expire_time, Some(until.into()));
    assert_eq!(factors(&world, &token).await.confirm_expire_time, proved.expire_time);

    assert_eq!(bad_field(confirm(&world, &token, None).await).0, "proof");
    let wrong = confirm(&world, &token, Some(Proof::Password("wrong".into()))).await;
    assert_eq!(refusal(wrong), (Code::InvalidArgument, "WRONG_PASSWORD".into()));
    for proof in [Proof::TotpCode("123456".into()), Proof::RecoveryCode("0000-0000-0000-0000".into())] {
        assert_eq!(methods(confirm(&world, &token, Some(proof)).await), "password");
    }
    world.auth().log_out(with_token(&token, v1::LogOutRequest {})).await.unwrap();
    let ended = confirm(&world, &token, Some(Proof::Password(PASSWORD.into()))).await;
    assert_eq!(refusal(ended).0, Code::Unauthenticated);
}

#[tokio::test]
async fn an_app_becomes_a_factor_with_its_first_code() {
    let world = World::new().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let (_, elsewhere) = {
        let there = world.auth().log_in(crate::world::log_in(ADA, PASSWORD)).await.unwrap().into_inner();
        (there.user, there.access_token.unwrap().token)
    };
    assert_eq!(methods(begin(&world, &token, "").await), "password");
    assert_eq!(bad_field(begin(&world, &token, "wrong").await).0, "password");
    let nothing = (Code::FailedPrecondition, "TOTP_NOT_BEGUN".to_owned());
    assert_eq!(refusal(confirm_totp(&world, &token, "123456").await), nothing);

    let first = begin(&world, &token, PASSWORD).await.unwrap();
    let second = begin(&world, &token, PASSWORD).await.unwrap();
    assert_eq!((second.secret.len(), second.qr_size > 20), (32, true));
    assert!(second.uri.starts_with("otpauth://totp/Confab:ada%40example%2Ecom?secret="), "{}", second.uri);
    assert_eq!(second.expire_time, Some(world.now().plus(Duration::from_mins(15)).into()));
    let (old, app) = (App::new(&first.secret), App::new(&second.secret));
    for wrong in [old.code(world.now()), "abc".into(), app.code(world.now().plus(LATER))] {
        assert_eq!(refusal(confirm_totp(&world, &token, &wrong).await), wrong_code());
    }
    assert!(!factors(&world, &token).await.totp_enabled);

    let codes = confirm_totp(&world, &token, &app.code(world.now())).await.unwrap();
    assert_eq!(codes.len(), 10);
    let listed = factors(&world, &token).await;
    assert_eq!((listed.totp_enabled, listed.recovery_code_count), (true, 10));
    let ways: Vec<_> = listed.confirm_methods().collect();
    assert_eq!(ways, [v1::FactorMethod::Totp, v1::FactorMethod::RecoveryCode]);
    assert_eq!(refusal(world.me(&elsewhere).await).1, "SESSION_ENDED");
    assert_eq!(methods(begin(&world, &token, PASSWORD).await), "totp,recovery_code");
}

#[tokio::test]
async fn a_secret_that_was_not_confirmed_in_time_is_worth_nothing() {
    let world = World::new().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let app = App::new(&begin(&world, &token, PASSWORD).await.unwrap().secret);
    world.clock.advance(Duration::from_mins(15));
    let (_, token) = {
        let again = world.auth().log_in(crate::world::log_in(ADA, PASSWORD)).await.unwrap().into_inner();
        (again.user, again.access_token.unwrap().token)
    };
    let late = confirm_totp(&world, &token, &app.code(world.now())).await;
    assert_eq!(refusal(late).1, "TOTP_NOT_BEGUN");
}

#[tokio::test]
async fn with_a_second_factor_the_password_proves_nothing_any_more() {
    let world = World::new().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let (app, codes) = enrol(&world, &token).await;
    let ways = "totp,recovery_code";
    let change = || v1::ChangePasswordRequest {
        old_password: PASSWORD.into(),
        new_password: "staple battery horse".into(),
    };
    let change = async || world.auth().change_password(with_token(&token, change())).await;
    assert_eq!(methods(change().await), ways);
    assert_eq!(methods(remove(&world, &token).await), ways);
    assert_eq!(methods(regenerate(&world, &token).await), ways);
    let password = Proof::Password(PASSWORD.into());
    assert_eq!(methods(confirm(&world, &token, Some(password)).await), ways);

    for wrong in [Proof::TotpCode("12345".into()), Proof::TotpCode(app.code(world.now().plus(LATER)))] {
        assert_eq!(refusal(confirm(&world, &token, Some(wrong)).await), wrong_code());
    }
    let code = || Some(Proof::TotpCode(app.code(world.now())));
    confirm(&world, &token, code()).await.unwrap();
    assert_eq!(refusal(confirm(&world, &token, code()).await), wrong_code(), "a code is good once");
    change().await.unwrap();

    let new = regenerate(&world, &token).await.unwrap();
    assert_eq!(
        refusal(confirm(&world, &token, Some(Proof::RecoveryCode(codes[0].clone()))).await),
        wrong_code()
    );
    confirm(&world, &token, Some(Proof::RecoveryCode(new[0].clone()))).await.unwrap();
    let again = confirm(&world, &token, Some(Proof::RecoveryCode(new[0].clone()))).await;
    assert_eq!(refusal(again), wrong_code());

    remove(&world, &token).await.unwrap();
    let listed = factors(&world, &token).await;
    assert_eq!((listed.totp_enabled, listed.recovery_code_count), (false, 0));
    let stale = regenerate(&world, &token).await;
    assert_eq!(refusal(stale), (Code::FailedPrecondition, "NO_SECOND_FACTOR".into()));
}
