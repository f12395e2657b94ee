//! A service for the tests of handlers.

use std::sync::Arc;
use std::time::Duration;

use confab_core::{ManualClock, Timestamp};
use confab_db::Database;
use confab_rpc::ServiceKey;
use tempfile::TempDir;

use super::AuthService;
use crate::config::Config;
use crate::domain::{Delivery, Email, Name, Password, SignUp};
use crate::signing::SigningKey;
use crate::store::Stores;

/// A service on an embedded store that is gone when the folder is dropped.
pub async fn test_service() -> (AuthService, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Embedded {
        folder: folder.path().to_owned(),
    };
    let stores = Stores::open(&database).await.unwrap();
    // Lower than operators may choose: what is tested does not depend on it.
    let config = Config {
        password_cost: 4,
        password_queue: 16,
        session_lifetime: Duration::from_secs(3_600),
    };
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(4_102_444_800_000)));
    let keys = (SigningKey::generate().unwrap(), ServiceKey::generate().unwrap());
    (AuthService::new(&config, stores, keys.0, &keys.1, clock), folder)
}

/// Somebody who wants an account.
pub fn ada() -> SignUp {
    SignUp {
        email: Email::new("ada@example.com").unwrap(),
        password: Password::claimed("correct horse battery"),
        name: Name::new("Ada").unwrap(),
        delivery: Delivery::Token,
    }
}
