//! Who may call which RPC, as the contract says.

/// Who may call an RPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Somebody who is signed in: an access token of a user is needed.
    User,
    /// Anybody, signed in or not.
    Public,
    /// Another service of the same installation: a service token is needed.
    Service,
}

/// A service of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// The full name, with which the paths of its RPCs begin: `confab.auth.v1.AuthService`.
    pub name: &'static str,
    /// The package it is declared in: `confab.auth.v1`.
    pub package: &'static str,
}

/// Who may call the RPC at `path`, such as `/confab.auth.v1.AuthService/LogIn`.
///
/// Nothing if there is no such RPC in the contract.
#[must_use]
pub fn access(path: &str) -> Option<Access> {
    access_of(path)
}

/// Whether the RPC at `path` takes a stream of requests, which lasts for as long
/// as its client has something to send.
#[must_use]
pub fn takes_stream(path: &str) -> bool {
    takes_stream_at(path)
}

/// All services of the contract, also those that are never reachable from outside.
#[must_use]
pub const fn services() -> &'static [Service] {
    SERVICES
}

include!(concat!(env!("OUT_DIR"), "/contract/access.rs"));
