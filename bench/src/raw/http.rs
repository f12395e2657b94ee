//! How many MiB a second go through a bare HTTP server that keeps nothing, over loopback, with its clients beside it.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::parcel::Parcels;
use crate::random::Random;

/// A running server, which answers every upload with the same place, and gives the file of that number there.
pub struct Bare {
    /// Where it listens.
    pub port: u16,
    /// What it gives is the first of these.
    pub parcels: Parcels,
    server: JoinHandle<()>,
}

/// How long a connection may take to say what it wants.
const HEADER_MAX: Duration = Duration::from_secs(10);

impl Bare {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// If no port is free.
    pub async fn start() -> Result<Self> {
        let parcels = Parcels::new(&mut Random::from_seed(1));
        let file = Bytes::from(parcels.pieces(0).concat());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no port is free")?;
        let port = listener.local_addr().context("a listener without an address")?.port();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let file = file.clone();
                let answer = service_fn(move |request| answer(request, file.clone()));
                let mut builder = Builder::new();
                builder.timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEADER_MAX);
                tokio::spawn(builder.serve_connection(TokioIo::new(stream), answer));
            }
        });
        Ok(Self { port, parcels, server })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(request: Request<Incoming>, file: Bytes) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.method() == Method::GET {
        return Ok(Response::new(Full::new(file)));
    }
    let mut body = request.into_body();
    while let Some(Ok(_)) = body.frame().await {}
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("/media/0"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier::Carrier;

    #[tokio::test]
    async fn a_file_goes_in_and_out() {
        let bare = Bare::start().await.unwrap();
        let mut carrier = Carrier::connect(bare.port, HeaderValue::from_static("Bearer x")).await.unwrap();
        for _ in 0..2 {
            let place = carrier.upload(bare.parcels.pieces(0)).await.unwrap();
            carrier.download(&place, bare.parcels.compare(0)).await.unwrap();
            assert!(carrier.download(&place, bare.parcels.compare(1)).await.is_err());
            carrier = Carrier::connect(bare.port, HeaderValue::from_static("Bearer x")).await.unwrap();
        }
    }
}
