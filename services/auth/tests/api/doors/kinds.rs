//! Secrets of one kind are none of another.

use confab_auth::{Config, SignUpPolicy};
use confab_proto::auth::v1;
use confab_proto::auth::v1::finish_log_in_request::Proof;
use confab_rpc::metadata::SESSION_SET;
use tonic::Code;

use crate::factors::enrol;
use crate::world::{PASSWORD, World, config, log_in, sign_up, with_token};

const ADA: &str = "ada@example.com";

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
