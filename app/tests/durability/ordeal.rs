//! People talk while the server is killed again and again; then all of it is checked.

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use confab_bench::checker::check;
use confab_bench::history::{Counts, Outcome, Recorder};
use confab_bench::listener::Heads;
use confab_bench::person::{self, Person};
use confab_bench::random::Random;
use confab_core::{ConversationId, UserId};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::phase::Phase;
use crate::process::{Server, until};
use crate::seed::seeded;
use crate::sender::Sender;
use crate::subscriber::Subscriber;

/// The number of the signal that nobody can catch.
const SIGKILL: i32 = 9;
/// How long a server may take after it was killed until it is ready again.
const READY_MAX: Duration = Duration::from_secs(5);
/// So many attempts to send are made before each kill, and up to as many more.
const ATTEMPTS_BETWEEN_KILLS: u64 = 60;
/// After those, a kill waits up to so long, to fall into any moment of a write.
const MOMENT_MICROS: u64 = 50_000;
/// A kill of a server that has just been started waits up to so long.
const START_MICROS: u64 = 150_000;
/// One in so many servers is killed once more while it starts.
const KILLED_AT_START: u64 = 5;
/// How often a message in doubt is tried at the end.
const SETTLING_MAX: usize = 20;

const NAMES: [&str; 4] = ["ada", "bob", "cid", "dot"];
/// Who talks with whom, by their places in [`NAMES`].
const PAIRS: [(usize, usize); 4] = [(0, 1), (0, 2), (1, 3), (2, 3)];
/// Who sends, and where: by their places in [`PAIRS`] and [`NAMES`]. Half of
/// them to one conversation, so that there is something to put in order.
const SENDERS: [(usize, usize); 8] = [(0, 0), (0, 0), (0, 1), (0, 1), (1, 2), (2, 3), (3, 2), (3, 3)];

/// People, and the server that they suffer.
pub struct Ordeal<'a> {
    start: &'a dyn Fn() -> Server,
    server: Server,
    runtime: Runtime,
    random: Random,
    seed: u64,
    people: Vec<Person>,
    conversations: Vec<ConversationId>,
    recorder: Recorder,
    phase: watch::Sender<Phase>,
    kills: usize,
    slowest_start: Duration,
}

/// What is left to say of an ordeal in which nothing was found.
pub struct Survived {
    pub kills: usize,
    pub counts: Counts,
}

impl<'a> Ordeal<'a> {
    /// People sign up at the gateway on port `gateway`. The victim is what
    /// `start` starts, with the same data each time.
    pub fn new(gateway: u16, start: &'a dyn Fn() -> Server) -> Self {
        let (random, seed) = seeded();
        let server = start();
        server.wait_until_ready();
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (people, members) = runtime.block_on(gather(gateway));
        let conversations = members.iter().map(|(conversation, _)| *conversation).collect();
        let recorder = Recorder::new(members.into_iter().collect());
        let phase = watch::Sender::new(Phase::Up);
        Self {
            start,
            server,
            runtime,
            random,
            seed,
            people,
            conversations,
            recorder,
            phase,
            kills: 0,
            slowest_start: Duration::ZERO,
        }
    }

    /// Kills the server `kills` times or more while people talk, and checks
    /// what they were told.
    ///
    /// # Panics
    ///
    /// If anything does not fit.
    pub fn survive(mut self, kills: usize) -> Survived {
        let begin = Instant::now();
        let runtime = self.runtime.handle().clone();
        let _inside = runtime.enter();
        let senders = self.let_send();
        let subscribers = self.let_listen();
        while self.kills < kills {
            self.wait_for_a_moment();
            self.phase.send_replace(Phase::Down);
            self.kill();
            self.start_again();
            self.phase.send_replace(Phase::Up);
        }
        self.wait_for_a_moment();
        self.phase.send_replace(Phase::Over);
        self.runtime.block_on(async {
            for sender in senders {
                sender.await.unwrap();
            }
        });
        self.settle();
        let heads = self.read_all();
        self.resume(subscribers, &heads);
        self.judge(begin.elapsed())
    }

    fn let_send(&mut self) -> Vec<JoinHandle<()>> {
        let start = |(conversation, person): (usize, usize)| {
            let sender = Sender {
                person: self.people[person].elsewhere(),
                conversation: self.conversations[conversation],
                recorder: self.recorder.clone(),
                phase: self.phase.subscribe(),
                random: self.random.fork(),
            };
            self.runtime.spawn(sender.run())
        };
        SENDERS.into_iter().map(start).collect()
    }

    fn let_listen(&self) -> Vec<JoinHandle<Subscriber>> {
        let start = |(place, person): (usize, &Person)| {
            let of_person = PAIRS.iter().zip(&self.conversations);
            let of_person = of_person.filter(|((one, other), _)| [one, other].contains(&&place));
            let conversations: Vec<ConversationId> =
                of_person.map(|(_, conversation)| *conversation).collect();
            let subscriber = Subscriber::new(person.elsewhere(), &conversations, self.recorder.clone());
            self.runtime.spawn(subscriber.run(self.phase.subscribe()))
        };
        self.people.iter().enumerate().map(start).collect()
    }

    /// Waits until something has been done since the last kill, and then until
    /// some moment after it.
    fn wait_for_a_moment(&mut self) {
        let more = ATTEMPTS_BETWEEN_KILLS + self.random.below(ATTEMPTS_BETWEEN_KILLS);
        let enough = self.recorder.attempts() + usize::try_from(more).unwrap();
        until("enough has been sent", || self.recorder.attempts() >= enough);
        self.sleep_up_to(MOMENT_MICROS);
    }

    /// Not to wait for something, but to come at a bad time: `until` alone
    /// looks at the same few moments again and again.
    fn sleep_up_to(&mut self, micros: u64) {
        std::thread::sleep(Duration::from_micros(self.random.below(micros)));
    }

    fn kill(&mut self) {
        self.server.signal("KILL");
        let status = self.server.wait();
        assert_eq!(status.signal(), Some(SIGKILL), "it ended by itself: {status}");
        self.kills += 1;
    }

    fn start_again(&mut self) {
        if self.random.one_in(KILLED_AT_START) {
            self.server = (self.start)();
            self.sleep_up_to(START_MICROS);
            self.kill();
        }
        let begin = Instant::now();
        self.server = (self.start)();
        self.server.wait_until_ready();
        self.slowest_start = self.slowest_start.max(begin.elapsed());
    }

    /// Tries everything in doubt once more, until the answer is known.
    fn settle(&self) {
        let in_doubt = self.recorder.in_doubt();
        self.runtime.block_on(async {
            for (key, text) in in_doubt {
                let sender = self.people.iter().find(|person| person.id == key.sender).unwrap();
                for _ in 0..SETTLING_MAX {
                    if sender.try_to_say(key, &text, &self.recorder).await != Outcome::Unknown {
                        break;
                    }
                }
            }
        });
    }

    /// Lets every member read every log from its beginning to its end.
    fn read_all(&self) -> Heads {
        let mut heads = Heads::new();
        for ((one, other), conversation) in PAIRS.into_iter().zip(&self.conversations) {
            for member in [one, other] {
                let read = self.people[member].read_all(*conversation, &self.recorder);
                heads.insert(*conversation, self.runtime.block_on(read).unwrap());
            }
        }
        heads
    }

    /// Lets everybody who listened come back, and hear the rest.
    fn resume(&mut self, subscribers: Vec<JoinHandle<Subscriber>>, heads: &Heads) {
        for subscriber in subscribers {
            let random = self.random.fork();
            self.runtime.block_on(async { subscriber.await.unwrap().catch_up(heads, random).await });
        }
    }

    fn judge(self, took: Duration) -> Survived {
        let history = self.recorder.take();
        let (kills, counts) = (self.kills, history.counts());
        let summary = format!(
            "{kills} kills in {took:.1?}: {counts}; the slowest start took {:.1?}; CONFAB_TEST_SEED={}",
            self.slowest_start, self.seed,
        );
        println!("{summary}");
        let findings = check(&history);
        assert!(findings.is_empty(), "{summary}\n{findings:#?}");
        assert!(self.slowest_start <= READY_MAX, "{summary}");
        Survived { kills, counts }
    }
}

/// Lets everybody sign up, and opens their conversations.
async fn gather(gateway: u16) -> (Vec<Person>, Vec<(ConversationId, Vec<UserId>)>) {
    let gateway = person::gateway(gateway).unwrap();
    let mut people = Vec::new();
    for name in NAMES {
        people.push(Person::join(&gateway, name).await.unwrap());
    }
    let mut members = Vec::new();
    for (one, other) in PAIRS {
        let (one, other): (&Person, &Person) = (&people[one], &people[other]);
        members.push((one.open(other).await.unwrap(), vec![one.id, other.id]));
    }
    (people, members)
}
