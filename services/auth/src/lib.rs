//! The auth service: people, their sessions, and the keys that prove them.
//!
//! # How a request flows
//!
//! ```text
//! service.rs     decodes the request and names the caller    knows protobuf
//!   handlers/    decides; one file per RPC                   knows the domain
//!     domain/    the rules that need no I/O
//!     limits.rs  keeps crowds out, before anything is done for them
//!     hashing.rs hashes passwords, a few at a time
//!     oidc/      asks others who somebody is
//!     webauthn.rs asks passkeys, and checks what they sign
//!     library.rs attaches the pictures that the media service keeps
//!     mail/      sends letters, beside all requests
//!     importing.rs  takes accounts over from elsewhere, for operators
//!     eraser.rs  has erased what people leave behind, beside all requests
//!     audit.rs   writes down what happened, for the operator
//!     keys.rs    publishes our key; signing.rs signs with it
//!     store/     keeps and finds                             knows a database
//! error.rs       says what went wrong, once
//! ```
//!
//! # Invariants
//!
//! * No password, session secret or access token is stored, logged, or printed
//!   by `Debug`; what is stored recognises them and does not give them away.
//! * E-mail addresses are seen by their owners only: [`User`](domain::User),
//!   which others see, has none.
//! * A wrong password and an unknown address cannot be told apart, by the
//!   answer or by the time it takes.
//! * A try of a password is counted before it is made, and of an account never
//!   more than a hundred in a row are made from devices that are not known.
//! * Whoever has a second factor gets no session without it, whichever way they
//!   come: all go through `handlers/entry.rs`, or show it in `FinishLogIn`.
//! * A code of an app and a code on paper are good for one use, also if several are
//!   made at once.
//! * A code that is sent by e-mail is made when it is sent: until then there is none,
//!   and from then on only its hash is kept.
//! * Whatever lets somebody in or out, or changes what opens an account, is written
//!   down: one line for each, without a secret in it.
//! * An account that is deleted is gone at once; of its owner, only the id is left,
//!   and what is to be erased elsewhere is erased, whatever happens meanwhile.
//! * A key is published before the first token is signed with it.
//! * Every store passes the same tests: `store/contract.rs`.

mod archive;
mod audit;
mod config;
mod convert;
mod domain;
mod eraser;
mod error;
mod exporter;
mod handlers;
mod hashing;
mod importing;
mod keys;
mod library;
mod limits;
mod mail;
mod oidc;
mod service;
mod signing;
mod store;
mod webauthn;

pub use config::{
    Config, EntryLimits, MailConfig, MailKind, Origin, PasskeyConfig, SignUpPolicy, SignUpProof, SmtpSecurity,
};
pub use domain::{EmailDomain, InvalidProviderId, ProviderId};
pub use eraser::{Eraser, Keeper};
pub use hashing::HASHES_WAITING;
pub use importing::{ForeignAccount, Import, ImportError, ImportMode};
pub use keys::KeyRotation;
pub use mail::{InvalidMail, Mailer, Postman};
pub use oidc::{InvalidProvider, ProviderConfig, Providers};
pub use service::AuthService;
pub use signing::{InvalidSigningKey, SigningKey};
pub use store::Stores;
