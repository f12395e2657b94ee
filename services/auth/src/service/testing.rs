//! A service for the tests of handlers.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use confab_core::{ManualClock, SessionId, Timestamp};
use confab_db::Database;
use confab_rpc::{Caller, ServiceKey, Shutdown};
use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::AuthService;
use crate::config::{
    Config, EntryLimits, MailConfig, MailKind, PasskeyConfig, SignUpPolicy, SignUpProof, SmtpSecurity,
};
use crate::domain::{
    Account, Delivery, Device, Email, Entry, LogIn, Name, Password, Proof, Session, SessionSecret, SignUp,
    User, Welcome,
};
use crate::handlers;
use crate::signing::SigningKey;
use crate::store::Stores;

/// A service on an embedded store that is gone when the folder is dropped.
pub async fn test_service() -> (AuthService, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Embedded { folder: folder.path().to_owned() };
    (service_on(Stores::open(&database).await.unwrap()).0, folder)
}

/// A service on `stores`, and its clock.
pub fn service_on(stores: Stores) -> (AuthService, Arc<ManualClock>) {
    // Lower than operators may choose: what is tested does not depend on it.
    service_at(stores, 4)
}

/// The same, where passwords are hashed at `password_cost`.
pub fn service_at(stores: Stores, password_cost: u32) -> (AuthService, Arc<ManualClock>) {
    let config = Config {
        password_cost,
        password_queue: 16,
        session_lifetime: Duration::from_hours(1),
        signing_key_age: Duration::MAX,
        audit_retention: Duration::from_hours(24),
        entry_limits: EntryLimits::Off,
        network_log_ins_per_minute: NonZeroU32::MIN,
        log_ins_per_minute: NonZeroU32::MIN,
        network_sign_ups_per_hour: NonZeroU32::MIN,
        sign_ups_per_hour: NonZeroU32::MIN,
        sign_up: SignUpPolicy::Open,
        sign_up_domain: Vec::new(),
        sign_up_proof: SignUpProof::Off,
        network_letters_per_hour: NonZeroU32::MIN,
        letters_per_hour: NonZeroU32::MIN,
        mail: no_mail(),
        passkeys: PasskeyConfig {
            passkey_origin: vec!["http://localhost:8080".parse().unwrap()],
            passkey_domain: None,
        },
    };
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(4_102_444_800_000)));
    let keys = (SigningKey::generate().unwrap(), ServiceKey::generate().unwrap());
    (
        AuthService::new(&config, stores, keys.0, &keys.1, Arc::default(), clock.clone(), Shutdown::new()),
        clock,
    )
}

fn no_mail() -> MailConfig {
    MailConfig {
        mail: MailKind::Off,
        mail_from: "Confab <confab@localhost>".parse().unwrap(),
        smtp_host: "localhost".to_owned(),
        smtp_port: 587,
        smtp_security: SmtpSecurity::Starttls,
        smtp_user: None,
        smtp_ca_file: None,
    }
}

/// Signs Ada up, and returns her account with a session in it.
pub async fn join(service: &AuthService) -> (Account, Session) {
    let in_a_browser = SignUp { delivery: Delivery::Cookie, ..ada() };
    let Welcome { account, proof, .. } = handlers::sign_up(service, in_a_browser).await.unwrap();
    let Proof::Cookie { secret, .. } = proof else { panic!("not delivered as a cookie") };
    let found = service.stores.sessions.find_by_secret(secret.hash(), service.clock.now()).await;
    (account, found.unwrap().unwrap())
}

/// Signs Bob up.
pub async fn bob(service: &AuthService) -> User {
    let (email, name) = (Email::new("bob@example.com").unwrap(), Name::new("Bob").unwrap());
    let bob = SignUp { email, name, ..ada() };
    handlers::sign_up(service, bob).await.unwrap().account.user
}

/// Signs Bob up, and returns his session.
pub async fn bob_logged_in(service: &AuthService) -> Session {
    let bob = bob(service).await;
    let sessions = service.stores.sessions.list(bob.id, service.clock.now()).await.unwrap();
    sessions.into_iter().next().unwrap()
}

/// What a program shows to log in.
pub fn claim(email: &str, password: &str) -> LogIn {
    LogIn {
        email: Email::new(email).ok(),
        password: Password::claimed(password),
        delivery: Delivery::Token,
        device: Device::default(),
        device_secret: None,
    }
}

/// Whether `password` opens the account of `email`.
pub async fn opens(service: &AuthService, email: &str, password: &str) -> bool {
    handlers::log_in(service, claim(email, password)).await.is_ok()
}

/// Logs the owner of `account` in once more, with a program.
pub async fn another_session(service: &AuthService, account: &Account) -> Session {
    let (id, _) = another_program(service, account).await;
    service.stores.sessions.find(id, service.clock.now()).await.unwrap().unwrap()
}

/// The same; returns the refresh token too.
pub async fn another_program(service: &AuthService, account: &Account) -> (SessionId, String) {
    let claim = claim(account.email.as_str(), "correct horse battery");
    let entry = handlers::log_in(service, claim).await.unwrap();
    let Entry::In(welcome) = entry else { panic!("a second factor is asked for") };
    let Proof::Tokens(tokens) = welcome.proof else { panic!("not delivered as tokens") };
    (welcome.session, tokens.refresh.expose().expose_secret().to_owned())
}

/// A session for the store alone, which nobody can use.
pub fn bare_session(account: &Account, now: Timestamp) -> Session {
    Session {
        id: SessionId::new(now),
        user: account.user.id,
        secret_hash: SessionSecret::generate().unwrap().hash(),
        rotation: None,
        device: Device::default(),
        created: now,
        used: now,
        expires: now.plus(Duration::from_hours(1)),
        confirmed: None,
    }
}

/// The owner of `session`, as the guard names them.
pub fn caller(session: &Session) -> Caller {
    Caller { user: session.user, session: session.id, expires: session.expires }
}

/// Somebody who wants an account.
pub fn ada() -> SignUp {
    SignUp {
        email: Email::new("ada@example.com").unwrap(),
        password: Password::claimed("correct horse battery"),
        name: Name::new("Ada").unwrap(),
        delivery: Delivery::Token,
        device: Device::default(),
        device_secret: None,
        invite: None,
        email_code: None,
    }
}
