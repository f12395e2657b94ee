//! Names of the metadata that services and the gateway exchange.
//!
//! The gateway drops every header of a client that begins with [`PREFIX`], and
//! lets none of them out.

/// What all names of our own begin with.
pub const PREFIX: &str = "confab-";

/// In a request of the gateway, beside a service token: the address of the
/// client it was made for.
pub const CLIENT_ADDRESS: &str = "confab-client-address";

/// In a response of auth: the secret of a session for the gateway to keep in a cookie.
pub const SESSION_SET: &str = "confab-session-set";

/// In a response of auth, beside [`SESSION_SET`]: how long the session lasts, in seconds.
pub const SESSION_MAX_AGE: &str = "confab-session-max-age";

/// In a request of the gateway: what the browser keeps to be known again.
pub const DEVICE: &str = "confab-device";

/// In a response of auth, beside [`SESSION_SET`]: the same, for the gateway to keep in a cookie.
pub const DEVICE_SET: &str = "confab-device-set";

/// In a response of auth: the session of the request has ended, its cookie is to go.
pub const SESSION_CLEAR: &str = "confab-session-clear";
