//! `confab admin import-users`: accounts from elsewhere.

use std::path::Path;

use anyhow::{Context, bail};
use bson::{Bson, Document, doc};
use confab_auth::{AuthService, ForeignAccount, Import, ImportError, ImportMode};
use confab_core::Timestamp;
use futures_util::TryStreamExt;
use mongodb::Client;
use mongodb::options::ClientOptions;
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, BufReader};

use super::{desk, words};
use crate::cli::{Form, Importing};
use crate::secrets;

/// The longest line that is read, in bytes.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// What is read if the file is called `-`.
const STDIN: &str = "/dev/stdin";

/// The collection that the tutorial's application keeps people in.
const COLLECTION: &str = "users";

/// What is known of somebody elsewhere, by the names that it has there.
#[derive(Debug, Default, Deserialize)]
struct Row {
    #[serde(default)]
    email: String,
    #[serde(default, alias = "fullName")]
    name: String,
    /// What bcrypt made of it.
    #[serde(default)]
    password: String,
    #[serde(default, alias = "createdAt")]
    created: Option<String>,
}

/// Takes over whom the operator names.
pub async fn run(wish: Importing) -> anyhow::Result<()> {
    let (service, open) = desk::service(&wish.settings).await?;
    let mode = if wish.dry_run { ImportMode::DryRun } else { ImportMode::Real };
    let mut work = Work { service, mode, form: wish.form, number: 0, counts: [0; 3] };
    match &wish.file {
        Some(file) => {
            let opened = File::open(if file == Path::new("-") { Path::new(STDIN) } else { file }).await;
            let opened = opened.with_context(|| format!("cannot read {}", file.display()))?;
            from_lines(&mut work, BufReader::new(opened)).await?;
        }
        None => from_mongodb(&mut work, wish.database.as_deref()).await?,
    }
    open.close().await;
    crate::say(&words::imported_in_all(work.counts, work.form));
    if work.counts[2] > 0 {
        bail!("{} accounts were refused; see above", work.counts[2]);
    }
    Ok(())
}

/// An import under way.
struct Work {
    service: AuthService,
    mode: ImportMode,
    form: Form,
    /// Of the account that is taken over now, from 1 on.
    number: usize,
    /// How many were taken over, were here, and were refused.
    counts: [usize; 3],
}

impl Work {
    /// Takes the next one over, and says so if they are not.
    async fn take(&mut self, row: Result<Row, String>) -> anyhow::Result<()> {
        self.number += 1;
        let row = match row {
            Ok(row) => row,
            Err(problem) => {
                self.refuse("", &problem);
                return Ok(());
            }
        };
        let created = row.created.as_deref().and_then(moment);
        let Row { email, name, password, .. } = &row;
        let account = ForeignAccount { email, name, password_hash: password, created };
        match self.service.import(account, self.mode).await {
            Ok(Import::Done) => self.counts[0] += 1,
            Ok(Import::Exists) => {
                self.counts[1] += 1;
                crate::say(&words::imported(self.number, email, "is here already", self.form));
            }
            Err(error @ ImportError::Store(_)) => return Err(error.into()),
            Err(refusal) => self.refuse(email, &refusal.to_string()),
        }
        Ok(())
    }

    fn refuse(&mut self, email: &str, problem: &str) {
        self.counts[2] += 1;
        crate::say(&words::imported(self.number, email, &format!("refused: {problem}"), self.form));
    }
}

async fn from_lines(work: &mut Work, mut lines: impl AsyncBufRead + Unpin) -> anyhow::Result<()> {
    loop {
        let mut line = Vec::new();
        let read = (&mut lines).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await;
        if read.context("cannot read on")? == 0 {
            return Ok(());
        }
        if !line.ends_with(b"\n") && line.len() as u64 == LINE_BYTES_MAX {
            bail!("line {} is longer than {LINE_BYTES_MAX} bytes", work.number + 1);
        }
        if !line.trim_ascii().is_empty() {
            // What serde says of a bad line may show what is in it.
            let row = serde_json::from_slice(&line).map_err(|_| "the line is not as it should be".to_owned());
            work.take(row).await?;
        }
    }
}

async fn from_mongodb(work: &mut Work, database: Option<&str>) -> anyhow::Result<()> {
    let url = secrets::read(secrets::IMPORT_MONGODB_URL, None)?;
    let url = url.with_context(|| format!("give --file, or the URL in {}", secrets::IMPORT_MONGODB_URL))?;
    // What the driver says of a bad URL may show the password in it.
    let unusable = || format!("the URL in {} cannot be used", secrets::IMPORT_MONGODB_URL);
    let options = ClientOptions::parse(url.expose_secret()).await.ok().with_context(unusable)?;
    let client = Client::with_options(options).ok().with_context(unusable)?;
    let database = match database {
        Some(name) => client.database(name),
        None => client.default_database().context("the URL names no database; give --database")?,
    };
    let people = database.collection::<Document>(COLLECTION).find(doc! {}).sort(doc! { "_id": 1 }).await;
    let mut people = people.context("the people cannot be read")?;
    while let Some(person) = people.try_next().await.context("the people cannot be read on")? {
        work.take(Ok(row(&person))).await?;
    }
    Ok(())
}

/// What a document of the tutorial's application says.
fn row(person: &Document) -> Row {
    let text = |name: &str| person.get_str(name).unwrap_or_default().to_owned();
    let created = match person.get("createdAt") {
        Some(Bson::DateTime(time)) => time.try_to_rfc3339_string().ok(),
        _ => None,
    };
    Row { email: text("email"), name: text("fullName"), password: text("password"), created }
}

/// The moment that a text names; none if it names none.
fn moment(text: &str) -> Option<Timestamp> {
    let time = bson::DateTime::parse_rfc3339_str(text).ok()?;
    Some(Timestamp::from_millis(time.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_of_the_tutorial_are_understood() {
        let line = r#"{"_id": "1", "email": "a@example.com", "fullName": "A", "password": "$2a$10$x",
                       "createdAt": "1970-01-01T00:00:01.000Z", "profilePic": "", "__v": 0}"#;
        let row: Row = serde_json::from_str(line).unwrap();
        assert_eq!((row.email.as_str(), row.name.as_str()), ("a@example.com", "A"));
        assert_eq!(row.created.as_deref().and_then(moment), Some(Timestamp::from_millis(1_000)));
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_empty() {
        let row = row(&doc! { "email": 7, "fullName": "A" });
        assert_eq!((row.email.as_str(), row.name.as_str(), row.created), ("", "A", None));
    }
}
