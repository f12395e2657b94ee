//! A row for each path by which a secret is shown: passwords, codes of letters, and what
//! opens for whoever has it. Factors and passkeys have files of their own.

use std::any::Any;
use std::future::Future;

use confab_auth::{Config, SignUpPolicy};
use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof;
use confab_proto::internal::v1 as internal;
use confab_rpc::metadata::SESSION_SET;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tonic::Status;

use crate::world::{PASSWORD, World, config, log_in, sign_up, with_token};

pub mod factors;
pub mod passkeys;

pub const ADA: &str = "ada@example.com";
pub const BOB: &str = "bob@example.com";
/// The password of Bob, which opens nothing of Ada's.
pub const BOBS: &str = "staple battery horse";
const NEW: &str = "a third password of hers";

/// Shows a secret, and says what came of it.
pub type Open = Box<dyn Fn(String) -> LocalBoxFuture<'static, Result<(), Status>>>;

/// A path by which a secret is shown.
pub struct Row {
    /// The RPC, and the field of its request.
    pub path: &'static str,
    pub right: String,
    /// What is somebody else's, for something else, or used.
    pub wrong: Vec<String>,
    pub open: Open,
    /// What counts of what is shown.
    pub read: fn(&str) -> String,
    pub world: World,
    _kept: Option<Box<dyn Any>>,
}

impl Row {
    pub fn new(
        path: &'static str,
        world: World,
        right: impl Into<String>,
        wrong: &[&str],
        open: Open,
    ) -> Self {
        let wrong = wrong.iter().map(|&text| text.to_owned()).collect();
        Self { path, right: right.into(), wrong, open, read: str::to_owned, world, _kept: None }
    }
}

pub fn open<F, A>(show: F) -> Open
where
    F: Fn(String) -> A + 'static,
    A: Future<Output = Result<(), Status>> + 'static,
{
    Box::new(move |secret| show(secret).boxed_local())
}

/// A world with Ada and Bob in it, and a token of each.
pub async fn scene() -> (World, String, String) {
    let world = World::with(Config { password_cost: 4, ..config() }).await;
    let (token, theirs) = joined(&world).await;
    (world, token, theirs)
}

async fn joined(world: &World) -> (String, String) {
    let (_, token) = world.join(ADA, "Ada").await;
    let bob = world.auth().sign_up(sign_up(BOB, BOBS, "Bob")).await.unwrap().into_inner();
    (token, bob.access_token.unwrap().token)
}

/// All of them, each in a world of its own.
pub async fn all() -> Vec<Row> {
    let mut rows = passwords().await;
    rows.extend(factors::rows().await);
    rows.extend(passkeys::rows().await);
    rows.extend(bearers().await);
    rows.extend(letters().await);
    rows
}

async fn passwords() -> Vec<Row> {
    let (world, ..) = scene().await;
    let auth = world.auth();
    let show = open(move |password| {
        let mut auth = auth.clone();
        async move { auth.log_in(log_in(ADA, &password)).await.map(drop) }
    });
    let mut rows = vec![Row::new("LogIn.password", world, PASSWORD, &[BOBS], show)];

    let (world, token, _) = scene().await;
    let auth = world.auth();
    let show = open(move |old_password| {
        let request =
            with_token(&token, v1::ChangePasswordRequest { old_password, new_password: NEW.into() });
        let mut auth = auth.clone();
        async move { auth.change_password(request).await.map(drop) }
    });
    rows.push(Row::new("ChangePassword.old_password", world, PASSWORD, &[BOBS, NEW], show));

    // Nobody is there to take the letters.
    let world = crate::mail::world_with_mail(1).await;
    let (token, _) = joined(&world).await;
    let auth = world.auth();
    let show = open(move |password| {
        let new_email = "ada@example.net".to_owned();
        let request = with_token(&token, v1::RequestEmailChangeRequest { new_email, password });
        let mut auth = auth.clone();
        async move { auth.request_email_change(request).await.map(drop) }
    });
    rows.push(Row::new("RequestEmailChange.password", world, PASSWORD, &[BOBS], show));

    let (world, token, _) = scene().await;
    let show = factors::confirm(&world, token, Proof::Password);
    rows.push(Row::new("ConfirmIdentity.password", world, PASSWORD, &[BOBS], show));

    let (world, token, _) = scene().await;
    let factors = world.factors();
    let show = open(move |password| {
        let request = with_token(&token, v1::BeginTotpRequest { password });
        let mut factors = factors.clone();
        async move { factors.begin_totp(request).await.map(drop) }
    });
    rows.push(Row::new("BeginTotp.password", world, PASSWORD, &[BOBS], show));

    let (world, token, _) = scene().await;
    let passkeys = world.passkeys();
    let show = open(move |password| {
        let request = with_token(&token, v1::BeginPasskeyRegistrationRequest { password });
        let mut passkeys = passkeys.clone();
        async move { passkeys.begin_passkey_registration(request).await.map(drop) }
    });
    rows.push(Row::new("BeginPasskeyRegistration.password", world, PASSWORD, &[BOBS], show));
    rows
}

async fn bearers() -> Vec<Row> {
    let (world, ..) = scene().await;
    let mut auth = world.auth();
    let program = auth.log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
    let ended = auth.log_in(log_in(BOB, BOBS)).await.unwrap().into_inner();
    let out = with_token(&ended.access_token.unwrap().token, v1::LogOutRequest {});
    auth.log_out(out).await.unwrap();
    let show = open(move |refresh_token| {
        let mut auth = auth.clone();
        async move { auth.refresh_session(v1::RefreshSessionRequest { refresh_token }).await.map(drop) }
    });
    let path = "RefreshSession.refresh_token";
    let mut rows = vec![Row::new(path, world, program.refresh_token, &[&ended.refresh_token], show)];

    let (world, ..) = scene().await;
    let (mut auth, mut secrets) = (world.auth(), Vec::new());
    for (email, password) in [(ADA, PASSWORD), (BOB, BOBS)] {
        let session_delivery = v1::SessionDelivery::Cookie.into();
        let request = v1::LogInRequest { session_delivery, ..log_in(email, password) };
        let browser = auth.log_in(request).await.unwrap();
        secrets.push(browser.metadata().get(SESSION_SET).unwrap().to_str().unwrap().to_owned());
    }
    let out = with_token(&world.exchange(&secrets[1]).await.unwrap(), v1::LogOutRequest {});
    auth.log_out(out).await.unwrap();
    let sessions = world.sessions();
    let show = open(move |session_secret| {
        let mut sessions = sessions.clone();
        let request = internal::ExchangeSessionRequest { session_secret };
        async move { sessions.exchange_session(request).await.map(drop) }
    });
    rows.push(Row::new("ExchangeSession.session_secret", world, &secrets[0], &[&secrets[1]], show));

    let closed = Config { password_cost: 4, sign_up: SignUpPolicy::Invited, ..config() };
    let world = World::with(closed).await;
    let (_, token) = world.join(ADA, "Ada").await;
    let (mut invites, mut codes) = (world.invites(), Vec::new());
    for _ in 0..2 {
        let wish = with_token(&token, v1::CreateInviteRequest { max_use_count: None, valid_days: None });
        let made = invites.create_invite(wish).await.unwrap().into_inner();
        codes.push((made.code, made.invite.unwrap().invite_id));
    }
    let (revoked, invite_id) = codes.remove(1);
    let request = with_token(&token, v1::RevokeInviteRequest { invite_id });
    invites.revoke_invite(request).await.unwrap();
    let auth = world.auth();
    let show = open(move |invite_code| {
        let request = v1::SignUpRequest { invite_code, ..sign_up("new@example.com", PASSWORD, "New") };
        let mut auth = auth.clone();
        async move { auth.sign_up(request).await.map(drop) }
    });
    rows.push(Row::new("SignUp.invite_code", world, &codes[0].0, &[&revoked], show));
    rows
}

async fn letters() -> Vec<Row> {
    let (world, sink, _, verification) = crate::mail::ada().await;
    let auth = world.auth();
    let show = open(move |code| {
        let mut auth = auth.clone();
        async move { auth.verify_email(v1::VerifyEmailRequest { code }).await.map(drop) }
    });
    let row = Row::new("VerifyEmail.code", world, verification, &[], show);
    let mut rows = vec![Row { _kept: Some(Box::new(sink)), ..row }];

    let (world, mut sink, _, verification) = crate::mail::ada().await;
    crate::mail::ask_for_reset(&world, ADA).await.unwrap();
    let right = sink.letter().await.code();
    let auth = world.auth();
    let show = open(move |code| {
        let mut auth = auth.clone();
        let request = v1::ResetPasswordRequest { code, new_password: NEW.into() };
        async move { auth.reset_password(request).await.map(drop) }
    });
    let row = Row::new("ResetPassword.code", world, right, &[&verification], show);
    rows.push(Row { _kept: Some(Box::new(sink)), ..row });

    let (world, mut sink) = crate::proof::world().await;
    let mut codes = Vec::new();
    for email in [ADA, BOB] {
        codes.push(crate::proof::letter(&world, &mut sink, email).await.code());
    }
    let auth = world.auth();
    let show = open(move |code| {
        let (mut auth, request) = (auth.clone(), crate::proof::with_code(ADA, PASSWORD, &code));
        async move { auth.sign_up(request).await.map(drop) }
    });
    let row = Row::new("SignUp.email_code", world, &codes[0], &[&codes[1]], show);
    rows.push(Row { _kept: Some(Box::new(sink)), ..row });
    rows.push(new_address().await);
    rows
}

async fn new_address() -> Row {
    let (world, mut sink, token, verification) = crate::mail::ada().await;
    let (_, theirs) = world.join(BOB, "Bob").await;
    sink.letter().await;
    let mut codes = Vec::new();
    for (token, new) in [(&token, "ada@example.net"), (&theirs, "bob@example.net")] {
        crate::mail::ask_for_change(&world, token, new, PASSWORD).await.unwrap();
        codes.push(sink.letter().await.code());
    }
    let auth = world.auth();
    let show = open(move |code| {
        let (mut auth, request) = (auth.clone(), with_token(&token, v1::ConfirmEmailChangeRequest { code }));
        async move { auth.confirm_email_change(request).await.map(drop) }
    });
    let row = Row::new("ConfirmEmailChange.code", world, &codes[0], &[&verification, &codes[1]], show);
    Row { _kept: Some(Box::new(sink)), ..row }
}
