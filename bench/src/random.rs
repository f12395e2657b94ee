//! Chance that can be had again: the same seed gives the same choices.

use confab_core::ClientId;
use uuid::Uuid;

/// A source of numbers (`SplitMix64`), good enough to choose moments by.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The source that `seed` gives.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `u64::MAX`.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end`, without `end`, which is not 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// Whether it is one of `many` times.
    pub const fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// Another source, for somebody who chooses at the same time.
    #[must_use]
    pub const fn fork(&mut self) -> Self {
        Self(self.number())
    }

    /// A place in a list of `len`, which is not empty.
    pub fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or(0)
    }

    /// An id that nobody else has.
    pub fn client_id(&mut self) -> ClientId {
        ClientId::from_uuid(Uuid::from_u64_pair(self.number(), self.number()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_choices() {
        let choices = |seed| {
            let mut random = Random::from_seed(seed);
            [random.number(), random.below(10), random.fork().number()]
        };
        assert_eq!(choices(1), choices(1));
        assert_ne!(choices(1), choices(2));
    }

    #[test]
    fn a_place_is_in_the_list() {
        let mut random = Random::from_seed(7);
        assert!((0..1_000).all(|_| random.place(3) < 3));
    }
}
