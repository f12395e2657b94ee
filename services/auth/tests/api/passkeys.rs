//! Passkeys: adding them, and logging in with them, alone or beside the password.

use std::time::Duration;

use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof;
use confab_proto::auth::v1::finish_log_in_request as finish;
use serde_json::Value;
use tonic::{Code, Status};

use crate::factors::{confirm, enrol};
use crate::soft_passkey::{BACKED_UP, BACKUP_ELIGIBLE, PRESENT, SoftPasskey, VERIFIED};
use crate::world::{PASSWORD, World, bad_field, config, log_in, refusal, with_token};

const ADA: &str = "ada@example.com";

fn wrong_passkey() -> (Code, String) {
    (Code::InvalidArgument, "WRONG_PASSKEY".into())
}

async fn world() -> World {
    World::with(confab_auth::Config { password_cost: 4, ..config() }).await
}

async fn ask_for_new(world: &World, token: &str, password: &str) -> Result<String, Status> {
    let request = v1::BeginPasskeyRegistrationRequest { password: password.to_owned() };
    let response = world.passkeys().begin_passkey_registration(with_token(token, request)).await?;
    Ok(response.into_inner().options_json)
}

async fn add(
    world: &World,
    token: &str,
    credential_json: String,
) -> Result<v1::FinishPasskeyRegistrationResponse, Status> {
    let request = v1::FinishPasskeyRegistrationRequest { credential_json, name: "Ada's phone".into() };
    Ok(world.passkeys().finish_passkey_registration(with_token(token, request)).await?.into_inner())
}

/// Gives the owner of `token` a passkey.
async fn new_passkey(world: &World, token: &str, id: &[u8]) -> SoftPasskey {
    let options = ask_for_new(world, token, PASSWORD).await.unwrap();
    let mut passkey = SoftPasskey::new(id);
    add(world, token, passkey.create(&options)).await.unwrap();
    passkey
}

async fn ask(world: &World) -> String {
    let request = v1::BeginPasskeyLogInRequest {};
    world.passkeys().begin_passkey_log_in(request).await.unwrap().into_inner().options_json
}

async fn enter(world: &World, credential_json: String) -> Result<v1::FinishPasskeyLogInResponse, Status> {
    let request =
        v1::FinishPasskeyLogInRequest { credential_json, ..v1::FinishPasskeyLogInRequest::default() };
    Ok(world.passkeys().finish_passkey_log_in(request).await?.into_inner())
}

async fn list(world: &World, token: &str) -> Vec<v1::Passkey> {
    let request = with_token(token, v1::ListPasskeysRequest {});
    world.passkeys().list_passkeys(request).await.unwrap().into_inner().passkeys
}

async fn challenge(world: &World) -> v1::SecondFactorChallenge {
    let response = world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
    assert_eq!(response.access_token, None);
    response.second_factor.unwrap()
}

/// What somebody makes a passkey say.
type Lie = fn(&mut SoftPasskey);

#[tokio::test]
async fn people_log_in_with_nothing_but_a_passkey() {
    let world = world().await;
    let (user, token) = world.join(ADA, "Ada").await;
    let options = ask_for_new(&world, &token, PASSWORD).await.unwrap();
    let seen: Value = serde_json::from_str(&options).unwrap();
    assert_eq!((&seen["rp"]["id"], &seen["user"]["name"]), (&"localhost".into(), &ADA.into()));
    assert_eq!(seen["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(seen["authenticatorSelection"]["userVerification"], "required");
    let mut passkey = SoftPasskey::new(b"a phone");
    passkey.flags |= BACKUP_ELIGIBLE;
    let added = add(&world, &token, passkey.create(&options)).await.unwrap();
    assert_eq!((added.recovery_codes.len(), added.passkey.unwrap().name.as_str()), (10, "Ada's phone"));
    let again = add(&world, &token, passkey.create(&options)).await;
    assert_eq!(refusal(again), wrong_passkey(), "what was asked for once is added once");

    passkey.flags |= BACKED_UP;
    let options = ask(&world).await;
    let seen: Value = serde_json::from_str(&options).unwrap();
    assert_eq!((&seen["rpId"], &seen["userVerification"]), (&"localhost".into(), &"required".into()));
    let welcome = enter(&world, passkey.get(&options)).await.unwrap();
    assert_eq!(welcome.user.unwrap().user_id, user.user_id);
    let session = welcome.access_token.unwrap().token;
    assert_eq!(world.me(&session).await.unwrap().email, ADA);
    assert_eq!(refusal(enter(&world, passkey.get(&options)).await), wrong_passkey(), "it is asked once");

    let listed = list(&world, &session).await;
    assert_eq!((listed.len(), listed[0].backed_up), (1, true));
    assert_eq!(listed[0].last_use_time, Some(world.now().into()));
}

#[tokio::test]
async fn a_passkey_that_lies_lets_nobody_in() {
    let world = world().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let mut passkey = new_passkey(&world, &token, b"a phone").await;
    passkey.counter = 5;
    enter(&world, passkey.get(&ask(&world).await)).await.unwrap();

    let stranger = SoftPasskey::new(b"a stranger");
    let mut copy = SoftPasskey::new(b"a phone");
    copy.counter = 9;
    for liar in [&stranger, &copy] {
        assert_eq!(refusal(enter(&world, liar.get(&ask(&world).await)).await), wrong_passkey());
    }
    let lies: [(&str, Lie); 7] = [
        ("another page", |passkey| passkey.origin = "http://localhost:8081".into()),
        ("another domain", |passkey| passkey.domain = "example.com".into()),
        ("nobody there", |passkey| passkey.flags = VERIFIED),
        ("nobody verified", |passkey| passkey.flags = PRESENT),
        ("counted back", |passkey| passkey.counter = 5),
        ("somebody else's", |passkey| passkey.user_handle[0] ^= 1),
        ("a backup of what has none", |passkey| passkey.flags |= BACKED_UP),
    ];
    for (lie, tell) in lies {
        passkey.counter = 10;
        let honest = (passkey.origin.clone(), passkey.domain.clone(), passkey.user_handle.clone());
        tell(&mut passkey);
        assert_eq!(refusal(enter(&world, passkey.get(&ask(&world).await)).await), wrong_passkey(), "{lie}");
        (passkey.origin, passkey.domain, passkey.user_handle) = honest;
        passkey.flags = PRESENT | VERIFIED;
    }
    for odd in ["{}", "null", "[1]", "{\"rawId\":\"\"}"] {
        assert_eq!(refusal(enter(&world, odd.into()).await), wrong_passkey(), "{odd}");
    }
    let made_up = "{\"challenge\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
    assert_eq!(refusal(enter(&world, passkey.get(made_up)).await), wrong_passkey());
    let late = ask(&world).await;
    world.clock.advance(Duration::from_mins(5));
    assert_eq!(refusal(enter(&world, passkey.get(&late)).await), wrong_passkey());
    passkey.counter = 10;
    enter(&world, passkey.get(&ask(&world).await)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_uses_of_an_answer_at_once_one_succeeds() {
    let world = world().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let passkey = new_passkey(&world, &token, b"a phone").await;
    let answer = passkey.get(&ask(&world).await);
    let racing = (0..20).map(|_| {
        let (mut passkeys, credential_json) = (world.passkeys(), answer.clone());
        let request =
            v1::FinishPasskeyLogInRequest { credential_json, ..v1::FinishPasskeyLogInRequest::default() };
        tokio::spawn(async move { passkeys.finish_passkey_log_in(request).await.is_ok() })
    });
    let mut won = 0;
    for racer in racing.collect::<Vec<_>>() {
        won += usize::from(racer.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_also_if_nobody_is_verified() {
    let world = world().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let mut passkey = new_passkey(&world, &token, b"a phone").await;
    passkey.flags = PRESENT;
    let asked = challenge(&world).await;
    let methods: Vec<_> = asked.methods().collect();
    assert_eq!(methods, [v1::FactorMethod::Passkey, v1::FactorMethod::RecoveryCode]);
    let answer = |json: String, challenge: &str| v1::FinishLogInRequest {
        challenge: challenge.to_owned(),
        proof: Some(finish::Proof::PasskeyJson(json)),
        ..v1::FinishLogInRequest::default()
    };
    // What was asked for something else does not do.
    let elsewhere = passkey.get(&ask(&world).await);
    let refused = world.auth().finish_log_in(answer(elsewhere, &asked.challenge)).await;
    assert_eq!(refusal(refused), wrong_passkey());
    let json = passkey.get(&asked.passkey_options_json);
    assert_eq!(refusal(enter(&world, json.clone()).await), wrong_passkey());
    world.auth().finish_log_in(answer(json, &asked.challenge)).await.unwrap();
}

#[tokio::test]
async fn nobody_elses_passkey_is_a_second_factor() {
    let world = world().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let (_, bob) = world.join("bob@example.com", "Bob").await;
    new_passkey(&world, &token, b"a phone").await;
    let theirs = new_passkey(&world, &bob, b"another").await;
    let asked = challenge(&world).await;
    let request = v1::FinishLogInRequest {
        challenge: asked.challenge,
        proof: Some(finish::Proof::PasskeyJson(theirs.get(&asked.passkey_options_json))),
        ..v1::FinishLogInRequest::default()
    };
    assert_eq!(refusal(world.auth().finish_log_in(request).await), wrong_passkey());

    let options = {
        let request = with_token(&token, v1::BeginPasskeyConfirmationRequest {});
        world.passkeys().begin_passkey_confirmation(request).await.unwrap().into_inner().options_json
    };
    let proof = Some(Proof::PasskeyJson(theirs.get(&options)));
    assert_eq!(refusal(confirm(&world, &token, proof).await), wrong_passkey());
}

#[tokio::test]
async fn people_rename_and_remove_their_own_passkeys_and_prove_with_them_who_they_are() {
    let world = world().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let (_, bob) = world.join("bob@example.com", "Bob").await;
    let refused = ask_for_new(&world, &token, "").await;
    assert_eq!(refusal(refused).1, "STEP_UP_NEEDED");
    assert_eq!(bad_field(ask_for_new(&world, &token, "wrong").await).0, "password");
    let nothing = with_token(&token, v1::BeginPasskeyConfirmationRequest {});
    let nothing = world.passkeys().begin_passkey_confirmation(nothing).await;
    assert_eq!(refusal(nothing).0, Code::NotFound);
    let passkey = new_passkey(&world, &token, b"a phone").await;
    let id = list(&world, &token).await[0].passkey_id.clone();

    let rename = |token: &str, passkey_id: &str| {
        let request = v1::RenamePasskeyRequest { passkey_id: passkey_id.to_owned(), name: "A stick".into() };
        with_token(token, request)
    };
    let strangers = world.passkeys().rename_passkey(rename(&bob, &id)).await;
    assert_eq!(refusal(strangers).0, Code::NotFound);
    world.passkeys().rename_passkey(rename(&token, &id)).await.unwrap();
    assert_eq!(list(&world, &token).await[0].name, "A stick");

    let delete = |token: &str| with_token(token, v1::DeletePasskeyRequest { passkey_id: id.clone() });
    let refused = world.passkeys().delete_passkey(delete(&token)).await;
    assert_eq!(refusal(refused).1, "STEP_UP_NEEDED");
    confirm(&world, &bob, Some(Proof::Password(PASSWORD.into()))).await.unwrap();
    world.passkeys().delete_passkey(delete(&bob)).await.unwrap();
    assert_eq!(list(&world, &token).await.len(), 1, "it is not his");

    let request = with_token(&token, v1::BeginPasskeyConfirmationRequest {});
    let asked = world.passkeys().begin_passkey_confirmation(request).await.unwrap().into_inner();
    confirm(&world, &token, Some(Proof::PasskeyJson(passkey.get(&asked.options_json)))).await.unwrap();
    world.passkeys().delete_passkey(delete(&token)).await.unwrap();
    assert_eq!(list(&world, &token).await, []);
    assert_eq!(refusal(enter(&world, passkey.get(&ask(&world).await)).await), wrong_passkey());
    world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner().user.unwrap();
}

#[tokio::test]
async fn whoever_has_an_app_adds_a_passkey_with_its_code_and_keeps_the_codes_on_paper() {
    let world = world().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let (app, _) = enrol(&world, &token).await;
    assert_eq!(refusal(ask_for_new(&world, &token, PASSWORD).await).1, "STEP_UP_NEEDED");
    confirm(&world, &token, Some(Proof::TotpCode(app.code(world.now())))).await.unwrap();
    let options = ask_for_new(&world, &token, "").await.unwrap();
    let mut passkey = SoftPasskey::new(b"a phone");
    passkey.flags = PRESENT;
    let unverified = add(&world, &token, passkey.create(&options)).await;
    assert_eq!(refusal(unverified), wrong_passkey());
    passkey.flags = PRESENT | VERIFIED;
    let options = ask_for_new(&world, &token, "").await.unwrap();
    let added = add(&world, &token, passkey.create(&options)).await.unwrap();
    assert_eq!(added.recovery_codes, Vec::<String>::new());
}
