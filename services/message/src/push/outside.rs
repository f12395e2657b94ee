//! The only way out: to the push services that browsers have named. Whoever has an
//! account can name one, so nothing near us is ever called, nobody is followed
//! anywhere, and nobody can make us wait or read for long.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use confab_core::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use tokio::net::lookup_host;

use super::address::is_outside;
use super::key::PushKey;
use crate::config::{InnerAddresses, PushConfig, PushSwitch};
use crate::domain::{Device, Endpoint};

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an answer may take. Its body is never read.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection that nobody uses is kept, and how many to one service.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const IDLE_MAX: usize = 4;
/// How long a push service keeps what a device cannot be told now.
const KEPT_TIME: Duration = Duration::from_hours(24);

/// The way out, if there is one. Clones are one and the same.
#[derive(Clone, Default)]
pub struct Outside(Option<Arc<Way>>);

struct Way {
    client: Client,
    key: PushKey,
    contact: Option<String>,
    inner: InnerAddresses,
}

/// What goes out.
pub struct Parcel {
    /// Encrypted.
    pub sealed: Vec<u8>,
    /// What it takes the place of, if that has not come to the device yet.
    pub topic: String,
    pub urgency: Urgency,
}

/// How much of a device's battery it is worth (RFC 8030, section 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Normal,
    High,
}

/// What a push service says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Taken {
        status: u16,
    },
    /// It knows the subscription no more.
    Expired {
        status: u16,
    },
    /// Never.
    Refused {
        status: u16,
    },
    /// Not now; perhaps after some time. 0 if it did not answer.
    Later {
        status: u16,
        after: Option<Duration>,
    },
    /// It is inside of a network, and was not asked.
    Forbidden,
}

/// A name leads to nothing outside.
#[derive(Debug, thiserror::Error)]
#[error("the address leads inside of a network")]
struct Inside;

/// Finds addresses by their names, and only those outside.
struct OutsideOnly;

impl Outside {
    /// The way that `config` says, known by `key`.
    ///
    /// # Errors
    ///
    /// If the system has no certificates to trust.
    pub fn open(config: &PushConfig, key: PushKey) -> reqwest::Result<Self> {
        if config.push == PushSwitch::Off {
            return Ok(Self(None));
        }
        let client = Client::builder()
            // A proxy would look the name up for us, wherever it leads.
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_MAX);
        let inner = config.push_inner_addresses;
        let client = match inner {
            InnerAddresses::Refused => client.https_only(true).dns_resolver(Arc::new(OutsideOnly)),
            InnerAddresses::Allowed => client,
        };
        let (client, contact) = (client.build()?, config.push_contact.clone());
        Ok(Self(Some(Arc::new(Way { client, key, contact, inner }))))
    }

    /// Whether anything goes out.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The public key that browsers subscribe with.
    pub(crate) fn public_key(&self) -> Option<&[u8]> {
        self.0.as_ref().map(|way| way.key.public())
    }

    /// Reads where a browser wants to be told.
    pub(crate) fn endpoint(&self, text: &str) -> Result<Endpoint, &'static str> {
        let inner = self.0.as_ref().map_or(InnerAddresses::Refused, |way| way.inner);
        let url: Url = text.parse().map_err(|_| "is no address")?;
        check(&url, inner)?;
        Ok(Endpoint::stored(url.into()))
    }

    /// Hands `parcel` over to the push service of `device`.
    pub(super) async fn send(&self, device: &Device, parcel: Parcel, now: Timestamp) -> Verdict {
        let Some(way) = &self.0 else { return Verdict::Refused { status: 0 } };
        let Ok(url) = device.endpoint.as_str().parse::<Url>() else { return Verdict::Forbidden };
        // Those that were kept when more was allowed are not called either.
        if check(&url, way.inner).is_err() {
            return Verdict::Forbidden;
        }
        let origin = url.origin().ascii_serialization();
        let authorization = match way.key.authorization(&origin, way.contact.as_deref(), now) {
            Ok(authorization) => authorization,
            Err(error) => {
                tracing::error!(error = &error as &dyn StdError, "a push cannot be signed");
                return Verdict::Later { status: 0, after: None };
            }
        };
        let urgency = match parcel.urgency {
            Urgency::Normal => "normal",
            Urgency::High => "high",
        };
        let request = way.client.post(url).header(AUTHORIZATION, authorization);
        let request =
            request.header(CONTENT_ENCODING, "aes128gcm").header(CONTENT_TYPE, "application/octet-stream");
        let request = request.header("TTL", KEPT_TIME.as_secs()).header("Topic", parcel.topic);
        match request.header("Urgency", urgency).body(parcel.sealed).send().await {
            Ok(response) => verdict(response.status(), response.headers(), now),
            Err(error) if leads_inside(&error) => Verdict::Forbidden,
            Err(error) => {
                // Without its address, which is nobody's business.
                let error = error.without_url();
                tracing::debug!(error = &error as &dyn StdError, "a push service did not answer");
                Verdict::Later { status: 0, after: None }
            }
        }
    }
}

/// Makes sure that `url` can be where a browser's push service is.
fn check(url: &Url, inner: InnerAddresses) -> Result<(), &'static str> {
    let host = url.host_str().ok_or("has no host")?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must have no user and no fragment");
    }
    if inner == InnerAddresses::Allowed && matches!(url.scheme(), "http" | "https") {
        return Ok(());
    }
    if url.scheme() != "https" || url.port().is_some() {
        return Err("must be an https address without a port");
    }
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_outside = match literal {
        Ok(address) => is_outside(address),
        // Where a name leads is seen when it is called.
        Err(_) => host.trim_end_matches('.').contains('.'),
    };
    if is_outside { Ok(()) } else { Err("must not lead inside of a network") }
}

fn verdict(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Verdict {
    let number = status.as_u16();
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Verdict::Expired { status: number },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Verdict::Later { status: number, after: retry_after(headers, now) }
        }
        _ if status.is_success() => Verdict::Taken { status: number },
        _ if status.is_server_error() => Verdict::Later { status: number, after: retry_after(headers, now) },
        _ => Verdict::Refused { status: number },
    }
}

/// How long somebody wants to be left alone: in seconds, or until a time.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::default().plus(until).since(now))
}

fn leads_inside(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<Inside>() {
            return true;
        }
        cause = error.source();
    }
    false
}

impl Resolve for OutsideOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await?;
            let outside: Vec<_> = found.filter(|address| is_outside(address.ip())).collect();
            if outside.is_empty() {
                return Err(Inside.into());
            }
            Ok(Box::new(outside.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DeviceKeys, PushText};

    fn config(inner: InnerAddresses) -> PushConfig {
        PushConfig { push: PushSwitch::On, push_contact: None, push_inner_addresses: inner }
    }

    fn outside() -> Outside {
        Outside::open(&config(InnerAddresses::Refused), PushKey::generate().unwrap()).unwrap()
    }

    #[test]
    fn only_what_can_be_a_push_service_is_taken() {
        for good in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://updates.push.services.mozilla.com/wpush/v2/x?y=z",
            "https://web.push.apple.com:443/x",
            "https://8.8.8.8/x",
            "https://[2606:4700::1111]/x",
        ] {
            assert!(outside().endpoint(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "push.example.net",
            "http://push.example.net/",
            "ftp://push.example.net/",
            "file:///etc/passwd",
            "https://push.example.net:8443/",
            "https://a@push.example.net/",
            "https://:b@push.example.net/",
            "https://push.example.net/#x",
            "https://localhost/",
            "https://localhost./",
            "https://intranet/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://①②⑦.⓪.⓪.①/",
            "https://[fe80::1]/",
            "https://0/",
        ] {
            assert!(outside().endpoint(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_called() {
        let resolved = OutsideOnly.resolve("localhost".parse().unwrap()).await;
        let Err(error) = resolved else { panic!("localhost is not outside") };
        assert!(error.is::<Inside>(), "{error}");
        let Outside(way) = outside();
        let called = way.unwrap().client.post("https://localhost/").send().await.unwrap_err();
        assert!(leads_inside(&called), "{called:?}");
    }

    #[tokio::test]
    async fn what_was_kept_when_more_was_allowed_is_not_called() {
        let device = Device {
            session: confab_core::SessionId::new(Timestamp::default()),
            user: confab_core::UserId::new(Timestamp::default()),
            endpoint: Endpoint::stored("http://127.0.0.1:9/".into()),
            keys: DeviceKeys { p256dh: [4; 65], auth: [7; 16] },
            text: PushText::Shown,
            created: Timestamp::default(),
        };
        let parcel = Parcel { sealed: Vec::new(), topic: "topic".into(), urgency: Urgency::Normal };
        assert_eq!(outside().send(&device, parcel, Timestamp::default()).await, Verdict::Forbidden);
    }

    #[test]
    fn what_push_services_say_is_understood() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let heard = |status: u16, after: &str| {
            let mut headers = HeaderMap::new();
            if !after.is_empty() {
                headers.insert(RETRY_AFTER, after.parse().unwrap());
            }
            verdict(StatusCode::from_u16(status).unwrap(), &headers, now)
        };
        for status in [200, 201, 202, 204] {
            assert_eq!(heard(status, ""), Verdict::Taken { status });
        }
        for status in [404, 410] {
            assert_eq!(heard(status, ""), Verdict::Expired { status });
        }
        for status in [301, 302, 307, 308, 400, 401, 403, 413] {
            assert_eq!(heard(status, "5"), Verdict::Refused { status });
        }
        let later =
            |status, seconds: Option<u64>| Verdict::Later { status, after: seconds.map(Duration::from_secs) };
        assert_eq!(heard(429, "120"), later(429, Some(120)));
        assert_eq!(heard(503, "Tue, 14 Nov 2023 22:14:20 GMT"), later(503, Some(60)));
        assert_eq!(heard(500, "soon"), later(500, None));
        assert_eq!(heard(503, "Mon, 13 Nov 2023 22:14:20 GMT"), later(503, Some(0)), "that has been");
    }
}
