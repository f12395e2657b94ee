//! The web client, which is part of the program.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Response};
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::media::OtherOrigin;
use crate::problem::Problem;
use crate::tag;

/// What `npm run build` makes of `web/`. A program that is built without it
/// still serves everything else.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Files;

/// The page that every address of the client begins with.
const INDEX: &str = "index.html";
/// Files in here have a hash of their content in their name.
const HASHED: &str = "assets/";

/// How files were packed when the client was built (`web/packed.ts`), the smallest first: the coding (RFC 9110, section
/// 8.4.1), and how their names end. Browsers take the first only over TLS, or from their own machine.
const PACKINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// A hashed file never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Anything else may be kept, but not used without asking.
const ASK_FIRST: &str = "no-cache";

/// Our pages load nothing from elsewhere, except pictures if those are kept in
/// another place, run nothing inline, and are shown in nobody's frame.
#[derive(Clone)]
struct Policy(HeaderValue);

impl Policy {
    fn of(elsewhere: Option<&OtherOrigin>) -> Self {
        let pictures = elsewhere.map(|origin| format!(" {}", origin.as_str())).unwrap_or_default();
        let policy = format!(
            "default-src 'self'; img-src 'self' data: blob:{pictures}; media-src 'self' blob:; object-src 'none'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
        // What is no header is no origin: then our pages load nothing at all.
        Self(HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'")))
    }
}

/// Serves the web client, which may load pictures from `elsewhere` too.
pub fn router(elsewhere: Option<&OtherOrigin>) -> Router {
    Router::new().fallback(serve).with_state(Policy::of(elsewhere))
}

async fn serve(State(policy): State<Policy>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return no_such_page(&request);
    }
    let path = request.uri().path().trim_start_matches('/');
    match Files::get(path) {
        Some(file) if !path.is_empty() => answer(path, &file, request.headers(), policy),
        _ if wants_page(&request) => index(request.headers(), policy),
        _ => no_such_page(&request),
    }
}

/// Whether somebody looks at an address of the client, whose pages are all made by [`INDEX`].
fn wants_page(request: &Request) -> bool {
    let accepts = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let path = request.uri().path();
    path == "/" || (accepts.contains("text/html") && !path.starts_with("/assets/"))
}

fn index(headers: &HeaderMap, policy: Policy) -> Response {
    if let Some(file) = Files::get(INDEX) {
        return answer(INDEX, &file, headers, policy);
    }
    let head = [(CACHE_CONTROL, HeaderValue::from_static("no-store")), (CONTENT_SECURITY_POLICY, policy.0)];
    (StatusCode::SERVICE_UNAVAILABLE, head, Html(NOT_BUILT)).into_response()
}

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><title>Confab</title>\
    <p>The web client is not built: run <code>cargo xtask up</code>.";

fn answer(path: &str, file: &EmbeddedFile, headers: &HeaderMap, policy: Policy) -> Response {
    let packed = packed(path, headers);
    let sent = packed.as_ref().map_or(file, |(_, packed)| packed);
    let tag = tag::of_hash(sent.metadata.sha256_hash());
    let caching = if path.starts_with(HASHED) { FOR_EVER } else { ASK_FIRST };
    let head = [(ETAG, tag.as_str()), (CACHE_CONTROL, caching), (VARY, ACCEPT_ENCODING.as_str())];
    let policy = [(CONTENT_SECURITY_POLICY, policy.0)];
    if tag::is_known(headers.get(IF_NONE_MATCH), &tag) {
        return (StatusCode::NOT_MODIFIED, head, policy).into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    // Browsers guess the encoding of text otherwise.
    let charset = if kind.type_() == "text" { "; charset=utf-8" } else { "" };
    let coding = packed.as_ref().map(|(coding, _)| [(CONTENT_ENCODING, *coding)]);
    let content = [(CONTENT_TYPE, format!("{kind}{charset}"))];
    (head, policy, coding, content, sent.data.clone().into_owned()).into_response()
}

/// The file as whoever asks takes it (RFC 9110, section 12.5.3), and by which coding: nothing, if only as it is.
fn packed(path: &str, headers: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    let mut taken = PACKINGS.into_iter().filter(|(coding, _)| takes(headers, coding));
    taken.find_map(|(coding, ending)| Some((coding, Files::get(&format!("{path}.{ending}"))?)))
}

/// Whether whoever asks names a coding, and does not refuse it. `*` is not taken for a name: no coding is always right.
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|named| {
        let (name, weight) = named.split_once(';').unwrap_or((named, ""));
        let weight = weight.trim().strip_prefix("q=").map(|weight| weight.trim().parse::<f32>());
        name.trim().eq_ignore_ascii_case(coding) && !matches!(weight, Some(Ok(0.0) | Err(_)))
    })
}

fn no_such_page(request: &Request) -> Response {
    Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at {}", request.uri().path()))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_taken_by_whoever_names_it_and_does_not_refuse_it() {
        let cases: [(&[&'static str], bool, bool); 9] = [
            (&[], false, false),
            (&["gzip, deflate"], false, true),
            (&["gzip, deflate, br, zstd"], true, true),
            (&["deflate", "br"], true, false),
            (&["GZIP ; q=0.5"], false, true),
            (&["br;q=0, gzip; q=0.000"], false, false),
            (&["br;q=much"], false, false),
            (&["brotli, x-gzip, *"], false, false),
            (&["br\u{e9}, ,;,", "gzip"], false, true),
        ];
        for (lines, br, gzip) in cases {
            let values = lines.iter().map(|line| HeaderValue::from_bytes(line.as_bytes()).unwrap());
            let headers: HeaderMap = values.map(|value| (ACCEPT_ENCODING, value)).collect();
            assert_eq!((takes(&headers, "br"), takes(&headers, "gzip")), (br, gzip), "{lines:?}");
        }
    }
}
