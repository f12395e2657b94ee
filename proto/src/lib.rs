//! The contract on the wire, generated from the .proto files beside it.
//!
//! ```text
//! confab/**/*.proto   what people and programs may ask, with every limit
//! build/              makes Rust of it
//! src/access.rs       who may call which RPC
//! src/method.rs       what the RPCs are called, and what they do
//! src/codec.rs        refuses what breaks a rule, before a service sees it
//! src/validation/     what the generated checks are made of
//! ```
//!
//! # Invariants
//!
//! * A limit, a path and the access to an RPC are written in the .proto files
//!   and nowhere else.
//! * A service never sees a request that breaks a rule of the contract.
//! * A rule in a .proto file that we cannot keep fails the build.

// Generated code names us from inside and, in tests, from outside.
extern crate self as confab_proto;

mod access;
mod codec;
mod method;
pub mod validation;

pub use access::{Access, Service, access, services};
pub use codec::{ERROR_DOMAIN, ValidatingCodec};
pub use method::{Kind, Method, method, methods};
pub use validation::{Path, Validate, Violations};

/// An encoded `FileDescriptorSet` of all our files and what they import, with
/// comments and custom options.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The same without what services ask each other: what may be shown to anybody.
pub const PUBLIC_FILE_DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/public_descriptors.bin"));

/// Who people are, and how they prove it.
pub mod auth {
    /// Version 1.
    #[expect(clippy::allow_attributes, clippy::pedantic, reason = "generated code")]
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/contract/confab.auth.v1.rs"));
    }
}

/// Conversations, and what people say in them.
pub mod message {
    /// Version 1.
    #[expect(clippy::allow_attributes, clippy::pedantic, reason = "generated code")]
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/contract/confab.message.v1.rs"));
    }
}

/// Pictures and files.
pub mod media {
    /// Version 1.
    #[expect(clippy::allow_attributes, clippy::pedantic, reason = "generated code")]
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/contract/confab.media.v1.rs"));
    }
}

/// What services ask each other. Never reachable from outside.
pub mod internal {
    /// Version 1.
    #[expect(clippy::allow_attributes, clippy::pedantic, reason = "generated code")]
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/contract/confab.internal.v1.rs"));
    }
}

/// The checks of all messages above.
#[expect(clippy::collapsible_if, clippy::collapsible_else_if, reason = "generated code")]
mod checks {
    include!(concat!(env!("OUT_DIR"), "/contract/validation.rs"));
}
