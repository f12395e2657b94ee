//! The message service: conversations, and what people say in them.
