//! The documents that MongoDB keeps, and what they must look like.

use std::time::Duration;

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document, doc};
use confab_core::{Id, MediaId, Timestamp, UserId};
use confab_db::StoreError;
use serde::{Deserialize, Serialize};

use super::int;
use crate::domain::{
    BlobKey, ContentType, FileName, Form, Manner, Media, Place, Purpose, Upload, Usage, Variant,
};
use crate::store::{Holding, IndexedBlob};

/// How much somebody has.
#[derive(Default, Serialize, Deserialize)]
pub struct UsageDocument {
    #[serde(rename = "_id")]
    id: Option<bson::Uuid>,
    bytes: i64,
    files: i64,
}

/// A file on its way to us.
#[derive(Serialize, Deserialize)]
pub struct UploadDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    owner: bson::Uuid,
    purpose: String,
    name: String,
    size: i64,
    received: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<Binary>,
    manner: String,
    created: DateTime,
    expires: DateTime,
}

/// A file.
#[derive(Serialize, Deserialize)]
pub struct MediaDocument {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    owner: bson::Uuid,
    purpose: String,
    name: String,
    forms: Vec<FormDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blurhash: Option<String>,
    keeps_metadata: bool,
    charged: i64,
    created: DateTime,
    /// To how many places it is attached; zero for as long as `unattached` is there.
    attachments: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    unattached: Option<DateTime>,
}

/// A form of a file.
#[derive(Serialize, Deserialize)]
pub struct FormDocument {
    variant: String,
    key: Binary,
    size: i64,
    content_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<i64>,
}

/// Who uses a blob.
#[derive(Serialize, Deserialize)]
pub struct BlobDocument {
    #[serde(rename = "_id")]
    id: Binary,
    size: i64,
    uses: i64,
    claimed: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    erasing: Option<DateTime>,
}

/// That a file is attached to something.
#[derive(Serialize, Deserialize)]
pub struct AttachmentDocument {
    #[serde(rename = "_id")]
    id: AttachmentId,
    confirmed: DateTime,
}

/// Which file is attached to what.
#[derive(Serialize, Deserialize)]
pub struct AttachmentId {
    place: Binary,
    media: bson::Uuid,
}

impl UsageDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let count = doc! { "bsonType": "long", "minimum": 0 };
        schema(doc! { "_id": binary(), "bytes": count.clone(), "files": count }, Document::new())
    }
}

impl From<UsageDocument> for Usage {
    fn from(document: UsageDocument) -> Self {
        let [bytes, files] = [document.bytes, document.files].map(count);
        Self { bytes, files }
    }
}

impl UploadDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": binary(), "owner": binary(), "purpose": text(), "name": text(), "size": long(),
            "received": long(), "manner": text(), "created": date_type(), "expires": date_type(),
        };
        schema(always, doc! { "hash": binary() })
    }

    /// Its id.
    pub fn id(&self) -> MediaId {
        id(self.id)
    }

    /// Whose it is, and how many bytes it has reserved.
    pub fn charge(&self) -> (UserId, i64) {
        (id(self.owner), self.size)
    }
}

impl From<&Upload> for UploadDocument {
    fn from(upload: &Upload) -> Self {
        Self {
            id: upload.id.as_uuid().into(),
            owner: upload.owner.as_uuid().into(),
            purpose: upload.purpose.word().to_owned(),
            name: upload.name.as_str().to_owned(),
            size: int(upload.size),
            received: int(upload.received),
            hash: upload.hash.map(key_bytes),
            manner: upload.manner.word().to_owned(),
            created: date(upload.created),
            expires: date(upload.expires),
        }
    }
}

impl TryFrom<UploadDocument> for Upload {
    type Error = StoreError;

    fn try_from(document: UploadDocument) -> Result<Self, StoreError> {
        let unknown = |what| move || StoreError::corrupt("read an upload", what);
        let hash = document.hash.map(|hash| BlobKey::stored(&hash.bytes).ok_or_else(unknown("its hash")));
        Ok(Self {
            id: id(document.id),
            owner: id(document.owner),
            purpose: Purpose::of_word(&document.purpose).ok_or_else(unknown("its purpose"))?,
            name: FileName::stored(document.name),
            size: count(document.size),
            received: count(document.received),
            hash: hash.transpose()?,
            manner: Manner::of_word(&document.manner).ok_or_else(unknown("its manner"))?,
            created: moment(document.created),
            expires: moment(document.expires),
        })
    }
}

impl MediaDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": binary(), "owner": binary(), "purpose": text(), "name": text(),
            "forms": { "bsonType": "array" }, "keeps_metadata": { "bsonType": "bool" },
            "charged": long(), "created": date_type(), "attachments": { "bsonType": "long", "minimum": 0 },
        };
        schema(always, doc! { "duration": long(), "blurhash": text(), "unattached": date_type() })
    }

    /// Its id.
    pub fn id(&self) -> MediaId {
        id(self.id)
    }

    /// To how many places it is attached.
    pub fn attachments(&self) -> i64 {
        self.attachments
    }
}

impl From<&Media> for MediaDocument {
    fn from(media: &Media) -> Self {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self {
            id: media.id.as_uuid().into(),
            owner: media.owner.as_uuid().into(),
            purpose: media.purpose.word().to_owned(),
            name: media.name.as_str().to_owned(),
            forms: media.forms().map(FormDocument::from).collect(),
            duration: media.duration.map(millis),
            blurhash: media.blurhash.clone(),
            keeps_metadata: media.keeps_metadata,
            charged: int(media.charged),
            created: date(media.created),
            attachments: 0,
            unattached: Some(date(media.created)),
        }
    }
}

impl TryFrom<MediaDocument> for Media {
    type Error = StoreError;

    fn try_from(document: MediaDocument) -> Result<Self, StoreError> {
        let unknown = |what| move || StoreError::corrupt("read a file", what);
        let forms = document.forms.into_iter().map(FormDocument::read).collect::<Option<Vec<_>>>();
        let (originals, mut thumbnails): (Vec<_>, Vec<_>) = forms
            .ok_or_else(unknown("one of its forms"))?
            .into_iter()
            .partition(|(variant, _)| *variant == Variant::Original);
        thumbnails.sort_by_key(|(variant, _)| *variant);
        let (_, original) = originals.into_iter().next().ok_or_else(unknown("its original is missing"))?;
        Ok(Self {
            id: id(document.id),
            owner: id(document.owner),
            purpose: Purpose::of_word(&document.purpose).ok_or_else(unknown("its purpose"))?,
            name: FileName::stored(document.name),
            original,
            thumbnails,
            duration: document.duration.map(|millis| Duration::from_millis(count(millis))),
            blurhash: document.blurhash,
            keeps_metadata: document.keeps_metadata,
            charged: count(document.charged),
            created: moment(document.created),
        })
    }
}

impl From<(Variant, &Form)> for FormDocument {
    fn from((variant, form): (Variant, &Form)) -> Self {
        let (width, height) = form.dimensions.unzip();
        Self {
            variant: variant.word().to_owned(),
            key: key_bytes(form.key),
            size: int(form.size),
            content_type: form.content_type.mime().to_owned(),
            width: width.map(i64::from),
            height: height.map(i64::from),
        }
    }
}

impl FormDocument {
    fn read(self) -> Option<(Variant, Form)> {
        let pixels = |side: i64| u32::try_from(side).ok();
        let form = Form {
            key: BlobKey::stored(&self.key.bytes)?,
            size: count(self.size),
            content_type: ContentType::of_mime(&self.content_type)?,
            dimensions: self.width.and_then(pixels).zip(self.height.and_then(pixels)),
        };
        Some((Variant::of_word(&self.variant)?, form))
    }
}

impl BlobDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let always = doc! {
            "_id": binary(), "size": long(), "uses": { "bsonType": "long", "minimum": 0 },
            "claimed": date_type(),
        };
        schema(always, doc! { "erasing": date_type() })
    }

    /// Its name.
    pub fn key(&self) -> Result<BlobKey, StoreError> {
        let malformed = || StoreError::corrupt("read a blob", "its key does not have 32 bytes");
        BlobKey::stored(&self.id.bytes).ok_or_else(malformed)
    }
}

impl TryFrom<BlobDocument> for IndexedBlob {
    type Error = StoreError;

    fn try_from(document: BlobDocument) -> Result<Self, StoreError> {
        Ok(Self { key: document.key()?, size: count(document.size), uses: count(document.uses) })
    }
}

impl AttachmentDocument {
    /// What MongoDB insists on.
    pub fn validator() -> Document {
        let id = doc! {
            "bsonType": "object",
            "required": ["place", "media"],
            "properties": { "place": binary(), "media": binary() },
        };
        schema(doc! { "_id": id, "confirmed": date_type() }, Document::new())
    }

    /// What is stored of a new attachment.
    pub fn new(place: Place, media: MediaId, now: Timestamp) -> Self {
        Self { id: AttachmentId::new(place, media), confirmed: date(now) }
    }
}

impl AttachmentId {
    /// That of `media` at `place`.
    pub fn new(place: Place, media: MediaId) -> Self {
        Self { place: place_bytes(place), media: media.as_uuid().into() }
    }
}

impl From<AttachmentId> for Bson {
    fn from(id: AttachmentId) -> Self {
        doc! { "place": id.place, "media": id.media }.into()
    }
}

impl TryFrom<AttachmentDocument> for Holding {
    type Error = StoreError;

    fn try_from(document: AttachmentDocument) -> Result<Self, StoreError> {
        let malformed = || StoreError::corrupt("read an attachment", "its place is none");
        let AttachmentId { place, media } = document.id;
        Ok(Self { place: Place::stored(&place.bytes).ok_or_else(malformed)?, media: id(media) })
    }
}

/// A place as MongoDB keeps it.
pub fn place_bytes(place: Place) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: place.to_bytes() }
}

/// The name of a blob as MongoDB keeps it.
pub fn key_bytes(key: BlobKey) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: key.as_bytes().to_vec() }
}

/// A moment as MongoDB keeps it.
pub fn date(time: Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millis())
}

fn moment(date: DateTime) -> Timestamp {
    Timestamp::from_millis(date.timestamp_millis())
}

fn id<Of>(uuid: bson::Uuid) -> Id<Of> {
    Id::from_uuid(uuid.into())
}

/// The validators let nothing negative in.
fn count(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

fn binary() -> Document {
    doc! { "bsonType": "binData" }
}

fn text() -> Document {
    doc! { "bsonType": "string" }
}

fn long() -> Document {
    doc! { "bsonType": "long" }
}

fn date_type() -> Document {
    doc! { "bsonType": "date" }
}

/// A validator that asks for all of `properties`, and that the `optional` ones are
/// right if they are there; it allows others, so that two versions of the program
/// can work side by side.
fn schema(properties: Document, optional: Document) -> Document {
    let required: Vec<&str> = properties.keys().map(String::as_str).collect();
    let mut all = properties.clone();
    all.extend(optional);
    doc! { "$jsonSchema": { "bsonType": "object", "required": required, "properties": all } }
}
