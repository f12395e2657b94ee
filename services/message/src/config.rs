//! What operators may change about the message service.

use std::num::NonZeroU32;

use clap::ValueEnum;

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

    /// How devices are told of messages while no page is open.
    #[command(flatten)]
    pub push: PushConfig,
}

/// Whether it is limited how much happens in one conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ConversationLimits {
    /// It is.
    #[default]
    On,
    /// As much as anybody likes.
    Off,
}

/// How devices are told of messages while no page is open.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct PushConfig {
    /// Whether devices that ask for it are told of messages through the push services of their browsers
    ///
    /// What they are told is encrypted for them. Needs a way to the internet, not
    /// through a proxy.
    #[arg(long, env = "CONFAB_PUSH", value_name = "ON|OFF", default_value = "on")]
    pub push: PushSwitch,

    /// Whom push services may turn to, such as `mailto:admin@example.com` or an https address
    ///
    /// Some of them (Apple) take nothing without it.
    #[arg(long, env = "CONFAB_PUSH_CONTACT", value_name = "URL", value_parser = parse_contact)]
    pub push_contact: Option<String>,

    /// Whether push services may be inside of a network, and without TLS: for tests
    ///
    /// Allowed, everybody with an account can have this server call what only it can reach.
    #[arg(
        long,
        env = "CONFAB_PUSH_INNER_ADDRESSES",
        value_name = "REFUSED|ALLOWED",
        default_value = "refused"
    )]
    pub push_inner_addresses: InnerAddresses,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PushSwitch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// Whether addresses inside of a network are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InnerAddresses {
    /// They are not.
    Refused,
    /// They are.
    Allowed,
}

impl PushConfig {
    /// What nothing is pushed with.
    pub const OFF: Self =
        Self { push: PushSwitch::Off, push_contact: None, push_inner_addresses: InnerAddresses::Refused };
}

/// Accepts what can be the `sub` of RFC 8292.
fn parse_contact(text: &str) -> Result<String, String> {
    /// The longest, in bytes: it goes along with every push.
    const BYTES_MAX: usize = 200;

    let is_contact = text.starts_with("mailto:") || text.starts_with("https://");
    let fits = is_contact && text.len() <= BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| text.to_owned()).ok_or_else(|| "must begin with mailto: or https://".to_owned())
}
