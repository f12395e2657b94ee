//! How stores elsewhere are called: patiently, but not for ever, and never where they point.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

/// How long it may take to reach a store.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a store may be silent while an answer is awaited.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a request may take, with all it carries. Files are sent in parts
/// of some megabytes, or are at most a hundred.
pub const REQUEST_TIMEOUT: Duration = Duration::from_mins(5);
/// How long a connection that nobody uses is kept.
const IDLE_TIMEOUT: Duration = Duration::from_mins(1);

/// Makes a client that follows no redirect: a store that answers with one
/// could have us call, and hand files to, whatever is near us.
///
/// # Errors
///
/// If the system has no certificates to trust.
pub fn client() -> reqwest::Result<Client> {
    Client::builder()
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .build()
}
