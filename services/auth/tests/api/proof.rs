//! Signing up where a letter proves first that the address is one's own.

use std::time::Duration;

use confab_auth::{Config, SignUpProof};
use confab_proto::auth::v1;
use tonic::{Code, Status};

use crate::mail::{asked_for, config_with_mail, world_with_mail};
use crate::sink::{Arrived, Sink};
use crate::world::{PASSWORD, World, bad_field, log_in, refusal, sign_up};

const ADA: &str = "ada@example.com";

/// A world in which nobody signs up without a code, and the mail server.
pub async fn world() -> (World, Sink) {
    let sink = Sink::start(0, 0).await;
    let config = Config { sign_up_proof: SignUpProof::Letter, ..config_with_mail(sink.port) };
    (World::with(config).await, sink)
}

async fn ask(world: &World, email: &str) -> Result<(), Status> {
    let request = v1::RequestSignUpRequest { email: email.to_owned() };
    world.auth().request_sign_up(request).await.map(drop)
}

/// The letter that whoever wants to sign up with `email` is sent.
pub async fn letter(world: &World, sink: &mut Sink, email: &str) -> Arrived {
    ask(world, email).await.unwrap();
    let letter = sink.letter().await;
    assert_eq!(letter.to(), email);
    letter
}

pub fn with_code(email: &str, password: &str, code: &str) -> v1::SignUpRequest {
    v1::SignUpRequest { email_code: code.to_owned(), ..sign_up(email, password, "Somebody") }
}

async fn join(world: &World, email: &str, password: &str, code: &str) -> Result<v1::SignUpResponse, Status> {
    Ok(world.auth().sign_up(with_code(email, password, code)).await?.into_inner())
}

fn no_such_code() -> (Code, String) {
    (Code::InvalidArgument, "NO_SUCH_CODE".into())
}

/// All that somebody is told.
fn said<T>(result: Result<T, Status>) -> (Code, String, Vec<u8>) {
    let Err(status) = result else { panic!("not refused") };
    (status.code(), status.message().to_owned(), status.details().to_vec())
}

#[tokio::test]
async fn whoever_has_read_the_letter_signs_up_and_the_address_is_theirs() {
    let (world, mut sink) = world().await;
    let refused = world.auth().sign_up(sign_up(ADA, PASSWORD, "Ada")).await;
    assert_eq!(refusal(refused), (Code::FailedPrecondition, "EMAIL_CODE_NEEDED".into()));
    let letter = letter(&world, &mut sink, ADA).await;
    let code = letter.code();
    assert_eq!(letter.link().unwrap(), format!("http://localhost:8080/#/sign-up/{code}"));

    assert_eq!(bad_field(join(&world, ADA, "password1", &code).await).0, "password");
    for (email, code) in [("bob@example.com", code.as_str()), (ADA, &"a".repeat(43)), (ADA, "short")] {
        assert_eq!(refusal(join(&world, email, PASSWORD, code).await), no_such_code(), "{email} {code}");
    }
    let joined = join(&world, "Ada@Example.com", PASSWORD, &code).await.unwrap().user.unwrap();
    assert!(joined.email_verified);
    assert_eq!(refusal(join(&world, ADA, PASSWORD, &code).await), no_such_code(), "it is good once");
    let entered = world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
    assert_eq!(entered.user.unwrap(), joined);
}

#[tokio::test]
async fn nobody_finds_out_by_signing_up_who_has_an_account() {
    let (world, mut sink) = world().await;
    let code = letter(&world, &mut sink, ADA).await.code();
    join(&world, ADA, PASSWORD, &code).await.unwrap();
    world.clock.advance(Duration::from_mins(1));

    let bare = async |email: &str| said(world.auth().sign_up(sign_up(email, PASSWORD, "Eve")).await);
    assert_eq!(bare(ADA).await, bare("eve@example.com").await);
    let guess = async |email: &str| said(join(&world, email, PASSWORD, &"a".repeat(43)).await);
    assert_eq!(guess(ADA).await, guess("eve@example.com").await);
    // Of both letters, only who reads them learns what is in them.
    let known = asked_for(&mut sink, async || ask(&world, ADA).await.unwrap()).await;
    let unknown = letter(&world, &mut sink, "eve@example.com").await;
    assert_eq!((known.to(), known.subject(), known.link()), (ADA, "You have an account already", None));
    assert_eq!((unknown.to(), unknown.subject()), ("eve@example.com", "Sign up"));
    assert!(ask(&world, "no address").await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_uses_of_a_code_at_once_one_makes_an_account() {
    let (world, mut sink) = world().await;
    let code = letter(&world, &mut sink, ADA).await.code();
    let racing = (0..20).map(|number| {
        let mut auth = world.auth();
        let request = with_code(ADA, &format!("{PASSWORD} {number}"), &code);
        tokio::spawn(async move { auth.sign_up(request).await.map_err(|status| status.code()) })
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
async fn a_code_to_sign_up_ends_after_an_hour_and_does_nothing_else() {
    let (world, mut sink) = world().await;
    let code = letter(&world, &mut sink, ADA).await.code();
    let reset = v1::ResetPasswordRequest { code: code.clone(), new_password: PASSWORD.into() };
    assert_eq!(refusal(world.auth().reset_password(reset).await), no_such_code());
    let verify = v1::VerifyEmailRequest { code: code.clone() };
    assert_eq!(refusal(world.auth().verify_email(verify).await), no_such_code());
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(refusal(join(&world, ADA, PASSWORD, &code).await), no_such_code());
}

#[tokio::test]
async fn where_no_proof_is_asked_for_a_code_is_one_all_the_same() {
    let mut sink = Sink::start(0, 0).await;
    let world = world_with_mail(sink.port).await;
    let code = letter(&world, &mut sink, ADA).await.code();
    assert!(join(&world, ADA, PASSWORD, &code).await.unwrap().user.unwrap().email_verified);
    assert!(sink.is_empty(), "there is nothing to confirm");
    let world = World::new().await;
    assert_eq!(refusal(ask(&world, ADA).await), (Code::FailedPrecondition, "MAIL_OFF".into()));
}
