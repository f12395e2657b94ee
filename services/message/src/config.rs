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
}
