//! The collections in MongoDB, with their indexes and what they insist on.

use bson::{Document, doc};
use confab_db::mongo::{CollectionSpec, Index};

use super::documents::{AttachmentDocument, BlobDocument, MediaDocument, UploadDocument, UsageDocument};
use super::{ATTACHMENTS, BLOBS, MEDIA, UPLOADS, USAGE};

/// All of them.
pub fn all() -> [CollectionSpec; 5] {
    let uploads = vec![Index::on(doc! { "expires": 1 })];
    let unattached = Index::on(doc! { "unattached": 1 }).only(doc! { "unattached": { "$exists": true } });
    let media = vec![Index::on(doc! { "owner": 1, "_id": -1 }), unattached];
    let blobs = vec![Index::on(doc! { "claimed": 1 }).only(doc! { "uses": 0_i64 })];
    let attachments =
        vec![Index::on(doc! { "_id.media": 1, "_id.place": 1 }), Index::on(doc! { "confirmed": 1 })];
    [
        spec(USAGE, Vec::new(), UsageDocument::validator()),
        spec(UPLOADS, uploads, UploadDocument::validator()),
        spec(MEDIA, media, MediaDocument::validator()),
        spec(BLOBS, blobs, BlobDocument::validator()),
        spec(ATTACHMENTS, attachments, AttachmentDocument::validator()),
    ]
}

fn spec(name: &'static str, indexes: Vec<Index>, validator: Document) -> CollectionSpec {
    CollectionSpec { name, indexes, validator }
}
