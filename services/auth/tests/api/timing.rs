//! Nobody can tell by an answer, or by the time that it takes, who has an account.

use std::time::{Duration, Instant};

use confab_auth::{Config, SignUpProof};
use confab_proto::auth::v1;
use tonic::{Code, Status};

use crate::mail::config_with_mail;
use crate::world::{PASSWORD, World, log_in, sign_up};

/// How many answers are timed, half of them for addresses with an account.
/// `CONFAB_TEST_TIMINGS` asks for more, and for hashes as costly as operators have them.
const SAMPLES: usize = 60;
/// From how many on a small difference shows.
const MANY: usize = 2_000;
/// How well the time may tell the ones from the others: the chance that of one of each it
/// names the right one. Half is a guess; of few it says little, and nothing only if a
/// whole hash is left out.
const AUC_MAX: f64 = 0.55;
const AUC_OF_FEW_MAX: f64 = 0.9;
/// How often a password of one address is tried: none of it has to wait.
const TRIES: usize = 9;

fn samples() -> usize {
    std::env::var("CONFAB_TEST_TIMINGS").map_or(SAMPLES, |samples| samples.parse().unwrap())
}

/// A world in which `accounts` people have signed up, and letters wait.
async fn world(accounts: usize, password_cost: u32, sign_up_proof: SignUpProof) -> World {
    // Nobody is there to take the letters.
    let config = Config { password_cost, sign_up_proof, ..config_with_mail(1) };
    let world = World::with(Config { sign_up_proof: SignUpProof::Off, ..config.clone() }).await;
    for number in 0..accounts {
        world.join(&address(true, number), "Somebody").await;
    }
    world.restart_with(config).await
}

fn address(is_known: bool, number: usize) -> String {
    format!("{}{number}@example.com", if is_known { "known" } else { "other" })
}

/// All that somebody is told.
type Said = (Code, String, Vec<u8>);

fn said<T>(answer: Result<T, Status>) -> Said {
    match answer {
        Ok(_) => (Code::Ok, String::new(), Vec::new()),
        Err(status) => (status.code(), status.message().to_owned(), status.details().to_vec()),
    }
}

/// The area under the curve of a classifier that goes by the time alone: the chance that
/// one of the `longer` took longer than one of the `shorter`.
fn area(longer: &[Duration], shorter: &[Duration]) -> f64 {
    let better = |time: &Duration| -> f64 {
        let wins = shorter.iter().map(|other| match time.cmp(other) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        });
        wins.sum()
    };
    let count = f64::from(u32::try_from(longer.len() * shorter.len()).unwrap());
    longer.iter().map(better).sum::<f64>() / count
}

/// Asks for the ones and the others in turn, and fails if what is said differs, or how
/// long it takes tells them apart.
async fn compare(what: &str, ask: impl AsyncFn(bool, usize) -> Said) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let mut answer = None;
    for number in 0..samples() / 2 {
        // Which comes first changes, and not in step with anything else.
        for is_known in if (number * number / 7).is_multiple_of(2) { [true, false] } else { [false, true] } {
            let begun = Instant::now();
            let said = ask(is_known, number).await;
            let took = begun.elapsed();
            assert_eq!(answer.get_or_insert_with(|| said.clone()), &said, "{what}, {number}");
            if is_known { known.push(took) } else { unknown.push(took) }
        }
    }
    let area = area(&known, &unknown);
    let area = area.max(1.0 - area);
    known.sort_unstable();
    unknown.sort_unstable();
    let half = known.len() / 2;
    println!("{what}: AUC {area:.3} of {}; medians {:?} and {:?}", samples(), known[half], unknown[half]);
    let most = if samples() < MANY { AUC_OF_FEW_MAX } else { AUC_MAX };
    assert!(area <= most, "{what}: {area}");
}

#[tokio::test]
async fn a_wrong_password_takes_as_long_whether_there_is_an_account_or_not() {
    // The lowest cost that operators can have: all else shows most beside it.
    let cost = if samples() < MANY { 8 } else { 10 };
    let world = world((samples() / 2).div_ceil(TRIES), cost, SignUpProof::Off).await;
    let ask = async |is_known, number: usize| {
        let request = log_in(&address(is_known, number / TRIES), "wrong horse battery");
        said(world.auth().log_in(request).await)
    };
    compare("log-in", ask).await;
}

#[tokio::test]
async fn a_letter_is_asked_for_in_the_same_time_whether_there_is_an_account_or_not() {
    let world = world(samples() / 2, 4, SignUpProof::Letter).await;
    let ask = async |is_known, number| {
        let request = v1::RequestPasswordResetRequest { email: address(is_known, number) };
        said(world.auth().request_password_reset(request).await)
    };
    compare("reset", ask).await;
    let ask = async |is_known, number| {
        let request = v1::RequestSignUpRequest { email: address(is_known, number) };
        said(world.auth().request_sign_up(request).await)
    };
    compare("letter to sign up", ask).await;
    let ask = async |is_known, number| {
        said(world.auth().sign_up(sign_up(&address(is_known, number), PASSWORD, "Somebody")).await)
    };
    compare("sign-up", ask).await;
}

#[test]
fn the_area_is_that_of_the_rank_test() {
    let millis = |times: &[u64]| times.iter().map(|time| Duration::from_millis(*time)).collect::<Vec<_>>();
    for (longer, shorter, expected) in
        [(&[3, 4][..], &[1, 2][..], 1.0), (&[1, 2], &[3, 4], 0.0), (&[1, 3], &[2, 2], 0.5), (&[5], &[5], 0.5)]
    {
        let found = area(&millis(longer), &millis(shorter));
        assert!((found - expected).abs() < 1e-9, "{longer:?} {shorter:?}: {found}");
    }
}
