//! People, in MongoDB.

use std::collections::HashSet;

use async_trait::async_trait;
use bson::{Binary, Bson, DateTime, doc};
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};

use super::MongoStore;
use super::documents::{MemberDocument, id};
use crate::store::CONVERSATIONS_MAX;
use crate::store::people::{PeopleStore, Person, Visibility};

/// Somebody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PersonDocument {
    #[serde(rename = "_id")]
    id: Binary,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    last_seen: Option<DateTime>,
}

impl MongoStore {
    /// The ids of the conversations that `user` is in.
    async fn conversations_of(&self, user: UserId, task: &'static str) -> Result<Vec<Bson>, StoreError> {
        let limit = i64::try_from(CONVERSATIONS_MAX).unwrap_or(i64::MAX);
        let theirs = doc! { "member": binary(user.as_uuid()), "present": true };
        let theirs = self.members.find(theirs).limit(limit).await.or_store_error(task)?;
        let theirs: Vec<MemberDocument> = theirs.try_collect().await.or_store_error(task)?;
        Ok(theirs.into_iter().map(|member| member.id.c.into()).collect())
    }

    /// Those of `users` who are in one of `conversations`.
    async fn found_in(
        &self,
        conversations: Vec<Bson>,
        users: &[UserId],
        task: &'static str,
    ) -> Result<Vec<UserId>, StoreError> {
        let shared = doc! {
            "member": { "$in": ids(users) }, "present": true, "_id.c": { "$in": conversations },
        };
        let known = self.members.distinct("member", shared).await.or_store_error(task)?;
        let known: HashSet<Bson> = known.into_iter().collect();
        Ok(users.iter().copied().filter(|other| known.contains(&binary(other.as_uuid()).into())).collect())
    }
}

#[async_trait]
impl PeopleStore for MongoStore {
    async fn acquaintances(&self, user: UserId, users: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let task = "find acquaintances";
        let conversations = self.conversations_of(user, task).await?;
        self.found_in(conversations, users, task).await
    }

    async fn group_mates(&self, user: UserId, users: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let task = "find who is in a group with somebody";
        let conversations = self.conversations_of(user, task).await?;
        let groups = doc! { "_id": { "$in": conversations }, "group": { "$exists": true } };
        let groups = self.conversations.distinct("_id", groups).await.or_store_error(task)?;
        self.found_in(groups, users, task).await
    }

    async fn people(&self, users: &[UserId]) -> Result<Vec<(UserId, Person)>, StoreError> {
        let task = "read about people";
        let found = self.people.find(doc! { "_id": { "$in": ids(users) } }).await.or_store_error(task)?;
        let found: Vec<PersonDocument> = found.try_collect().await.or_store_error(task)?;
        let person = |document: PersonDocument| {
            let visibility = if document.hidden { Visibility::Hidden } else { Visibility::Shown };
            let last_seen = document.last_seen.map(|time| Timestamp::from_millis(time.timestamp_millis()));
            Ok((id(&document.id)?, Person { visibility, last_seen }))
        };
        found.into_iter().map(person).collect()
    }

    async fn saw(&self, seen: &[(UserId, Timestamp)]) -> Result<(), StoreError> {
        for (user, time) in seen {
            let time = DateTime::from_millis(time.as_millis());
            let update = doc! { "$max": { "last_seen": time }, "$setOnInsert": { "hidden": false } };
            let kept = self.people.update_one(doc! { "_id": binary(user.as_uuid()) }, update).upsert(true);
            kept.await.or_store_error("keep who was seen")?;
        }
        Ok(())
    }

    async fn forget(&self, user: UserId) -> Result<(), StoreError> {
        let forgotten = self.people.delete_one(doc! { "_id": binary(user.as_uuid()) }).await;
        forgotten.map(drop).or_store_error("forget somebody")
    }

    async fn show(&self, user: UserId, visibility: Visibility) -> Result<(), StoreError> {
        let update = doc! { "$set": { "hidden": visibility == Visibility::Hidden } };
        let kept = self.people.update_one(doc! { "_id": binary(user.as_uuid()) }, update).upsert(true);
        kept.await.or_store_error("show or hide somebody").map(drop)
    }
}

fn ids(users: &[UserId]) -> Vec<Bson> {
    users.iter().map(|user| binary(user.as_uuid()).into()).collect()
}
