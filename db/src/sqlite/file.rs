//! The data file: where it is, who may open it, and how it is opened.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::OpenError;

/// Messages are nobody's business but their service's.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// How long to wait for an operator's `sqlite3` or a backup that holds a lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A store has some dozens of different statements; each connection keeps them prepared.
const CACHED_STATEMENTS_MAX: usize = 128;

/// How much of the file the writer keeps in memory. The pages that a batch
/// changes are spread over all of its indexes, so with SQLite's own 2 MiB many
/// of them would be read anew for each batch.
const WRITER_CACHE_KIBIBYTES: i64 = 32 * 1024;

/// How much of the write-ahead log's file is kept for the next writes.
const LOG_KEPT_BYTES: i64 = 64 * 1024 * 1024;

/// A data file that this program uses.
pub(super) struct Place {
    pub file: PathBuf,
    /// `None` if another program holds the file, and lets us use it beside.
    pub lock: Option<Arc<Lock>>,
}

/// Keeps others from opening the file. The system lets go of it when this is
/// dropped, and also when the program is killed.
#[derive(Debug)]
pub(super) struct Lock {
    _held: File,
}

/// Makes sure there is a file at `path`, and that nobody else has it open.
pub(super) fn claim(path: &Path) -> Result<Place, OpenError> {
    make_folder(path)?;
    // Two names for one file must lead to one lock.
    let file = if path.exists() {
        path.canonicalize().map_err(|error| failed("find", path, error))?
    } else {
        path.to_owned()
    };
    let lock = Some(Arc::new(lock(&file)?));
    make_file(&file)?;
    Ok(Place { file, lock })
}

/// The same; if somebody has the file open, it is used beside them. SQLite's own
/// locks keep the two from writing at once.
pub(super) fn claim_or_join(path: &Path) -> Result<Place, OpenError> {
    match claim(path) {
        Err(OpenError::InUse { file, .. }) => Ok(Place { file, lock: None }),
        claimed => claimed,
    }
}

/// Opens the only connection that writes.
pub(super) fn connect_writer(place: &Place) -> Result<Connection, OpenError> {
    let connection = connect(place, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    prepare_writer(&connection).map_err(|error| unusable(&place.file, error))?;
    Ok(connection)
}

/// Opens a connection that cannot write.
pub(super) fn connect_reader(place: &Place) -> Result<Connection, OpenError> {
    let connection = connect(place, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "query_only", true).map_err(|error| unusable(&place.file, error))?;
    Ok(connection)
}

/// What an SQLite error means while a file is being opened.
pub(super) fn unusable(file: &Path, error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            OpenError::Damaged { file: file.to_owned(), detail: error.to_string() }
        }
        _ => OpenError::File { task: "open", file: file.to_owned(), source: error.into() },
    }
}

fn make_folder(path: &Path) -> Result<(), OpenError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    let made = DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder);
    made.map_err(|error| failed("make the folder", folder, error))
}

/// Makes the file ourselves, because SQLite would make it readable for all.
/// Its journal gets the same mode as the file.
fn make_file(file: &Path) -> Result<(), OpenError> {
    let made = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(file);
    match made {
        Ok(_) => sync_folder(file).map_err(|error| failed("make", file, error)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed("make", file, error)),
    }
}

/// A new file is only there after a power cut if its folder was written, too.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Takes the lock beside `file`. A file of its own, because SQLite's locks
/// on the data file are released between transactions.
fn lock(file: &Path) -> Result<Lock, OpenError> {
    let mut name = file.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);

    let opened =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(FILE_MODE).open(&path);
    let mut held = opened.map_err(|error| failed("open", &path, error))?;
    match held.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(OpenError::InUse { file: file.to_owned(), holder: holder(&mut held) });
        }
        Err(TryLockError::Error(error)) => return Err(failed("lock", &path, error)),
    }
    write_holder(&mut held).map_err(|error| failed("write", &path, error))?;
    Ok(Lock { _held: held })
}

fn write_holder(held: &mut File) -> std::io::Result<()> {
    held.set_len(0)?;
    write!(held, "process {}", std::process::id())
}

/// Who holds the lock, from what they wrote into it. Only for the operator to read.
fn holder(held: &mut File) -> String {
    let mut text = String::new();
    match held.take(64).read_to_string(&mut text) {
        Ok(1..) => text,
        _ => "unknown".to_owned(),
    }
}

fn connect(place: &Place, access: OpenFlags) -> Result<Connection, OpenError> {
    // Each connection is used by one thread at a time, so it needs no mutex.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(&place.file, flags).map_err(|error| unusable(&place.file, error))?;
    prepare(&connection).map_err(|error| unusable(&place.file, error))?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS_MAX);
    // A plan belongs to a statement, not to what is bound to it: without this, SQLite
    // prepares some statements anew for each value, which costs more than running them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A file that somebody tampered with must not run functions from its schema.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "temp_store", "memory")
}

fn prepare_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))?;
    connection.pragma_update(None, "synchronous", "full")?;
    // On macOS an ordinary fsync leaves the data in the disk's own memory.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Negative, because otherwise it is a number of pages.
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIBIBYTES)?;
    // What people delete is overwritten, not only forgotten.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_KEPT_BYTES, |_| Ok(()))?;
    // The writer moves the log itself: SQLite would not tell it of a failed fsync.
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))
}

fn failed(task: &'static str, file: &Path, error: std::io::Error) -> OpenError {
    OpenError::File { task, file: file.to_owned(), source: error.into() }
}
