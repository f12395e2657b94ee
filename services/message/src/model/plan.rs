//! What people try, made up at random.

use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use super::{Deed, Model, Outcome, PEOPLE, Person, Shape, Try, amount};
use crate::domain::{History, Role};

/// The number of an event that there never is.
const NOWHERE: i64 = 1_000_000;
/// How many events count as recent.
const RECENT: usize = 12;

/// What is tried in one conversation. What exactly is settled when it is known
/// what there is to do it to, so that most of it makes sense.
#[derive(Clone, Debug)]
pub struct Plan {
    pub shape: Shape,
    picks: Vec<Pick>,
}

#[derive(Clone, Copy, Debug)]
struct Pick {
    what: u8,
    who: u8,
    which: u16,
    how: u8,
}

/// Something to do.
#[derive(Clone, Debug)]
pub enum Step {
    Try(Try),
    MarkRead {
        person: Person,
        seq: i64,
    },
    /// To look whether everything is as it should be.
    Look,
}

/// Plans with so many steps.
pub fn plans(steps: Range<usize>) -> impl Strategy<Value = Plan> {
    let shape = prop_oneof![
        Just(Shape::Direct),
        Just(Shape::Group(History::Everything)),
        Just(Shape::Group(History::FromJoining)),
    ];
    let pick = any::<(u8, u8, u16, u8)>().prop_map(|(what, who, which, how)| Pick { what, who, which, how });
    (shape, vec(pick, steps)).prop_map(|(shape, picks)| Plan { shape, picks })
}

/// Turns a plan into steps, one after the other.
pub struct Script {
    plan: Plan,
    at: usize,
    tried: Vec<Try>,
}

impl Script {
    pub fn new(plan: Plan) -> Self {
        Self { plan, at: 0, tried: Vec::new() }
    }

    /// What is done next, now that `model` has happened.
    pub fn next(&mut self, model: &Model) -> Option<Step> {
        let pick = *self.plan.picks.get(self.at)?;
        self.at += 1;
        if self.at == 1 && model.is_group() {
            return Some(self.name(0, Deed::Found { members: some_of(pick.how, 0) }));
        }
        let person = someone(pick.who, model);
        Some(match pick.what {
            0..=4 => Step::Look,
            5..=24 => Step::MarkRead { person, seq: target(pick, model) },
            25..=44 if !self.tried.is_empty() => self.again(pick),
            _ => self.name(person, deed(pick, person, model)),
        })
    }

    /// An earlier try once more; now and then with something else under its name.
    fn again(&mut self, pick: Pick) -> Step {
        let earlier = self.tried[usize::from(pick.which) % self.tried.len()].clone();
        Step::Try(match (pick.how % 4, earlier.client) {
            (0, Some(_)) => Try { deed: Deed::Send { text: 99, means: None, reply_to: None }, ..earlier },
            _ => earlier,
        })
    }

    /// Only what cannot be wanted twice without harm has a name.
    fn name(&mut self, actor: Person, deed: Deed) -> Step {
        let named = matches!(deed, Deed::Send { .. } | Deed::Edit { .. } | Deed::Found { .. });
        let client = named.then(|| u16::try_from(self.tried.len()).unwrap());
        let wanted = Try { actor, client, deed };
        self.tried.push(wanted.clone());
        Step::Try(wanted)
    }
}

fn deed(pick: Pick, actor: Person, model: &Model) -> Deed {
    let (target, other) = (target(pick, model), usize::from(pick.how) % PEOPLE);
    let (text, emoji) = (pick.how % 8, usize::from(pick.how) % 3);
    match pick.what {
        45..=99 => Deed::Send {
            text,
            means: pick.how.is_multiple_of(4).then_some(other),
            reply_to: pick.how.is_multiple_of(5).then_some(target),
        },
        100..=119 => Deed::Edit { target, text },
        120..=131 => Deed::Delete { target },
        132..=155 => Deed::React { target, emoji },
        156..=171 => Deed::Unreact { target, emoji },
        172..=187 => Deed::Pin { target },
        188..=197 => Deed::Unpin { target },
        198..=217 => Deed::Join { people: some_of(pick.how, PEOPLE) },
        218..=229 => Deed::Leave { person: if pick.how.is_multiple_of(2) { actor } else { other } },
        230..=243 => Deed::Appoint { person: other, role: role(pick.which) },
        244..=252 => Deed::Title { text },
        _ => Deed::Found { members: some_of(pick.how, actor) },
    }
}

/// Mostly somebody who is in it.
fn someone(number: u8, model: &Model) -> Person {
    let (members, number) = (model.members(), usize::from(number));
    match members.len() {
        0 => number % PEOPLE,
        _ if number.is_multiple_of(8) => number / 8 % PEOPLE,
        count => members[number % count],
    }
}

/// Mostly a recent message; now and then another event, or none.
fn target(pick: Pick, model: &Model) -> i64 {
    let (head, number) = (amount(model.done.len()), usize::from(pick.which));
    let any = pick.how.is_multiple_of(4);
    let recent = (1..=head).rev().filter(|seq| any || model.sender(*seq).is_some());
    let recent: Vec<i64> = recent.take(RECENT).collect();
    match recent.len() {
        0 => NOWHERE,
        _ if pick.how.is_multiple_of(16) => NOWHERE,
        count => recent[number % count],
    }
}

/// Some people, but not `without`, in their order.
fn some_of(bits: u8, without: Person) -> Vec<Person> {
    (0..PEOPLE).filter(|person| bits & (1 << person) != 0 && *person != without).collect()
}

fn role(number: u16) -> Role {
    [Role::Member, Role::Admin, Role::Owner][usize::from(number) % 3]
}

/// How many of which outcome there were.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub histories: usize,
    pub stored: usize,
    pub replayed: usize,
    pub conflicts: usize,
    pub unchanged: usize,
    pub refused: usize,
}

impl Counts {
    pub fn add(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Stored(_) => &mut self.stored,
            Outcome::Replayed(_) => &mut self.replayed,
            Outcome::Conflict(_) => &mut self.conflicts,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Refused => &mut self.refused,
        };
        *count += 1;
    }

    pub fn merge(&mut self, other: Self) {
        self.histories += other.histories;
        self.stored += other.stored;
        self.replayed += other.replayed;
        self.conflicts += other.conflicts;
        self.unchanged += other.unchanged;
        self.refused += other.refused;
    }
}
