//! What the collections must be like.

use bson::{Bson, Document, doc};
use confab_db::mongo::{CollectionSpec, Index};

use crate::store::record::kind;

/// What the store relies on.
pub fn collections() -> Vec<CollectionSpec> {
    vec![log(), conversations(), members(), people(), store()]
}

fn log() -> CollectionSpec {
    let by_client = Index::unique(doc! { "_id.c": 1, "actor": 1, "client": 1 });
    let by_target = Index::on(doc! { "_id.c": 1, "target": 1, "_id.s": 1 });
    let of_edits = Index::on(doc! { "_id.c": 1, "target": 1, "kind": 1, "_id.s": 1 });
    let of_senders = Index::on(doc! { "_id.c": 1, "actor": 1, "_id.s": 1 });
    let of_changes = Index::unique(doc! { "_id.c": 1, "change": 1 });
    CollectionSpec {
        name: "log",
        indexes: vec![
            by_client.only(doc! { "client": { "$exists": true } }),
            by_target.only(doc! { "live": true }),
            of_edits.only(doc! { "kind": kind::MESSAGE_EDITED }),
            of_senders.only(doc! { "kind": kind::MESSAGE_SENT }),
            of_changes.only(doc! { "change": { "$exists": true } }),
            Index::on(doc! { "due": 1 }).only(doc! { "due": true }),
        ],
        validator: schema(
            &["ordinal", "revision", "last_message", "actor", "created", "kind"],
            doc! {
                "_id": object(doc! { "c": bson_type("binData"), "s": bson_type("long") }),
                "ordinal": bson_type("long"),
                "revision": bson_type("long"),
                "last_message": bson_type("long"),
                "actor": bson_type("binData"),
                "client": bson_type("binData"),
                "created": bson_type("date"),
                "kind": bson_type("int"),
                "target": bson_type("long"),
                "text": bson_type("string"),
                "detail": bson_type("object"),
                "live": bson_type("bool"),
                "change": bson_type("long"),
                "due": bson_type("bool"),
            },
        ),
    }
}

fn conversations() -> CollectionSpec {
    CollectionSpec {
        name: "conversations",
        indexes: vec![],
        validator: schema(
            &["created", "revision", "members", "pins"],
            doc! {
                "_id": bson_type("binData"),
                "created": bson_type("date"),
                "revision": bson_type("long"),
                "group": bson_type("object"),
                "members": bson_type("array"),
                "pins": bson_type("array"),
            },
        ),
    }
}

fn members() -> CollectionSpec {
    let numbers = ["since_event", "since_seq", "since_ordinal", "read_seq", "read_ordinal", "delivered_seq"];
    let mut properties = doc! {
        "_id": object(doc! { "c": bson_type("binData"), "m": bson_type("binData") }),
        "member": bson_type("binData"),
        "present": bson_type("bool"),
    };
    properties.extend(doc! { "muted_until": bson_type("date"), "archived_at": bson_type("long") });
    properties.extend(numbers.map(|name| (name.to_owned(), Bson::from(bson_type("long")))));
    CollectionSpec {
        name: "members",
        indexes: vec![Index::on(doc! { "member": 1 })],
        validator: schema(&[&["member", "present"], &numbers[..]].concat(), properties),
    }
}

fn people() -> CollectionSpec {
    CollectionSpec {
        name: "people",
        indexes: vec![],
        validator: schema(
            &["hidden"],
            doc! {
                "_id": bson_type("binData"),
                "hidden": bson_type("bool"),
                "last_seen": bson_type("date"),
            },
        ),
    }
}

fn store() -> CollectionSpec {
    CollectionSpec {
        name: "store",
        indexes: vec![],
        validator: schema(&["epoch"], doc! { "_id": bson_type("string"), "epoch": bson_type("string") }),
    }
}

fn schema(required: &[&str], properties: Document) -> Document {
    doc! { "$jsonSchema": {
        "bsonType": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    } }
}

fn object(properties: Document) -> Document {
    let required: Vec<Bson> = properties.keys().map(|key| Bson::String(key.clone())).collect();
    doc! { "bsonType": "object", "required": required, "properties": properties, "additionalProperties": false }
}

fn bson_type(name: &str) -> Document {
    doc! { "bsonType": name }
}
