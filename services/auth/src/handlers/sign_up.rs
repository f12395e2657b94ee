//! `AuthService.SignUp`.

use confab_core::page::Page;

use super::{post_if_possible, start_session};
use crate::audit::audit;
use crate::config::{SignUpPolicy, SignUpProof};
use crate::domain::{
    Account, AccountFilter, AuditEvent, AuditKind, Email, InviteCode, Letter, LetterKind, MailCode,
    MailSecret, Name, NamePrefix, PasswordHash, SecretHash, SignUp, User, Welcome,
};
use crate::error::Error;
use crate::service::AuthService;
use crate::store::Inserted;

/// Makes an account and lets its owner in.
pub async fn sign_up(service: &AuthService, sign_up: SignUp) -> Result<Welcome, Error> {
    let SignUp { email, password, name, delivery, device, device_secret, invite, email_code } = sign_up;
    service.limits.count_sign_up(device.address.as_ref())?;
    let invite = match entrance(service, &email).await? {
        Entrance::Open => None,
        Entrance::ByInvite => Some(require_open(service, invite).await?),
    };
    // Before anything that takes long, or tells who has an account.
    let code = require_proof(service, &email, email_code).await?;
    // Whether the address is free is found out by taking it: looking first
    // would leave a gap, in which somebody else could take it.
    let hash = service.hasher.hash_new("password", password, email.clone(), name.clone()).await?;

    let now = service.clock.now();
    if let Some(invite) = invite
        && !service.stores.invites.take(invite, now).await?
    {
        return Err(Error::NoSuchInvite);
    }
    let account = match take_up(service, code, name, email).await {
        Ok(account) => account,
        Err(error) => return Err(not_joined(service, invite, error).await?),
    };
    match service.stores.users.insert(&account, &hash).await? {
        Inserted::Yes => {
            if account.email_verified.is_none() {
                let letter = Letter::new(LetterKind::VerifyEmail, account.email.clone(), now);
                post_if_possible(service, letter).await;
            }
            let event = AuditEvent::of(AuditKind::SignedUp, account.user.id);
            audit(service, event.from(device.address.clone())).await;
            start_session(service, account, delivery, device, device_secret).await
        }
        Inserted::EmailTaken => Err(not_joined(service, invite, Error::EmailTaken).await?),
    }
}

/// Gives back the invitation that nobody has signed up with, and returns why. After a
/// crash before that, one use is lost.
async fn not_joined(service: &AuthService, invite: Option<SecretHash>, why: Error) -> Result<Error, Error> {
    if let Some(invite) = invite {
        service.stores.invites.give_back(invite).await?;
    }
    Ok(why)
}

/// The code that proves that `email` belongs to whoever signs up, if they show one.
///
/// # Errors
///
/// [`Error::EmailCodeNeeded`] if they have to, [`Error::NoSuchEmailCode`] if it is none
/// for this address.
async fn require_proof(
    service: &AuthService,
    email: &Email,
    code: Option<MailSecret>,
) -> Result<Option<MailCode>, Error> {
    let Some(code) = code else {
        return match service.sign_up.proof {
            SignUpProof::Off => Ok(None),
            SignUpProof::Letter => Err(Error::EmailCodeNeeded),
        };
    };
    let (letters, now) = (&service.stores.letters, service.clock.now());
    let found = letters.find_code(code.hash(), LetterKind::SignUp, now).await?;
    found.filter(|found| found.email == *email).map(Some).ok_or(Error::NoSuchEmailCode)
}

/// Uses `code` up, and returns the account of whoever has shown it.
async fn take_up(
    service: &AuthService,
    code: Option<MailCode>,
    name: Name,
    email: Email,
) -> Result<Account, Error> {
    let now = service.clock.now();
    let user = User::joining(name, now);
    let Some(code) = code else { return Ok(Account::joining(user, email)) };
    let taken = service.stores.letters.take_code(code.hash, LetterKind::SignUp, now).await?;
    let code = taken.ok_or(Error::NoSuchEmailCode)?;
    let user = User { id: code.user, ..user };
    Ok(Account { email_verified: Some(now), ..Account::joining(user, email) })
}

/// Makes an account for the owner of `email`, who has proved that it is theirs, and
/// logs in otherwise than with a password. They can set one by letter.
pub(super) async fn without_password(
    service: &AuthService,
    email: Email,
    name: Name,
    invite: Option<InviteCode>,
) -> Result<Account, Error> {
    let invite = match entrance(service, &email).await? {
        Entrance::Open => None,
        Entrance::ByInvite => Some(require_open(service, invite).await?),
    };
    let now = service.clock.now();
    if let Some(invite) = invite
        && !service.stores.invites.take(invite, now).await?
    {
        return Err(Error::NoSuchInvite);
    }
    let account = Account { email_verified: Some(now), ..Account::joining(User::joining(name, now), email) };
    let nobodys = PasswordHash::of_nobody(service.hasher.cost());
    match service.stores.users.insert(&account, &nobodys).await? {
        Inserted::Yes => {
            audit(service, AuditEvent::of(AuditKind::SignedUp, account.user.id)).await;
            Ok(account)
        }
        Inserted::EmailTaken => {
            if let Some(invite) = invite {
                service.stores.invites.give_back(invite).await?;
            }
            Err(Error::LinkNeeded)
        }
    }
}

/// How somebody can come in.
enum Entrance {
    Open,
    ByInvite,
}

/// How whoever has `email` can come in, as the operator has set it.
async fn entrance(service: &AuthService, email: &Email) -> Result<Entrance, Error> {
    let is_open = match service.sign_up.policy {
        SignUpPolicy::Open => true,
        SignUpPolicy::Domain => service.sign_up.domains.iter().any(|domain| domain.has(email)),
        SignUpPolicy::Invited => false,
    };
    // Somebody has to be there first, to invite others.
    if is_open || is_empty(service).await? { Ok(Entrance::Open) } else { Ok(Entrance::ByInvite) }
}

async fn is_empty(service: &AuthService) -> Result<bool, Error> {
    // Also those who are disabled: whoever keeps everybody out does not let others in.
    let all = AccountFilter { prefix: NamePrefix::new(""), state: None, role: None };
    let anybody = service.stores.accounts.list(&all, Page { size: 1, after: None }).await?;
    Ok(anybody.is_empty())
}

/// The hash of a code that somebody can sign up with now.
async fn require_open(service: &AuthService, code: Option<InviteCode>) -> Result<SecretHash, Error> {
    let hash = code.ok_or(Error::InviteNeeded)?.hash();
    let invite = service.stores.invites.find(hash).await?;
    let is_open = invite.is_some_and(|invite| invite.is_open(service.clock.now()));
    is_open.then_some(hash).ok_or(Error::NoSuchInvite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Password;
    use crate::service::testing::{ada, test_service};

    #[tokio::test]
    async fn an_address_can_be_used_once() {
        let (service, _folder) = test_service().await;
        sign_up(&service, ada()).await.unwrap();
        assert!(matches!(sign_up(&service, ada()).await, Err(Error::EmailTaken)));
    }

    #[tokio::test]
    async fn a_bad_password_makes_no_account() {
        let (service, _folder) = test_service().await;
        let weak = SignUp { password: Password::claimed("password1"), ..ada() };
        let refused = sign_up(&service, weak).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "password", .. })));
        let email = Email::new("ada@example.com").unwrap();
        assert_eq!(service.stores.users.find_by_email(&email).await.unwrap(), None);
    }
}
