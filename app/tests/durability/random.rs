//! Chance that can be had again: the same seed gives the same choices.

/// Sets the seed, to see again what was seen once.
const SEED_VARIABLE: &str = "CONFAB_TEST_SEED";

/// A source of numbers (`SplitMix64`), good enough to choose moments by.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A source, and the seed it was made from.
    pub fn seeded() -> (Self, u64) {
        let given = std::env::var(SEED_VARIABLE).ok();
        let seed = given.map_or_else(|| getrandom::u64().unwrap(), |text| text.parse().unwrap());
        (Self(seed), seed)
    }

    /// A source that nobody can have again.
    pub fn unseeded() -> Self {
        Self(getrandom::u64().unwrap())
    }

    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end`, without `end`.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// Whether it is one of `many` times.
    pub const fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// Another source, for somebody who chooses at the same time.
    pub const fn fork(&mut self) -> Self {
        Self(self.number())
    }
}
