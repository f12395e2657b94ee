//! What operators may change about the message service.

/// Settings of the message service.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Config {
    /// How many live streams this node keeps open at the most.
    ///
    /// Each costs some kilobytes. Beyond it, people are told to try again, and
    /// read and write as before, but hear of messages only when they ask.
    #[arg(long, env = "CONFAB_LIVE_STREAMS_MAX", default_value_t = 20_000)]
    pub live_streams_max: usize,

    /// How many live streams one person may have open on this node.
    ///
    /// A browser needs one, whatever the number of its tabs; too small a number
    /// shuts out people with many devices.
    #[arg(long, env = "CONFAB_LIVE_STREAMS_PER_USER_MAX", default_value_t = 32)]
    pub live_streams_per_user_max: usize,

    /// How many members a group can have.
    ///
    /// Everybody in a group hears of everything that happens in it, so the cost
    /// of a message grows with it.
    #[arg(
        long,
        env = "CONFAB_GROUP_MEMBERS_MAX",
        default_value = "1000",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=1_000)
    )]
    pub group_members_max: usize,
}
