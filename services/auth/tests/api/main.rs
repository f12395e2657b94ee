//! The auth service as its callers see it: through the contract, in process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on is to fail")]

mod accounts;
mod admin;
mod authenticator;
mod bad_returns;
mod blocks;
mod deletion;
mod doors;
mod endings;
mod export;
mod factors;
mod guessing;
mod identities;
mod invites;
mod keys;
mod mail;
mod mail_tls;
mod media;
mod passkeys;
mod passwords;
mod people;
mod pictures;
mod proof;
mod provider;
mod refresh;
mod revocations;
mod sessions;
mod sink;
mod soft_passkey;
mod timing;
mod tokens;
mod two_steps;
mod userinfo;
mod world;
