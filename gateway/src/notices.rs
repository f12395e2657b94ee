//! What those find who come by and read what is put up at the door: `/robots.txt`,
//! and `/.well-known/security.txt` (RFC 9116).

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use confab_core::{Clock, Timestamp};
use http::StatusCode;
use http::header::CACHE_CONTROL;

use crate::problem::Problem;

/// Nothing here is for search engines.
const ROBOTS: &str = "User-agent: *\nDisallow: /\n";
/// How long what we say of whom to write to holds: less than a year (RFC 9116, section 2.5.5).
const CONTACT_LIFETIME: Duration = Duration::from_hours(180 * 24);
/// How long a notice may be kept.
const CACHING: &str = "public, max-age=3600";

/// A way to tell us of a weakness: a URI as RFC 9116 (section 2.5.3) wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityContact(String);

impl SecurityContact {
    /// Takes `text` for a contact, unless it cannot be one.
    ///
    /// # Errors
    ///
    /// What it has to look like.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let is_known = ["mailto:", "https://", "tel:"].iter().any(|scheme| text.starts_with(scheme));
        let is_plain = text.chars().all(|character| character.is_ascii_graphic());
        let fits = is_known && is_plain;
        fits.then(|| Self(text.to_owned())).ok_or("must look like mailto:security@example.com or https://…")
    }
}

/// Everything that is put up.
pub fn router(contact: Option<SecurityContact>, clock: Arc<dyn Clock>) -> Router {
    let security = move || {
        let notice = contact.as_ref().map(|contact| security(contact, clock.now()));
        async move { notice.map_or_else(nobody_to_write_to, put_up) }
    };
    Router::new()
        .route("/robots.txt", get(|| async { put_up(ROBOTS.to_owned()) }))
        .route("/.well-known/security.txt", get(security))
}

fn put_up(notice: String) -> Response {
    ([(CACHE_CONTROL, CACHING)], notice).into_response()
}

fn security(SecurityContact(contact): &SecurityContact, now: Timestamp) -> String {
    let millis = u64::try_from(now.plus(CONTACT_LIFETIME).as_millis()).unwrap_or(0);
    let expires = humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_millis(millis));
    format!("Contact: {contact}\nExpires: {expires}\n")
}

fn nobody_to_write_to() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "nobody is named to write to").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_one_uri() {
        for good in ["mailto:a@example.com", "https://example.com/security", "tel:+1-201-555-0123"] {
            assert!(SecurityContact::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a@example.com", "http://example.com", "mailto:a@example.com\nContact: x", "tel: 1"] {
            assert!(SecurityContact::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_said_of_whom_to_write_to_expires_within_a_year() {
        let contact = SecurityContact::parse("mailto:a@example.com").unwrap();
        let notice = security(&contact, Timestamp::from_millis(1_767_225_600_000));
        assert_eq!(notice, "Contact: mailto:a@example.com\nExpires: 2026-06-30T00:00:00Z\n");
    }
}
