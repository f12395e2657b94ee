//! From a MongoDB URL to the options of the driver.

use std::time::Duration;

use mongodb::error::{Error, ErrorKind};
use mongodb::options::{ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern};
use secrecy::{ExposeSecret as _, SecretString};

use super::error::Told;
use crate::OpenError;

/// How long to look for a primary, which an election keeps from being there,
/// before a request fails and is tried again by its client.
pub(super) const SERVER_SELECTION_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a server may take to accept a connection, or to answer the monitor.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How often the monitor asks. With the time-out above, a host that fell
/// silent is given up after 8 s, and with it what it was asked.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How long a majority may take to confirm a write, before it is unknown.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections to one server, unless the URL has `maxPoolSize`. The driver's
/// ten would make a burst of requests wait for each other.
const CONNECTIONS_MAX: u32 = 64;

/// Reads `url`, and sets what our promises rest on, whatever the URL says.
pub(super) async fn options(url: &SecretString) -> Result<ClientOptions, OpenError> {
    let parsed = ClientOptions::parse(url.expose_secret()).await;
    let mut options = parsed.map_err(|error| match *error.kind {
        ErrorKind::DnsResolve { .. } => OpenError::Unavailable {
            hosts: "the address in its URL".to_owned(),
            source: Box::new(Told::from(error)),
        },
        _ => invalid(url, &error),
    })?;

    options.write_concern = Some(
        WriteConcern::builder()
            .w(mongodb::options::Acknowledgment::Majority)
            .journal(true)
            .w_timeout(WRITE_TIMEOUT)
            .build(),
    );
    options.read_concern = Some(ReadConcern::majority());
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    options.retry_writes = Some(true);
    options.retry_reads = Some(true);
    options.server_selection_timeout = Some(SERVER_SELECTION_TIMEOUT);
    options.connect_timeout = Some(CONNECT_TIMEOUT);
    options.heartbeat_freq = Some(HEARTBEAT);
    options.max_pool_size = options.max_pool_size.or(Some(CONNECTIONS_MAX));
    options.app_name = options.app_name.or_else(|| Some("confab".to_owned()));
    Ok(options)
}

/// The addresses in `options`, for logs and errors.
pub(super) fn hosts(options: &ClientOptions) -> String {
    let hosts: Vec<String> = options.hosts.iter().map(ToString::to_string).collect();
    hosts.join(",")
}

/// Says what is wrong with `url`, unless that would tell its password.
pub(super) fn invalid(url: &SecretString, error: &Error) -> OpenError {
    let text = error.kind.to_string();
    let detail = if quotes_authority(url.expose_secret(), &text) {
        "look at its user, password and hosts".to_owned()
    } else {
        text
    };
    OpenError::Url { detail }
}

/// Whether `text` has a piece of what comes before the path of `url`.
///
/// Where the password begins and ends in it is hard to say of a URL that is
/// wrong: a missing `@` makes it a port.
fn quotes_authority(url: &str, text: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = match rest.rsplit_once('@') {
        Some((credentials, _)) => credentials,
        None => rest.split(['/', '?']).next().unwrap_or(rest),
    };
    let mut pieces = authority.split(|character: char| !character.is_alphanumeric());
    pieces.any(|piece| !piece.is_empty() && text.contains(piece))
}
