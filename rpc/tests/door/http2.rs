//! A client that speaks HTTP/2 frame by frame (RFC 9113), and keeps no rule of it.

use std::net::SocketAddr;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const PRIORITY: u8 = 2;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// What a client begins with.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How much lies at our end of the wire.
const SEND_BUFFER_BYTES: usize = 64 * 1024;

/// A frame as it is sent.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// The headers of a POST of `path`, as HPACK has them without its table (RFC 7541).
pub fn post(path: &str) -> Vec<u8> {
    let mut block = vec![0x83, 0x86, 0x04, u8::try_from(path.len()).unwrap()];
    block.extend(path.as_bytes());
    block.extend([0x01, 1, b'a']);
    block
}

/// A header as HPACK has it without its table. Lengths below 127 only.
pub fn header(name: &str, value: &str) -> Vec<u8> {
    let mut header = vec![0, u8::try_from(name.len()).unwrap()];
    header.extend(name.as_bytes());
    header.push(u8::try_from(value.len()).unwrap());
    header.extend(value.as_bytes());
    header
}

/// A frame as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

impl Frame {
    /// The code of a GOAWAY or `RST_STREAM`.
    pub fn code(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }
}

/// A connection on which the preface and empty SETTINGS were sent.
pub struct Client {
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        // So that it is soon seen whether the server still takes what is sent.
        SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES).unwrap();
        let (reader, mut writer) = stream.into_split();
        writer.write_all(PREFACE).await.unwrap();
        writer.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
        Self { reader, writer }
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).await.unwrap();
    }

    /// The next frame; nothing at the end.
    pub async fn next(&mut self) -> Option<Frame> {
        next(&mut self.reader).await
    }

    /// All frames until one that `is_last`, or the end.
    pub async fn until(&mut self, is_last: impl Fn(&Frame) -> bool) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await {
            frames.push(frame);
            if is_last(&frames[frames.len() - 1]) {
                break;
            }
        }
        frames
    }

    /// Sends `bytes` up to `times` times, for as long as the server takes them,
    /// and returns how often it did, and all that it said.
    pub async fn flood(self, bytes: &[u8], times: usize) -> (usize, Vec<Frame>) {
        let Self { mut reader, mut writer } = self;
        let reading: JoinHandle<Vec<Frame>> = tokio::spawn(async move {
            let mut frames = Vec::new();
            while let Some(frame) = next(&mut reader).await {
                // What answers each of a million pings need not be kept.
                if frame.kind != PING && frame.kind != SETTINGS {
                    frames.push(frame);
                }
            }
            frames
        });
        let mut taken = 0;
        // As if the wire were short: many at once, and no wait for an answer.
        let many = (16 * 1024 / bytes.len()).clamp(1, times);
        let packet = bytes.repeat(many);
        while taken < times && timeout(PATIENCE, writer.write_all(&packet)).await.unwrap().is_ok() {
            taken += many;
        }
        if taken >= times {
            // It bore all of it; then it may go on with us or not.
            let _ = writer.shutdown().await;
        }
        (taken, timeout(PATIENCE, reading).await.unwrap().unwrap())
    }
}

async fn next(reader: &mut OwnedReadHalf) -> Option<Frame> {
    let mut head = [0; 9];
    timeout(PATIENCE, reader.read_exact(&mut head)).await.expect("a frame in time").ok()?;
    let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    timeout(PATIENCE, reader.read_exact(&mut payload)).await.expect("a frame in time").ok()?;
    let stream = u32::from_be_bytes(head[5..9].try_into().unwrap());
    Some(Frame { kind: head[3], flags: head[4], stream, payload })
}
