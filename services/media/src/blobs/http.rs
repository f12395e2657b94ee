//! How stores elsewhere are called: patiently, but not for ever, and never where they point.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::time::timeout;

use super::BlobError;

/// How long it may take to reach a store.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection that nobody uses is kept.
const IDLE_TIMEOUT: Duration = Duration::from_mins(1);

/// How long stores are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long one may be silent while something of it is awaited.
    pub silence: Duration,
    /// How long a call may take, with all it carries, until it is answered.
    pub call: Duration,
}

/// Files are sent in parts of some megabytes, or are at most a hundred.
impl Default for Patience {
    fn default() -> Self {
        Self { silence: Duration::from_secs(30), call: Duration::from_mins(5) }
    }
}

impl Patience {
    /// Gives `call` an end, also where the client of the store knows none.
    ///
    /// # Errors
    ///
    /// If it takes too long.
    pub async fn wait<T>(self, task: &'static str, call: impl Future<Output = T>) -> Result<T, BlobError> {
        let waited = timeout(self.call, call).await;
        waited.map_err(|source| BlobError::Unavailable { task, source: source.into() })
    }

    /// Makes a client that follows no redirect: a store that answers with one
    /// could have us call, and hand files to, whatever is near us.
    ///
    /// # Errors
    ///
    /// If the system has no certificates to trust.
    pub fn client(self) -> reqwest::Result<Client> {
        Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(self.silence)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()
    }
}
