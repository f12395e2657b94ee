//! Letters: proving an address, changing it, and getting in without a password.

use std::time::Duration;

use confab_auth::{Config, MailConfig, MailKind, SmtpSecurity};
use confab_proto::auth::v1;
use tonic::{Code, Status};

use crate::sink::{Arrived, Sink};
use crate::world::{PASSWORD, World, bad_field, config, log_in, refusal, sign_up, with_token};

const ADA: &str = "ada@example.com";
const NEW: &str = "staple battery horse";

/// A world whose letters go to a mail server on `port`.
pub async fn world_with_mail(port: u16) -> World {
    World::with(config_with_mail(port)).await
}

/// What an operator sets for that.
pub fn config_with_mail(port: u16) -> Config {
    let mail = MailConfig {
        mail: MailKind::Smtp,
        smtp_host: "127.0.0.1".to_owned(),
        smtp_port: port,
        smtp_security: SmtpSecurity::None,
        ..config().mail
    };
    Config { mail, password_cost: 4, ..config() }
}

/// Such a world in which Ada has signed up, her token, and the code that she was sent.
pub async fn ada() -> (World, Sink, String, String) {
    let mut sink = Sink::start(0, 0).await;
    let world = world_with_mail(sink.port).await;
    let (_, token) = world.join(ADA, "Ada").await;
    let welcome = sink.letter().await;
    assert_eq!((welcome.to(), welcome.subject()), (ADA, "Confirm your e-mail address"));
    let code = welcome.code();
    (world, sink, token, code)
}

fn no_such_code() -> (Code, String) {
    (Code::InvalidArgument, "NO_SUCH_CODE".into())
}

async fn verify(world: &World, code: &str) -> Result<(), Status> {
    let request = v1::VerifyEmailRequest { code: code.to_owned() };
    world.auth().verify_email(request).await.map(drop)
}

pub async fn ask_for_reset(world: &World, email: &str) -> Result<(), Status> {
    let request = v1::RequestPasswordResetRequest { email: email.to_owned() };
    world.auth().request_password_reset(request).await.map(drop)
}

async fn reset(world: &World, code: &str, new: &str) -> Result<(), Status> {
    let request = v1::ResetPasswordRequest { code: code.to_owned(), new_password: new.to_owned() };
    world.auth().reset_password(request).await.map(drop)
}

pub async fn ask_for_change(world: &World, token: &str, new: &str, password: &str) -> Result<(), Status> {
    let request = v1::RequestEmailChangeRequest { new_email: new.to_owned(), password: password.to_owned() };
    world.auth().request_email_change(with_token(token, request)).await.map(drop)
}

async fn confirm_change(world: &World, token: &str, code: &str) -> Result<(), Status> {
    let request = v1::ConfirmEmailChangeRequest { code: code.to_owned() };
    world.auth().confirm_email_change(with_token(token, request)).await.map(drop)
}

/// The letter that is sent when `ask` is called, as soon as it is noted that the
/// one before it was sent.
pub async fn asked_for(sink: &mut Sink, ask: impl AsyncFn()) -> Arrived {
    for _ in 0..60 {
        ask().await;
        if let Some(letter) = sink.letter_within(Duration::from_millis(500)).await {
            return letter;
        }
    }
    panic!("no letter came");
}

#[tokio::test]
async fn an_address_is_proved_by_the_code_in_a_letter() {
    let (world, mut sink, token, first) = ada().await;
    assert!(!world.me(&token).await.unwrap().email_verified);
    world.clock.advance(Duration::from_mins(1));
    let ask = || with_token(&token, v1::RequestEmailVerificationRequest {});
    let second = asked_for(&mut sink, async || {
        world.auth().request_email_verification(ask()).await.unwrap();
    });
    let second = second.await.code();
    for wrong in [&first, "", "short", &"a".repeat(43)] {
        assert_eq!(refusal(verify(&world, wrong).await), no_such_code(), "{wrong}");
    }
    verify(&world, &second).await.unwrap();
    assert!(world.me(&token).await.unwrap().email_verified);
    assert_eq!(refusal(verify(&world, &second).await), no_such_code());
    world.auth().request_email_verification(ask()).await.unwrap();
}

#[tokio::test]
async fn whoever_has_forgotten_the_password_sets_another_one() {
    let (world, mut sink, token, _) = ada().await;
    for _ in 0..11 {
        let _ = world.auth().log_in(log_in(ADA, "wrong horse battery")).await;
    }
    ask_for_reset(&world, "ADA@example.com").await.unwrap();
    let code = sink.letter().await.code();
    assert_eq!(bad_field(reset(&world, &code, "password1").await).0, "new_password");
    reset(&world, &code, NEW).await.unwrap();

    assert_eq!(refusal(world.me(&token).await).1, "SESSION_ENDED");
    assert_eq!(refusal(world.auth().log_in(log_in(ADA, PASSWORD)).await).1, "WRONG_CREDENTIALS");
    let welcome = world.auth().log_in(log_in(ADA, NEW)).await.unwrap().into_inner();
    assert!(welcome.user.unwrap().email_verified, "whoever reads the letters has the address");
    assert_eq!(refusal(reset(&world, &code, PASSWORD).await), no_such_code());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_uses_of_a_code_at_once_one_succeeds() {
    let (world, mut sink, _, _) = ada().await;
    ask_for_reset(&world, ADA).await.unwrap();
    let code = sink.letter().await.code();
    let racing = (0..5).map(|number| {
        let mut auth = world.auth();
        let (code, new_password) = (code.clone(), format!("{NEW} {number}"));
        let request = v1::ResetPasswordRequest { code, new_password };
        tokio::spawn(async move { auth.reset_password(request).await.map_err(|status| status.code()) })
    });
    let mut won = 0;
    for racer in racing.collect::<Vec<_>>() {
        match racer.await.unwrap() {
            Ok(_) => won += 1,
            Err(code) => assert_eq!(code, Code::InvalidArgument),
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_code_ends_after_an_hour_and_is_good_for_its_purpose_only() {
    let (world, mut sink, token, verification) = ada().await;
    ask_for_reset(&world, ADA).await.unwrap();
    let code = sink.letter().await.code();
    assert_eq!(refusal(reset(&world, &verification, NEW).await), no_such_code());
    assert_eq!(refusal(verify(&world, &code).await), no_such_code());
    assert_eq!(refusal(confirm_change(&world, &token, &code).await), no_such_code());
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(refusal(reset(&world, &code, NEW).await), no_such_code());
    assert_eq!(refusal(verify(&world, &verification).await), no_such_code());
}

#[tokio::test]
async fn nobody_can_tell_who_has_an_account_by_asking_for_letters() {
    let (world, mut sink, token, _) = ada().await;
    world.join("bob@example.com", "Bob").await;
    sink.letter().await;
    for nobody in ["eve@example.com", "no address", ADA] {
        ask_for_reset(&world, nobody).await.unwrap();
    }
    ask_for_change(&world, &token, "bob@example.com", PASSWORD).await.unwrap();
    ask_for_change(&world, &token, "ada@example.net", PASSWORD).await.unwrap();
    // Only those who have a letter to get are sent one, and one in a minute.
    ask_for_reset(&world, ADA).await.unwrap();
    let mut told = [sink.letter().await, sink.letter().await].map(|letter| letter.to().to_owned());
    told.sort();
    assert_eq!(told, [ADA, "ada@example.net"]);
    world.clock.advance(Duration::from_mins(1));
    let last = asked_for(&mut sink, async || ask_for_reset(&world, ADA).await.unwrap()).await;
    assert_eq!((last.to(), sink.is_empty()), (ADA, true), "and none in between");
}

#[tokio::test]
async fn an_address_changes_when_its_owner_has_read_the_letter_and_the_old_one_is_told() {
    let (world, mut sink, token, _) = ada().await;
    let (_, bob) = world.join("bob@example.com", "Bob").await;
    sink.letter().await;
    assert_eq!(bad_field(ask_for_change(&world, &token, "ada", PASSWORD).await).0, "new_email");
    assert_eq!(bad_field(ask_for_change(&world, &token, ADA, PASSWORD).await).0, "new_email");
    assert_eq!(bad_field(ask_for_change(&world, &token, "ada@example.net", "wrong").await).0, "password");
    ask_for_reset(&world, ADA).await.unwrap();
    let old_reset = sink.letter().await.code();

    ask_for_change(&world, &token, "Ada@Example.net", PASSWORD).await.unwrap();
    let letter = sink.letter().await;
    assert_eq!(letter.to(), "ada@example.net");
    assert_eq!(refusal(confirm_change(&world, &bob, &letter.code()).await), no_such_code());
    confirm_change(&world, &token, &letter.code()).await.unwrap();
    let told = sink.letter().await;
    assert_eq!((told.to(), told.subject()), (ADA, "Your e-mail address was changed"));

    let me = world.me(&token).await.unwrap();
    assert_eq!((me.email.as_str(), me.email_verified), ("ada@example.net", true));
    assert_eq!(refusal(world.auth().log_in(log_in(ADA, PASSWORD)).await).1, "WRONG_CREDENTIALS");
    assert_eq!(
        refusal(reset(&world, &old_reset, NEW).await),
        no_such_code(),
        "the old address opens nothing"
    );
    world.auth().log_in(log_in("ada@example.net", PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn letters_lead_to_the_page_with_the_code_where_no_server_sees_it() {
    let (world, mut sink, token, verification) = ada().await;
    ask_for_reset(&world, ADA).await.unwrap();
    let reset = sink.letter().await;
    let page = "http://localhost:8080/#";
    assert_eq!(reset.link().unwrap(), format!("{page}/reset-password/{}", reset.code()));
    ask_for_change(&world, &token, "ada@example.net", PASSWORD).await.unwrap();
    let change = sink.letter().await;
    assert_eq!(change.link().unwrap(), format!("{page}/change-email/{}", change.code()));
    confirm_change(&world, &token, &change.code()).await.unwrap();
    assert_eq!(sink.letter().await.link(), None, "there is nothing to do");
    assert_eq!(refusal(verify(&world, &verification).await), no_such_code(), "it was for the old address");
}

#[tokio::test]
async fn a_log_in_on_a_new_device_is_told() {
    let (world, mut sink, _, _) = ada().await;
    let on_phone = v1::LogInRequest { device_name: "Eve's <phone>".into(), ..log_in(ADA, PASSWORD) };
    let welcome = world.auth().log_in(on_phone.clone()).await.unwrap().into_inner();
    let told = sink.letter().await;
    assert_eq!((told.to(), told.subject()), (ADA, "A log-in on a new device"));
    assert!(told.text().contains("Eve's <phone>"));

    world.clock.advance(Duration::from_hours(1));
    let known = v1::LogInRequest { device_token: welcome.device_token, ..on_phone };
    world.auth().log_in(known).await.unwrap();
    ask_for_reset(&world, ADA).await.unwrap();
    assert_eq!(sink.letter().await.subject(), "A new password", "and nothing before it");
}

#[tokio::test]
async fn a_new_factor_is_told_and_a_new_password_does_not_get_around_it() {
    let (world, mut sink, token, _) = ada().await;
    let (app, _) = crate::factors::enrol(&world, &token).await;
    let told = sink.letter().await;
    assert_eq!((told.to(), told.subject()), (ADA, "How you log in was changed"));
    ask_for_reset(&world, ADA).await.unwrap();
    reset(&world, &sink.letter().await.code(), NEW).await.unwrap();
    let asked = world.auth().log_in(log_in(ADA, NEW)).await.unwrap().into_inner();
    assert_eq!(asked.access_token, None);
    let proof = v1::finish_log_in_request::Proof::TotpCode(app.code(world.now()));
    let request = v1::FinishLogInRequest {
        challenge: asked.second_factor.unwrap().challenge,
        proof: Some(proof),
        ..v1::FinishLogInRequest::default()
    };
    world.auth().finish_log_in(request).await.unwrap();
}

#[tokio::test]
async fn letters_wait_while_the_mail_server_is_away_or_takes_none() {
    let port = Sink::start(0, 0).await.port;
    let world = world_with_mail(port).await;
    let (user, token) = world.join(ADA, "Ada").await;
    let admin = v1::MakeAdminRequest { user_id: user.user_id };
    world.operator().make_admin(admin).await.unwrap();
    // Whoever runs the server sees that it waits, and how often it was tried in vain.
    let mut pause = tokio::time::interval(Duration::from_millis(20));
    loop {
        pause.tick().await;
        let list = with_token(&token, v1::ListUnsentLettersRequest {});
        let unsent = world.admins().list_unsent_letters(list).await.unwrap().into_inner();
        assert_eq!((unsent.total_size, unsent.letters[0].recipient.as_str()), (1, ADA));
        if unsent.letters[0].try_count == 1 {
            break;
        }
    }
    let mut sink = Sink::start(port, 1).await;
    // Each round is later than the wait after the failure before; what is asked
    // for in it rings for the postman.
    let mut told = Vec::new();
    for number in 0..3 {
        world.clock.advance(Duration::from_mins(10));
        world.join(&format!("{number}@example.com"), "Bob").await;
        told.push(sink.letter().await.to().to_owned());
    }
    world.clock.advance(Duration::from_mins(10));
    told.push(sink.letter().await.to().to_owned());
    told.sort();
    assert_eq!(told, ["0@example.com", "1@example.com", "2@example.com", ADA]);
}

#[tokio::test]
async fn without_mail_what_needs_it_says_so() {
    let world = World::new().await;
    let (_, token) = world.join(ADA, "Ada").await;
    let off = (Code::FailedPrecondition, "MAIL_OFF".to_owned());
    let ask = with_token(&token, v1::RequestEmailVerificationRequest {});
    assert_eq!(refusal(world.auth().request_email_verification(ask).await), off);
    assert_eq!(refusal(ask_for_change(&world, &token, "ada@example.net", PASSWORD).await), off);
    for email in [ADA, "eve@example.com", "no address"] {
        assert_eq!(refusal(ask_for_reset(&world, email).await), off, "{email}");
    }
    world.auth().sign_up(sign_up("bob@example.com", PASSWORD, "Bob")).await.unwrap();
}
