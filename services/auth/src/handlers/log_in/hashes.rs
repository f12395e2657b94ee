//! What is kept of passwords: at the cost that operators get who set none, and of those
//! that other programs have hashed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bcrypt::HashParts;
use clap::{Args, Command, FromArgMatches};
use confab_core::Timestamp;
use confab_db::Database;
use confab_db::testing::every_database;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::domain::{Email, PasswordHash};
use crate::handlers::sign_up;
use crate::importing::{ForeignAccount, Import, ImportMode};
use crate::service::AuthService;
use crate::service::testing::{ada, opens, service_at};
use crate::store::Stores;

/// The least cost that is good enough.
const COST_MIN: u32 = 12;
/// Passwords, and what other programs have made of them.
const FOREIGN: [(&str, &str); 4] = [
    // Of crypt_blowfish, by its author.
    ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
    ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
    // The same is so by either name: no version has a fault with such passwords.
    ("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
    ("U*U*U", "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
];

fn default_cost() -> u32 {
    let command = Config::augment_args(Command::new("auth").no_binary_name(true));
    let config = Config::from_arg_matches(&command.get_matches_from([""; 0])).unwrap();
    config.password_cost
}

/// What is kept of the password of whoever has `email`.
async fn kept(service: &AuthService, email: &str) -> PasswordHash {
    service.stores.users.find_by_email(&Email::new(email).unwrap()).await.unwrap().unwrap().1
}

/// Fails unless `kept` is of our scheme, and was made of `password` at `cost`.
fn assert_ours(kept: &PasswordHash, password: &str, cost: u32) {
    let bare = kept.as_str().strip_prefix("bcrypt-sha256:").expect("the name of the scheme");
    assert!(bare.starts_with("$2b$"), "{bare}");
    assert_eq!(bare.parse::<HashParts>().unwrap().get_cost(), cost);
    let digest = STANDARD_NO_PAD.encode(Sha256::digest(password));
    assert!(bcrypt::non_truncating_verify(digest, bare).unwrap(), "{bare} is of something else");
}

async fn import(service: &AuthService, email: &str, hash: &str) {
    let created = Some(Timestamp::from_millis(1_000));
    let account = ForeignAccount { email, name: "Eve", password_hash: hash, created };
    assert_eq!(service.import(account, ImportMode::Real).await.unwrap(), Import::Done);
    assert_eq!(kept(service, email).await.as_str(), hash);
}

#[tokio::test]
async fn what_is_kept_at_the_default_cost_is_bcrypt_of_a_hash_also_of_whoever_came_with_another() {
    let cost = default_cost();
    assert!(cost >= COST_MIN, "{cost}");
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Embedded { folder: folder.path().to_owned() };
    let (service, _clock) = service_at(Stores::open(&database).await.unwrap(), cost);
    sign_up(&service, ada()).await.unwrap();
    assert_ours(&kept(&service, "ada@example.com").await, "correct horse battery", cost);

    let (password, hash) = FOREIGN[0];
    import(&service, "eve@example.com", hash).await;
    assert!(opens(&service, "eve@example.com", password).await);
    assert_ours(&kept(&service, "eve@example.com").await, password, cost);
}

#[tokio::test]
async fn every_hash_of_another_program_opens_and_is_made_anew_at_that_log_in() {
    /// The lowest that bcrypt allows; what is tested does not depend on it.
    const COST: u32 = 4;
    for database in every_database("foreign_hashes").await {
        let stores = Stores::open(&database.database).await.unwrap();
        let (service, _clock) = service_at(stores, COST);
        for (number, (password, hash)) in FOREIGN.into_iter().enumerate() {
            let email = format!("{number}@example.com");
            import(&service, &email, hash).await;
            assert!(!opens(&service, &email, "U*U**").await, "{hash} on {}", database.name);
            for _ in 0..2 {
                assert!(opens(&service, &email, password).await, "{hash} on {}", database.name);
                assert_ours(&kept(&service, &email).await, password, COST);
            }
        }
    }
}
