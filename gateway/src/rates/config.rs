//! How often people may call, as far as operators may change it.

use std::num::NonZeroU32;

/// Settings of the rate limits.
///
/// Each number is what may come at once, too: whoever was quiet may make as many
/// calls in one moment as they have for a minute.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct RatesConfig {
    /// Whether calls are limited, for each person, for each network and in all
    ///
    /// Off is for tests and measurements, and for a proxy that does it itself.
    /// Log-ins and sign-ups have limits of their own: --entry-limits.
    #[arg(long, env = "CONFAB_RATE_LIMITS", value_name = "ON|OFF", default_value = "on")]
    pub rate_limits: RateLimits,

    /// How many calls a minute that change nothing one person may make
    ///
    /// Too few, and pages of the web client stay empty for whoever is quick;
    /// too many, and one person can keep the machine busy.
    #[arg(long, env = "CONFAB_USER_READS_PER_MINUTE", value_name = "COUNT", default_value = "1200")]
    pub user_reads_per_minute: NonZeroU32,

    /// How many calls a minute that may change something one person may make
    ///
    /// What somebody has read, and that they are typing, count too.
    #[arg(long, env = "CONFAB_USER_WRITES_PER_MINUTE", value_name = "COUNT", default_value = "1200")]
    pub user_writes_per_minute: NonZeroU32,

    /// How many streams a minute one person may open
    #[arg(long, env = "CONFAB_USER_STREAMS_PER_MINUTE", value_name = "COUNT", default_value = "120")]
    pub user_streams_per_minute: NonZeroU32,

    /// How many uploads a minute one person may begin
    #[arg(long, env = "CONFAB_USER_UPLOADS_PER_MINUTE", value_name = "COUNT", default_value = "60")]
    pub user_uploads_per_minute: NonZeroU32,

    /// How many calls a minute that change nothing one network may make: 24 bits of IPv4, 48 of IPv6
    ///
    /// Too few, and the people of one office or provider keep each other out;
    /// too many, and one of them keeps everybody waiting. Without --proxies, all
    /// who come through a proxy are one network.
    #[arg(long, env = "CONFAB_NETWORK_READS_PER_MINUTE", value_name = "COUNT", default_value = "60000")]
    pub network_reads_per_minute: NonZeroU32,

    /// How many calls a minute that may change something one network may make
    #[arg(long, env = "CONFAB_NETWORK_WRITES_PER_MINUTE", value_name = "COUNT", default_value = "60000")]
    pub network_writes_per_minute: NonZeroU32,

    /// How many streams a minute one network may open
    ///
    /// All who are there come back at once when the server was restarted.
    #[arg(long, env = "CONFAB_NETWORK_STREAMS_PER_MINUTE", value_name = "COUNT", default_value = "12000")]
    pub network_streams_per_minute: NonZeroU32,

    /// How many uploads a minute one network may begin
    #[arg(long, env = "CONFAB_NETWORK_UPLOADS_PER_MINUTE", value_name = "COUNT", default_value = "3000")]
    pub network_uploads_per_minute: NonZeroU32,

    /// How many pages and files of the web client a minute one network may fetch
    ///
    /// The first look takes some twenty of them, later ones take one.
    #[arg(long, env = "CONFAB_NETWORK_PAGES_PER_MINUTE", value_name = "COUNT", default_value = "30000")]
    pub network_pages_per_minute: NonZeroU32,

    /// How many calls a minute that change nothing all may make, on each process of the gateway
    ///
    /// Above what the machine can serve it has no effect.
    #[arg(long, env = "CONFAB_READS_PER_MINUTE", value_name = "COUNT", default_value = "1200000")]
    pub reads_per_minute: NonZeroU32,

    /// How many calls a minute that may change something all may make
    #[arg(long, env = "CONFAB_WRITES_PER_MINUTE", value_name = "COUNT", default_value = "600000")]
    pub writes_per_minute: NonZeroU32,

    /// How many streams a minute all may open
    #[arg(long, env = "CONFAB_STREAMS_PER_MINUTE", value_name = "COUNT", default_value = "120000")]
    pub streams_per_minute: NonZeroU32,

    /// How many uploads a minute all may begin
    #[arg(long, env = "CONFAB_UPLOADS_PER_MINUTE", value_name = "COUNT", default_value = "12000")]
    pub uploads_per_minute: NonZeroU32,

    /// How many pages and files of the web client a minute all may fetch
    #[arg(long, env = "CONFAB_PAGES_PER_MINUTE", value_name = "COUNT", default_value = "600000")]
    pub pages_per_minute: NonZeroU32,
}

/// Whether calls are limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum RateLimits {
    /// They are.
    #[default]
    On,
    /// As many as anybody likes.
    Off,
}
