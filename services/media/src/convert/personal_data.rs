//! What is kept of people, on the wire.

use bytes::Bytes;
use confab_core::UserId;
use confab_proto::internal::v1 as internal;
use serde_json::{Value, json};

use super::field;
use crate::domain::Media;
use crate::error::Error;
use crate::handlers::Exported;

pub fn user_id(id: &str) -> Result<UserId, Error> {
    field("user_id", id.parse())
}

/// What somebody is given of `part`: JSON lines, or bytes of a file.
pub fn exported(part: Exported) -> internal::ExportUserResponse {
    match part {
        Exported::Known(media) => {
            internal::ExportUserResponse { file_name: "files.jsonl".to_owned(), chunk: lines(&media, known) }
        }
        Exported::Bytes(file, chunk) => internal::ExportUserResponse { file_name: place(&file), chunk },
        Exported::Lost(media) => {
            let lost = |file: &Media| json!({ "media_id": file.id.to_string(), "file": place(file) });
            internal::ExportUserResponse {
                file_name: "lost_files.jsonl".to_owned(),
                chunk: lines(&media, lost),
            }
        }
    }
}

/// A line for each of `media`.
fn lines(media: &[Media], line: impl Fn(&Media) -> Value) -> Bytes {
    let mut lines = String::new();
    for file in media {
        lines.push_str(&line(file).to_string());
        lines.push('\n');
    }
    lines.into()
}

/// Where the bytes of `file` are in an export. Two can have one name.
fn place(file: &Media) -> String {
    format!("files/{}/{}", file.id, file.name.as_str())
}

fn known(file: &Media) -> Value {
    json!({
        "media_id": file.id.to_string(),
        "name": file.name.as_str(),
        "content_type": file.original.content_type.mime(),
        "size": file.original.size,
        "create_time": prost_types::Timestamp::from(file.created).to_string(),
        "bytes": place(file),
    })
}
