//! Who is online, and who wants to know. No I/O: whoever has the board says what time it is.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use confab_core::{StreamId, UserId};
use tokio::time::Instant;
use uuid::Uuid;

/// How long somebody without a stream is still taken for online: a page that is
/// loaded anew, a train in a tunnel.
const GRACE: Duration = Duration::from_secs(20);
/// How long a node is believed that says nothing more. Nodes say it every
/// [`BEAT_INTERVAL`](super::BEAT_INTERVAL).
const LEASE: Duration = Duration::from_secs(30);
/// Of how many people is known that they are online on other nodes. Whoever
/// comes after that is taken for offline here.
const ELSEWHERE_MAX: usize = 200_000;

/// Who is online, and which streams of this node want to know.
#[derive(Debug, Default)]
pub struct Board {
    people: HashMap<UserId, Person>,
    /// How many entries `elsewhere` has, of all people together.
    elsewhere: usize,
    watchers: HashMap<UserId, HashSet<StreamId>>,
    watched: HashMap<StreamId, Vec<UserId>>,
    /// Those about whom something may have changed since the last tick.
    changed: HashSet<UserId>,
}

/// Somebody who is online somewhere, or was a moment ago.
#[derive(Debug, Default)]
struct Person {
    streams: usize,
    /// When the last of the streams ended.
    left: Option<Instant>,
    /// Until when which other node is believed that they are there.
    elsewhere: HashMap<Uuid, Instant>,
    /// What watchers were last told.
    told: bool,
}

/// Somebody came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub user: UserId,
    pub online: bool,
    /// Whether it was here that they went.
    pub here: bool,
}

impl Board {
    /// `user` has one stream more.
    pub fn came(&mut self, user: UserId) {
        let person = self.people.entry(user).or_default();
        person.streams += 1;
        person.left = None;
        self.changed.insert(user);
    }

    /// `user` has one stream less.
    pub fn left(&mut self, user: UserId, now: Instant) {
        if let Some(person) = self.people.get_mut(&user) {
            person.streams = person.streams.saturating_sub(1);
            person.left = (person.streams == 0).then_some(now);
        }
    }

    /// `node` says that `users` are there.
    pub fn heard(&mut self, node: Uuid, users: &[UserId], now: Instant) {
        for user in users {
            let known = self.people.get(user).is_some_and(|person| person.elsewhere.contains_key(&node));
            if !known && self.elsewhere >= ELSEWHERE_MAX {
                continue;
            }
            self.elsewhere += usize::from(!known);
            self.people.entry(*user).or_default().elsewhere.insert(node, now + LEASE);
            self.changed.insert(*user);
        }
    }

    /// Those who are online here.
    pub fn here(&self) -> impl Iterator<Item = UserId> {
        self.people.iter().filter(|(_, person)| person.is_here()).map(|(user, _)| *user)
    }

    /// Whether `user` is online anywhere.
    pub fn is_online(&self, user: UserId) -> bool {
        self.people.get(&user).is_some_and(Person::is_online)
    }

    /// Whether `user` has a stream now, as far as is known of other nodes.
    pub fn has_stream(&self, user: UserId) -> bool {
        self.people.get(&user).is_some_and(|person| person.streams > 0 || !person.elsewhere.is_empty())
    }

    /// From now on `stream` wants to know about `users`, and nobody else.
    pub fn watch(&mut self, stream: StreamId, users: Vec<UserId>) {
        self.forget(stream);
        for user in &users {
            self.watchers.entry(*user).or_default().insert(stream);
        }
        self.watched.insert(stream, users);
    }

    /// `stream` does not want to know anything any more.
    pub fn forget(&mut self, stream: StreamId) {
        for user in self.watched.remove(&stream).unwrap_or_default() {
            if let Some(watchers) = self.watchers.get_mut(&user) {
                watchers.remove(&stream);
                if watchers.is_empty() {
                    self.watchers.remove(&user);
                }
            }
        }
    }

    /// The streams that want to know about `user`.
    pub fn watchers(&self, user: UserId) -> impl Iterator<Item = StreamId> {
        self.watchers.get(&user).into_iter().flatten().copied()
    }

    /// Who came or went since the last tick.
    pub fn tick(&mut self, now: Instant) -> Vec<Change> {
        for (user, person) in &mut self.people {
            let before = person.elsewhere.len();
            person.elsewhere.retain(|_, until| *until > now);
            self.elsewhere -= before - person.elsewhere.len();
            if !person.is_online_at(now) {
                self.changed.insert(*user);
            }
        }

        let mut changes = Vec::new();
        for user in self.changed.drain() {
            let Some(person) = self.people.get_mut(&user) else { continue };
            let (online, here) = (person.is_online_at(now), person.left.is_some());
            if online != person.told {
                person.told = online;
                changes.push(Change { user, online, here });
            }
            if !online {
                self.people.remove(&user);
            }
        }
        changes
    }
}

impl Person {
    fn is_here(&self) -> bool {
        self.streams > 0 || self.left.is_some()
    }

    fn is_online(&self) -> bool {
        self.is_here() || !self.elsewhere.is_empty()
    }

    fn is_online_at(&self, now: Instant) -> bool {
        let in_grace = self.left.is_some_and(|left| now.duration_since(left) < GRACE);
        self.streams > 0 || in_grace || !self.elsewhere.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use confab_core::Timestamp;

    use super::*;

    fn user() -> UserId {
        UserId::from_uuid(Uuid::new_v4())
    }

    fn stream() -> StreamId {
        StreamId::new(Timestamp::default())
    }

    fn change(user: UserId, online: bool, here: bool) -> Change {
        Change { user, online, here }
    }

    #[test]
    fn somebody_is_online_from_the_first_stream_until_some_time_after_the_last() {
        let (mut board, user, now) = (Board::default(), user(), Instant::now());
        board.came(user);
        board.came(user);
        assert_eq!(board.tick(now), [change(user, true, false)]);
        board.left(user, now);
        assert_eq!(board.tick(now + GRACE * 2), [], "one stream is left");
        assert!(board.has_stream(user));
        board.left(user, now);
        assert_eq!(board.tick(now + GRACE / 2), [], "they may be back in a moment");
        assert!(board.is_online(user) && !board.has_stream(user));
        assert_eq!(board.tick(now + GRACE), [change(user, false, true)]);
        assert!(!board.is_online(user));
        assert!(board.people.is_empty(), "nothing is kept of those who are gone");
    }

    #[test]
    fn whoever_comes_back_in_time_was_never_away() {
        let (mut board, user, now) = (Board::default(), user(), Instant::now());
        board.came(user);
        board.tick(now);
        board.left(user, now);
        board.came(user);
        assert_eq!(board.tick(now + GRACE * 2), []);
    }

    #[test]
    fn another_node_is_believed_as_long_as_it_says_something() {
        let (mut board, user, node, now) = (Board::default(), user(), Uuid::new_v4(), Instant::now());
        board.heard(node, &[user], now);
        assert_eq!(board.tick(now), [change(user, true, false)]);
        board.heard(node, &[user], now + LEASE / 2);
        assert_eq!(board.tick(now + LEASE), []);
        assert_eq!(board.here().count(), 0, "not ours to tell others about");
        assert_eq!(board.tick(now + LEASE * 2), [change(user, false, false)]);
        assert_eq!((board.elsewhere, board.people.len()), (0, 0));
    }

    #[test]
    fn only_those_who_asked_are_told() {
        let (mut board, user, other, stream) = (Board::default(), user(), user(), stream());
        board.watch(stream, vec![user]);
        assert_eq!(board.watchers(user).collect::<Vec<_>>(), [stream]);
        board.watch(stream, vec![other]);
        assert_eq!(board.watchers(user).count(), 0, "the list was replaced");
        board.forget(stream);
        assert!(board.watchers.is_empty() && board.watched.is_empty());
    }
}
