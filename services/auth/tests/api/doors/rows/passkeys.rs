//! What passkeys sign.

use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof as Again;
use confab_proto::auth::v1::finish_log_in_request::Proof;

use super::factors::{answer, confirm};
use super::{ADA, BOB, BOBS, Row, open, scene};
use crate::soft_passkey::SoftPasskey;
use crate::world::{PASSWORD, World, log_in, with_token};

pub async fn rows() -> Vec<Row> {
    vec![registration().await, log_in_alone().await, confirmation().await, second_step().await]
}

async fn registration() -> Row {
    let (world, token, theirs) = scene().await;
    let (_, right) = created(&world, &token, PASSWORD, b"Ada's").await;
    let (_, bobs) = created(&world, &theirs, BOBS, b"Bob's").await;
    let client = world.passkeys();
    let show = open(move |credential_json| {
        let request = v1::FinishPasskeyRegistrationRequest { credential_json, name: String::new() };
        let (mut client, request) = (client.clone(), with_token(&token, request));
        async move { client.finish_passkey_registration(request).await.map(drop) }
    });
    Row::new("FinishPasskeyRegistration.credential_json", world, right, &[&bobs], show)
}

async fn log_in_alone() -> Row {
    let (world, [passkey, mut bobs], _) = with_passkeys().await;
    let mut client = world.passkeys();
    let mut ask = async || {
        let request = v1::BeginPasskeyLogInRequest {};
        client.begin_passkey_log_in(request).await.unwrap().into_inner().options_json
    };
    let right = passkey.get(&ask().await);
    // It says that it is hers.
    bobs.user_handle.clone_from(&passkey.user_handle);
    let lie = bobs.get(&ask().await);
    let client = world.passkeys();
    let show = open(move |credential_json| {
        let request =
            v1::FinishPasskeyLogInRequest { credential_json, ..v1::FinishPasskeyLogInRequest::default() };
        let mut client = client.clone();
        async move { client.finish_passkey_log_in(request).await.map(drop) }
    });
    Row::new("FinishPasskeyLogIn.credential_json", world, right, &[&lie], show)
}

async fn confirmation() -> Row {
    let (world, [passkey, bobs], [token, theirs]) = with_passkeys().await;
    let mut client = world.passkeys();
    let mut ask = async |token: &str| {
        let request = with_token(token, v1::BeginPasskeyConfirmationRequest {});
        client.begin_passkey_confirmation(request).await.unwrap().into_inner().options_json
    };
    let (right, his) = (passkey.get(&ask(&token).await), bobs.get(&ask(&theirs).await));
    let show = confirm(&world, token, Again::PasskeyJson);
    Row::new("ConfirmIdentity.passkey_json", world, right, &[&his], show)
}

async fn second_step() -> Row {
    let (world, [passkey, bobs], _) = with_passkeys().await;
    let mut auth = world.auth();
    let mut ask = async |email: &str, password: &str| {
        auth.log_in(log_in(email, password)).await.unwrap().into_inner().second_factor.unwrap()
    };
    let (asked, his) = (ask(ADA, PASSWORD).await, ask(BOB, BOBS).await);
    let right = passkey.get(&asked.passkey_options_json);
    let his = bobs.get(&his.passkey_options_json);
    let auth = world.auth();
    let show = open(move |json| {
        let (mut auth, challenge) = (auth.clone(), asked.challenge.clone());
        async move { auth.finish_log_in(answer(challenge, Proof::PasskeyJson(json))).await.map(drop) }
    });
    Row::new("FinishLogIn.passkey_json", world, right, &[&his], show)
}

/// A world in which Ada and Bob have passkeys, and a token of each.
pub async fn with_passkeys() -> (World, [SoftPasskey; 2], [String; 2]) {
    let (world, token, theirs) = scene().await;
    let passkeys =
        [add(&world, &token, PASSWORD, b"Ada's").await, add(&world, &theirs, BOBS, b"Bob's").await];
    (world, passkeys, [token, theirs])
}

/// Asks for a passkey of the owner of `token`, and returns it with what a browser sends.
async fn created(world: &World, token: &str, password: &str, id: &[u8]) -> (SoftPasskey, String) {
    let request = v1::BeginPasskeyRegistrationRequest { password: password.to_owned() };
    let asked = world.passkeys().begin_passkey_registration(with_token(token, request)).await.unwrap();
    let mut passkey = SoftPasskey::new(id);
    let credential_json = passkey.create(&asked.into_inner().options_json);
    (passkey, credential_json)
}

pub async fn add(world: &World, token: &str, password: &str, id: &[u8]) -> SoftPasskey {
    let (passkey, credential_json) = created(world, token, password, id).await;
    let request = v1::FinishPasskeyRegistrationRequest { credential_json, name: String::new() };
    world.passkeys().finish_passkey_registration(with_token(token, request)).await.unwrap();
    passkey
}
