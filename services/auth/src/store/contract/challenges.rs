//! What every [`ChallengeStore`](crate::store::ChallengeStore) promises.

use confab_core::UserId;

use super::{NOW, TestStore, every_store, later};
use crate::domain::{Challenge, ChallengeCode, DeviceSecret};

pub(super) fn challenge(user: UserId, second: u64) -> Challenge {
    let hash = ChallengeCode::generate().unwrap().hash();
    Challenge { hash, user, device: None, password: None, tries: 0, expires: later(second) }
}

#[tokio::test]
async fn a_challenge_can_be_tried_a_few_times_until_it_ends() {
    for TestStore { name, stores, .. } in &every_store("challenges").await {
        let (challenges, ada) = (&stores.challenges, UserId::new(NOW));
        let device = Some(DeviceSecret::generate().unwrap().hash());
        let full = Challenge { device, password: device, ..challenge(ada, 300) };
        let bare = challenge(ada, 300);
        for kept in [&full, &bare] {
            challenges.insert(kept).await.unwrap();
            for tries in 1..=Challenge::TRIES_MAX {
                let counted = challenges.count_try(kept.hash, later(299)).await.unwrap();
                assert_eq!(counted, Some(Challenge { tries, ..kept.clone() }), "{name}");
            }
            assert_eq!(challenges.count_try(kept.hash, NOW).await.unwrap(), None, "{name}");
        }
        let over = challenge(ada, 300);
        challenges.insert(&over).await.unwrap();
        assert_eq!(challenges.count_try(over.hash, later(300)).await.unwrap(), None, "{name}");
        assert_eq!(challenges.count_try(challenge(ada, 300).hash, NOW).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn a_challenge_is_met_once() {
    for TestStore { name, stores, .. } in &every_store("challenges_once").await {
        let kept = challenge(UserId::new(NOW), 300);
        stores.challenges.insert(&kept).await.unwrap();
        let racing = (0..20).map(|_| {
            let (challenges, hash) = (stores.challenges.clone(), kept.hash);
            tokio::spawn(async move { challenges.take(hash).await.unwrap() })
        });
        let mut won = 0;
        for racer in racing.collect::<Vec<_>>() {
            won += usize::from(racer.await.unwrap());
        }
        assert_eq!(won, 1, "{name}");
        assert_eq!(stores.challenges.count_try(kept.hash, NOW).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn nobody_has_more_challenges_than_they_need() {
    for TestStore { name, stores, .. } in &every_store("challenges_many").await {
        let (challenges, ada) = (&stores.challenges, UserId::new(NOW));
        let other = challenge(UserId::new(NOW), 300);
        challenges.insert(&other).await.unwrap();
        let many: Vec<_> = (0..=Challenge::PER_USER_MAX as u64).map(|n| challenge(ada, 300 + n)).collect();
        for kept in &many {
            challenges.insert(kept).await.unwrap();
        }
        assert_eq!(challenges.count_try(many[0].hash, NOW).await.unwrap(), None, "{name}");
        for kept in many[1..].iter().chain([&other]) {
            assert!(challenges.count_try(kept.hash, NOW).await.unwrap().is_some(), "{name}");
        }
    }
}
