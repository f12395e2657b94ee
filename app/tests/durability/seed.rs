//! Chance that can be had again.

use confab_bench::random::Random;

/// Sets the seed, to see again what was seen once.
const SEED_VARIABLE: &str = "CONFAB_TEST_SEED";

/// A source, and the seed it was made from.
pub fn seeded() -> (Random, u64) {
    let given = std::env::var(SEED_VARIABLE).ok();
    let seed = given.map_or_else(|| getrandom::u64().unwrap(), |text| text.parse().unwrap());
    (Random::from_seed(seed), seed)
}

/// A source that nobody can have again.
pub fn unseeded() -> Random {
    Random::from_seed(getrandom::u64().unwrap())
}
