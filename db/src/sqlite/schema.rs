//! Checks a file and brings it to the latest schema.

use std::path::Path;

use rusqlite::Connection;

use super::file::unusable;
use crate::OpenError;

/// Refuses a file that a later program wrote, or that is damaged.
pub(super) fn check(connection: &Connection, file: &Path, known: usize) -> Result<(), OpenError> {
    let found = version(connection).map_err(|error| unusable(file, error))?;
    if found > known {
        return Err(OpenError::Newer { file: file.to_owned(), found, known });
    }

    let checked = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match checked.map_err(|error| unusable(file, error))?.as_str() {
        "ok" => Ok(()),
        detail => Err(OpenError::Damaged { file: file.to_owned(), detail: detail.to_owned() }),
    }
}

/// Runs the scripts that the file has not seen, each in a transaction of its
/// own together with its number: a script has run whole, or not at all.
pub(super) fn migrate(connection: &Connection, file: &Path, migrations: &[&str]) -> Result<(), OpenError> {
    let found = version(connection).map_err(|error| unusable(file, error))?;
    for (index, script) in migrations.iter().enumerate().skip(found) {
        let number = index + 1;
        let step = format!("BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;");
        connection.execute_batch(&step).map_err(|error| OpenError::File {
            task: "bring to the latest schema",
            file: file.to_owned(),
            source: error.into(),
        })?;
    }
    Ok(())
}

/// Refuses a file that an older program has open: it must not change under it.
pub(super) fn require_latest(connection: &Connection, file: &Path, known: usize) -> Result<(), OpenError> {
    let found = version(connection).map_err(|error| unusable(file, error))?;
    if found == known { Ok(()) } else { Err(OpenError::Older { file: file.to_owned(), found, known }) }
}

/// How many scripts the file has seen.
fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // We never write a negative one: whoever did knows more than we do.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}
