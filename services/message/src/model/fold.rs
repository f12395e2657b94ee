//! What the list of what happened comes to.

use super::{Deed, Model, PEOPLE, Person, Shape, Shown, amount};
use crate::domain::{History, Role};

impl Model {
    pub fn is_group(&self) -> bool {
        self.shape != Shape::Direct
    }

    /// What happened, with its numbers.
    fn numbered(&self) -> impl DoubleEndedIterator<Item = (i64, Person, &Deed)> {
        self.done.iter().enumerate().map(|(at, done)| (amount(at) + 1, done.actor, &done.deed))
    }

    pub(super) fn deed(&self, seq: i64) -> Option<&Deed> {
        self.numbered().find(|(at, ..)| *at == seq).map(|(_, _, deed)| deed)
    }

    /// What somebody is; `None` if they are not in it.
    pub fn role(&self, person: Person) -> Option<Role> {
        if !self.is_group() {
            return (person < 2).then_some(Role::Member);
        }
        let mut now = None;
        for (_, actor, deed) in self.numbered() {
            match deed {
                Deed::Found { .. } if actor == person => now = Some(Role::Owner),
                Deed::Found { members } if members.contains(&person) => now = Some(Role::Member),
                Deed::Join { people } if people.contains(&person) => now = Some(Role::Member),
                Deed::Leave { person: left } if *left == person => now = None,
                Deed::Appoint { person: appointed, role } if *appointed == person => now = Some(*role),
                _ => {}
            }
        }
        now
    }

    pub fn members(&self) -> Vec<Person> {
        (0..PEOPLE).filter(|person| self.role(*person).is_some()).collect()
    }

    /// The event by which somebody last came in; 0 in a direct conversation.
    fn came(&self, person: Person) -> i64 {
        let came = |(_, actor, deed): &(i64, Person, &Deed)| match deed {
            Deed::Found { members } => *actor == person || members.contains(&person),
            Deed::Join { people } => people.contains(&person),
            _ => false,
        };
        self.numbered().rfind(came).map_or(0, |(seq, ..)| seq)
    }

    /// What somebody sees comes after this.
    pub fn since(&self, person: Person) -> i64 {
        let came = self.came(person);
        match (self.shape, self.deed(came)) {
            (Shape::Group(History::FromJoining), Some(Deed::Join { .. })) => came - 1,
            _ => 0,
        }
    }

    /// Whether it is a message, and somebody in the conversation sees it.
    pub fn sees(&self, person: Person, seq: i64) -> bool {
        self.sender(seq).is_some() && self.role(person).is_some() && seq > self.since(person)
    }

    pub(super) fn sender(&self, seq: i64) -> Option<Person> {
        let sent = self.numbered().find(|(at, _, deed)| *at == seq && matches!(deed, Deed::Send { .. }));
        sent.map(|(_, actor, _)| actor)
    }

    pub fn is_deleted(&self, seq: i64) -> bool {
        self.done.iter().any(|done| done.deed == Deed::Delete { target: seq })
    }

    /// What a message says now, and whom it means.
    pub(super) fn words(&self, seq: i64) -> Option<(u8, Option<Person>)> {
        self.numbered().rev().find_map(|(at, _, deed)| match deed {
            Deed::Edit { target, text } if *target == seq => Some((*text, None)),
            Deed::Send { text, means, .. } if at == seq => Some((*text, *means)),
            _ => None,
        })
    }

    /// Who has put which emoji on a message, the first one first.
    fn reactions(&self, seq: i64) -> Vec<(usize, Person)> {
        let mut now = Vec::new();
        for (_, actor, deed) in self.numbered() {
            match deed {
                Deed::React { target, emoji } if *target == seq => now.push((*emoji, actor)),
                Deed::Unreact { target, emoji } if *target == seq => {
                    now.retain(|one| *one != (*emoji, actor));
                }
                Deed::Delete { target } if *target == seq => now.clear(),
                _ => {}
            }
        }
        now
    }

    pub(super) fn has_reacted(&self, person: Person, seq: i64, emoji: usize) -> bool {
        self.reactions(seq).contains(&(emoji, person))
    }

    /// The pinned messages, the last pinned first.
    pub fn pins(&self) -> Vec<i64> {
        let mut now = Vec::new();
        for (_, _, deed) in self.numbered() {
            match deed {
                Deed::Pin { target } => now.insert(0, *target),
                Deed::Unpin { target } | Deed::Delete { target } => now.retain(|pin| pin != target),
                _ => {}
            }
        }
        now
    }

    pub(super) fn title(&self) -> Option<u8> {
        self.numbered().rev().find_map(|(_, _, deed)| match deed {
            Deed::Title { text } => Some(*text),
            _ => None,
        })
    }

    /// How many messages there are up to an event.
    pub fn ordinal(&self, seq: i64) -> i64 {
        let sent = |(at, _, deed): &(i64, Person, &Deed)| *at <= seq && matches!(deed, Deed::Send { .. });
        amount(self.numbered().filter(sent).count())
    }

    /// How often the conversation itself has changed.
    pub fn revision(&self) -> i64 {
        let changes = self.numbered().filter(|(seq, _, deed)| match deed {
            Deed::Send { .. } | Deed::Edit { .. } | Deed::React { .. } | Deed::Unreact { .. } => false,
            Deed::Delete { target } => {
                let before = self.done.iter().zip(1..*seq).map(|(done, _)| done.clone());
                Self { done: before.collect(), ..self.clone() }.pins().contains(target)
            }
            _ => true,
        });
        amount(changes.count())
    }

    /// How far somebody has read: since they came in, by saying so, or by saying something.
    pub fn read(&self, person: Person) -> i64 {
        let came = self.came(person);
        let said =
            self.numbered().filter(|(_, actor, deed)| *actor == person && matches!(deed, Deed::Send { .. }));
        let marked = self.marks.iter().filter(|(by, _, then)| *by == person && amount(*then) >= came);
        let read = said.map(|(seq, ..)| seq).chain(marked.map(|(_, seq, _)| *seq));
        read.chain([came]).max().unwrap_or_default()
    }

    /// How many messages somebody has not read.
    pub fn unread(&self, person: Person) -> i64 {
        self.ordinal(i64::MAX) - self.ordinal(self.read(person))
    }

    /// The messages, oldest first, as they look now.
    pub fn messages(&self) -> Vec<Shown> {
        let messages = self.numbered().filter_map(|(seq, sender, deed)| match deed {
            Deed::Send { reply_to, .. } => Some(self.shown(seq, sender, *reply_to)),
            _ => None,
        });
        messages.collect()
    }

    fn shown(&self, seq: i64, sender: Person, reply_to: Option<i64>) -> Shown {
        let deleted = self.is_deleted(seq);
        let edited =
            self.done.iter().any(|done| matches!(done.deed, Deed::Edit { target, .. } if target == seq));
        let mut reactions: Vec<(usize, Vec<Person>)> = Vec::new();
        for (emoji, person) in self.reactions(seq) {
            match reactions.iter_mut().find(|(one, _)| *one == emoji) {
                Some((_, people)) => people.push(person),
                None => reactions.push((emoji, vec![person])),
            }
        }
        reactions.sort_unstable();
        Shown {
            seq,
            ordinal: self.ordinal(seq),
            sender,
            words: self.words(seq).filter(|_| !deleted),
            reply_to: reply_to.filter(|_| !deleted),
            edited: edited && !deleted,
            deleted,
            reactions,
        }
    }
}
