//! Makes collections what a store needs them to be, and checks that they are.

use std::time::Duration;

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt as _;
use mongodb::IndexModel;
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{IndexOptions, ValidationAction, ValidationLevel};

use super::{Mongo, error};
use crate::OpenError;

/// The server's codes for: there is such a collection already; there is such
/// an index with other options, or with another key.
const NAMESPACE_EXISTS: i32 = 48;
const INDEX_OPTIONS_CONFLICT: i32 = 85;
const INDEX_KEY_SPECS_CONFLICT: i32 = 86;

/// What a collection must be like.
#[derive(Clone, Debug)]
pub struct CollectionSpec {
    /// Its name.
    pub name: &'static str,
    /// Its indexes, beside that on `_id`.
    pub indexes: Vec<Index>,
    /// What its documents must match: `doc! { "$jsonSchema": … }`.
    pub validator: Document,
}

/// An index of a collection.
#[derive(Clone, Debug)]
pub struct Index {
    keys: Document,
    unique: bool,
    filter: Option<Document>,
    expire_after: Option<Duration>,
}

impl Index {
    /// An index on `keys` that only makes queries fast.
    #[must_use]
    pub fn on(keys: Document) -> Self {
        Self { keys, unique: false, filter: None, expire_after: None }
    }

    /// An index on `keys`, which no two documents may have in common.
    #[must_use]
    pub fn unique(keys: Document) -> Self {
        Self { unique: true, ..Self::on(keys) }
    }

    /// The same index, of only the documents that match `filter`.
    #[must_use]
    pub fn only(self, filter: Document) -> Self {
        Self { filter: Some(filter), ..self }
    }

    /// The same index; documents are deleted, within a minute or two, once the
    /// time in their key is `age` ago.
    #[must_use]
    pub fn expire_after(self, age: Duration) -> Self {
        Self { expire_after: Some(age), ..self }
    }

    /// As the driver would name it: `conversation_1_seq_1`.
    fn name(&self) -> String {
        let parts: Vec<String> = self.keys.iter().map(|(key, order)| format!("{key}_{order}")).collect();
        parts.join("_")
    }

    fn model(&self) -> IndexModel {
        let options = IndexOptions::builder()
            .name(self.name())
            .unique(self.unique.then_some(true))
            .partial_filter_expression(self.filter.clone())
            .expire_after(self.expire_after)
            .build();
        IndexModel::builder().keys(self.keys.clone()).options(options).build()
    }

    /// What is wrong with `found`, which has the keys of this index.
    fn difference(&self, found: &IndexOptions) -> Option<&'static str> {
        if found.unique.unwrap_or(false) != self.unique {
            return Some(if self.unique { "is not unique" } else { "is unique" });
        }
        if found.partial_filter_expression.as_ref().map(plain) != self.filter.as_ref().map(plain) {
            return Some("covers other documents");
        }
        if found.expire_after != self.expire_after {
            return Some("expires at another age");
        }
        let altered = found.sparse == Some(true) || found.hidden == Some(true) || found.collation.is_some();
        altered.then_some("is sparse, hidden or collated")
    }
}

/// See [`Mongo::ensure`].
pub(super) async fn ensure(mongo: &Mongo, spec: &CollectionSpec) -> Result<(), OpenError> {
    ensure_validator(mongo, spec).await?;
    create_indexes(mongo, spec).await?;
    check_indexes(mongo, spec).await
}

async fn ensure_validator(mongo: &Mongo, spec: &CollectionSpec) -> Result<(), OpenError> {
    let created = mongo
        .database
        .create_collection(spec.name)
        .validator(spec.validator.clone())
        .validation_level(ValidationLevel::Strict)
        .validation_action(ValidationAction::Error)
        .await;
    match created {
        Ok(()) => return Ok(()),
        Err(error) if has_code(&error, &[NAMESPACE_EXISTS]) => {}
        Err(error) => return Err(mongo.cannot_open(error)),
    }

    if validator(mongo, spec).await?.as_ref() == Some(&spec.validator) {
        return Ok(());
    }
    // A change of the program. What was stored before stays as it is, until
    // it is written again.
    let change = doc! {
        "collMod": spec.name,
        "validator": spec.validator.clone(),
        "validationLevel": "strict",
        "validationAction": "error",
    };
    mongo.database.run_command(change).await.map_err(|error| mongo.cannot_open(error))?;
    tracing::info!(database = mongo.database.name(), collection = spec.name, "the validator was replaced");
    Ok(())
}

/// The validator that the collection has, unless it is one that lets things pass.
async fn validator(mongo: &Mongo, spec: &CollectionSpec) -> Result<Option<Document>, OpenError> {
    let listing = mongo.database.list_collections().filter(doc! { "name": spec.name }).await;
    let mut found = listing.map_err(|error| mongo.cannot_open(error))?;
    let Some(found) = found.try_next().await.map_err(|error| mongo.cannot_open(error))? else {
        return Ok(None);
    };

    let options = found.options;
    let lax = matches!(options.validation_level, Some(ValidationLevel::Off | ValidationLevel::Moderate))
        || matches!(options.validation_action, Some(ValidationAction::Warn));
    Ok(options.validator.filter(|_| !lax))
}

async fn create_indexes(mongo: &Mongo, spec: &CollectionSpec) -> Result<(), OpenError> {
    // One by one, so that an error is about one index, and can name it.
    for index in &spec.indexes {
        let created = mongo.collection::<Document>(spec.name).create_index(index.model()).await;
        match created {
            Ok(_) => {}
            // There is one that differs; checking will say in what.
            Err(error) if has_code(&error, &[INDEX_OPTIONS_CONFLICT, INDEX_KEY_SPECS_CONFLICT]) => {}
            Err(error) if error::is_duplicate_key(&error) => {
                return Err(problem(mongo, spec, index, "cannot be made unique: some documents are not"));
            }
            Err(error) => return Err(mongo.cannot_open(error)),
        }
    }
    Ok(())
}

/// Compares the indexes there are with those there should be: one that
/// somebody has made by hand with the same name would be taken for ours.
async fn check_indexes(mongo: &Mongo, spec: &CollectionSpec) -> Result<(), OpenError> {
    let listing = mongo.collection::<Document>(spec.name).list_indexes().await;
    let found: Vec<IndexModel> = match listing {
        Ok(cursor) => cursor.try_collect().await.map_err(|error| mongo.cannot_open(error))?,
        Err(error) => return Err(mongo.cannot_open(error)),
    };

    for index in &spec.indexes {
        let same_keys = found.iter().find(|found| plain(&found.keys) == plain(&index.keys));
        let Some(same_keys) = same_keys else {
            return Err(problem(
                mongo,
                spec,
                index,
                "is missing: its name is taken by an index with other keys",
            ));
        };
        let options = same_keys.options.clone().unwrap_or_default();
        if let Some(difference) = index.difference(&options) {
            return Err(problem(mongo, spec, index, difference));
        }
    }
    Ok(())
}

fn problem(mongo: &Mongo, spec: &CollectionSpec, index: &Index, problem: &str) -> OpenError {
    OpenError::Collection {
        database: mongo.database.name().to_owned(),
        collection: spec.name.to_owned(),
        problem: format!("index {} {problem}", index.name()),
    }
}

fn has_code(error: &Error, codes: &[i32]) -> bool {
    matches!(&*error.kind, ErrorKind::Command(error) if codes.contains(&error.code))
}

/// The same fields in the same order, with whole numbers in one form: a shell
/// writes `1.0` where a driver writes `1`.
fn plain(document: &Document) -> Vec<(String, String)> {
    document.iter().map(|(key, value)| (key.clone(), plain_value(value))).collect()
}

fn plain_value(value: &Bson) -> String {
    match value {
        Bson::Int32(number) => number.to_string(),
        Bson::Int64(number) => number.to_string(),
        // Prints a whole number without a fraction.
        Bson::Double(number) => number.to_string(),
        Bson::Document(inner) => format!("{:?}", plain(inner)),
        other => other.to_string(),
    }
}
