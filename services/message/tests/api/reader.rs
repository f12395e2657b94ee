//! Reads a live stream, and gives up when it is silent.

use std::time::Duration;

use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;
use tonic::{Status, Streaming};
use uuid::Uuid;

use crate::world::Person;

/// How long a frame may take. Far more than it does, far less than a heartbeat.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Somebody who reads a live stream.
pub struct Reader {
    stream: Streaming<v1::SubscribeResponse>,
    pub epoch: String,
}

impl Reader {
    pub async fn new(person: &Person, epoch: &str, known: &[(&str, i64)]) -> Self {
        let known_heads = known.iter().map(|(conversation, seq)| v1::KnownHead {
            conversation_id: (*conversation).to_owned(),
            seq: *seq,
        });
        let (epoch, known_heads) = (epoch.into(), known_heads.collect());
        let request = v1::SubscribeRequest { epoch, known_heads, heads_hash: None };
        let mut reader = Self { stream: person.subscribe(request).await.unwrap(), epoch: String::new() };
        match reader.next().await.unwrap() {
            Frame::Ready(ready) => reader.epoch = ready.epoch,
            other => panic!("the first frame is {other:?}"),
        }
        reader
    }

    /// Somebody who says with a hash what they know.
    pub async fn with_hash(person: &Person, epoch: &str, known: &[(&str, i64)]) -> Self {
        let mut known: Vec<_> = known.iter().map(|(id, seq)| (id.parse::<Uuid>().unwrap(), seq)).collect();
        known.sort_unstable();
        let bytes =
            known.iter().flat_map(|(id, seq)| [id.as_bytes().as_slice(), &seq.to_be_bytes()].concat());
        let hash = Sha256::digest(bytes.collect::<Vec<u8>>()).to_vec();
        let request =
            v1::SubscribeRequest { epoch: epoch.into(), heads_hash: Some(hash.into()), known_heads: vec![] };
        Self { stream: person.subscribe(request).await.unwrap(), epoch: epoch.into() }
    }

    /// The end of the stream, if that is no error.
    pub async fn end(&mut self) {
        assert_eq!(timeout(PATIENCE, self.stream.message()).await.unwrap().unwrap(), None);
    }

    pub async fn next(&mut self) -> Result<Frame, Status> {
        let frame = timeout(PATIENCE, self.stream.message()).await.unwrap()?;
        Ok(frame.unwrap().frame.unwrap())
    }

    pub async fn seqs(&mut self, count: usize) -> Vec<i64> {
        let mut seqs = Vec::new();
        for _ in 0..count {
            match self.next().await.unwrap() {
                Frame::Event(event) => seqs.push(event.seq),
                other => panic!("not an event: {other:?}"),
            }
        }
        seqs
    }
}
