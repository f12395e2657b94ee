//! A process can end between any two steps. Wherever it does, nobody is left in who got
//! in by what opens the account no longer.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use confab_core::SessionId;

use super::{change_password, remove_totp, reset_password};
use crate::domain::{
    Account, GuessKey, LetterKind, MailCode, MailSecret, Password, PasswordChange, PasswordHash, Session,
    TotpSecret,
};
use crate::service::AuthService;
use crate::service::testing::{another_session, caller, join, test_service};

const OLD: &str = "correct horse battery";
const NEW: &str = "staple battery horse";
/// More steps than any of these has.
const STEPS_MAX: usize = 100;

/// Ada, logged in here and there.
struct Ada {
    service: AuthService,
    account: Account,
    here: Session,
    there: SessionId,
    _folder: tempfile::TempDir,
}

impl Ada {
    async fn new() -> Self {
        let (service, folder) = test_service().await;
        let (account, here) = join(&service).await;
        let there = another_session(&service, &account).await.id;
        Self { service, account, here, there, _folder: folder }
    }

    async fn hash(&self) -> PasswordHash {
        self.service.stores.users.find_to_log_in(self.account.user.id).await.unwrap().unwrap().1
    }

    async fn is_in_there(&self) -> bool {
        self.service.stores.sessions.find(self.there, self.service.clock.now()).await.unwrap().is_some()
    }

    /// Does `doing`, until it has had to wait `waits` times; whether it came to its end.
    async fn cut_off<T>(&self, doing: impl Future<Output = T>, waits: usize) -> bool {
        let mut doing = pin!(doing);
        let mut left = waits;
        let is_over = poll_fn(|context| match doing.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => {
                left -= 1;
                Poll::Pending
            }
        });
        let is_over = is_over.await;
        // One after another is written: what was under way is stored by now.
        self.service.stores.guesses.clear(GuessKey::of_owner(self.account.user.id)).await.unwrap();
        is_over
    }
}

#[tokio::test]
async fn whoever_knew_the_old_password_is_out_once_there_is_a_new_one() {
    for waits in 0..STEPS_MAX {
        let ada = Ada::new().await;
        let before = ada.hash().await;
        let change = PasswordChange { old: Password::claimed(OLD), new: Password::claimed(NEW) };
        let is_over = ada.cut_off(change_password(&ada.service, caller(&ada.here), change), waits).await;
        let is_changed = ada.hash().await != before;
        assert!(!(is_changed && ada.is_in_there().await), "after step {waits}");
        if is_over {
            assert!(is_changed && waits > 2, "{waits}");
            return;
        }
    }
    panic!("it never ends");
}

#[tokio::test]
async fn whoever_was_in_before_a_reset_is_out_after_it() {
    for waits in 0..STEPS_MAX {
        let ada = Ada::new().await;
        let (before, code) = (ada.hash().await, MailSecret::generate().unwrap());
        let kept = MailCode {
            hash: code.hash(),
            kind: LetterKind::ResetPassword,
            user: ada.account.user.id,
            email: ada.account.email.clone(),
            expires: ada.service.clock.now().plus(MailCode::LIFETIME),
        };
        ada.service.stores.letters.keep_code(&kept).await.unwrap();
        let reset = reset_password(&ada.service, Some(code), Password::claimed(NEW));
        let is_over = ada.cut_off(reset, waits).await;
        let is_changed = ada.hash().await != before;
        assert!(!(is_changed && ada.is_in_there().await), "after step {waits}");
        if is_over {
            assert!(is_changed && waits > 2, "{waits}");
            return;
        }
    }
    panic!("it never ends");
}

#[tokio::test]
async fn whoever_was_in_before_a_factor_went_is_out_after_it() {
    for waits in 0..STEPS_MAX {
        let ada = Ada::new().await;
        let (user, now) = (ada.account.user.id, ada.service.clock.now());
        let (stores, secret) = (&ada.service.stores, TotpSecret::generate().unwrap());
        assert!(stores.factors.begin_totp(user, &secret, now).await.unwrap());
        assert!(stores.factors.enable_totp(user, &secret, 1).await.unwrap());
        assert!(stores.sessions.confirm(ada.here.id, now).await.unwrap());
        let is_over = ada.cut_off(remove_totp(&ada.service, caller(&ada.here)), waits).await;
        let is_changed = !stores.factors.find(user).await.unwrap().totp;
        assert!(!(is_changed && ada.is_in_there().await), "after step {waits}");
        if is_over {
            assert!(is_changed && waits > 2, "{waits}");
            return;
        }
    }
    panic!("it never ends");
}
