//! Takes accounts over from elsewhere, with what their passwords hash to.

use confab_core::Timestamp;
use confab_db::StoreError;

use crate::audit::audit;
use crate::domain::{
    Account, Actor, AuditEvent, AuditKind, Email, InvalidEmail, InvalidName, Name, PasswordHash, User,
};
use crate::service::AuthService;
use crate::store::Inserted;

/// An account as it was kept elsewhere.
pub struct ForeignAccount<'text> {
    /// The e-mail address.
    pub email: &'text str,
    /// What the person is called.
    pub name: &'text str,
    /// What bcrypt made of the password: `$2a$`, `$2b$` or `$2y$`.
    pub password_hash: &'text str,
    /// When the account was made; `None` if nobody knows.
    pub created: Option<Timestamp>,
}

/// Whether an account is really taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportMode {
    /// It is.
    Real,
    /// Nothing is stored; the answer is what it would be.
    DryRun,
}

/// What became of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// It is here now.
    Done,
    /// There is one with its address already, perhaps from an earlier import.
    Exists,
}

/// Why an account was not taken over.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The address is none.
    #[error("the e-mail address {0}")]
    Email(InvalidEmail),
    /// The name is none.
    #[error("the name {0}")]
    Name(InvalidName),
    /// The password was hashed in another way, or at a cost that nobody can wait for.
    #[error("the password is not hashed by bcrypt at a cost of at most {}", PasswordHash::FOREIGN_COST_MAX)]
    Hash,
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl AuthService {
    /// Takes `account` over. Its owner logs in with the password they had, which
    /// is hashed anew then. Can be done again.
    ///
    /// # Errors
    ///
    /// [`ImportError`] says what is wrong with it, without saying whose it is.
    pub async fn import(&self, account: ForeignAccount<'_>, mode: ImportMode) -> Result<Import, ImportError> {
        let email = Email::new(account.email).map_err(ImportError::Email)?;
        let name = Name::new(account.name).map_err(ImportError::Name)?;
        let hash = PasswordHash::foreign(account.password_hash).ok_or(ImportError::Hash)?;
        if self.stores.users.find_by_email(&email).await?.is_some() {
            return Ok(Import::Exists);
        }
        if mode == ImportMode::DryRun {
            return Ok(Import::Done);
        }
        let now = self.clock.now();
        let created = account.created.filter(|created| *created <= now).unwrap_or(now);
        let user = User { updated: now, ..User::joining(name, created) };
        let account = Account::joining(user, email);
        match self.stores.users.insert(&account, &hash).await? {
            Inserted::Yes => {
                let event = AuditEvent::new(AuditKind::AccountImported, Actor::Operator);
                audit(self, event.to(Some(account.user.id))).await;
                Ok(Import::Done)
            }
            Inserted::EmailTaken => Ok(Import::Exists),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::testing::{opens, test_service};

    fn foreign<'text>(email: &'text str, password_hash: &'text str) -> ForeignAccount<'text> {
        ForeignAccount { email, name: "Ada", password_hash, created: Some(Timestamp::from_millis(1_000)) }
    }

    #[tokio::test]
    async fn an_imported_password_opens_and_is_hashed_anew() {
        let (service, _folder) = test_service().await;
        for (number, version) in ["2a", "2b", "2y"].into_iter().enumerate() {
            let email = format!("{number}@example.com");
            let hash = bcrypt::hash("six or more", 4).unwrap().replacen("2b", version, 1);
            let import = async |mode| service.import(foreign(&email, &hash), mode).await.unwrap();
            assert_eq!(import(ImportMode::DryRun).await, Import::Done);
            assert_eq!(import(ImportMode::Real).await, Import::Done);
            assert_eq!(import(ImportMode::Real).await, Import::Exists);
            assert_eq!(import(ImportMode::DryRun).await, Import::Exists);

            assert!(!opens(&service, &email, "six or less").await, "{version}");
            assert!(opens(&service, &email, "six or more").await, "{version}");
            let email = Email::new(&email).unwrap();
            let (account, kept) = service.stores.users.find_by_email(&email).await.unwrap().unwrap();
            assert!(!kept.is_outdated(service.hasher.cost()), "{version}");
            assert_eq!(account.user.created, Timestamp::from_millis(1_000));
            assert!(opens(&service, email.as_str(), "six or more").await, "{version}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_used_is_refused_and_nothing_is_stored() {
        let (service, _folder) = test_service().await;
        let good = bcrypt::hash("six or more", 4).unwrap();
        let expensive = good.replacen("$04$", "$31$", 1);
        for hash in ["", "plain", "$2b$04$short", expensive.as_str(), "$5$rounds=5000$salt$hash"] {
            let refused = service.import(foreign("ada@example.com", hash), ImportMode::Real).await;
            assert!(matches!(refused, Err(ImportError::Hash)), "{hash}");
        }
        let refused = service.import(foreign("ada", &good), ImportMode::Real).await;
        assert!(matches!(refused, Err(ImportError::Email(_))));
        let nameless = ForeignAccount { name: " ", ..foreign("ada@example.com", &good) };
        assert!(matches!(service.import(nameless, ImportMode::Real).await, Err(ImportError::Name(_))));
        let email = Email::new("ada@example.com").unwrap();
        assert_eq!(service.stores.users.find_by_email(&email).await.unwrap(), None);
    }
}
