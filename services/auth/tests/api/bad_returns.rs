//! Codes that come twice, all at once, or to where they were not given, and machines whose
//! clocks are wrong.

use std::sync::Arc;
use std::time::Duration;

use confab_auth::{Config, ProviderConfig, Providers, SignUpPolicy};
use confab_core::{ManualClock, Timestamp};
use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof;
use futures_util::future::join_all;
use serde_json::json;
use tonic::{Code, Status};

use crate::factors::confirm;
use crate::identities::{Trip, back, claims, enter, finish, refused, start, trip, world};
use crate::mail::{ada, ask_for_change, ask_for_reset};
use crate::provider::{CLIENT, Liar, SECRET};
use crate::world::{PASSWORD, World, config, log_in, refusal, with_token};

const ADA: &str = "ada@example.com";
const NEW: &str = "staple battery horse";
const TEN_MINUTES: Duration = Duration::from_mins(10);

/// How many of the calls that go out at once succeed.
async fn winners<T>(
    racing: impl Iterator<Item = impl Future<Output = Result<T, Status>>>,
    lost: &str,
) -> usize {
    let outcomes = join_all(racing).await;
    let (won, others): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    for other in others {
        assert_eq!(refusal(other).1, lost);
    }
    won.len()
}

#[tokio::test]
async fn of_twenty_who_come_back_from_a_provider_at_once_one_gets_in() {
    let (world, liar) = world(SignUpPolicy::Open).await;
    let trip = start(&world).await.unwrap();
    let said = claims(&world, &liar, &trip, ADA);
    liar.tell(|script| script.claims = said);
    let racing = (0..20).map(|_| async {
        let request = back(&trip);
        world.identities().finish_provider_log_in(request).await
    });
    assert_eq!(winners(racing, "NO_SUCH_ATTEMPT").await, 1);
    assert_eq!(refusal(finish(&world, &trip).await).1, "NO_SUCH_ATTEMPT", "nor later");
}

#[tokio::test]
async fn of_twenty_uses_of_the_code_of_any_letter_at_once_one_succeeds() {
    let (world, mut sink, token, verification) = ada().await;
    let racing = (0..20).map(|_| async {
        let request = v1::VerifyEmailRequest { code: verification.clone() };
        world.auth().verify_email(request).await
    });
    assert_eq!(winners(racing, "NO_SUCH_CODE").await, 1, "to prove an address");

    ask_for_change(&world, &token, "ada@example.net", PASSWORD).await.unwrap();
    let code = sink.letter().await.code();
    let racing = (0..20).map(|_| async {
        let request = v1::ConfirmEmailChangeRequest { code: code.clone() };
        world.auth().confirm_email_change(with_token(&token, request)).await
    });
    assert_eq!(winners(racing, "NO_SUCH_CODE").await, 1, "to change it");
    assert_eq!(sink.letter().await.subject(), "Your e-mail address was changed");

    ask_for_reset(&world, "ada@example.net").await.unwrap();
    let code = sink.letter().await.code();
    let racing = (0..20).map(|number| {
        let request =
            v1::ResetPasswordRequest { code: code.clone(), new_password: format!("{NEW} {number}") };
        async { world.auth().reset_password(request).await }
    });
    assert_eq!(winners(racing, "NO_SUCH_CODE").await, 1, "to set a password");
}

/// A world with two providers, and a way to leave for each.
async fn two_providers() -> (World, Liar, Liar) {
    let (honest, evil) = (Liar::start().await, Liar::start().await);
    let provider = |id: &str, liar: &Liar| ProviderConfig {
        id: id.parse().unwrap(),
        name: id.into(),
        issuer: liar.issuer.clone(),
        client_id: CLIENT.into(),
        client_secret: Some(SECRET.into()),
    };
    let providers = vec![provider("honest", &honest), provider("evil", &evil)];
    let providers = Providers::new(providers, "http://localhost:8080/oidc".into()).unwrap();
    let config = Config { password_cost: 4, ..config() };
    (World::with_providers(config, providers).await, honest, evil)
}

async fn leave_for(world: &World, provider: &str) -> Trip {
    let request = v1::StartProviderLogInRequest { provider_id: provider.into() };
    let sent = world.identities().start_provider_log_in(request).await.unwrap().into_inner();
    trip(&sent.authorization_url, sent.binding)
}

#[tokio::test]
async fn what_one_provider_says_is_not_taken_for_the_word_of_another() {
    let (world, honest, evil) = two_providers().await;
    let trip = leave_for(&world, "honest").await;
    let said = claims(&world, &honest, &trip, ADA);
    honest.tell(|script| script.claims = said);
    let owner = finish(&world, &trip).await.unwrap().user.unwrap();

    // The evil one sends the code of the honest one to us: we ask the evil one, who cannot sign
    // for the other, and is not the other when it says the same subject of itself.
    let trip = leave_for(&world, "evil").await;
    let said = claims(&world, &honest, &trip, ADA);
    evil.tell(|script| script.claims = said);
    assert_eq!(refusal(finish(&world, &trip).await), refused(), "in the name of the other");
    let trip = leave_for(&world, "evil").await;
    let mut said = claims(&world, &evil, &trip, ADA);
    said["email_verified"] = json!(false);
    evil.tell(|script| script.claims = said);
    assert_eq!(refusal(finish(&world, &trip).await).1, "PROVIDER_EMAIL_UNVERIFIED", "the same subject");

    // What was begun with one is not finished with the other: the state says with whom.
    let (of_honest, of_evil) = (leave_for(&world, "honest").await, leave_for(&world, "evil").await);
    for (state, binding) in [(&of_honest, &of_evil), (&of_evil, &of_honest)] {
        let mixed = v1::FinishProviderLogInRequest { state: back(state).state, ..back(binding) };
        let outcome = world.identities().finish_provider_log_in(mixed).await;
        assert_eq!(refusal(outcome), (Code::Unauthenticated, "NO_SUCH_ATTEMPT".into()));
    }
    let trip = leave_for(&world, "honest").await;
    let said = claims(&world, &honest, &trip, ADA);
    honest.tell(|script| script.claims = said);
    assert_eq!(finish(&world, &trip).await.unwrap().user.unwrap().user_id, owner.user_id);
}

#[tokio::test]
async fn the_only_way_in_is_not_unlinked() {
    let (world, liar) = world(SignUpPolicy::Open).await;
    let joined = enter(&world, &liar, ADA).await.unwrap();
    let token = joined.access_token.unwrap().token;
    let list = async || {
        let request = with_token(&token, v1::ListIdentitiesRequest {});
        world.identities().list_identities(request).await.unwrap().into_inner().identities
    };
    let identity_id = list().await.remove(0).identity_id;
    // Whoever has no password and nothing else cannot prove that it is them.
    for password in ["", PASSWORD, ADA] {
        assert!(confirm(&world, &token, Some(Proof::Password(password.into()))).await.is_err());
        let delete = v1::DeleteIdentityRequest { identity_id: identity_id.clone() };
        let refused = world.identities().delete_identity(with_token(&token, delete)).await;
        assert_eq!(refusal(refused).1, "STEP_UP_NEEDED");
    }
    assert_eq!(list().await.len(), 1);
    enter(&world, &liar, ADA).await.unwrap();
}

#[tokio::test]
async fn a_provider_whose_clock_is_ten_minutes_apart_is_not_believed_and_one_minute_is_borne() {
    let (world, liar) = world(SignUpPolicy::Open).await;
    for (apart, is_believed) in [(-600, false), (-59, true), (59, true), (600, false)] {
        let trip = start(&world).await.unwrap();
        let mut said = claims(&world, &liar, &trip, ADA);
        // As if the provider had signed it now, by its own clock, for half a minute.
        let now = world.now().as_seconds() + apart;
        (said["iat"], said["exp"]) = (json!(now), json!(now + 30));
        liar.tell(|script| script.claims = said);
        let outcome = finish(&world, &trip).await;
        assert_eq!(outcome.is_ok(), is_believed, "{apart} s: {outcome:?}");
    }
}

/// Waits until it is noted that all letters were sent. Whoever starts the program again before that has them sent
/// once more, with other codes.
async fn all_are_noted(world: &World) {
    let (mut operator, mut pause) = (world.operator(), tokio::time::interval(Duration::from_millis(20)));
    loop {
        pause.tick().await;
        let unsent = operator.list_unsent_letters(v1::ListUnsentLettersRequest {}).await.unwrap();
        if unsent.into_inner().total_size == 0 {
            return;
        }
    }
}

/// The same world on a machine whose clock was set to `now`.
async fn at(mut world: World, now: Timestamp) -> World {
    all_are_noted(&world).await;
    world.clock = Arc::new(ManualClock::new(now));
    world.restart().await
}

#[tokio::test]
async fn a_server_whose_clock_jumps_ten_minutes_keeps_sessions_and_codes_and_takes_none_twice() {
    for is_ahead in [false, true] {
        let (world, mut sink, _, _) = ada().await;
        let welcome = world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
        assert_eq!(sink.letter().await.subject(), "A log-in on a new device");
        ask_for_reset(&world, ADA).await.unwrap();
        let code = sink.letter().await.code();
        let jump = i64::try_from(TEN_MINUTES.as_millis()).unwrap();
        let jump = if is_ahead { jump } else { -jump };
        let now = Timestamp::from_millis(world.now().as_millis() + jump);
        let world = at(world, now).await;

        let first = v1::RefreshSessionRequest { refresh_token: welcome.refresh_token };
        let renewed = world.auth().refresh_session(first).await.unwrap().into_inner();
        let token = renewed.access_token.unwrap().token;
        assert_eq!(world.me(&token).await.unwrap().email, ADA, "ahead: {is_ahead}");
        let reset = || v1::ResetPasswordRequest { code: code.clone(), new_password: NEW.into() };
        world.auth().reset_password(reset()).await.unwrap();
        assert_eq!(refusal(world.auth().reset_password(reset()).await).1, "NO_SUCH_CODE");
        assert_eq!(refusal(world.me(&token).await).1, "SESSION_ENDED", "ahead: {is_ahead}");
        world.auth().log_in(log_in(ADA, NEW)).await.unwrap();
        assert_eq!(refusal(world.auth().log_in(log_in(ADA, PASSWORD)).await).1, "WRONG_CREDENTIALS");
    }
}
