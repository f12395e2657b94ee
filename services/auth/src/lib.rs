//! The auth service: people, their sessions, and the keys that prove them.
