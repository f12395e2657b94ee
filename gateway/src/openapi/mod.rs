//! What the JSON door can do, described: for programs at `/openapi.json`
//! (OpenAPI 3.1), for people at `/docs`.
//!
//! ```text
//! document.rs    the document; operation.rs: one way to call one RPC
//!   schema.rs      messages as JSON Schema; rules.rs: their limits
//!   comments.rs    what the contract says in words
//! page.rs        the document as a page without scripts; page.css: how it looks
//! ```
//!
//! All of it is made once, at start, of the contract that the door itself is
//! made of: nothing is written a second time.

mod comments;
mod document;
mod operation;
mod page;
mod rules;
mod schema;

use axum::Router;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};

use crate::json::Routes;
use crate::tag;

/// How the page looks, which may not stand in it.
const STYLE: &str = include_str!("page.css");
/// The page loads its style, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Something that does not change while the program runs.
#[derive(Clone)]
struct File {
    kind: &'static str,
    content: Bytes,
    tag: String,
}

impl File {
    fn new(kind: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        let tag = tag::of(&content);
        Self { kind, content, tag }
    }

    /// For everybody to read.
    fn put_up(self) -> MethodRouter {
        get(move |headers: HeaderMap| std::future::ready(self.answer(&headers)))
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let head =
            [(ETAG, self.tag.as_str()), (CACHE_CONTROL, "no-cache"), (CONTENT_SECURITY_POLICY, POLICY)];
        if tag::is_known(headers.get(IF_NONE_MATCH), &self.tag) {
            return (StatusCode::NOT_MODIFIED, head).into_response();
        }
        (head, [(CONTENT_TYPE, self.kind)], self.content.clone()).into_response()
    }
}

/// Serves the description of `routes`.
pub fn router(routes: &Routes) -> Router {
    let document = document::of(routes);
    let page = page::of(&document);
    Router::new()
        .route("/openapi.json", File::new("application/json", document.to_string()).put_up())
        .route("/docs", File::new("text/html; charset=utf-8", page).put_up())
        .route("/docs/page.css", File::new("text/css; charset=utf-8", STYLE).put_up())
}
