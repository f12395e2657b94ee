//! From which address a request was made.

use std::net::IpAddr;

use http::{Extensions, HeaderMap};
use tonic::Request;
use tonic::transport::server::TcpConnectInfo;

use crate::metadata::CLIENT_ADDRESS;

/// The address of whoever made a request: for lists that people look at, and
/// for limits. It opens no door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Returns from where `request` was made, if that is known.
    #[must_use]
    pub fn of<T>(request: &Request<T>) -> Option<Self> {
        request.extensions().get().copied()
    }

    /// The other end of the connection that a request came over.
    #[must_use]
    pub fn of_peer(extensions: &Extensions) -> Option<Self> {
        Some(Self(extensions.get::<TcpConnectInfo>()?.remote_addr()?.ip()))
    }

    /// What the headers say, whoever wrote them.
    pub(crate) fn said(headers: &HeaderMap) -> Option<Self> {
        headers.get(CLIENT_ADDRESS)?.to_str().ok()?.parse().ok().map(Self)
    }
}
