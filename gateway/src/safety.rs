//! What browsers are told with every response, so that they keep others out.

use http::{HeaderName, HeaderValue, Response, header};

/// Which pages may show what a response has (W3C Fetch).
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What every response says, as far as it does not say otherwise: nothing of ours
/// is guessed at, shown in a frame, told where our people come from, or used by
/// pages of others; what is no page runs nothing and loads nothing.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (RESOURCE_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// What our pages may use of a device: the microphone, for voice notes, if who is asked allows it.
const PERMISSIONS: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(self), midi=(), payment=(), usb=()";

/// For a year, this host is asked over TLS only (RFC 6797). Said over TLS alone.
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Which pages may show what a response has, without being told what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of this origin.
    Origin,
    /// Those of this site: some of them are as good as ours.
    Site,
}

/// How a response came to whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Over TLS, which we speak ourselves.
    Tls,
    /// In clear text, as far as we know: a proxy may have spoken TLS.
    Clear,
}

impl Transport {
    /// `response`, with what browsers are to be told.
    pub fn secure<Body>(self, reach: Reach, mut response: Response<Body>) -> Response<Body> {
        let headers = response.headers_mut();
        if reach == Reach::Site {
            headers.entry(RESOURCE_POLICY).or_insert(HeaderValue::from_static("same-site"));
        }
        for (name, value) in HEADERS {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        if self == Self::Tls {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
        }
        response
    }
}
