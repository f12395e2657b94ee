//! The rules and the folds against a small model of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use confab_core::Timestamp;
use proptest::test_runner::{Config, TestRunner};

use super::{Conditions, Conversation, Draft, Event, EventKind, Head, Message, State, Verdict};
use crate::model::plan::{Counts, Plan, Script, Step, plans};
use crate::model::{Cast, MEMBERS_MAX, Model, Outcome, Shape, Try};

/// How many histories are tried.
const HISTORIES: u32 = 10_000;
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// A conversation that is kept in memory.
struct Memory {
    cast: Cast,
    head: Head,
    conversation: Option<Arc<Conversation>>,
    messages: HashMap<i64, Message>,
    log: Vec<Event>,
}

impl Memory {
    fn new(shape: Shape) -> Self {
        let cast = Cast::new(shape);
        let [one, other, ..] = cast.people;
        let direct = (shape == Shape::Direct).then(|| Arc::new(Conversation::direct(one, other, NOW)));
        Self { head: Head::default(), conversation: direct, messages: HashMap::new(), log: Vec::new(), cast }
    }

    fn attempt(&mut self, wanted: &Try) -> Outcome {
        let draft = self.cast.draft(wanted);
        if let Some(original) = self.original_of(&draft) {
            let seq = original.seq();
            return if original.came_from(&draft) { Outcome::Replayed(seq) } else { Outcome::Conflict(seq) };
        }
        let mut state = State {
            id: self.cast.conversation,
            head: self.head,
            conversation: self.conversation.take(),
            messages: std::mem::take(&mut self.messages),
        };
        let verdict = state.decide(&draft, Conditions { now: NOW, members_max: MEMBERS_MAX });
        State { head: self.head, conversation: self.conversation, messages: self.messages, .. } = state;
        match verdict {
            Verdict::Happens(event) => {
                let seq = event.seq();
                self.keep(event);
                Outcome::Stored(seq)
            }
            Verdict::Unchanged => Outcome::Unchanged,
            Verdict::Refused(_) => Outcome::Refused,
        }
    }

    fn original_of(&self, draft: &Draft) -> Option<&Event> {
        let client = draft.client?;
        self.log.iter().find(|event| (event.actor, event.client) == (draft.actor, Some(client)))
    }

    fn keep(&mut self, event: Event) {
        if let EventKind::MessageDeleted { target } = event.kind {
            self.erase(target);
        }
        self.log.push(event.clone());
        self.messages.extend(Message::sent_by(event).map(|message| (message.seq(), message)));
    }

    fn erase(&mut self, erased: i64) {
        for event in &mut self.log {
            let seq = event.seq();
            match &mut event.kind {
                EventKind::MessageSent(content) if seq == erased => *content = None,
                EventKind::MessageEdited { target, words } if *target == erased => *words = None,
                _ => {}
            }
        }
    }

    fn check(&self, model: &Model) {
        self.cast.check_events(&self.log, model);
        let mut messages: Vec<_> = self.messages.values().map(|message| self.cast.shown(message)).collect();
        messages.sort_unstable_by_key(|message| message.seq);
        assert_eq!(messages, model.messages(), "messages");
        if let Some(conversation) = &self.conversation {
            self.cast.check_conversation(conversation, model);
        }
    }
}

fn run(plan: Plan) -> Counts {
    let mut model = Model::new(plan.shape);
    let mut memory = Memory::new(plan.shape);
    let mut script = Script::new(plan);
    let mut counts = Counts { histories: 1, ..Counts::default() };
    while let Some(step) = script.next(&model) {
        match step {
            Step::Try(wanted) => {
                let (expected, outcome) = (model.attempt(&wanted), memory.attempt(&wanted));
                assert_eq!(outcome, expected, "{wanted:?} after {:#?}", model.done);
                counts.add(outcome);
            }
            Step::MarkRead { .. } => {}
            Step::Look => memory.check(&model),
        }
    }
    memory.check(&model);
    counts
}

#[test]
fn ten_thousand_histories_end_as_those_of_a_small_model() {
    let config = Config { cases: HISTORIES, failure_persistence: None, ..Config::default() };
    let counts = RefCell::new(Counts::default());
    let ran = TestRunner::new(config).run(&plans(1..40), |plan| {
        counts.borrow_mut().merge(run(plan));
        Ok(())
    });
    ran.unwrap();
    println!("{:?}", counts.into_inner());
}
