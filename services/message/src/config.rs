//! What operators may change about the message service.

use std::num::NonZeroU32;

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

    /// Whether it is limited how much happens in one conversation.
    ///
    /// Off is for tests and measurements. How much one person does is limited by
    /// the gateway: --rate-limits.
    #[arg(long, env = "CONFAB_CONVERSATION_LIMITS", value_name = "ON|OFF", default_value = "on")]
    pub conversation_limits: ConversationLimits,

    /// How many messages, edits, reactions and the like may come to one conversation in a minute.
    ///
    /// Whoever was quiet may use all of it in one moment. Too few, and a large
    /// group cannot talk; too many, and a few people who flood it keep the devices
    /// of all others busy. Each process of the message service counts for itself.
    #[arg(long, env = "CONFAB_CONVERSATION_EVENTS_PER_MINUTE", value_name = "COUNT", default_value = "6000")]
    pub conversation_events_per_minute: NonZeroU32,
}

/// Whether it is limited how much happens in one conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ConversationLimits {
    /// It is.
    #[default]
    On,
    /// As much as anybody likes.
    Off,
}
