//! Codes of apps, codes on paper, and what they are asked for with.

use confab_auth::Config;
use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof as Again;
use confab_proto::auth::v1::finish_log_in_request::Proof;

use super::{ADA, BOB, BOBS, Open, Row, open, scene};
use crate::authenticator::App;
use crate::factors::{begin, enrol};
use crate::world::{PASSWORD, World, config, log_in, with_token};

/// Proves once more, by `proof`, who the owner of `token` is.
pub fn confirm(world: &World, token: String, proof: fn(String) -> Again) -> Open {
    let factors = world.factors();
    open(move |secret| {
        let request = with_token(&token, v1::ConfirmIdentityRequest { proof: Some(proof(secret)) });
        let mut factors = factors.clone();
        async move { factors.confirm_identity(request).await.map(drop) }
    })
}

/// Begins to log in as Ada, and goes on with `proof`.
fn finish(world: &World, proof: fn(String) -> Proof) -> Open {
    let auth = world.auth();
    open(move |secret| {
        let mut auth = auth.clone();
        async move {
            let asked = auth.log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
            let challenge = asked.second_factor.unwrap().challenge;
            auth.finish_log_in(answer(challenge, proof(secret))).await.map(drop)
        }
    })
}

pub fn answer(challenge: String, proof: Proof) -> v1::FinishLogInRequest {
    v1::FinishLogInRequest { challenge, proof: Some(proof), ..v1::FinishLogInRequest::default() }
}

/// A world in which Ada and Bob have apps, and codes on paper.
async fn with_apps() -> (World, String, [App; 2], [Vec<String>; 2]) {
    let world = World::with(Config { password_cost: 4, ..config() }).await;
    let (_, token) = world.join(ADA, "Ada").await;
    let (_, theirs) = world.join(BOB, "Bob").await;
    let (app, paper) = enrol(&world, &token).await;
    let (bobs, his) = enrol(&world, &theirs).await;
    (world, token, [app, bobs], [paper, his])
}

/// What counts of a code on paper.
fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase()
}

pub async fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let (world, token, apps, _) = with_apps().await;
    let [right, theirs] = apps.map(|app| app.code(world.now()));
    let show = finish(&world, Proof::TotpCode);
    rows.push(Row::new("FinishLogIn.totp_code", world, &right, &[&theirs], show));
    drop(token);

    let (world, token, apps, _) = with_apps().await;
    let [right, theirs] = apps.map(|app| app.code(world.now()));
    let show = confirm(&world, token, Again::TotpCode);
    rows.push(Row::new("ConfirmIdentity.totp_code", world, &right, &[&theirs], show));

    let (world, _, _, [paper, his]) = with_apps().await;
    let show = finish(&world, Proof::RecoveryCode);
    let row = Row::new("FinishLogIn.recovery_code", world, &paper[0], &[&his[0]], show);
    rows.push(Row { read: letters_and_digits, ..row });

    let (world, token, _, [paper, his]) = with_apps().await;
    let show = confirm(&world, token, Again::RecoveryCode);
    let row = Row::new("ConfirmIdentity.recovery_code", world, &paper[0], &[&his[0]], show);
    rows.push(Row { read: letters_and_digits, ..row });

    let (world, token, theirs) = scene().await;
    let right = App::new(&begin(&world, &token, PASSWORD).await.unwrap().secret).code(world.now());
    let bobs = App::new(&begin(&world, &theirs, BOBS).await.unwrap().secret).code(world.now());
    let factors = world.factors();
    let show = open(move |code| {
        let request = with_token(&token, v1::ConfirmTotpRequest { code });
        let mut factors = factors.clone();
        async move { factors.confirm_totp(request).await.map(drop) }
    });
    rows.push(Row::new("ConfirmTotp.code", world, right, &[&bobs], show));
    rows.push(challenge().await);
    rows
}

async fn challenge() -> Row {
    let (world, _, _, [paper, _]) = with_apps().await;
    let mut auth = world.auth();
    let mut ask = async || {
        let asked = auth.log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
        asked.second_factor.unwrap().challenge
    };
    let (met, right) = (ask().await, ask().await);
    let mut auth = world.auth();
    auth.finish_log_in(answer(met.clone(), Proof::RecoveryCode(paper[1].clone()))).await.unwrap();
    let show = open(move |challenge| {
        let (mut auth, proof) = (auth.clone(), Proof::RecoveryCode(paper[0].clone()));
        async move { auth.finish_log_in(answer(challenge, proof)).await.map(drop) }
    });
    Row::new("FinishLogIn.challenge", world, right, &[&met], show)
}
