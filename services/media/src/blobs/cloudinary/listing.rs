//! The files of an account in the order of their names. Cloudinary lists them
//! in an order of its own, so that a page of ours is put together from all
//! names that begin alike, as few as fit into one answer.

use std::collections::VecDeque;

use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{BlobError, CloudinaryStore, DELIVERY_TYPE, RESOURCE_TYPE};
use crate::domain::BlobKey;

/// The most that Cloudinary lists at once.
const NAMES_MAX: usize = 500;
/// What names are made of.
const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
const TASK: &str = "list blobs";

/// Some of the files of an account.
#[derive(Debug, Deserialize)]
struct Listed {
    resources: Vec<Resource>,
    /// Where the next of them are, if there are more.
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Resource {
    public_id: String,
}

impl CloudinaryStore {
    /// Up to `limit` of the keys behind `after`, in their order.
    pub(super) async fn list_sorted(
        &self,
        after: Option<&BlobKey>,
        limit: usize,
    ) -> Result<Vec<BlobKey>, BlobError> {
        let after = after.map(ToString::to_string).unwrap_or_default();
        let mut keys = Vec::new();
        let mut beginnings = VecDeque::from([String::new()]);
        while let Some(beginning) = beginnings.pop_front() {
            if keys.len() >= limit {
                break;
            }
            // All that begin so come before `after`.
            if beginning.as_str() < &after[..beginning.len().min(after.len())] {
                continue;
            }
            match self.all_that_begin(&beginning).await? {
                Some(mut found) => {
                    found.retain(|key| key.to_string() > after);
                    found.sort_unstable();
                    keys.extend(found.into_iter().take(limit - keys.len()));
                }
                None => {
                    for digit in DIGITS.iter().rev() {
                        beginnings.push_front(format!("{beginning}{digit}"));
                    }
                }
            }
        }
        Ok(keys)
    }

    /// The keys that begin with `beginning`; nothing if there are too many for one answer.
    async fn all_that_begin(&self, beginning: &str) -> Result<Option<Vec<BlobKey>>, BlobError> {
        let access = &*self.access;
        let url =
            format!("{}/v1_1/{}/resources/{RESOURCE_TYPE}/{DELIVERY_TYPE}", access.api_url, access.cloud);
        let prefix = format!("{}/{beginning}", access.folder);
        let query = [("prefix", prefix), ("max_results", NAMES_MAX.to_string())];
        let request = || {
            let request = self.client.get(&url).query(&query);
            Ok(request.basic_auth(&access.api_key, Some(access.api_secret.expose_secret())))
        };
        let listed: Listed = self.read_json(TASK, self.attempts(TASK, request).await?).await?;
        if listed.next_cursor.is_some() {
            return Ok(None);
        }
        // What else lies there is none of ours.
        let names = listed.resources.iter().filter_map(|resource| resource.public_id.rsplit('/').next());
        Ok(Some(names.filter_map(|name| name.parse().ok()).collect()))
    }
}
