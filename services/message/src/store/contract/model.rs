//! Random histories against a small model of them, on each store and on several nodes.

use std::iter;

use confab_core::page::Page;
use futures_util::StreamExt;
use futures_util::stream;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::{NOW, TestStore, every_store};
use crate::domain::{Advance, Conditions, Conversation, Mark, Message};
use crate::members::Members;
use crate::model::plan::{Counts, Plan, Script, Step, plans};
use crate::model::{Cast, MEMBERS_MAX, Model, PEOPLE, Person, Shape, Try, outcome};

/// How many histories run at the same time.
const AT_ONCE: usize = 16;
/// How many drafts go into a store together, at the most.
const BATCH_MAX: usize = 4;

/// A conversation in a store, and its model.
struct Run<'s> {
    /// The nodes take turns.
    nodes: [&'s TestStore; 2],
    turn: usize,
    cast: Cast,
    model: Model,
    counts: Counts,
}

impl<'s> Run<'s> {
    async fn new(nodes: [&'s TestStore; 2], shape: Shape) -> Self {
        let cast = Cast::new(shape);
        if shape == Shape::Direct {
            let opened = Conversation::direct(cast.people[0], cast.people[1], NOW);
            nodes[0].stores.messages.open_direct(opened).await.unwrap();
        }
        let counts = Counts { histories: 1, ..Counts::default() };
        Self { nodes, turn: 0, cast, model: Model::new(shape), counts }
    }

    async fn play(mut self, plan: Plan) -> Counts {
        let mut script = Script::new(plan);
        let mut batch = Vec::new();
        // What a batch does it to was there before it.
        let mut seen = self.model.clone();
        while let Some(step) = script.next(&seen) {
            let full = batch.len() == 1 + self.turn % BATCH_MAX;
            let on_its_own = !matches!(step, Step::Try(_));
            if full || on_its_own {
                self.append(&std::mem::take(&mut batch)).await;
            }
            match step {
                Step::Try(wanted) => batch.push(wanted),
                Step::MarkRead { person, seq } => self.mark_read(person, seq).await,
                Step::Look => self.look().await,
            }
            if batch.len() <= 1 {
                seen = self.model.clone();
            }
        }
        self.append(&batch).await;
        self.look().await;
        self.turn += 1;
        self.look().await;
        self.counts
    }

    fn node(&self) -> &'s TestStore {
        self.nodes[self.turn % 2]
    }

    async fn append(&mut self, batch: &[Try]) {
        if batch.is_empty() {
            return;
        }
        let drafts: Vec<_> = batch.iter().map(|wanted| self.cast.draft(wanted)).collect();
        let conditions = Conditions { now: NOW, members_max: MEMBERS_MAX };
        let messages = &self.node().stores.messages;
        let appended = messages.append(self.cast.conversation, &drafts, conditions).await.unwrap();
        for (wanted, appended) in batch.iter().zip(&appended) {
            let expected = self.model.attempt(wanted);
            let became = outcome(appended);
            assert_eq!(became, expected, "{wanted:?} of {batch:?} after {:#?}", self.model.done);
            self.counts.add(became);
        }
        self.turn += 1;
    }

    async fn mark_read(&mut self, person: Person, seq: i64) {
        let expected = self.model.mark_read(person, seq);
        let (conversation, member) = (self.cast.conversation, self.cast.people[person]);
        let advance = Advance { conversation, member, read: seq, delivered: 0 };
        let marks = self.node().stores.messages.advance_marks(&[advance]).await.unwrap()[0];
        let read = marks.map(|marks| marks.read);
        assert_eq!(read, expected.map(|seq| self.mark(seq)), "{person} has read {seq}: {:#?}", self.model);
        self.turn += 1;
    }

    fn mark(&self, seq: i64) -> Mark {
        Mark { seq, ordinal: self.model.ordinal(seq) }
    }

    /// Compares all that can be read with the model.
    async fn look(&mut self) {
        let messages = &self.node().stores.messages;
        let (id, model) = (self.cast.conversation, &self.model);
        let events = messages.list_events(id, 0, usize::MAX).await.unwrap();
        self.cast.check_events(&events, model);
        assert_eq!(messages.head(id).await.unwrap().revision, model.revision());
        if let Some(found) = messages.conversation(id, model.revision()).await.unwrap() {
            self.cast.check_conversation(&found, model);
        }
        let listed = self.list().await;
        let mut expected = model.messages();
        expected.reverse();
        let shown: Vec<_> = listed.iter().map(|message| self.cast.shown(message)).collect();
        assert_eq!(shown, expected, "{:#?}", model.done);
        for person in 0..PEOPLE {
            self.look_as(person, &listed).await;
        }
        self.turn += 1;
    }

    /// All messages, in small pages.
    async fn list(&self) -> Vec<Message> {
        let mut listed: Vec<Message> = Vec::new();
        loop {
            let page = Page { size: 5, after: listed.last().map(Message::seq) };
            let messages = &self.node().stores.messages;
            let page = messages.list_messages(self.cast.conversation, page).await.unwrap();
            if page.is_empty() {
                return listed;
            }
            listed.extend(page);
        }
    }

    async fn look_as(&self, person: Person, listed: &[Message]) {
        let (messages, model) = (&self.node().stores.messages, &self.model);
        let (id, user) = (self.cast.conversation, self.cast.people[person]);
        let overview = messages.overview(id, user).await.unwrap();
        let heads = messages.heads(&[user]).await.unwrap();
        let members = Members::new(messages.clone());
        if model.role(person).is_none() {
            assert_eq!((overview, heads.len()), (None, 0), "{person} is not in it");
            assert!(members.require_now(id, user).await.is_err(), "{person} is not in it");
            return;
        }

        let overview = overview.unwrap();
        let newest = model.messages().into_iter().rfind(|message| model.sees(person, message.seq));
        assert_eq!(overview.last_message.map(|message| self.cast.shown(&message)), newest, "{person}");
        assert_eq!(overview.head.seq, i64::try_from(model.done.len()).unwrap());
        assert_eq!((overview.read, overview.head.ordinal - overview.read.ordinal), {
            (self.mark(model.read(person)), model.unread(person))
        });
        assert_eq!((heads[0].since, heads[0].head), (self.mark(model.since(person)), overview.head));

        let membership = members.require_now(id, user).await.unwrap();
        let visible = members.visible(membership, listed.to_vec()).await.unwrap();
        let seen: Vec<_> = visible.iter().map(Message::seq).collect();
        let expected = model.messages().into_iter().rev().map(|message| message.seq);
        assert_eq!(seen, expected.filter(|seq| model.sees(person, *seq)).collect::<Vec<_>>(), "{person}");
    }
}

#[tokio::test]
async fn random_histories_end_as_those_of_a_small_model() {
    for store in every_store("model").await {
        let (histories, steps) = if store.name == "embedded" { (300, 1..40) } else { (60, 40..100) };
        let node = store.another_node().await;
        let mut runner = TestRunner::default();
        let strategy = plans(steps);
        let plans = iter::repeat_with(|| strategy.new_tree(&mut runner).unwrap().current());
        let runs = plans
            .take(histories)
            .map(|plan| async { Run::new([&store, &node], plan.shape).await.play(plan).await });
        let mut runs = stream::iter(runs).buffer_unordered(AT_ONCE);
        let mut counts = Counts::default();
        while let Some(played) = runs.next().await {
            counts.merge(played);
        }
        println!("{}: {counts:?}", store.name);
    }
}
