//! The doorbell: tells nodes that a conversation has a new event.
