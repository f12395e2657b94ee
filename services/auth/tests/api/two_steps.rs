//! Logging in with a second factor.

use std::time::Duration;

use confab_core::Timestamp;
use confab_proto::auth::v1;
use confab_proto::auth::v1::finish_log_in_request::Proof;
use confab_rpc::metadata::SESSION_SET;
use tonic::{Code, Status};

use crate::authenticator::App;
use crate::factors::enrol;
use crate::world::{PASSWORD, World, bad_field, config, log_in, refusal, with_token};

const ADA: &str = "ada@example.com";
const MINUTE: Duration = Duration::from_mins(1);

/// A world in which Ada has an app, and codes on paper.
struct Ada {
    world: World,
    token: String,
    app: App,
    codes: Vec<String>,
}

impl Ada {
    async fn new() -> Self {
        let world = World::with(confab_auth::Config { password_cost: 4, ..config() }).await;
        let (_, token) = world.join(ADA, "Ada").await;
        let (app, codes) = enrol(&world, &token).await;
        Self { world, token, app, codes }
    }

    /// Shows the password, and returns what is asked for.
    async fn challenge(&self) -> v1::SecondFactorChallenge {
        let response = self.world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
        let bare = response.clone();
        assert_eq!((bare.user, bare.access_token, bare.refresh_token.len()), (None, None, 0));
        assert!(bare.device_token.is_empty());
        response.second_factor.unwrap()
    }

    fn code(&self) -> Proof {
        Proof::TotpCode(self.app.code(self.world.now()))
    }

    fn paper(&self, number: usize) -> Proof {
        Proof::RecoveryCode(self.codes[number].clone())
    }
}

fn answer(challenge: &str, proof: Proof) -> v1::FinishLogInRequest {
    let challenge = challenge.to_owned();
    v1::FinishLogInRequest { challenge, proof: Some(proof), ..v1::FinishLogInRequest::default() }
}

async fn finish(world: &World, challenge: &str, proof: Proof) -> Result<v1::FinishLogInResponse, Status> {
    Ok(world.auth().finish_log_in(answer(challenge, proof)).await?.into_inner())
}

fn wrong_code() -> (Code, String) {
    (Code::InvalidArgument, "WRONG_CODE".into())
}

fn no_such_challenge() -> (Code, String) {
    (Code::Unauthenticated, "NO_SUCH_CHALLENGE".into())
}

#[tokio::test]
async fn after_the_password_a_code_is_asked_for() {
    let ada = Ada::new().await;
    let asked = ada.challenge().await;
    let methods: Vec<_> = asked.methods().collect();
    assert_eq!(methods, [v1::FactorMethod::Totp, v1::FactorMethod::RecoveryCode]);
    assert_eq!(asked.expire_time, Some(ada.world.now().plus(5 * MINUTE).into()));
    let welcome = finish(&ada.world, &asked.challenge, ada.code()).await.unwrap();
    let token = welcome.access_token.unwrap().token;
    assert_eq!(ada.world.me(&token).await.unwrap().email, ADA);
    assert!(!welcome.refresh_token.is_empty() && !welcome.device_token.is_empty());

    let again = finish(&ada.world, &asked.challenge, ada.paper(0)).await;
    assert_eq!(refusal(again), no_such_challenge(), "a challenge is met once");
    let asked = ada.challenge().await;
    finish(&ada.world, &asked.challenge, ada.paper(0)).await.unwrap();
    let asked = ada.challenge().await;
    assert_eq!(refusal(finish(&ada.world, &asked.challenge, ada.paper(0)).await), wrong_code());

    let none = v1::FinishLogInRequest { proof: None, ..answer(&asked.challenge, ada.code()) };
    assert_eq!(bad_field(ada.world.auth().finish_log_in(none).await).0, "proof");
}

#[tokio::test]
async fn a_browser_gets_its_cookie_only_at_the_end() {
    let ada = Ada::new().await;
    let cookie = v1::SessionDelivery::Cookie.into();
    let request = v1::LogInRequest { session_delivery: cookie, ..log_in(ADA, PASSWORD) };
    let asked = ada.world.auth().log_in(request).await.unwrap();
    assert!(asked.metadata().get(SESSION_SET).is_none());
    let challenge = asked.into_inner().second_factor.unwrap().challenge;
    let request = v1::FinishLogInRequest { session_delivery: cookie, ..answer(&challenge, ada.code()) };
    let welcome = ada.world.auth().finish_log_in(request).await.unwrap();
    let secret = welcome.metadata().get(SESSION_SET).unwrap().to_str().unwrap().to_owned();
    assert_eq!(welcome.into_inner().access_token, None);
    ada.world.exchange(&secret).await.unwrap();
}

#[tokio::test]
async fn neither_a_known_device_nor_a_new_password_gets_around_the_second_factor() {
    let ada = Ada::new().await;
    let asked = ada.challenge().await;
    let device_token = finish(&ada.world, &asked.challenge, ada.code()).await.unwrap().device_token;
    let known = v1::LogInRequest { device_token, ..log_in(ADA, PASSWORD) };
    let response = ada.world.auth().log_in(known).await.unwrap().into_inner();
    assert_eq!(response.access_token, None);

    // The first factor is not what it was when it was shown.
    let asked = ada.challenge().await;
    let change = v1::ChangePasswordRequest {
        old_password: PASSWORD.into(),
        new_password: "staple battery horse".into(),
    };
    let proof = Some(v1::confirm_identity_request::Proof::RecoveryCode(ada.codes[1].clone()));
    crate::factors::confirm(&ada.world, &ada.token, proof).await.unwrap();
    ada.world.auth().change_password(with_token(&ada.token, change)).await.unwrap();
    ada.world.clock.advance(MINUTE);
    let late = finish(&ada.world, &asked.challenge, ada.code()).await;
    assert_eq!(refusal(late), no_such_challenge());
    let sessions = with_token(&ada.token, v1::ListSessionsRequest {});
    let sessions = ada.world.auth().list_sessions(sessions).await.unwrap().into_inner().sessions;
    assert_eq!(sessions.len(), 1, "and no session is left of it");
}

#[tokio::test]
async fn codes_are_good_for_a_minute_and_a_half_by_whichever_clock_and_challenges_for_five() {
    let ada = Ada::new().await;
    for (apart, good) in [(-600_i64, false), (-60, false), (-30, true), (30, true), (60, false), (600, false)]
    {
        ada.world.clock.advance(2 * MINUTE);
        let asked = ada.challenge().await;
        let at = Timestamp::from_millis(ada.world.now().as_millis() + 1_000 * apart);
        let result = finish(&ada.world, &asked.challenge, Proof::TotpCode(ada.app.code(at))).await;
        assert_eq!(result.is_ok(), good, "{apart}: {result:?}");
    }
    ada.world.clock.advance(2 * MINUTE);
    let asked = ada.challenge().await;
    ada.world.clock.advance(5 * MINUTE);
    assert_eq!(refusal(finish(&ada.world, &asked.challenge, ada.code()).await), no_such_challenge());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_uses_of_a_code_at_once_one_succeeds() {
    for by_paper in [false, true] {
        let ada = Ada::new().await;
        let proof = if by_paper { ada.paper(0) } else { ada.code() };
        let mut racing = Vec::new();
        // Two challenges, so that it is the code that is good once.
        for challenge in [ada.challenge().await.challenge, ada.challenge().await.challenge] {
            for _ in 0..10 {
                let (mut auth, request) = (ada.world.auth(), answer(&challenge, proof.clone()));
                racing.push(tokio::spawn(async move { auth.finish_log_in(request).await.is_ok() }));
            }
        }
        let mut won = 0;
        for racer in racing {
            won += usize::from(racer.await.unwrap());
        }
        assert_eq!(won, 1, "by paper: {by_paper}");
    }
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let ada = Ada::new().await;
    let wrong = || Proof::RecoveryCode("0000-0000-0000-0000".into());
    let asked = ada.challenge().await;
    for _ in 0..10 {
        assert_eq!(refusal(finish(&ada.world, &asked.challenge, wrong()).await), wrong_code());
    }
    assert_eq!(refusal(finish(&ada.world, &asked.challenge, wrong()).await), no_such_challenge());
    // A new challenge does not take the tries back.
    let mut compared = 10;
    let closed = loop {
        let asked = ada.challenge().await;
        let status = finish(&ada.world, &asked.challenge, wrong()).await.unwrap_err();
        match crate::guessing::wait(&status) {
            _ if status.code() == Code::InvalidArgument => compared += 1,
            Some(wait) => ada.world.clock.advance(wait),
            None => break status,
        }
    };
    assert_eq!(refusal::<()>(Err(closed)), (Code::ResourceExhausted, "TOO_MANY_GUESSES".into()));
    assert_eq!(compared, 100);
}

#[tokio::test]
async fn a_challenge_or_a_code_of_somebody_else_is_worth_nothing() {
    let ada = Ada::new().await;
    let (_, bob) = ada.world.join("bob@example.com", "Bob").await;
    let (app, codes) = enrol(&ada.world, &bob).await;
    let asked = ada.challenge().await;
    let theirs = Proof::TotpCode(app.code(ada.world.now()));
    for proof in [theirs, Proof::RecoveryCode(codes[0].clone()), Proof::TotpCode(String::from("1"))] {
        assert_eq!(refusal(finish(&ada.world, &asked.challenge, proof).await), wrong_code());
    }
    let device = ada.world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
    assert!(device.device_token.is_empty());
    for kind in ["", "short", &"a".repeat(43), &ada.token[..43]] {
        assert_eq!(refusal(finish(&ada.world, kind, ada.code()).await), no_such_challenge(), "{kind}");
    }
}
