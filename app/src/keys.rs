//! The keys of an installation: made on the first start, in files that only
//! their owner can read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use confab_auth::SigningKey;
use confab_message::PushKey;
use confab_rpc::ServiceKey;
use secrecy::{ExposeSecret, SecretString};

/// The permissions of everybody but the owner.
const OTHERS: u32 = 0o077;

/// The folder with the keys of an installation.
#[derive(Clone, Debug)]
pub struct KeyFolder(PathBuf);

impl KeyFolder {
    /// Opens the folder `keys` in `data`, and makes both if they are missing.
    ///
    /// # Errors
    ///
    /// If they cannot be made.
    pub fn open(data: &Path) -> anyhow::Result<Self> {
        let folder = data.join("keys");
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("cannot use the data folder {}", data.display()))?;
        Ok(Self(folder))
    }

    /// The key that the services of this installation know one another by.
    ///
    /// # Errors
    ///
    /// If there is one that is not sound or not safe, or none can be made.
    pub fn service_key(&self) -> anyhow::Result<ServiceKey> {
        let path = self.0.join("service.key");
        let text = read_or_make(&path, || Ok(ServiceKey::generate()?.expose_text().into()))?;
        parse_service_key(&text).with_context(|| unusable(&path))
    }

    /// The key that this node signs access tokens with.
    ///
    /// # Errors
    ///
    /// As for [`KeyFolder::service_key`].
    pub fn signing_key(&self) -> anyhow::Result<SigningKey> {
        let path = self.0.join("signing.pem");
        let text = read_or_make(&path, || Ok(SigningKey::generate()?.to_pem()))?;
        SigningKey::from_pem(&text).with_context(|| unusable(&path))
    }

    /// The key that push services know this installation by.
    ///
    /// # Errors
    ///
    /// As for [`KeyFolder::service_key`].
    pub fn push_key(&self) -> anyhow::Result<PushKey> {
        let path = self.0.join("push.pem");
        let text = read_or_make(&path, || Ok(PushKey::generate()?.to_pem()))?;
        PushKey::from_pem(&text).with_context(|| unusable(&path))
    }

    /// Puts a new key in the place of the one that this node signs access tokens
    /// with, and returns it. Processes that run take it up by themselves.
    ///
    /// # Errors
    ///
    /// If none can be made or kept; then the key is still the old one.
    pub fn rotate_signing_key(&self) -> anyhow::Result<SigningKey> {
        let path = self.0.join("signing.pem");
        let key = SigningKey::generate().context("the system has no randomness for a key")?;
        let replaced = replace(&path, &key.to_pem());
        replaced.with_context(|| format!("cannot write the new key {}", path.display()))?;
        Ok(key)
    }

    /// When the key that this node signs with was written, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// If there is none, or the file system does not tell.
    pub fn signing_key_written(&self) -> io::Result<i64> {
        let found = fs::metadata(self.0.join("signing.pem"))?;
        Ok(found.mtime().saturating_mul(1_000))
    }
}

/// Reads the text of a service key that was configured.
///
/// # Errors
///
/// If it is not one.
pub fn parse_service_key(text: &SecretString) -> anyhow::Result<ServiceKey> {
    ServiceKey::from_text(text.expose_secret()).context("the service key")
}

fn unusable(path: &Path) -> String {
    format!("the key in {} cannot be used", path.display())
}

/// Reads the key in `path`; if there is none, keeps the one that `make` makes.
fn read_or_make(
    path: &Path,
    make: impl FnOnce() -> anyhow::Result<SecretString>,
) -> anyhow::Result<SecretString> {
    match read(path) {
        Err(error) if is_missing(&error) => {}
        read => return read,
    }
    let key = make().context("the system has no randomness for a key")?;
    match write_new(path, &key) {
        Ok(Kept::Ours) => {
            tracing::info!(file = %path.display(), "made a new key; keep it secret, and back it up");
            Ok(key)
        }
        Ok(Kept::Theirs) => read(path),
        Err(error) => Err(error).with_context(|| format!("cannot write the new key {}", path.display())),
    }
}

fn read(path: &Path) -> anyhow::Result<SecretString> {
    let found = fs::metadata(path).with_context(|| format!("cannot read the key {}", path.display()))?;
    if found.mode() & OTHERS != 0 {
        let path = path.display();
        bail!("the key {path} can be read by others, so it is not used; run: chmod 600 {path}");
    }
    let text = fs::read_to_string(path).with_context(|| format!("cannot read the key {}", path.display()))?;
    Ok(text.into())
}

fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Whose key is kept.
#[derive(Debug, PartialEq, Eq)]
enum Kept {
    Ours,
    /// Another process of the same installation was first.
    Theirs,
}

/// Writes a key that is whole whenever it can be seen, and survives a power cut.
fn write_new(path: &Path, key: &SecretString) -> io::Result<Kept> {
    // Not the id of the process, which is 1 in every container: a draft that a
    // power cut left behind must not stand in the way of the next start.
    let unique = getrandom::u64().map_err(io::Error::other)?;
    let draft = path.with_extension(format!("{unique:016x}.new"));
    let kept = write_draft(&draft, key).and_then(|()| publish(&draft, path));
    let removed = fs::remove_file(&draft);
    let kept = kept?;
    removed?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())?;
    Ok(kept)
}

fn write_draft(draft: &Path, key: &SecretString) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(key.expose_secret().as_bytes())?;
    file.sync_all()
}

/// Writes a key in the place of the one in `path`. Whoever reads it meanwhile
/// finds the one or the other, whole.
fn replace(path: &Path, key: &SecretString) -> io::Result<()> {
    let unique = getrandom::u64().map_err(io::Error::other)?;
    let draft = path.with_extension(format!("{unique:016x}.new"));
    if let Err(error) = write_draft(&draft, key).and_then(|()| fs::rename(&draft, path)) {
        // Whether it is there to be removed or not, the first error counts.
        let _ = fs::remove_file(&draft);
        return Err(error);
    }
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Gives `draft` its name; unlike a rename, not if that is taken by now.
fn publish(draft: &Path, path: &Path) -> io::Result<Kept> {
    match fs::hard_link(draft, path) {
        Ok(()) => Ok(Kept::Ours),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Kept::Theirs),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn keys_are_made_once_and_only_their_owner_can_read_them() {
        let data = tempfile::tempdir().unwrap();
        let keys = KeyFolder::open(data.path()).unwrap();
        let (first, second) = (keys.service_key().unwrap(), keys.service_key().unwrap());
        assert_eq!(first.expose_text(), second.expose_text());
        assert_eq!(keys.signing_key().unwrap().id(), keys.signing_key().unwrap().id());
        assert_eq!(keys.push_key().unwrap().public(), keys.push_key().unwrap().public());

        assert_eq!(mode(&data.path().join("keys")), 0o700);
        let mut names: Vec<_> =
            fs::read_dir(data.path().join("keys")).unwrap().map(|file| file.unwrap().path()).collect();
        names.sort();
        assert!(names.iter().all(|file| mode(file) == 0o600), "{names:?}");
        assert_eq!(
            names,
            ["push.pem", "service.key", "signing.pem"].map(|name| data.path().join("keys").join(name))
        );
    }

    #[test]
    fn a_new_signing_key_takes_the_place_of_the_old_one() {
        let data = tempfile::tempdir().unwrap();
        let keys = KeyFolder::open(data.path()).unwrap();
        let old = keys.signing_key().unwrap();
        let new = keys.rotate_signing_key().unwrap();
        assert_ne!(new.id(), old.id());
        assert_eq!(keys.signing_key().unwrap().id(), new.id());
        assert_eq!(mode(&data.path().join("keys/signing.pem")), 0o600);
        assert_eq!(fs::read_dir(data.path().join("keys")).unwrap().count(), 1);
        assert!(keys.signing_key_written().unwrap() > 0);
    }

    #[test]
    fn a_draft_that_was_left_behind_does_not_stand_in_the_way() {
        let data = tempfile::tempdir().unwrap();
        let keys = KeyFolder::open(data.path()).unwrap();
        let left = data.path().join("keys").join(format!("service.{}.new", std::process::id()));
        fs::write(&left, "half a k").unwrap();

        let made = keys.service_key().unwrap();
        assert_eq!(keys.service_key().unwrap().expose_text(), made.expose_text());
        assert_eq!(fs::read_dir(data.path().join("keys")).unwrap().count(), 2);
    }

    #[test]
    fn the_first_key_is_kept_and_no_draft() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("service.key");
        assert_eq!(write_new(&path, &"first".to_owned().into()).unwrap(), Kept::Ours);
        assert_eq!(write_new(&path, &"second".to_owned().into()).unwrap(), Kept::Theirs);
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let data = tempfile::tempdir().unwrap();
        let keys = KeyFolder::open(data.path()).unwrap();
        keys.service_key().unwrap();
        let path = data.path().join("keys/service.key");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();

        let error = format!("{:#}", keys.service_key().unwrap_err());
        assert!(error.contains("chmod 600") && error.contains("service.key"), "{error}");
    }

    #[test]
    fn a_key_that_is_none_is_refused_and_kept() {
        let data = tempfile::tempdir().unwrap();
        let keys = KeyFolder::open(data.path()).unwrap();
        for (name, text) in [("service.key", "short"), ("signing.pem", "")] {
            let path = data.path().join("keys").join(name);
            write_new(&path, &text.to_owned().into()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let errors = [keys.service_key().unwrap_err(), keys.signing_key().unwrap_err()];
        assert!(errors[0].to_string().contains("service.key"), "{:#}", errors[0]);
        assert!(errors[1].to_string().contains("signing.pem"), "{:#}", errors[1]);
    }
}
