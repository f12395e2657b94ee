//! Somebody who brings files to the gateway over HTTP/1.1, and has them back, one after the other.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use futures_util::stream;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::parcel::{Comparison, PARCEL_BYTES};

/// Where files are brought.
const MEDIA: &str = "/media?purpose=message&name=parcel.zip";

/// What a request has with it: the pieces of a file, or none.
type Pieces = stream::Iter<std::vec::IntoIter<Result<Frame<Bytes>, Infallible>>>;

/// A connection, and whose it is.
pub struct Carrier {
    sender: SendRequest<StreamBody<Pieces>>,
    token: HeaderValue,
}

impl Carrier {
    /// Connects to the gateway on `port` of this machine; `token` says who it is.
    ///
    /// # Errors
    ///
    /// If nobody listens there.
    pub async fn connect(port: u16, token: HeaderValue) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.context("cannot connect")?;
        // It ends with the connection; what goes wrong is told to whoever waits for an answer.
        tokio::spawn(connection);
        Ok(Self { sender, token })
    }

    /// Uploads a file, and returns where it is from then on.
    ///
    /// # Errors
    ///
    /// If it is not kept.
    pub async fn upload(&mut self, pieces: [Bytes; 2]) -> Result<String> {
        let answer = self.ask(Method::POST, MEDIA, pieces.to_vec()).await?;
        let place = answer.headers().get(LOCATION).and_then(|place| place.to_str().ok()).map(str::to_owned);
        let status = answer.status();
        let said = answer.into_body().collect().await.context("an answer broke off")?.to_bytes();
        ensure!(
            status == StatusCode::CREATED,
            "an upload is answered with {status} {}",
            String::from_utf8_lossy(&said)
        );
        place.context("nobody says where an upload is")
    }

    /// Downloads the file at `place`, and compares it with what it is to be.
    ///
    /// # Errors
    ///
    /// If it is not whole, or another.
    pub async fn download(&mut self, place: &str, mut comparison: Comparison) -> Result<()> {
        let answer = self.ask(Method::GET, place, Vec::new()).await?;
        ensure!(answer.status() == StatusCode::OK, "a download is answered with {}", answer.status());
        let mut body = answer.into_body();
        while let Some(frame) = body.frame().await {
            let frame = frame.context("a download broke off")?;
            let is_right = frame.data_ref().is_none_or(|bytes| comparison.take(bytes));
            ensure!(is_right, "{place} is not what was uploaded");
        }
        ensure!(comparison.is_whole(), "{place} ended too early");
        Ok(())
    }

    async fn ask(&mut self, method: Method, path: &str, pieces: Vec<Bytes>) -> Result<Response<Incoming>> {
        let length = if pieces.is_empty() { 0 } else { PARCEL_BYTES };
        let frames: Vec<_> = pieces.into_iter().map(|piece| Ok(Frame::data(piece))).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "localhost")
            .header(AUTHORIZATION, self.token.clone())
            .header(CONTENT_LENGTH, length)
            .body(StreamBody::new(stream::iter(frames)))?;
        self.sender.ready().await.context("the connection was lost")?;
        self.sender.send_request(request).await.context("nobody answers")
    }
}
