//! Pictures and files over plain HTTP, which browsers can stream and show.
//!
//! ```text
//! upload.rs     POST /media: a body becomes a stream of chunks
//!   form.rs       the same for a file in a form
//! resume.rs     /media/uploads: uploads that are taken up again (tus 1.0)
//! download.rs   GET /media/{id} and /media/{id}/{variant}
//!   range.rs      which part of it
//!   serving.rs    as what a browser may take it
//!   elsewhere.rs  the other place that it may be sent to for it
//! refusal.rs    what is said when it cannot be done
//! ```
//!
//! # Invariants
//!
//! * No body is ever whole in memory: whoever reads slowly, or keeps slowly, slows
//!   down whoever sends.
//! * What is served has a type of a short list, whatever anybody says it is, and
//!   runs nothing.
//! * A cookie counts as it does for calls; to write, it takes a page of our own.

mod download;
mod elsewhere;
mod form;
mod range;
mod refusal;
mod resume;
mod serving;
mod upload;

pub use elsewhere::OtherOrigin;
pub use upload::split;

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, patch, post};
use axum::{Router, middleware};
use confab_core::UserId;
use confab_proto::Kind;
use confab_proto::internal::v1::media_library_service_client::MediaLibraryServiceClient;
use confab_proto::media::v1::media_service_client::MediaServiceClient;
use confab_rpc::{Channel, refuse_overload};
use http::header::AUTHORIZATION;
use http::request::Parts;
use tokio::sync::Semaphore;
use tonic::Status;

use crate::access::AskedBy;
use crate::admission::Admission;

/// How many uploads and downloads may be under way whose answer has not begun.
/// More are refused at once.
const TRANSFERS_MAX: usize = 1_024;
/// How long the name of a file is at most, in characters; the rest is cut off.
const NAME_CHARS_MAX: usize = 255;

/// The door to pictures and files. Clones are one and the same.
#[derive(Clone)]
pub struct Media {
    admission: Arc<Admission>,
    /// For people, who bring tokens of their own.
    people: Channel,
    /// For addresses that were made for somebody.
    library: Channel,
    /// Where else browsers may be sent for a file, if anywhere.
    elsewhere: Option<OtherOrigin>,
}

impl Media {
    /// Before the service that `people` leads to, and `library` in our own name.
    pub fn new(admission: Arc<Admission>, people: Channel, library: Channel) -> Self {
        Self { admission, people, library, elsewhere: None }
    }

    /// The same, that sends browsers to `elsewhere` for files that media has there.
    pub fn sending_to(self, elsewhere: Option<OtherOrigin>) -> Self {
        Self { elsewhere, ..self }
    }

    /// Everything under `/media`.
    pub fn into_router(self) -> Router {
        let slots = Arc::new(Semaphore::new(TRANSFERS_MAX));
        let uploads = post(resume::create).options(resume::describe);
        let one_upload = patch(resume::append).head(resume::ask).delete(resume::cancel);
        Router::new()
            .route("/media", post(upload::upload))
            .route("/media/uploads", uploads)
            .route("/media/uploads/{id}", one_upload.options(resume::describe))
            .route("/media/{id}", get(download::original))
            .route("/media/{id}/{variant}", get(download::variant))
            .with_state(self)
            .layer(middleware::from_fn(tell_who))
            .layer(middleware::from_fn_with_state(slots, refuse_overload))
    }

    /// Lets a request pass that brings a token or a cookie, and counts it as a call of
    /// that `kind`; its only header from then on that says who somebody is holds a token.
    async fn admit(&self, request: Request, kind: Kind) -> Result<(Parts, axum::body::Body), Box<Response>> {
        let (mut parts, body) = request.into_parts();
        match self.admission.admit_user(&mut parts, kind).await {
            Ok(user) => {
                if let Some(Who(known)) = parts.extensions.get() {
                    known.get_or_init(|| user);
                }
                Ok((parts, body))
            }
            Err(refused) => {
                let answer = self.admission.refuse(refused, |status| refusal::of(&status, &parts));
                Err(Box::new(answer))
            }
        }
    }

    fn service(&self) -> MediaServiceClient<Channel> {
        MediaServiceClient::new(self.people.clone())
    }

    fn library(&self) -> MediaLibraryServiceClient<Channel> {
        MediaLibraryServiceClient::new(self.library.clone())
    }
}

/// In a request: who makes it, as soon as we know.
#[derive(Clone, Debug, Default)]
struct Who(Arc<OnceLock<UserId>>);

/// Tells the log who asked.
async fn tell_who(mut request: Request, next: Next) -> Response {
    let Who(known) = request.extensions_mut().get_or_insert_default::<Who>().clone();
    let mut response = next.run(request).await;
    if let Some(user) = known.get() {
        response.extensions_mut().insert(AskedBy(*user));
    }
    response
}

/// `message` on behalf of whoever made the request `parts`.
fn call<T>(parts: &Parts, message: T) -> Result<tonic::Request<T>, Status> {
    let mut call = tonic::Request::new(message);
    if let Some(token) = parts.headers.get(AUTHORIZATION) {
        let token = token.to_str().ok().and_then(|token| token.parse().ok());
        let token = token.ok_or_else(|| Status::unauthenticated("the token is not valid"))?;
        call.metadata_mut().insert("authorization", token);
    }
    Ok(call)
}
