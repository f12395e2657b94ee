//! What every [`FactorStore`](crate::store::FactorStore) promises.

use confab_core::UserId;

use super::{NOW, TestStore, every_store, later};
use crate::domain::{Factors, RecoveryCode, SecretHash, Totp, TotpSecret};

fn secret() -> TotpSecret {
    TotpSecret::generate().unwrap()
}

fn codes() -> Vec<SecretHash> {
    (0..RecoveryCode::COUNT).map(|_| RecoveryCode::generate().unwrap().hash()).collect()
}

#[tokio::test]
async fn an_app_is_a_factor_from_its_first_code_until_it_is_removed() {
    for TestStore { name, stores, .. } in &every_store("totp").await {
        let (factors, ada, bob) = (&stores.factors, UserId::new(NOW), UserId::new(NOW));
        let (first, second) = (secret(), secret());
        assert_eq!(factors.find_totp(ada).await.unwrap(), None, "{name}");
        assert!(!factors.enable_totp(ada, &first, 7).await.unwrap(), "{name}");
        assert!(factors.begin_totp(ada, &first, NOW).await.unwrap(), "{name}");
        assert!(factors.begin_totp(ada, &second, later(1)).await.unwrap(), "{name}");
        let begun = Totp { secret: second.clone(), begun: later(1), last_step: None };
        assert_eq!(factors.find_totp(ada).await.unwrap().as_ref(), Some(&begun), "{name}");
        assert!(!factors.use_totp(ada, 7).await.unwrap(), "{name}: it is none yet");
        assert!(!factors.enable_totp(ada, &first, 7).await.unwrap(), "{name}: another took its place");
        assert_eq!(factors.find(ada).await.unwrap(), Factors::default(), "{name}");

        assert!(factors.enable_totp(ada, &second, 7).await.unwrap(), "{name}");
        assert!(!factors.enable_totp(ada, &second, 8).await.unwrap(), "{name}: it is one");
        assert!(!factors.begin_totp(ada, &first, later(2)).await.unwrap(), "{name}: it is one");
        let enabled = Totp { last_step: Some(7), ..begun };
        assert_eq!(factors.find_totp(ada).await.unwrap(), Some(enabled), "{name}");
        assert!(factors.find(ada).await.unwrap().totp, "{name}");
        assert_eq!(factors.find(bob).await.unwrap(), Factors::default(), "{name}");

        factors.remove_totp(ada).await.unwrap();
        factors.remove_totp(ada).await.unwrap();
        assert_eq!(factors.find_totp(ada).await.unwrap(), None, "{name}");
        assert!(factors.begin_totp(ada, &first, later(3)).await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn of_those_who_use_the_code_of_a_step_at_once_one_succeeds() {
    for TestStore { name, stores, .. } in &every_store("totp_race").await {
        let (ada, secret) = (UserId::new(NOW), secret());
        stores.factors.begin_totp(ada, &secret, NOW).await.unwrap();
        stores.factors.enable_totp(ada, &secret, 7).await.unwrap();
        let racing = (0..20).map(|_| {
            let factors = stores.factors.clone();
            tokio::spawn(async move { factors.use_totp(ada, 9).await.unwrap() })
        });
        let mut won = 0;
        for racer in racing.collect::<Vec<_>>() {
            won += usize::from(racer.await.unwrap());
        }
        assert_eq!(won, 1, "{name}");
        for (step, good) in [(7, false), (8, false), (9, false), (10, true)] {
            assert_eq!(stores.factors.use_totp(ada, step).await.unwrap(), good, "{name}: {step}");
        }
    }
}

#[tokio::test]
async fn a_code_on_paper_is_good_once_for_its_owner_until_there_are_new_ones() {
    for TestStore { name, stores, .. } in &every_store("recovery_codes").await {
        let (factors, ada, bob) = (&stores.factors, UserId::new(NOW), UserId::new(NOW));
        let (old, new) = (codes(), codes());
        factors.replace_recovery_codes(ada, &old).await.unwrap();
        assert!(!factors.take_recovery_code(bob, old[0]).await.unwrap(), "{name}");
        let racing = (0..20).map(|_| {
            let (factors, code) = (factors.clone(), old[0]);
            tokio::spawn(async move { factors.take_recovery_code(ada, code).await.unwrap() })
        });
        let mut won = 0;
        for racer in racing.collect::<Vec<_>>() {
            won += usize::from(racer.await.unwrap());
        }
        assert_eq!(won, 1, "{name}");
        assert_eq!(factors.find(ada).await.unwrap().recovery_codes, RecoveryCode::COUNT - 1, "{name}");

        factors.replace_recovery_codes(ada, &new).await.unwrap();
        assert!(!factors.take_recovery_code(ada, old[1]).await.unwrap(), "{name}");
        assert!(factors.take_recovery_code(ada, new[1]).await.unwrap(), "{name}");
        factors.replace_recovery_codes(ada, &[]).await.unwrap();
        assert_eq!(factors.find(ada).await.unwrap(), Factors::default(), "{name}");
    }
}
