//! How a run goes, and what is said of it.

use std::time::{Duration, Instant};

use confab_bench::crowd::{Crowd, Verdict};
use confab_bench::random::Random;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::blow::{Blow, ROUND, Victims};
use crate::follower::Followers;
use crate::seed::seeded;
use crate::talker::{Said, Talker};

/// Sets how many messages are to be acknowledged; each so many of them make a round.
const MESSAGES_VARIABLE: &str = "CONFAB_TEST_ORDEAL_MESSAGES";
const MESSAGES: usize = 2_000;
const ROUND_MESSAGES: usize = 25_000;
/// Four at each node.
const PEOPLE: usize = 8;
/// Conversations of two. Most have one at each node, and in each both talk.
const TALKS: usize = 8;
/// How many things one person says in one conversation at the same time.
const LANES: usize = 16;
/// How long it may take until the next blow is due, or until all have said enough.
const STUCK_MAX: Duration = Duration::from_mins(4);
/// How long it may take until everything is settled, read and checked.
const JUDGE_MAX: Duration = Duration::from_mins(3);
/// How long whoever comes back may be turned away by a node that is ready.
const BACK_MAX: Duration = Duration::from_mins(1);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);

/// A run under way.
struct Run {
    victims: Victims,
    crowd: Crowd,
    random: Random,
    said: Said,
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_when_nats_nodes_and_the_primary_go_and_come() {
    let begin = Instant::now();
    let goal = std::env::var(MESSAGES_VARIABLE).map_or(MESSAGES, |text| text.parse().unwrap());
    let (random, seed) = seeded();
    let run = Run::begin(goal, random).await;
    println!("ready after {:.1?}", begin.elapsed());
    let Verdict { counts, findings, took } = run.suffer(goal).await;

    println!("{counts}\n{} findings, after {took:.1?} of checking", findings.len());
    println!("{:.1?} in all; again: CONFAB_TEST_SEED={seed} {MESSAGES_VARIABLE}={goal}", begin.elapsed());
    assert!(findings.is_empty(), "{findings:#?}");
    let happened = [counts.unknown, counts.in_doubt, counts.live, counts.pages];
    assert!(counts.ok >= goal && happened.into_iter().all(|count| count > 0), "too little happened");
}

impl Run {
    async fn begin(goal: usize, random: Random) -> Self {
        let victims = Victims::start().await;
        let crowd = Crowd::gather(&victims.twins.gateways(), PEOPLE, TALKS).await.unwrap();
        Self { victims, crowd, random, said: Said::new(goal) }
    }

    async fn suffer(mut self, goal: usize) -> Verdict {
        let begin = Instant::now();
        let followers = Followers::begin(&self.crowd);
        let talkers = self.let_talk();
        let blows: Vec<Blow> = (0..goal.div_ceil(ROUND_MESSAGES)).flat_map(|_| ROUND).collect();
        for (number, blow) in blows.iter().enumerate() {
            let due = goal * (number + 1) / (blows.len() + 1);
            self.wait_until_said(due).await;
            let (at, took) = (begin.elapsed(), self.victims.suffer(*blow).await);
            let said = self.said.count();
            println!("{at:>8.1?} {said:>7} acknowledged: {blow} ({took:.1?})");
        }
        timeout(STUCK_MAX, talkers.join_all()).await.expect("all say enough");
        let (took, rest) = (begin.elapsed(), followers.end(self.said.heads()).await);
        println!("all said after {took:.1?}, all heard {rest:.1?} later");
        self.judge().await
    }

    fn let_talk(&mut self) -> JoinSet<()> {
        let mut talkers = JoinSet::new();
        for talk in &self.crowd.talks {
            let members: Vec<_> = talk.members.iter().map(|place| &self.crowd.people[*place]).collect();
            let [one, other] = members[..] else { unreachable!("a conversation of two") };
            for (person, reader) in [(one, other), (other, one)] {
                let (person, reader) = (person.elsewhere(), reader.elsewhere());
                for _ in 0..LANES {
                    let talker = Talker {
                        person: person.clone(),
                        reader: reader.clone(),
                        conversation: talk.id,
                        recorder: self.crowd.recorder.clone(),
                        random: self.random.fork(),
                        said: self.said.clone(),
                    };
                    talkers.spawn(talker.run());
                }
            }
        }
        talkers
    }

    async fn wait_until_said(&self, count: usize) {
        let waiting = async {
            let mut pause = interval(PAUSE);
            pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while self.said.count() < count {
                pause.tick().await;
            }
        };
        timeout(STUCK_MAX, waiting).await.expect("people go on talking");
    }

    /// Lets everybody come in at the other node, read everything, and has it checked.
    async fn judge(mut self) -> Verdict {
        let [one, other] = self.victims.twins.gateways();
        let back = async {
            let mut pause = interval(PAUSE);
            for (person, gateway) in self.crowd.people.iter_mut().zip([other, one].iter().cycle()) {
                *person = person.at(gateway);
                while person.renew().await.is_err() {
                    pause.tick().await;
                }
            }
        };
        timeout(BACK_MAX, back).await.expect("everybody comes in again");
        let judging = timeout(JUDGE_MAX, self.crowd.judge(self.random.fork())).await;
        judging.expect("all that was said is settled and read in time").unwrap()
    }
}
