//! What every [`LetterStore`](crate::store::LetterStore) promises.

use confab_core::UserId;

use super::{NOW, TestStore, every_store, later};
use crate::domain::{Account, Email, Letter, LetterKind, MailCode, MailSecret, Name, PasswordHash, User};
use crate::store::Posted;

fn email(name: &str) -> Email {
    Email::new(&format!("{name}@example.com")).unwrap()
}

fn code(user: UserId, kind: LetterKind) -> MailCode {
    let hash = MailSecret::generate().unwrap().hash();
    MailCode { hash, kind, user, email: email("ada"), expires: later(60) }
}

#[tokio::test]
async fn a_letter_is_given_to_one_postman_at_a_time_until_it_is_sent() {
    for TestStore { name, stores, .. } in &every_store("letters").await {
        let letters = &stores.letters;
        let letter = Letter {
            user: Some(UserId::new(NOW)),
            about: "a phone".into(),
            ..Letter::new(LetterKind::NewDevice, email("ada"), NOW)
        };
        assert_eq!(letters.post(&letter, Letter::WAITING_MAX).await.unwrap(), Posted::Yes, "{name}");
        assert_eq!(letters.post(&letter, Letter::WAITING_MAX).await.unwrap(), Posted::Yes, "{name}");

        let claimed = letters.claim(NOW).await.unwrap();
        assert_eq!(claimed.as_ref(), Some(&letter.tried(NOW)), "{name}");
        assert_eq!(letters.claim(NOW).await.unwrap(), None, "{name}: it is with the first");

        // The first one is gone; the second one puts it off, and then sends it.
        let time = claimed.unwrap().next;
        let again = letters.claim(time).await.unwrap().unwrap();
        assert_eq!(again.tries, 2, "{name}");
        let put_off = again.put_off(time).unwrap();
        letters.update(&put_off).await.unwrap();
        assert_eq!(letters.claim(time).await.unwrap(), None, "{name}");
        let last = letters.claim(put_off.next).await.unwrap().unwrap();
        letters.update(&last.sent(put_off.next)).await.unwrap();
        assert_eq!(letters.claim(later(3_600)).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn the_same_letter_is_not_sent_again_for_a_while() {
    for TestStore { name, stores, .. } in &every_store("letters_again").await {
        let letters = &stores.letters;
        let at = |seconds| Letter::new(LetterKind::ResetPassword, email("ada"), later(seconds));
        letters.post(&at(0), Letter::WAITING_MAX).await.unwrap();
        let sent = letters.claim(NOW).await.unwrap().unwrap().sent(NOW);
        letters.update(&sent).await.unwrap();
        letters.post(&at(59), Letter::WAITING_MAX).await.unwrap();
        assert_eq!(letters.claim(later(59)).await.unwrap(), None, "{name}");
        letters.post(&at(60), Letter::WAITING_MAX).await.unwrap();
        assert_eq!(letters.claim(later(60)).await.unwrap(), Some(at(60).tried(later(60))), "{name}");
        letters.delete(at(60).key()).await.unwrap();
        letters.delete(at(60).key()).await.unwrap();
        assert_eq!(letters.claim(later(3_600)).await.unwrap(), None, "{name}");
        let others = [
            Letter::new(LetterKind::VerifyEmail, email("ada"), NOW),
            Letter::new(LetterKind::ResetPassword, email("bob"), NOW),
        ];
        for other in &others {
            letters.post(other, Letter::WAITING_MAX).await.unwrap();
            assert!(letters.claim(NOW).await.unwrap().is_some(), "{name}");
        }
    }
}

#[tokio::test]
async fn of_those_who_claim_a_letter_at_once_one_gets_it() {
    for TestStore { name, stores, .. } in &every_store("letters_race").await {
        stores
            .letters
            .post(&Letter::new(LetterKind::VerifyEmail, email("ada"), NOW), Letter::WAITING_MAX)
            .await
            .unwrap();
        let racing = (0..20).map(|_| {
            let letters = stores.letters.clone();
            tokio::spawn(async move { letters.claim(NOW).await.unwrap().is_some() })
        });
        let mut won = 0;
        for racer in racing.collect::<Vec<_>>() {
            won += usize::from(racer.await.unwrap());
        }
        assert_eq!(won, 1, "{name}");
    }
}

#[tokio::test]
async fn a_code_is_good_once_for_its_kind_and_until_it_expires() {
    for TestStore { name, stores, .. } in &every_store("codes").await {
        let letters = &stores.letters;
        let code = code(UserId::new(NOW), LetterKind::ResetPassword);
        letters.keep_code(&code).await.unwrap();
        for (kind, now) in [(LetterKind::VerifyEmail, NOW), (LetterKind::ResetPassword, later(60))] {
            assert_eq!(letters.find_code(code.hash, kind, now).await.unwrap(), None, "{name}");
            assert_eq!(letters.take_code(code.hash, kind, now).await.unwrap(), None, "{name}");
        }
        let found = letters.find_code(code.hash, code.kind, later(59)).await.unwrap();
        assert_eq!(found.as_ref(), Some(&code), "{name}");
        let racing = (0..20).map(|_| {
            let (letters, code) = (letters.clone(), code.clone());
            tokio::spawn(async move { letters.take_code(code.hash, code.kind, NOW).await.unwrap() })
        });
        let mut taken = Vec::new();
        for racer in racing.collect::<Vec<_>>() {
            taken.extend(racer.await.unwrap());
        }
        assert_eq!(taken, [code], "{name}");
    }
}

#[tokio::test]
async fn a_new_code_takes_the_place_of_the_one_before() {
    for TestStore { name, stores, .. } in &every_store("codes_new").await {
        let (letters, ada) = (&stores.letters, UserId::new(NOW));
        let (first, second) = (code(ada, LetterKind::VerifyEmail), code(ada, LetterKind::VerifyEmail));
        let others = [code(ada, LetterKind::ResetPassword), code(UserId::new(NOW), LetterKind::VerifyEmail)];
        for kept in others.iter().chain([&first, &second]) {
            letters.keep_code(kept).await.unwrap();
        }
        assert_eq!(letters.take_code(first.hash, first.kind, NOW).await.unwrap(), None, "{name}");
        for kept in others.iter().chain([&second]) {
            assert!(letters.take_code(kept.hash, kept.kind, NOW).await.unwrap().is_some(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_password_is_set_and_its_code_used_up_in_one_step() {
    for TestStore { name, stores, .. } in &every_store("codes_reset").await {
        let user = User::joining(Name::new("Ada").unwrap(), NOW);
        let account = Account::joining(user, email("ada"));
        let hashes: Vec<_> = (0..=20).map(|number| PasswordHash::stored(format!("hash {number}"))).collect();
        stores.users.insert(&account, &hashes[0]).await.unwrap();
        let (letters, id) = (&stores.letters, account.user.id);
        let kept = async || stores.users.find_to_log_in(id).await.unwrap().unwrap().1;
        let (code, other) = (code(id, LetterKind::ResetPassword), code(id, LetterKind::VerifyEmail));
        letters.keep_code(&code).await.unwrap();
        letters.keep_code(&other).await.unwrap();
        for (hash, now) in [(other.hash, NOW), (code.hash, later(60))] {
            assert_eq!(letters.reset_password(hash, &hashes[1], now).await.unwrap(), None, "{name}");
        }
        assert_eq!(kept().await, hashes[0], "{name}");

        let racing = hashes[1..].iter().map(|new| {
            let (letters, new, code) = (letters.clone(), new.clone(), code.hash);
            tokio::spawn(async move { letters.reset_password(code, &new, NOW).await.unwrap().map(|_| new) })
        });
        let mut won = Vec::new();
        for racer in racing.collect::<Vec<_>>() {
            won.extend(racer.await.unwrap());
        }
        assert_eq!(won, [kept().await], "{name}: whoever used the code has set the password");
        assert_eq!(letters.find_code(code.hash, code.kind, NOW).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn a_code_that_was_sent_to_another_address_sets_no_password() {
    for TestStore { name, stores, .. } in &every_store("codes_moved").await {
        let user = User::joining(Name::new("Ada").unwrap(), NOW);
        let account = Account::joining(user, email("moved"));
        let [old, new] = ["old", "new"].map(|text| PasswordHash::stored(text.into()));
        stores.users.insert(&account, &old).await.unwrap();
        let code = code(account.user.id, LetterKind::ResetPassword);
        stores.letters.keep_code(&code).await.unwrap();
        assert_eq!(stores.letters.reset_password(code.hash, &new, NOW).await.unwrap(), None, "{name}");
        let found = stores.users.find_to_log_in(account.user.id).await.unwrap();
        assert_eq!(found, Some((account, old)), "{name}");
    }
}

#[tokio::test]
async fn letters_that_wait_are_listed_for_those_who_run_the_server() {
    for TestStore { name, stores, .. } in &every_store("letters_unsent").await {
        let letters = &stores.letters;
        let [sent, waiting, latest] = ["sent", "waiting", "latest"]
            .map(|name| Letter::new(LetterKind::ResetPassword, email(name), NOW));
        for letter in [&sent, &waiting, &latest] {
            letters.post(letter, Letter::WAITING_MAX).await.unwrap();
        }
        letters.update(&sent.sent(NOW)).await.unwrap();
        let tried = waiting.tried(NOW).put_off(NOW).unwrap();
        letters.update(&tried).await.unwrap();
        let put_off = Letter { next: later(600), ..latest };
        letters.update(&put_off).await.unwrap();
        let all = vec![tried.clone(), put_off];
        assert_eq!(letters.list_unsent(10).await.unwrap(), (all, 2), "{name}");
        assert_eq!(letters.list_unsent(1).await.unwrap(), (vec![tried], 2), "{name}");
    }
}

#[tokio::test]
async fn when_as_many_wait_as_may_no_other_letter_is_taken() {
    for TestStore { name, stores, .. } in &every_store("letters_full").await {
        let [first, second, third] =
            ["one", "two", "three"].map(|name| Letter::new(LetterKind::ResetPassword, email(name), NOW));
        for (letter, expected) in [(&first, Posted::Yes), (&second, Posted::Yes), (&third, Posted::Full)] {
            assert_eq!(stores.letters.post(letter, 2).await.unwrap(), expected, "{name}");
        }
        // One that waits already is no further one.
        assert_eq!(stores.letters.post(&second, 2).await.unwrap(), Posted::Yes, "{name}");
        assert_eq!(stores.letters.list_unsent(10).await.unwrap().1, 2, "{name}");
        stores.letters.delete(first.key()).await.unwrap();
        assert_eq!(stores.letters.post(&third, 2).await.unwrap(), Posted::Yes, "{name}");
    }
}
