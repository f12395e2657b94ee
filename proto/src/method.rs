//! The RPCs of the contract: what they are called, and what they do.

/// An RPC of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its path: `/confab.auth.v1.AuthService/LogIn`.
    pub path: &'static str,
    /// The full name of its service: `confab.auth.v1.AuthService`.
    pub service: &'static str,
    /// Its own name: `LogIn`.
    pub name: &'static str,
    /// What it does.
    pub kind: Kind,
}

/// What an RPC does, as far as one can tell without knowing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It changes nothing: its HTTP method is GET.
    Read,
    /// It may change something.
    Write,
    /// Its answer goes on for as long as somebody listens.
    Stream,
    /// What is asked is long, and comes in parts.
    Upload,
}

/// The RPC at `path`, such as `/confab.auth.v1.AuthService/LogIn`.
///
/// Nothing if there is no such RPC in the contract.
#[must_use]
pub fn method(path: &str) -> Option<&'static Method> {
    METHODS.get(place_of(path)?)
}

/// All RPCs of the contract, also those that are never reachable from outside.
#[must_use]
pub const fn methods() -> &'static [Method] {
    METHODS
}

include!(concat!(env!("OUT_DIR"), "/contract/methods.rs"));
