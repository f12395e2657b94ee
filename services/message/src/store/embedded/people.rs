//! People, in SQL.

use async_trait::async_trait;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{EmbeddedStore, blob};
use crate::store::people::{PeopleStore, Person, Visibility};

#[async_trait]
impl PeopleStore for EmbeddedStore {
    async fn acquaintances(&self, user: UserId, users: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let users = users.to_vec();
        self.sqlite.read("find acquaintances", move |sql| acquaintances(sql, user, users)).await
    }

    async fn group_mates(&self, user: UserId, users: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let users = users.to_vec();
        self.sqlite
            .read("find who is in a group with somebody", move |sql| group_mates(sql, user, users))
            .await
    }

    async fn people(&self, users: &[UserId]) -> Result<Vec<(UserId, Person)>, StoreError> {
        let users = users.to_vec();
        let find = move |sql: &Connection| {
            let found = users.into_iter().map(|user| Ok(person(sql, user)?.map(|person| (user, person))));
            found.filter_map(Result::transpose).collect()
        };
        self.sqlite.read("read about people", find).await
    }

    async fn saw(&self, seen: &[(UserId, Timestamp)]) -> Result<(), StoreError> {
        let seen = seen.to_vec();
        let write = move |sql: &Connection| {
            let mut statement = sql.prepare_cached(
                "INSERT INTO people (user, last_seen) VALUES (?, ?)
                 ON CONFLICT (user) DO UPDATE SET last_seen = max(coalesce(last_seen, 0), excluded.last_seen)",
            )?;
            for (user, time) in seen {
                statement.execute(params![blob(user), time.as_millis()])?;
            }
            Ok(())
        };
        self.sqlite.write("keep who was seen", write).await
    }

    async fn forget(&self, user: UserId) -> Result<(), StoreError> {
        let forget = move |sql: &Connection| {
            sql.prepare_cached("DELETE FROM people WHERE user = ?")?.execute([blob(user)]).map(drop)
        };
        self.sqlite.write("forget somebody", forget).await
    }

    async fn show(&self, user: UserId, visibility: Visibility) -> Result<(), StoreError> {
        let write = move |sql: &Connection| {
            let mut statement = sql.prepare_cached(
                "INSERT INTO people (user, hidden) VALUES (?, ?)
                 ON CONFLICT (user) DO UPDATE SET hidden = excluded.hidden",
            )?;
            statement.execute(params![blob(user), visibility == Visibility::Hidden])?;
            Ok(())
        };
        self.sqlite.write("show or hide somebody", write).await
    }
}

fn acquaintances(sql: &Connection, user: UserId, users: Vec<UserId>) -> Result<Vec<UserId>> {
    let together = "SELECT 1 FROM members theirs JOIN members mine ON mine.conversation = theirs.conversation
         WHERE theirs.member = ? AND mine.member = ? LIMIT 1";
    for_whom(sql, together, user, users)
}

fn group_mates(sql: &Connection, user: UserId, users: Vec<UserId>) -> Result<Vec<UserId>> {
    // Only groups have a rule for their history.
    let together = "SELECT 1 FROM members theirs JOIN members mine ON mine.conversation = theirs.conversation
         JOIN conversations ON id = theirs.conversation
         WHERE theirs.member = ? AND mine.member = ? AND history IS NOT NULL LIMIT 1";
    for_whom(sql, together, user, users)
}

/// Those of `users` for whom, together with `user`, `query` finds something.
fn for_whom(sql: &Connection, query: &str, user: UserId, users: Vec<UserId>) -> Result<Vec<UserId>> {
    let mut statement = sql.prepare_cached(query)?;
    let mut found = Vec::with_capacity(users.len());
    for other in users {
        if statement.exists([blob(other), blob(user)])? {
            found.push(other);
        }
    }
    Ok(found)
}

fn person(sql: &Connection, user: UserId) -> Result<Option<Person>> {
    let mut statement = sql.prepare_cached("SELECT hidden, last_seen FROM people WHERE user = ?")?;
    let read = |row: &rusqlite::Row<'_>| {
        let visibility = if row.get("hidden")? { Visibility::Hidden } else { Visibility::Shown };
        let last_seen: Option<i64> = row.get("last_seen")?;
        Ok(Person { visibility, last_seen: last_seen.map(Timestamp::from_millis) })
    };
    statement.query_row([blob(user)], read).optional()
}
