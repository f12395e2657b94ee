//! Random lives of sessions, compared with what ought to happen.
//!
//! The model knows nothing of hashes and stores: a list of tokens, of which the
//! last one is to be used next, and when that came about.
//!
//! On MongoDB as many as on SQLite:
//!
//! ```sh
//! CONFAB_TEST_HISTORIES=1000 cargo nextest run -p confab-auth histories
//! ```

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::{Clock, ManualClock, SessionId, Timestamp};
use confab_db::testing::every_database;
use futures_util::future::join_all;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use secrecy::ExposeSecret;

use super::refresh_session;
use crate::domain::{Account, Proof, RefreshToken};
use crate::error::Error;
use crate::handlers::sign_up;
use crate::service::AuthService;
use crate::service::testing::{ada, another_program, service_on};
use crate::store::Stores;

const DAY: Duration = Duration::from_hours(24);
/// How many lives there are on SQLite.
const LIVES: u32 = 1_000;
/// How many there are on MongoDB, where each write is a way there and back, unless
/// `CONFAB_TEST_HISTORIES` asks for more.
const LIVES_OVER_THERE: u32 = 100;

/// What happens to a session.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody uses the token that is this many behind the latest, `times` at once.
    Use { behind: usize, times: usize },
    /// Somebody who knows a token of the session makes another one up.
    Guess,
    /// Somebody uses a token of no session.
    Stranger,
    /// Time goes by.
    Wait(Duration),
}

fn step() -> impl Strategy<Value = Step> {
    let times = prop_oneof![8 => Just(1_usize), 2 => Just(2), 1 => Just(20)];
    let behind = prop_oneof![12 => Just(0_usize), 4 => Just(1), 1 => 2..4_usize];
    let waits = [1, 5_000, 10_000, 10_001, 600_000].map(Duration::from_millis);
    let just_in_time = Duration::from_millis(30 * 86_400_000 - 1);
    let days = [DAY, 29 * DAY, just_in_time, 30 * DAY];
    let wait = proptest::sample::select([waits.as_slice(), &days].concat());
    prop_oneof![
        8 => (behind, times).prop_map(|(behind, times)| Step::Use { behind, times }),
        1 => Just(Step::Guess),
        1 => Just(Step::Stranger),
        6 => wait.prop_map(Step::Wait),
    ]
}

/// What ought to be true of a session.
struct Model {
    id: SessionId,
    /// Every token there was.
    tokens: Vec<String>,
    /// When the last one was given out.
    turned: Timestamp,
    created: Timestamp,
    lives: bool,
}

/// What using a token ought to give.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    New,
    Again(String),
    Nothing,
}

impl Model {
    fn ends(&self) -> Timestamp {
        self.turned.plus(30 * DAY).min(self.created.plus(180 * DAY))
    }

    fn lives_at(&self, now: Timestamp) -> bool {
        self.lives && now < self.ends()
    }

    /// Uses the token `behind` the latest.
    fn used(&mut self, behind: usize, now: Timestamp) -> Expected {
        let is_repeat = behind == 1 && now.since(self.turned) <= Duration::from_secs(10);
        if !self.lives_at(now) {
            Expected::Nothing
        } else if behind == 0 {
            Expected::New
        } else if is_repeat {
            Expected::Again(self.tokens[self.tokens.len() - 1].clone())
        } else {
            self.lives = false;
            Expected::Nothing
        }
    }
}

/// Uses `token`, and returns the next one if there is one.
async fn refresh(service: &AuthService, token: &str) -> Option<String> {
    match refresh_session(service, RefreshToken::claimed(token), None).await {
        Ok(tokens) => Some(tokens.refresh.expose().expose_secret().to_owned()),
        Err(Error::SessionEnded) => None,
        Err(error) => panic!("{error}"),
    }
}

/// A token of the family of `token` that was never given out.
fn guess(token: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    bytes[40] ^= 1;
    URL_SAFE_NO_PAD.encode(bytes)
}

async fn play(service: &AuthService, account: &Account, clock: &ManualClock, steps: &[Step]) {
    let (id, first) = another_program(service, account).await;
    let now = clock.now();
    let mut model = Model { id, tokens: vec![first], turned: now, created: now, lives: true };
    for step in steps {
        let now = clock.now();
        match *step {
            Step::Wait(time) => clock.advance(time),
            Step::Use { behind, times } if behind < model.tokens.len() => {
                use_token(service, &mut model, (behind, times), now).await;
            }
            Step::Use { .. } => {}
            Step::Guess => {
                assert_eq!(refresh(service, &guess(&model.tokens[0])).await, None);
                model.lives = false;
            }
            Step::Stranger => {
                let stranger = RefreshToken::generate().unwrap();
                assert_eq!(refresh(service, stranger.expose().expose_secret()).await, None);
            }
        }
        let found = service.stores.sessions.find(model.id, clock.now()).await.unwrap();
        assert_eq!(found.is_some(), model.lives_at(clock.now()), "after {step:?}");
    }
}

async fn use_token(
    service: &AuthService,
    model: &mut Model,
    (behind, times): (usize, usize),
    now: Timestamp,
) {
    let token = model.tokens[model.tokens.len() - 1 - behind].clone();
    let mut answers = join_all((0..times).map(|_| refresh(service, &token))).await;
    let answer = answers.pop().unwrap();
    assert!(answers.iter().all(|other| *other == answer), "of one token come several");
    match model.used(behind, now) {
        Expected::Nothing => assert_eq!(answer, None),
        Expected::Again(token) => assert_eq!(answer, Some(token)),
        Expected::New => {
            let next = answer.expect("the session lives");
            assert!(!model.tokens.contains(&next));
            model.tokens.push(next);
            model.turned = now;
        }
    }
}

#[test]
fn every_life_of_a_session_goes_as_it_should() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for database in runtime.block_on(every_database("refresh_histories")) {
        let asked = std::env::var("CONFAB_TEST_HISTORIES").ok().map(|lives| lives.parse().unwrap());
        let cases = if database.name == "embedded" { LIVES } else { asked.unwrap_or(LIVES_OVER_THERE) };
        let stores = runtime.block_on(Stores::open(&database.database)).unwrap();
        let (service, clock): (_, Arc<ManualClock>) = service_on(stores);
        let account = runtime.block_on(sign_up(&service, ada())).unwrap().account;

        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        let played = runner.run(&vec(step(), 1..24), |steps| {
            runtime.block_on(play(&service, &account, &clock, &steps));
            Ok(())
        });
        played.unwrap_or_else(|failure| panic!("{}: {failure}", database.name));
        println!("{cases} lives on {}, all as they should be", database.name);
    }
}

#[tokio::test]
async fn a_session_that_is_refreshed_each_day_ends_after_180_days() {
    let folder = tempfile::tempdir().unwrap();
    let database = confab_db::Database::Embedded { folder: folder.path().to_owned() };
    let (service, clock) = service_on(Stores::open(&database).await.unwrap());
    let welcome = sign_up(&service, ada()).await.unwrap();
    let Proof::Tokens(tokens) = welcome.proof else { panic!("not delivered as tokens") };
    let mut token = tokens.refresh.expose().expose_secret().to_owned();
    for day in 1..=180 {
        clock.advance(DAY);
        match refresh(&service, &token).await {
            Some(next) if day < 180 => token = next,
            answer => assert_eq!((day, answer), (180, None)),
        }
    }
}
