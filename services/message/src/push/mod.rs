//! Tells devices of new messages while no page of theirs is open.
//!
//! ```text
//! append.rs ──▶ gather.rs   who is to be told, and when       bounded; nobody waits for it
//!                 store/pushes     one push of each device and conversation waits
//! worker.rs ◀──   claims what is due, decides, sends, notes what became of it
//!   notice.rs     what is said                                knows the domain
//!   seal.rs       encrypted for the browser (RFC 8291)
//!   key.rs        signed, so that the push service knows us (RFC 8292)
//!   outside.rs    the only way out, and never to what is near us
//! sweeper.rs      forgets what has ended
//! ```
//!
//! # Invariants
//!
//! * A message is stored and acknowledged before anything here hears of it, and
//!   whatever happens here, it stays so.
//! * Nothing goes to a session that has ended: auth is asked before each push.
//! * No text waits here: what is told is read when it is sent, so what was
//!   deleted or read meanwhile is not told.
//! * What waits in the store survives a crash, and may then be sent twice; what
//!   was not there yet is not sent. The browser shows one of each conversation.

mod address;
mod gather;
mod key;
mod notice;
mod outside;
mod seal;
mod sweeper;
mod worker;

use std::sync::Arc;

use confab_core::{Clock, ConversationId, UserId};
use confab_proto::internal::v1::session_service_client::SessionServiceClient;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
use confab_rpc::{Channel, measure};
use tokio::sync::{Mutex, Notify, mpsc};

use crate::domain::Event;
use crate::live::Hub;
use crate::store::{MessageStore, PushStore};

pub use gather::Anybody;
pub use key::{InvalidPushKey, PushKey};
pub use outside::Outside;
pub use seal::can_seal;

/// How many messages may wait until it is seen who is to be told of them.
/// Beyond that nobody is: that costs a notice, and nobody's time.
const NEWS_MAX: usize = 4_096;

/// Messages of which no device is told, because too many came at once.
pub const PUSHES_DROPPED: &str = "confab_pushes_dropped_total";
/// What became of pushes.
pub const PUSHES: &str = "confab_pushes_total";

/// Somebody has said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct News {
    conversation: ConversationId,
    seq: i64,
    sender: UserId,
    revision: i64,
}

/// Where new messages are handed in. Clones are one and the same.
#[derive(Clone)]
pub struct PushBox(Option<mpsc::Sender<News>>);

/// Tells devices, for as long as it is let. Clones are one and the same.
#[derive(Clone)]
pub struct Pusher {
    news: Arc<Mutex<mpsc::Receiver<News>>>,
    needs: Arc<Needs>,
    /// Rung when a push was put into the store.
    bell: Arc<Notify>,
    pub(crate) anybody: Arc<Anybody>,
}

/// What is needed to tell somebody.
#[derive(Clone)]
pub struct Needs {
    pub store: Arc<dyn MessageStore>,
    pub pushes: Arc<dyn PushStore>,
    /// Knows whose page is open.
    pub hub: Arc<Hub>,
    /// Asks auth about people, and about sessions.
    pub users: UserDirectoryServiceClient<Channel>,
    pub sessions: SessionServiceClient<Channel>,
    pub outside: Outside,
    pub clock: Arc<dyn Clock>,
}

impl PushBox {
    /// A box, and what comes out of it; one that takes nothing, if nothing is pushed.
    fn new(is_on: bool) -> (Self, mpsc::Receiver<News>) {
        let (sender, receiver) = mpsc::channel(NEWS_MAX);
        (Self(is_on.then_some(sender)), receiver)
    }

    /// Hands in what was just stored. Never waits.
    pub fn tell(&self, event: &Event) {
        let Some(news) = &self.0 else { return };
        if !event.kind.is_message() {
            return;
        }
        let (conversation, seq, revision) = (event.conversation, event.seq(), event.at.revision);
        if news.try_send(News { conversation, seq, sender: event.actor, revision }).is_err() {
            measure::count(PUSHES_DROPPED, ("why", "busy"));
        }
    }
}

impl Pusher {
    /// What tells devices of the messages that are handed into the box.
    pub(crate) fn new(needs: Needs) -> (PushBox, Self) {
        let (news, receiver) = PushBox::new(needs.outside.is_on());
        let (receiver, needs) = (Arc::new(Mutex::new(receiver)), Arc::new(needs));
        (news, Self { news: receiver, needs, bell: Arc::default(), anybody: Arc::default() })
    }

    /// The same with another way out.
    pub(crate) fn with_way_out(&self, outside: Outside) -> (PushBox, Self) {
        Self::new(Needs { outside, ..(*self.needs).clone() })
    }
}

impl Pusher {
    /// Tells devices, and forgets what has ended. Goes on for ever; once for a process.
    pub async fn run(&self) {
        if !self.needs.outside.is_on() {
            return std::future::pending().await;
        }
        tokio::join!(self.gather(), self.work(), self.sweep());
    }

    /// Whether anything is pushed, and by whom.
    pub(crate) fn outside(&self) -> &Outside {
        &self.needs.outside
    }
}
