//! How services are reached and how they answer.
