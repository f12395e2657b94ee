//! A server that is listened to by nobody else.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use confab_rpc::{Door, DoorConfig, Reflection, Shutdown, StandardServices, Tls, serve};
use http::StatusCode;
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::service::Routes;
use tonic::transport::server::TcpConnectInfo;

use crate::http2::PATIENCE;

/// What was asked, and over which connections.
#[derive(Clone, Default)]
struct Asked {
    paths: Arc<Mutex<Vec<String>>>,
    peers: Arc<Mutex<HashSet<SocketAddr>>>,
}

/// A server. It ends with this value.
pub struct Place {
    pub address: SocketAddr,
    asked: Asked,
    serving: JoinHandle<()>,
}

impl Place {
    pub async fn new() -> Self {
        Self::with(1_000, 0, None).await
    }

    /// A server that lets in so many connections, so many of them from one network.
    pub async fn with(connections: usize, network_connections: usize, tls: Option<Tls>) -> Self {
        let connections = connections.try_into().unwrap();
        let connection_age = Duration::from_mins(30);
        Self::behind(DoorConfig { connections, network_connections, connection_age }, tls).await
    }

    /// A server whose connections get so old.
    pub async fn with_age(connection_age: Duration) -> Self {
        let connections = 1_000.try_into().unwrap();
        Self::behind(DoorConfig { connections, network_connections: 0, connection_age }, None).await
    }

    async fn behind(limits: DoorConfig, tls: Option<Tls>) -> Self {
        let asked = Asked::default();
        let router = Router::new().fallback(answer).with_state(asked.clone());
        let standard = StandardServices::new(&[], &[], Reflection::Off).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let door = Door { listener, limits, tls };
        let serving = tokio::spawn(serve(door, Routes::from(router), standard, Shutdown::new()));
        Self { address, asked, serving }
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// All that is answered to `bytes`, until the server closes the connection.
    pub async fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // Who is refused in the middle of a long word cannot end it.
        let _ = stream.write_all(bytes).await;
        String::from_utf8_lossy(&rest(&mut stream).await).into_owned()
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.paths.lock().unwrap().clone()
    }

    /// How many connections something was asked over.
    pub fn connections(&self) -> usize {
        self.asked.peers.lock().unwrap().len()
    }

    /// Whether somebody else is answered.
    pub async fn is_well(&self) -> bool {
        let answer = self.say(b"GET /well HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        answer.starts_with("HTTP/1.1 200")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers with the length of the body; `/wait` never does, and `/panic` cannot.
async fn answer(State(asked): State<Asked>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    asked.paths.lock().unwrap().push(path.clone());
    let peer = request.extensions().get::<TcpConnectInfo>().and_then(|info| info.remote_addr);
    asked.peers.lock().unwrap().extend(peer);
    if path == "/wait" {
        return std::future::pending().await;
    }
    match request.into_body().collect().await {
        Ok(body) => Body::from(format!("{} bytes\n", body.to_bytes().len())).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// What comes until the end, or until the connection is broken.
pub async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut part = vec![0; 16 * 1024];
    loop {
        match timeout(PATIENCE, stream.read(&mut part)).await.expect("the connection ends in time") {
            Ok(0) | Err(_) => return bytes,
            Ok(count) => bytes.extend_from_slice(&part[..count]),
        }
    }
}
