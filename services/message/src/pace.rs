//! How much may happen in one conversation, so that nobody is flooded by those they talk with.
//!
//! How much one person, one network and all together may do is counted at the
//! gateway, which does not know what a call is about. Here it is known.

use std::sync::Arc;

use confab_core::{Clock, ConversationId};
use confab_rpc::measure::{RATE_REFUSALS, count};
use confab_rpc::{Quota, Rate, TooOften};

use crate::config::{Config, ConversationLimits};
use crate::error::Error;

/// How many conversations are counted apart: those in which something happened
/// within the last moments. Further ones share one place.
const CONVERSATIONS_MAX: usize = 65_536;

/// Counts what happens in conversations, and refuses what is too much. Clones share what they count.
#[derive(Clone)]
pub struct Pace(Option<Arc<Shares>>);

/// What each conversation has a share of.
struct Shares {
    events: Rate<ConversationId>,
    typing: Rate<ConversationId>,
}

impl Pace {
    /// The limits that `config` sets, with the time by `clock`.
    pub fn new(config: &Config, clock: &Arc<dyn Clock>) -> Self {
        let share = || {
            let quota = Quota::per_minute(config.conversation_events_per_minute);
            Rate::new(quota, None, CONVERSATIONS_MAX, clock)
        };
        Self(match config.conversation_limits {
            ConversationLimits::On => Some(Arc::new(Shares { events: share(), typing: share() })),
            ConversationLimits::Off => None,
        })
    }

    /// Counts something that stays in `conversation`: a message, or what is made of one or of a group.
    ///
    /// # Errors
    ///
    /// [`Error::TooOften`] if it is one too many.
    pub fn count_event(&self, conversation: ConversationId) -> Result<(), Error> {
        self.0
            .as_ref()
            .map_or(Ok(()), |shares| shares.events.count(Some(conversation)))
            .map_err(refused(conversation))
    }

    /// Counts that somebody in `conversation` says that they are writing. It uses up nothing of what stays.
    ///
    /// # Errors
    ///
    /// [`Error::TooOften`] if it is one too many.
    pub fn count_typing(&self, conversation: ConversationId) -> Result<(), Error> {
        self.0
            .as_ref()
            .map_or(Ok(()), |shares| shares.typing.count(Some(conversation)))
            .map_err(refused(conversation))
    }
}

fn refused(conversation: ConversationId) -> impl Fn(TooOften) -> Error {
    move |TooOften { wait, .. }| {
        count(RATE_REFUSALS, ("share", "conversation"));
        Error::TooOften { conversation, wait }
    }
}
