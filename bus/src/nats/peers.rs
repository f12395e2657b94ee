//! Who else is on the bus, and whether we have heard all they said.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use uuid::Uuid;

/// How long a node may say nothing before it may have rung in vain. Three
/// digests long.
pub const SILENCE_MAX: Duration = Duration::from_millis(1_500);
/// How long a node that fell silent, and did not say that it would, is waited
/// for: it may be alive, cut off from NATS, and still storing.
const GONE_AFTER: Duration = Duration::from_mins(10);
/// How many nodes are known. Of more, those that were silent longest are forgotten.
const PEERS_MAX: usize = 256;

/// The nodes on the bus. We are one of them: that we hear ourselves shows that
/// others can.
#[derive(Debug)]
pub struct Peers {
    own: Uuid,
    /// When we last heard ourselves.
    heard_own: Option<Instant>,
    others: HashMap<Uuid, Peer>,
}

#[derive(Debug)]
struct Peer {
    /// All its rings up to this number were heard.
    complete: u64,
    /// When it last said something.
    heard: Instant,
}

/// What a digest tells about what came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// All was heard, or is in the digest.
    Known,
    /// Something is lost, nobody knows what.
    Lost,
}

impl Peers {
    pub fn new(own: Uuid) -> Self {
        Self { own, heard_own: None, others: HashMap::new() }
    }

    /// Notes that `node` rang for the `number`th time.
    pub fn ring(&mut self, node: Uuid, number: u64, now: Instant) {
        if let Some(peer) = self.heard(node, now)
            && number == peer.complete + 1
        {
            peer.complete = number;
        }
    }

    /// Notes a digest of `node`.
    pub fn digest(&mut self, node: Uuid, number: u64, covers_after: u64, now: Instant) -> Before {
        let Some(peer) = self.heard(node, now) else { return Before::Known };
        let before = if peer.complete < covers_after { Before::Lost } else { Before::Known };
        peer.complete = peer.complete.max(number);
        before
    }

    /// Notes that `node` has ended in an orderly way.
    pub fn farewell(&mut self, node: Uuid) {
        self.others.remove(&node);
    }

    /// Whether everybody was heard a moment ago, ourselves included.
    pub fn are_all_heard(&mut self, now: Instant) -> bool {
        self.others.retain(|_, peer| now.duration_since(peer.heard) < GONE_AFTER);
        let mut heard = self.others.values().map(|peer| Some(peer.heard)).chain([self.heard_own]);
        heard.all(|heard| heard.is_some_and(|heard| now.duration_since(heard) <= SILENCE_MAX))
    }

    /// Notes that we do not hear ourselves any more.
    pub fn lose_own(&mut self) {
        self.heard_own = None;
    }

    /// The peer `node`, heard `now`; `None` if it is us.
    fn heard(&mut self, node: Uuid, now: Instant) -> Option<&mut Peer> {
        if node == self.own {
            self.heard_own = Some(now);
            return None;
        }
        if self.others.len() >= PEERS_MAX && !self.others.contains_key(&node) {
            self.forget_one();
        }
        let peer = self.others.entry(node).or_insert(Peer { complete: 0, heard: now });
        peer.heard = now;
        Some(peer)
    }

    fn forget_one(&mut self) {
        let silent = self.others.iter().min_by_key(|(_, peer)| peer.heard).map(|(node, _)| *node);
        if let Some(node) = silent {
            self.others.remove(&node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    #[test]
    fn whoever_heard_every_ring_has_lost_nothing() {
        let (mut peers, now) = (Peers::new(OWN), Instant::now());
        for number in 1..=3 {
            peers.ring(OTHER, number, now);
        }
        assert_eq!(peers.digest(OTHER, 3, 3, now), Before::Known);
    }

    #[test]
    fn what_a_digest_has_is_not_lost() {
        let (mut peers, now) = (Peers::new(OWN), Instant::now());
        peers.ring(OTHER, 1, now);
        peers.ring(OTHER, 3, now);
        assert_eq!(peers.digest(OTHER, 4, 1, now), Before::Known);
        assert_eq!(peers.digest(OTHER, 4, 4, now), Before::Known);
    }

    #[test]
    fn what_no_digest_has_any_more_is_lost_once() {
        let (mut peers, now) = (Peers::new(OWN), Instant::now());
        peers.ring(OTHER, 1, now);
        peers.ring(OTHER, 3, now);
        assert_eq!(peers.digest(OTHER, 4, 2, now), Before::Lost);
        assert_eq!(peers.digest(OTHER, 4, 4, now), Before::Known);
    }

    #[test]
    fn repeated_rings_change_nothing() {
        let (mut peers, now) = (Peers::new(OWN), Instant::now());
        for number in [1, 1, 2, 1] {
            peers.ring(OTHER, number, now);
        }
        assert_eq!(peers.digest(OTHER, 3, 2, now), Before::Known);
    }

    #[test]
    fn nobody_is_heard_before_we_hear_ourselves() {
        let (mut peers, now) = (Peers::new(OWN), Instant::now());
        assert!(!peers.are_all_heard(now));
        peers.digest(OWN, 0, 0, now);
        assert!(peers.are_all_heard(now));
        assert!(!peers.are_all_heard(now + SILENCE_MAX * 2));
    }

    #[test]
    fn whoever_falls_silent_is_missed_unless_it_said_so() {
        let (mut peers, now) = (Peers::new(OWN), Instant::now());
        peers.digest(OTHER, 0, 0, now);
        let later = now + SILENCE_MAX * 2;
        peers.digest(OWN, 0, 0, later);
        assert!(!peers.are_all_heard(later));
        peers.farewell(OTHER);
        assert!(peers.are_all_heard(later));
    }

    #[test]
    fn whoever_never_comes_back_is_forgotten() {
        let (mut peers, now) = (Peers::new(OWN), Instant::now());
        peers.digest(OTHER, 0, 0, now);
        let later = now + GONE_AFTER;
        peers.digest(OWN, 0, 0, later);
        assert!(peers.are_all_heard(later));
    }

    #[test]
    fn no_more_nodes_are_known_than_there_may_be() {
        let (mut peers, now) = (Peers::new(OWN), Instant::now());
        for (node, at) in (10..).zip(0..PEERS_MAX + 10) {
            let later = now + Duration::from_millis(at as u64);
            peers.digest(Uuid::from_u128(node), 0, 0, later);
        }
        assert_eq!(peers.others.len(), PEERS_MAX);
        assert!(!peers.others.contains_key(&Uuid::from_u128(10)), "the one that was silent longest");
    }
}
