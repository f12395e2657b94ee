//! What the MongoDB engine promises, tried out on a real one.

use std::time::{Duration, Instant};

use bson::{Document, doc};
use futures_util::future::join_all;
use mongodb::IndexModel;
use mongodb::options::IndexOptions;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use uuid::Uuid;

use super::{CollectionSpec, Index, Mongo, OrStoreError as _, Server, binary, is_duplicate_key};
use crate::{OpenError, StoreError, testing};

fn notes() -> CollectionSpec {
    CollectionSpec {
        name: "note",
        indexes: vec![
            Index::unique(doc! { "author": 1, "number": 1 }),
            Index::unique(doc! { "draft": 1 }).only(doc! { "draft": { "$exists": true } }),
            Index::on(doc! { "expires": 1 }).expire_after(Duration::from_hours(1)),
        ],
        validator: doc! { "$jsonSchema": { "required": ["author"], "properties": { "author": { "bsonType": "string" } } } },
    }
}

async fn refusal(mongo: &Mongo, spec: &CollectionSpec) -> String {
    let refused = mongo.ensure(spec).await.expect_err("the collection is refused");
    assert!(matches!(refused, OpenError::Collection { .. }), "{refused:?}");
    refused.to_string()
}

async fn make_index(mongo: &Mongo, keys: Document, options: IndexOptions) {
    let index = IndexModel::builder().keys(keys).options(options).build();
    mongo.collection::<Document>("note").create_index(index).await.unwrap();
}

#[tokio::test]
async fn collections_can_be_ensured_any_number_of_times_and_at_once() {
    let fresh = testing::mongo("ensure").await;
    let mongo = fresh.service("note");
    let spec = notes();
    let (one, other) = tokio::join!(mongo.prepare(std::slice::from_ref(&spec)), mongo.ensure(&spec));
    one.unwrap();
    other.unwrap();
    mongo.ensure(&spec).await.unwrap();

    let names = mongo.collection::<Document>("note").list_index_names().await.unwrap();
    assert_eq!(names, ["_id_", "author_1_number_1", "draft_1", "expires_1"]);
}

#[tokio::test]
async fn an_index_that_is_not_unique_is_refused_by_name() {
    let fresh = testing::mongo("notunique").await;
    let mongo = fresh.service("note");
    make_index(&mongo, doc! { "author": 1, "number": 1 }, IndexOptions::default()).await;
    let text = refusal(&mongo, &notes()).await;
    assert!(text.contains("index author_1_number_1 is not unique"), "{text}");
    assert!(text.contains("collection note"), "{text}");
}

#[tokio::test]
async fn an_index_of_other_documents_is_refused_by_name() {
    let fresh = testing::mongo("otherfilter").await;
    let mongo = fresh.service("note");
    let filter = doc! { "draft": { "$exists": true }, "author": "me" };
    let options = IndexOptions::builder().unique(true).partial_filter_expression(filter).build();
    make_index(&mongo, doc! { "draft": 1 }, options).await;
    let text = refusal(&mongo, &notes()).await;
    assert!(text.contains("index draft_1 covers other documents"), "{text}");
}

#[tokio::test]
async fn an_index_whose_name_is_taken_is_refused_by_name() {
    let fresh = testing::mongo("nametaken").await;
    let mongo = fresh.service("note");
    let options = IndexOptions::builder().name("author_1_number_1".to_owned()).unique(true).build();
    make_index(&mongo, doc! { "number": 1, "author": 1 }, options).await;
    let text = refusal(&mongo, &notes()).await;
    assert!(text.contains("index author_1_number_1 is missing"), "{text}");
}

#[tokio::test]
async fn an_index_that_documents_already_break_is_refused_by_name() {
    let fresh = testing::mongo("broken").await;
    let mongo = fresh.service("note");
    let twice = [doc! { "author": "me", "number": 1 }, doc! { "author": "me", "number": 1 }];
    mongo.collection("note").insert_many(twice).await.unwrap();
    let text = refusal(&mongo, &notes()).await;
    assert!(text.contains("index author_1_number_1 cannot be made unique"), "{text}");
}

#[tokio::test]
async fn an_index_made_in_a_shell_is_accepted() {
    let fresh = testing::mongo("shell").await;
    let mongo = fresh.service("note");
    let options = IndexOptions::builder().unique(true).build();
    make_index(&mongo, doc! { "author": 1.0, "number": 1.0 }, options).await;
    mongo.ensure(&notes()).await.unwrap();
}

#[tokio::test]
async fn a_validator_is_enforced_and_replaced_when_the_program_changes() {
    let fresh = testing::mongo("validator").await;
    let mongo = fresh.service("note");
    mongo.ensure(&notes()).await.unwrap();
    let collection = mongo.collection::<Document>("note");

    let refused = collection.insert_one(doc! { "author": 1 }).await.or_store_error("add a note");
    assert!(matches!(refused, Err(StoreError::Corrupt { .. })), "{refused:?}");

    let numbers = doc! { "$jsonSchema": { "properties": { "author": { "bsonType": "int" } } } };
    mongo.ensure(&CollectionSpec { validator: numbers, ..notes() }).await.unwrap();
    collection.insert_one(doc! { "author": 1 }).await.unwrap();
    collection.insert_one(doc! { "author": "me" }).await.unwrap_err();
}

#[tokio::test]
async fn a_duplicate_is_recognised_however_it_is_written() {
    let fresh = testing::mongo("duplicate").await;
    let mongo = fresh.service("note");
    mongo.ensure(&notes()).await.unwrap();
    let collection = mongo.collection::<Document>("note");
    let note = || doc! { "author": "me", "number": 1 };
    collection.insert_one(note()).await.unwrap();
    collection.insert_one(doc! { "author": "me", "number": 2 }).await.unwrap();

    let errors = [
        collection.insert_one(note()).await.unwrap_err(),
        collection.insert_many([doc! { "author": "you" }, note()]).await.unwrap_err(),
        collection.update_one(doc! { "number": 2 }, doc! { "$set": { "number": 1 } }).await.unwrap_err(),
        collection
            .find_one_and_update(doc! { "number": 2 }, doc! { "$set": { "number": 1 } })
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert!(is_duplicate_key(&error), "{error:?}");
    }
    let other = collection.insert_one(doc! { "author": 1 }).await.unwrap_err();
    assert!(!is_duplicate_key(&other), "{other:?}");
}

#[tokio::test]
async fn an_error_does_not_quote_what_was_written() {
    let fresh = testing::mongo("quote").await;
    let mongo = fresh.service("note");
    mongo.ensure(&notes()).await.unwrap();
    let collection = mongo.collection::<Document>("note");
    let secret = || doc! { "author": "secret", "number": 1 };
    collection.insert_one(secret()).await.unwrap();

    for refused in [
        collection.insert_one(secret()).await.map(drop),
        collection.insert_many([secret()]).await.map(drop),
        collection.insert_one(doc! { "author": ["secret"] }).await.map(drop),
        collection.find_one_and_update(doc! {}, doc! { "$secret": 1 }).await.map(drop),
    ] {
        let error = refused.or_store_error("add a note").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_document_of_another_form_is_corrupt_and_not_quoted() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Note {
        number: i32,
    }

    let fresh = testing::mongo("form").await;
    let mongo = fresh.service("note");
    let written = doc! { "number": "secret" };
    mongo.collection("note").insert_one(written).await.unwrap();

    let read = mongo.collection::<Note>("note").find_one(doc! {}).await;
    let read = read.or_store_error("find a note");
    assert!(matches!(read, Err(StoreError::Corrupt { .. })), "{read:?}");
    assert!(!format!("{read:?}").contains("secret"), "{read:?}");
}

#[tokio::test]
async fn a_write_that_no_majority_confirms_is_unknown() {
    let fresh = testing::mongo("majority").await;
    let mongo = fresh.service("note");
    // More members than there are, so that nobody can confirm it.
    let options = mongodb::options::WriteConcern::builder()
        .w(mongodb::options::Acknowledgment::Nodes(2))
        .w_timeout(Duration::from_millis(1))
        .build();
    let collection = mongo.collection::<Document>("note");
    for unconfirmed in [
        collection.insert_one(doc! {}).write_concern(options.clone()).await.map(drop),
        collection.insert_many([doc! {}]).write_concern(options).await.map(drop),
    ] {
        let unconfirmed = unconfirmed.or_store_error("add a note");
        assert!(matches!(unconfirmed, Err(StoreError::Unknown { .. })), "{unconfirmed:?}");
    }
}

#[tokio::test]
async fn no_url_can_weaken_a_write() {
    let url = "mongodb://127.0.0.1/?w=1&journal=false&retryWrites=false&readPreference=secondary";
    let options = super::url::options(&url.to_owned().into()).await.unwrap();
    let concern = options.write_concern.unwrap();
    assert_eq!(concern.w, Some(mongodb::options::Acknowledgment::Majority));
    assert_eq!(concern.journal, Some(true));
    assert_eq!(options.retry_writes, Some(true));
    assert!(format!("{:?}", options.selection_criteria).contains("Primary"));
}

#[tokio::test]
async fn an_id_is_kept_as_the_driver_keeps_uuids() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Note {
        #[serde(rename = "_id")]
        id: bson::Uuid,
    }

    let fresh = testing::mongo("uuid").await;
    let collection = fresh.service("note").collection::<Note>("note");
    let id = Uuid::new_v4();
    let note = Note { id: bson::Uuid::from_bytes(*id.as_bytes()) };
    collection.insert_one(&note).await.unwrap();
    assert_eq!(collection.find_one(doc! { "_id": binary(id) }).await.unwrap(), Some(note));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_unavailable_within_seconds() {
    // Accepts connections, as the system does that for it, and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mongodb://user:password@{}/", silent.local_addr().unwrap());
    let mongo = Server::open(&url.into(), "test").await.unwrap().database("note");

    let start = Instant::now();
    let spec = notes();
    let collection = mongo.collection("note");
    let write = async { collection.insert_one(doc! {}).await.or_store_error("add a note") };
    let (ensured, written) = tokio::join!(mongo.ensure(&spec), write);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert!(matches!(ensured, Err(OpenError::Unavailable { .. })), "{ensured:?}");
    assert!(matches!(written, Err(StoreError::Unavailable { .. })), "{written:?}");
}

#[tokio::test]
async fn whoever_comes_after_a_crowd_that_has_given_up_is_served() {
    let url = std::env::var(testing::MONGODB_VARIABLE).unwrap();
    // As services do, which keep collections alone.
    let collection =
        Server::open(&url.into(), "test").await.unwrap().database("note").collection::<Document>("none");
    let crowd = join_all((0..1_000).map(|_| collection.find_one(doc! {}).into_future()));
    assert!(timeout(Duration::from_millis(10), crowd).await.is_err(), "they give up");

    let start = Instant::now();
    assert_eq!(collection.find_one(doc! {}).await.unwrap(), None);
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_program_that_starts_says_where_it_waited_and_keeps_the_password() {
    let url = "mongodb://user:hunter2@127.0.0.1:1/".to_owned();
    let mongo = Server::open(&url.into(), "test").await.unwrap().database("note");
    let waited = mongo.wait(Duration::from_millis(1)).await.unwrap_err();
    assert!(waited.to_string().contains("127.0.0.1:1"), "{waited}");
    assert!(!format!("{waited:?} {mongo:?}").contains("hunter2"), "{waited:?}");
}

#[tokio::test]
async fn a_wrong_password_is_said_at_once() {
    let url = std::env::var(testing::MONGODB_VARIABLE).unwrap();
    let url = url.replacen("mongodb://", "mongodb://nobody:hunter2@", 1);
    let mongo = Server::open(&url.into(), "test").await.unwrap().database("note");
    let start = Instant::now();
    let refused = mongo.prepare(&[notes()]).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert!(matches!(refused, OpenError::Refused { .. }), "{refused:?}");
    assert!(refused.to_string().contains("check user and password"), "{refused}");
    assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
}

#[tokio::test]
async fn a_wrong_url_is_refused_without_telling_its_password() {
    for url in [
        "postgres://127.0.0.1/",
        "mongodb://user:hunter2@127.0.0.1:notaport/",
        "mongodb://user:hunter%2@127.0.0.1/",
        "mongodb://user:hun/ter2@127.0.0.1/",
        "mongodb://user:hunter2/",
        "mongodb://user:hunter2@",
        "hunter2",
    ] {
        let refused = Server::open(&url.to_owned().into(), "test").await.unwrap_err();
        assert!(matches!(refused, OpenError::Url { .. }), "{refused:?}");
        assert!(!format!("{refused} {refused:?}").contains("hun"), "{refused:?}");
    }
}
