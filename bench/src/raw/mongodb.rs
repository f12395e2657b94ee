//! How many documents `MongoDB` takes in a second, one insert each, from as many tasks as there are connections.
//!
//! The document, its indexes and the write concern are those of the product
//! (`services/message`): what it does beside this is its own work.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use mongodb::bson::{Bson, DateTime, Document, Uuid, doc};
use mongodb::options::{Acknowledgment, IndexOptions, WriteConcern};
use mongodb::{Client, Collection, Database, IndexModel};
use tokio::task::JoinSet;

use crate::measure::Window;
use crate::scenario::TEXT;

/// Lets so many `tasks` insert, one document after the other, and returns how many there were in a second.
pub async fn rate(url: &str, tasks: usize, warm_up: Duration, length: Duration) -> Result<f64> {
    let client = Client::with_uri_str(url).await.context("the URL of the MongoDB makes no sense")?;
    let database = client.database(&format!("bench_{}", std::process::id()));
    let measured = measure(&database, tasks, warm_up, length).await;
    // Also after a failure nothing is left behind.
    database.drop().await.context("cannot remove what was written")?;
    measured
}

async fn measure(database: &Database, tasks: usize, warm_up: Duration, length: Duration) -> Result<f64> {
    let log = database.collection::<Document>("log");
    let concern = WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build();
    let options = mongodb::options::CollectionOptions::builder().write_concern(concern).build();
    let keys = doc! { "_id.c": 1, "actor": 1, "client": 1 };
    let unique = IndexOptions::builder().unique(true).build();
    log.create_index(IndexModel::builder().keys(keys).options(unique).build()).await?;
    let log = database.collection_with_options::<Document>("log", options);

    let window = Window::after(warm_up, length);
    let mut inserting = JoinSet::new();
    for _ in 0..tasks {
        inserting.spawn(insert_until_the_end(log.clone(), window));
    }
    let mut inserts = 0;
    while let Some(ended) = inserting.join_next().await {
        inserts += ended.context("a task failed")??;
    }
    Ok(window.rate(inserts))
}

/// Returns how many inserts ended within `window`.
async fn insert_until_the_end(log: Collection<Document>, window: Window) -> Result<u64> {
    // A conversation of its own: nobody else takes its numbers.
    let conversation = Uuid::new();
    let mut inserts = 0;
    for seq in 1_i64.. {
        log.insert_one(event(conversation, seq)).await.context("an insert failed")?;
        let now = Instant::now();
        inserts += u64::from(window.contains(now));
        if now >= window.end {
            break;
        }
    }
    Ok(inserts)
}

fn event(conversation: Uuid, seq: i64) -> Document {
    doc! {
        "_id": { "c": conversation, "s": seq },
        "ordinal": seq,
        "actor": conversation,
        "client": Uuid::new(),
        "created": Bson::DateTime(DateTime::from_millis(seq)),
        "kind": 1,
        "text": TEXT,
    }
}
