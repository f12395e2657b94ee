//! Says to the services from where a request comes.

use std::net::IpAddr;
use std::sync::Arc;

use confab_core::Clock;
use confab_rpc::metadata::CLIENT_ADDRESS;
use confab_rpc::{ClientAddress, ServiceKey};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue};

use crate::NAME;

/// Where proxies note from whom they had a request, each behind the others.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What is needed to say from where a request comes, and to be believed.
pub struct Forwarding {
    /// Proves that the gateway says so.
    pub key: ServiceKey,
    /// Tells the time of the proof.
    pub clock: Arc<dyn Clock>,
    /// How many proxies stand before the gateway.
    pub proxies: usize,
}

impl Forwarding {
    /// Says it in a request that nobody needs a token for.
    pub fn sign(&self, request: &mut Parts) {
        // What a client has put there would make the proof unreadable.
        request.headers.remove(AUTHORIZATION);
        let Some(address) = self.address(&request.headers, &request.extensions) else { return };
        let token = format!("Bearer {}", self.key.sign(NAME, self.clock.now()));
        if let (Ok(address), Ok(mut token)) =
            (HeaderValue::try_from(address.to_string()), HeaderValue::try_from(token))
        {
            token.set_sensitive(true);
            request.headers.insert(CLIENT_ADDRESS, address);
            request.headers.insert(AUTHORIZATION, token);
        }
    }

    /// The address of the client, if it is known: behind proxies what the
    /// outermost of them has seen, and nothing that a client could have written.
    pub fn address(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        match self.proxies {
            0 => ClientAddress::of_peer(extensions).map(|ClientAddress(peer)| peer),
            proxies => forwarded_for(headers, proxies),
        }
    }
}

/// What the outermost of `proxies` has noted: each adds one at the end.
fn forwarded_for(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let noted: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let place = noted.len().checked_sub(proxies)?;
    noted[place].trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(lines: &[&'static str], proxies: usize) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        forwarded_for(&headers, proxies).map(|address| address.to_string())
    }

    #[test]
    fn what_a_client_writes_in_front_is_not_believed() {
        let lines = ["1.1.1.1, 203.0.113.9", "10.0.0.2"];
        assert_eq!(noted(&lines, 1).as_deref(), Some("10.0.0.2"));
        assert_eq!(noted(&lines, 2).as_deref(), Some("203.0.113.9"));
        assert_eq!(noted(&lines, 4), None);
        assert_eq!(noted(&["unknown"], 1), None);
        assert_eq!(noted(&[], 1), None);
    }
}
