//! What each RPC does; one file for each.

mod act;
mod list_conversations;
mod list_events;
mod list_messages;
mod mark_read;
mod open_direct_conversation;
mod send_message;
mod set_presence_visibility;
mod set_typing;
mod watch_presence;

pub use list_conversations::list_conversations;
pub use list_events::list_events;
pub use list_messages::list_messages;
pub use mark_read::{ReadSoFar, mark_read};
pub use open_direct_conversation::open_direct_conversation;
pub use send_message::{Sent, send_message};
pub use set_presence_visibility::set_presence_visibility;
pub use set_typing::set_typing;
pub use watch_presence::watch_presence;
