//! Limits against guessing passwords and against crowds.

use std::num::NonZeroU32;
use std::time::Duration;

use confab_auth::EntryLimits;
use confab_proto::auth::v1;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_rpc::metadata::{CLIENT_ADDRESS, DEVICE, DEVICE_SET};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::mail::{ask_for_change, config_with_mail};
use crate::sink::Sink;
use crate::world::{PASSWORD, World, config, log_in, refusal, sign_up, with_token};

const ADA: &str = "ada@example.com";
const WRONG: &str = "wrong horse battery";

fn too_many_guesses() -> (Code, String) {
    (Code::ResourceExhausted, "TOO_MANY_GUESSES".into())
}

pub fn wait(status: &Status) -> Option<Duration> {
    status.get_details_retry_info().and_then(|info| info.retry_delay)
}

/// A world in which Ada has signed up, and what her device is known by.
async fn ada() -> (World, String) {
    // Hundreds of guesses, of which each is to cost little.
    let world = World::with(confab_auth::Config { password_cost: 4, ..config() }).await;
    let joined = world.auth().sign_up(sign_up(ADA, PASSWORD, "Ada")).await.unwrap().into_inner();
    (world, joined.device_token)
}

fn on_device(device: &str, password: &str) -> v1::LogInRequest {
    v1::LogInRequest { device_token: device.to_owned(), ..log_in(ADA, password) }
}

/// A request as the gateway makes it for a client at `address`.
pub fn from<T>(address: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert(CLIENT_ADDRESS, address.parse().unwrap());
    request
}

/// Guesses for as long as anything is compared, however long that takes, and
/// returns how much was.
async fn guess_until_the_end(world: &World, guess: v1::LogInRequest) -> usize {
    let mut compared = 0;
    loop {
        let status = world.auth().log_in(guess.clone()).await.unwrap_err();
        match (status.code(), wait(&status)) {
            (Code::Unauthenticated, _) => compared += 1,
            (Code::ResourceExhausted, Some(wait)) => world.clock.advance(wait),
            (Code::ResourceExhausted, None) => return compared,
            _ => panic!("{status:?}"),
        }
    }
}

#[tokio::test]
async fn from_the_tenth_wrong_password_on_everybody_waits_longer_and_longer() {
    let (world, _) = ada().await;
    for _ in 0..10 {
        let refused = world.auth().log_in(log_in(ADA, WRONG)).await;
        assert_eq!(refusal(refused), (Code::Unauthenticated, "WRONG_CREDENTIALS".into()));
    }
    for seconds in [1, 2, 4, 8] {
        for password in [WRONG, PASSWORD] {
            let refused = world.auth().log_in(log_in(ADA, password)).await.unwrap_err();
            assert_eq!(wait(&refused), Some(Duration::from_secs(seconds)));
            assert_eq!(refusal::<()>(Err(refused)), too_many_guesses());
        }
        world.clock.advance(Duration::from_secs(seconds));
        let refused = world.auth().log_in(log_in(ADA, WRONG)).await;
        assert_eq!(refusal(refused).0, Code::Unauthenticated);
    }
    // The right one takes all back.
    world.clock.advance(Duration::from_secs(16));
    world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap();
    for _ in 0..10 {
        let refused = world.auth().log_in(log_in(ADA, WRONG)).await;
        assert_eq!(refusal(refused).0, Code::Unauthenticated);
    }
}

#[tokio::test]
async fn of_a_thousand_guesses_a_hundred_are_compared_and_the_owner_still_gets_in() {
    let (world, device) = ada().await;
    assert_eq!(guess_until_the_end(&world, log_in(ADA, WRONG)).await, 100);
    world.clock.advance(Duration::from_hours(24 * 365));
    for password in [WRONG, PASSWORD] {
        let refused = world.auth().log_in(log_in(ADA, password)).await;
        assert_eq!(refusal(refused), too_many_guesses());
    }
    let welcome = world.auth().log_in(on_device(&device, PASSWORD)).await.unwrap().into_inner();
    assert_eq!(welcome.device_token, device, "it is known by the same from then on");
    world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn it_does_not_help_to_guess_from_five_hundred_addresses() {
    let (world, device) = ada().await;
    let mut auth = AuthServiceClient::new(world.service_channel());
    let (mut compared, mut refused) = (0, 0);
    for number in 0..1_000 {
        let address = format!("203.{}.{}.7", number % 500 / 250, number % 250);
        let status = auth.log_in(from(&address, log_in(ADA, WRONG))).await.unwrap_err();
        match (status.code(), wait(&status)) {
            (Code::Unauthenticated, _) => compared += 1,
            (Code::ResourceExhausted, wait) => {
                refused += 1;
                world.clock.advance(wait.unwrap_or_default());
            }
            _ => panic!("{status:?}"),
        }
    }
    assert_eq!((compared, refused), (100, 900));
    auth.log_in(from("203.0.0.7", on_device(&device, PASSWORD))).await.unwrap();
}

#[tokio::test]
async fn a_stolen_device_is_counted_too() {
    let (world, device) = ada().await;
    // A hundred on the device, and then those of anybody.
    assert_eq!(guess_until_the_end(&world, on_device(&device, WRONG)).await, 200);
    assert_eq!(refusal(world.auth().log_in(log_in(ADA, PASSWORD)).await), too_many_guesses());
}

#[tokio::test]
async fn a_device_is_known_for_whoever_has_logged_in_on_it_and_nobody_else() {
    let (world, device) = ada().await;
    let bob =
        v1::SignUpRequest { device_token: device.clone(), ..sign_up("bob@example.com", PASSWORD, "Bob") };
    let shared = world.auth().sign_up(bob).await.unwrap().into_inner();
    assert_eq!(shared.device_token, device);
    let eve = world.auth().sign_up(sign_up("eve@example.com", PASSWORD, "Eve")).await.unwrap().into_inner();
    assert_ne!(eve.device_token, device);

    guess_until_the_end(&world, log_in(ADA, WRONG)).await;
    for unknown in [eve.device_token.as_str(), "", "garbage", &"A".repeat(43)] {
        let refused = world.auth().log_in(on_device(unknown, PASSWORD)).await;
        assert_eq!(refusal(refused), too_many_guesses(), "{unknown}");
    }
    world.auth().log_in(on_device(&device, PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn an_address_without_an_account_gets_the_same_answers() {
    let (world, _) = ada().await;
    let said = |status: Status| (status.code(), status.message().to_owned(), status.details().to_vec());
    for _ in 0..30 {
        let known = world.auth().log_in(log_in(ADA, WRONG)).await.unwrap_err();
        let unknown = world.auth().log_in(log_in("bob@example.com", WRONG)).await.unwrap_err();
        if let Some(wait) = wait(&known) {
            world.clock.advance(wait);
        }
        assert_eq!(said(known), said(unknown));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_at_the_same_time_are_counted_before_they_are_compared() {
    let (world, _) = ada().await;
    let guesses = (0..30).map(|_| {
        let mut auth = world.auth();
        tokio::spawn(async move { refusal(auth.log_in(log_in(ADA, WRONG)).await).0 })
    });
    let mut compared = 0;
    for guess in guesses.collect::<Vec<_>>() {
        compared += usize::from(guess.await.unwrap() == Code::Unauthenticated);
    }
    assert_eq!(compared, 10);
}

#[tokio::test]
async fn in_a_session_the_old_password_cannot_be_guessed_either() {
    let (world, device) = ada().await;
    let welcome = world.auth().log_in(on_device(&device, PASSWORD)).await.unwrap().into_inner();
    let token = welcome.access_token.unwrap().token;
    let change = |old: &str| {
        let new_password = "staple battery horse".to_owned();
        with_token(&token, v1::ChangePasswordRequest { old_password: old.to_owned(), new_password })
    };
    for _ in 0..10 {
        assert_eq!(refusal(world.auth().change_password(change(WRONG)).await).1, "WRONG_OLD_PASSWORD");
    }
    assert_eq!(refusal(world.auth().change_password(change(PASSWORD)).await), too_many_guesses());
    world.clock.advance(Duration::from_secs(1));
    world.auth().change_password(change(PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn a_browser_is_known_by_what_the_gateway_keeps_for_it() {
    let (world, _) = ada().await;
    let cookie =
        |request| v1::LogInRequest { session_delivery: v1::SessionDelivery::Cookie.into(), ..request };
    let welcome = world.auth().log_in(cookie(log_in(ADA, PASSWORD))).await.unwrap();
    let device = welcome.metadata().get(DEVICE_SET).unwrap().clone();
    assert_eq!(welcome.into_inner().device_token, "", "no script is to see it");

    guess_until_the_end(&world, log_in(ADA, WRONG)).await;
    let mut known = Request::new(cookie(log_in(ADA, PASSWORD)));
    known.metadata_mut().insert(DEVICE, device);
    world.auth().log_in(known).await.unwrap();
}

#[tokio::test]
async fn a_crowd_from_one_network_is_kept_out_and_others_are_not() {
    let three = NonZeroU32::new(3).unwrap();
    let limited = confab_auth::Config {
        entry_limits: EntryLimits::On,
        network_log_ins_per_minute: three,
        network_sign_ups_per_hour: three,
        ..config()
    };
    let world = World::with(limited).await;
    let mut auth = AuthServiceClient::new(world.service_channel());
    let mut device = String::new();
    for number in 0..3 {
        let account = sign_up(&format!("{number}@example.com"), PASSWORD, "Ada");
        device = auth.sign_up(from("192.0.2.1", account)).await.unwrap().into_inner().device_token;
    }
    let refused = auth.sign_up(from("192.0.2.200", sign_up(ADA, PASSWORD, "Ada"))).await.unwrap_err();
    assert_eq!(wait(&refused), Some(Duration::from_mins(20)));
    assert_eq!(refusal::<()>(Err(refused)), (Code::ResourceExhausted, "TOO_MANY_REQUESTS".into()));
    auth.sign_up(from("192.0.3.1", sign_up(ADA, PASSWORD, "Ada"))).await.unwrap();

    for number in 0..5 {
        let guess = auth.log_in(from("2001:db8::1", log_in(&format!("{number}@example.net"), WRONG))).await;
        let expected = if number < 3 { "WRONG_CREDENTIALS" } else { "TOO_MANY_REQUESTS" };
        assert_eq!(refusal(guess).1, expected);
    }
    let owner = |device_token| v1::LogInRequest { device_token, ..log_in("2@example.com", PASSWORD) };
    let stranger = auth.log_in(from("2001:db8::2", owner("A".repeat(43)))).await;
    assert_eq!(refusal(stranger).1, "TOO_MANY_REQUESTS");
    auth.log_in(from("2001:db8::2", owner(device))).await.unwrap();
    world.clock.advance(Duration::from_secs(20));
    auth.log_in(from("2001:db8::2", log_in(ADA, PASSWORD))).await.unwrap();
}

#[tokio::test]
async fn neither_a_network_nor_a_person_has_others_flooded_with_letters() {
    let sink = Sink::start(0, 0).await;
    let three = NonZeroU32::new(3).unwrap();
    let limited = confab_auth::Config {
        entry_limits: EntryLimits::On,
        network_letters_per_hour: three,
        ..config_with_mail(sink.port)
    };
    let world = World::with(limited).await;
    let mut auth = AuthServiceClient::new(world.service_channel());
    let reset = |address, email: &str| from(address, v1::RequestPasswordResetRequest { email: email.into() });
    let join = |address, email: &str| from(address, v1::RequestSignUpRequest { email: email.into() });
    for number in 0..2 {
        auth.request_password_reset(reset("192.0.2.1", &format!("{number}@example.com"))).await.unwrap();
    }
    auth.request_sign_up(join("192.0.2.1", "2@example.com")).await.unwrap();
    let refused = [
        auth.request_password_reset(reset("192.0.2.200", ADA)).await.unwrap_err(),
        auth.request_sign_up(join("192.0.2.200", ADA)).await.unwrap_err(),
    ];
    for refused in refused {
        assert_eq!(wait(&refused), Some(Duration::from_mins(20)));
        assert_eq!(refusal::<()>(Err(refused)), (Code::ResourceExhausted, "TOO_MANY_REQUESTS".into()));
    }
    auth.request_password_reset(reset("192.0.3.1", ADA)).await.unwrap();

    let (_, ada) = world.join(ADA, "Ada").await;
    let (_, bob) = world.join("bob@example.com", "Bob").await;
    for number in 0..10 {
        ask_for_change(&world, &ada, &format!("{number}@example.net"), PASSWORD).await.unwrap();
    }
    let refused = ask_for_change(&world, &ada, "10@example.net", PASSWORD).await.unwrap_err();
    assert_eq!(wait(&refused), Some(Duration::from_mins(6)));
    let verification = || with_token(&ada, v1::RequestEmailVerificationRequest {});
    let refused = world.auth().request_email_verification(verification()).await;
    assert_eq!(refusal(refused), (Code::ResourceExhausted, "TOO_MANY_REQUESTS".into()));
    ask_for_change(&world, &bob, "10@example.net", PASSWORD).await.unwrap();
    world.clock.advance(Duration::from_mins(6));
    world.auth().request_email_verification(verification()).await.unwrap();
}

#[tokio::test]
async fn whoever_knows_a_password_does_not_keep_the_others_out_with_it() {
    let limited = confab_auth::Config { entry_limits: EntryLimits::On, password_cost: 4, ..config() };
    let world = World::with(limited).await;
    let (_, bob) = world.join("bob@example.com", "Bob").await;
    let joined = world.auth().sign_up(sign_up(ADA, PASSWORD, "Ada")).await.unwrap().into_inner();
    let (device, token) = (joined.device_token, joined.access_token.unwrap().token);
    let prove = |token: String| {
        let proof = v1::confirm_identity_request::Proof::Password(PASSWORD.to_owned());
        let mut factors = world.factors();
        let request = with_token(&token, v1::ConfirmIdentityRequest { proof: Some(proof) });
        async move { factors.confirm_identity(request).await }
    };
    for _ in 0..30 {
        world.auth().log_in(on_device(&device, PASSWORD)).await.unwrap();
        prove(token.clone()).await.unwrap();
    }
    let refused = [
        world.auth().log_in(on_device(&device, PASSWORD)).await.unwrap_err(),
        prove(token.clone()).await.unwrap_err(),
    ];
    for refused in refused {
        assert_eq!(wait(&refused), Some(Duration::from_secs(2)));
        assert_eq!(refusal::<()>(Err(refused)), (Code::ResourceExhausted, "TOO_MANY_REQUESTS".into()));
    }
    prove(bob).await.unwrap();
    world.auth().log_in(log_in("bob@example.com", PASSWORD)).await.unwrap();
    world.clock.advance(Duration::from_secs(2));
    world.auth().log_in(on_device(&device, PASSWORD)).await.unwrap();
    prove(token).await.unwrap();
}
