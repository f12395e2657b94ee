//! Every way to get a session, and every kind of secret: none opens what it is not for.

use std::collections::BTreeSet;
use std::time::Duration;

use confab_auth::{Config, SignUpPolicy};
use confab_proto::FILE_DESCRIPTOR_SET;
use confab_proto::auth::v1;
use confab_proto::auth::v1::finish_log_in_request::Proof;
use confab_rpc::metadata::SESSION_SET;
use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::Code;

use crate::authenticator::App;
use crate::factors::enrol;
use crate::soft_passkey::SoftPasskey;
use crate::world::{PASSWORD, World, config, log_in, sign_up, with_token};

const ADA: &str = "ada@example.com";

/// Every RPC whose answer can hold an access token, as the contract has it.
fn doors() -> BTreeSet<String> {
    let files = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap().file;
    let ours = || files.iter().filter(|file| file.package() == "confab.auth.v1");
    let holders: BTreeSet<String> = ours()
        .flat_map(|file| &file.message_type)
        .filter(|message| {
            message.field.iter().any(|field| field.type_name() == ".confab.auth.v1.AccessToken")
        })
        .map(|message| format!(".confab.auth.v1.{}", message.name()))
        .collect();
    let rpcs = ours().flat_map(|file| &file.service).flat_map(|service| &service.method);
    rpcs.filter(|rpc| holders.contains(rpc.output_type())).map(|rpc| rpc.name().to_owned()).collect()
}

/// Texts that are not `secret`, but nearly.
fn near(secret: &str) -> Vec<String> {
    let mut near = vec![
        String::new(),
        "\0".to_owned(),
        secret[..secret.len() - 1].to_owned(),
        format!("{secret}x"),
        format!("{secret}\0"),
        format!("{secret}{}", "x".repeat(72)),
        secret.to_uppercase(),
        secret[1..].to_owned(),
        "wrong horse battery".to_owned(),
    ];
    near.retain(|text| text != secret);
    near
}

/// The password of Bob, who may not come in as Ada.
const BOBS: &str = "staple battery horse";

/// What opened that should not have.
type Opened = Vec<String>;

async fn try_passwords(world: &World) -> Opened {
    let mut opened = Vec::new();
    for wrong in near(PASSWORD).into_iter().chain([BOBS.to_owned()]) {
        if world.auth().log_in(log_in(ADA, &wrong)).await.is_ok() {
            opened.push(format!("LogIn {wrong:?}"));
        }
    }
    // It is taken.
    if world.auth().sign_up(sign_up(ADA, BOBS, "Eve")).await.is_ok() {
        opened.push("SignUp".to_owned());
    }
    world.clock.advance(Duration::from_secs(2));
    opened
}

async fn try_refresh_tokens(world: &World, right: &str) -> Opened {
    let mut opened = Vec::new();
    for wrong in near(right) {
        let request = v1::RefreshSessionRequest { refresh_token: wrong.clone() };
        if world.auth().refresh_session(request).await.is_ok() {
            opened.push(format!("RefreshSession {wrong:?}"));
        }
    }
    opened
}

async fn try_second_factors(world: &World, app: &App, paper: &str) -> Opened {
    let asked = world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
    let challenge = asked.second_factor.unwrap().challenge;
    let codes =
        near(&app.code(world.now())).into_iter().map(|code| (challenge.clone(), Proof::TotpCode(code)));
    let challenges = near(&challenge).into_iter().map(|wrong| (wrong, Proof::RecoveryCode(paper.to_owned())));
    let mut opened = Vec::new();
    for (challenge, proof) in codes.chain(challenges).collect::<Vec<_>>() {
        let proof = Some(proof);
        let request = v1::FinishLogInRequest { challenge, proof, ..v1::FinishLogInRequest::default() };
        if world.auth().finish_log_in(request.clone()).await.is_ok() {
            opened.push(format!("{request:?}"));
        }
    }
    opened
}

/// Tries a passkey of the owner of `token`, Bob, that says that it is `user`'s.
async fn try_passkeys(world: &World, token: &str, user: &str) -> Opened {
    let request = v1::BeginPasskeyRegistrationRequest { password: BOBS.into() };
    let asked = world.passkeys().begin_passkey_registration(with_token(token, request)).await.unwrap();
    let mut passkey = SoftPasskey::new(b"Bob's");
    let credential_json = passkey.create(&asked.into_inner().options_json);
    let request = v1::FinishPasskeyRegistrationRequest { credential_json, name: String::new() };
    world.passkeys().finish_passkey_registration(with_token(token, request)).await.unwrap();
    passkey.user_handle = uuid::Uuid::parse_str(user).unwrap().as_bytes().to_vec();
    let asked = world.passkeys().begin_passkey_log_in(v1::BeginPasskeyLogInRequest {}).await.unwrap();
    let answer = passkey.get(&asked.into_inner().options_json);
    let mut opened = Vec::new();
    for credential_json in near(&answer).into_iter().chain([answer]) {
        let request =
            v1::FinishPasskeyLogInRequest { credential_json, ..v1::FinishPasskeyLogInRequest::default() };
        if world.passkeys().finish_passkey_log_in(request.clone()).await.is_ok() {
            opened.push(format!("{request:?}"));
        }
    }
    opened
}

#[tokio::test]
async fn no_door_opens_to_what_is_nearly_right_or_somebody_elses() {
    let world = World::with(Config { password_cost: 4, ..config() }).await;
    let ada = world.auth().sign_up(sign_up(ADA, PASSWORD, "Ada")).await.unwrap().into_inner();
    let bob = world.auth().sign_up(sign_up("bob@example.com", BOBS, "Bob")).await.unwrap().into_inner();
    let [token, theirs] = [&ada, &bob].map(|joined| joined.access_token.clone().unwrap().token);

    let mut opened = try_passwords(&world).await;
    opened.extend(try_refresh_tokens(&world, &ada.refresh_token).await);
    let (app, codes) = enrol(&world, &token).await;
    opened.extend(try_second_factors(&world, &app, &codes[0]).await);
    opened.extend(try_passkeys(&world, &theirs, &ada.user.unwrap().user_id).await);
    assert_eq!(opened, Vec::<String>::new());

    let tried = ["SignUp", "LogIn", "RefreshSession", "FinishLogIn", "FinishPasskeyLogIn"];
    // Every lie of a provider is told in `identities.rs`.
    let elsewhere = ["FinishProviderLogIn"];
    let tried: BTreeSet<String> = tried.into_iter().chain(elsewhere).map(str::to_owned).collect();
    assert_eq!(tried, doors(), "whoever adds a door tries it here");
}

#[tokio::test]
async fn a_secret_of_one_kind_is_none_of_another() {
    let world = World::with(Config { password_cost: 4, sign_up: SignUpPolicy::Invited, ..config() }).await;
    let (_, token) = world.join(ADA, "Ada").await;
    let request = with_token(&token, v1::CreateInviteRequest { max_use_count: Some(9), valid_days: None });
    let invite = world.invites().create_invite(request).await.unwrap().into_inner().code;
    let (_, codes) = enrol(&world, &token).await;
    let answer = |challenge: &str, number: usize| v1::FinishLogInRequest {
        challenge: challenge.to_owned(),
        proof: Some(Proof::RecoveryCode(codes[number].clone())),
        ..v1::FinishLogInRequest::default()
    };
    let ask = async || {
        let asked = world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
        asked.second_factor.unwrap().challenge
    };
    let session_delivery = v1::SessionDelivery::Cookie.into();
    let request = v1::FinishLogInRequest { session_delivery, ..answer(&ask().await, 1) };
    let browser = world.auth().finish_log_in(request).await.unwrap();
    let session = browser.metadata().get(SESSION_SET).unwrap().to_str().unwrap().to_owned();
    let program = world.auth().finish_log_in(answer(&ask().await, 2)).await.unwrap().into_inner();
    let (access, challenge) = (program.access_token.unwrap().token, ask().await);

    let kinds = [
        ("access", &access),
        ("refresh", &program.refresh_token),
        ("session", &session),
        ("invite", &invite),
        ("challenge", &challenge),
        ("device", &program.device_token),
        ("recovery", &codes[3]),
    ];
    for (kind, secret) in kinds {
        let join =
            v1::SignUpRequest { invite_code: secret.clone(), ..sign_up("bob@example.com", PASSWORD, "Bob") };
        let opens = [
            ("access", world.me(secret).await.map(drop)),
            ("refresh", {
                let request = v1::RefreshSessionRequest { refresh_token: secret.clone() };
                world.auth().refresh_session(request).await.map(drop)
            }),
            ("session", world.exchange(secret).await.map(drop)),
            ("invite", world.auth().sign_up(join).await.map(drop)),
            ("challenge", world.auth().finish_log_in(answer(secret, 0)).await.map(drop)),
        ];
        for (verifier, outcome) in opens {
            assert_eq!(outcome.is_ok(), kind == verifier, "{kind} at {verifier}: {outcome:?}");
            let refused = outcome.err().map(|status| status.code());
            let known = [Code::Unauthenticated, Code::InvalidArgument, Code::PermissionDenied];
            assert!(refused.is_none_or(|code| known.contains(&code)), "{kind} at {verifier}");
        }
    }
}
