//! Every way in which sessions end before their time, and everything that then opens
//! nothing any more.

use std::collections::BTreeSet;

use confab_auth::Config;
use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof;
use confab_proto::internal::v1 as internal;

use crate::factors::{confirm, enrol};
use crate::world::{PASSWORD, World, config, log_in, refusal, with_token};

const ADA: &str = "ada@example.com";

/// What ends all sessions of Ada but, perhaps, the one that she is in.
#[derive(Clone, Copy, Debug)]
enum Ending {
    LogOut,
    LogOutElsewhere,
    Password,
    SecondFactor,
    Disabled,
    Deleted,
    Admin,
}

const ENDINGS: [Ending; 7] = [
    Ending::LogOut,
    Ending::LogOutElsewhere,
    Ending::Password,
    Ending::SecondFactor,
    Ending::Disabled,
    Ending::Deleted,
    Ending::Admin,
];

/// Ada, who is logged in here, with a program, and in a browser.
struct Ada {
    world: World,
    id: String,
    here: String,
    program: v1::LogInResponse,
    cookie: String,
}

impl Ada {
    async fn new() -> Self {
        let world = World::with(Config { password_cost: 4, ..config() }).await;
        let (ada, here) = world.join(ADA, "Ada").await;
        let program = world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
        let in_a_browser = v1::LogInRequest {
            session_delivery: v1::SessionDelivery::Cookie.into(),
            ..log_in(ADA, PASSWORD)
        };
        let browser = world.auth().log_in(in_a_browser).await.unwrap();
        let cookie = browser.metadata().get("confab-session-set").unwrap().to_str().unwrap().to_owned();
        Self { world, id: ada.user_id, here, program, cookie }
    }

    fn access(&self) -> &str {
        &self.program.access_token.as_ref().unwrap().token
    }

    async fn session_of(&self, token: &str) -> String {
        let list = with_token(token, v1::ListSessionsRequest {});
        let sessions = self.world.auth().list_sessions(list).await.unwrap().into_inner().sessions;
        sessions.into_iter().find(|session| session.current).unwrap().session_id
    }

    async fn end(&self, ending: Ending, in_the_browser: &str) {
        let (mut auth, here) = (self.world.auth(), self.here.as_str());
        match ending {
            Ending::LogOut => {
                for token in [self.access(), in_the_browser] {
                    auth.log_out(with_token(token, v1::LogOutRequest {})).await.unwrap();
                }
            }
            Ending::LogOutElsewhere => {
                let request = with_token(here, v1::RevokeOtherSessionsRequest {});
                auth.revoke_other_sessions(request).await.unwrap();
            }
            Ending::Password => {
                let (old_password, new_password) = (PASSWORD.into(), "staple horse battery".into());
                let change = v1::ChangePasswordRequest { old_password, new_password };
                auth.change_password(with_token(here, change)).await.unwrap();
            }
            Ending::SecondFactor => {
                enrol(&self.world, here).await;
            }
            Ending::Disabled => {
                let request = v1::DisableAccountRequest { user_id: self.id.clone() };
                self.world.operator().disable_account(request).await.unwrap();
            }
            Ending::Deleted => {
                confirm(&self.world, here, Some(Proof::Password(PASSWORD.into()))).await.unwrap();
                auth.delete_account(with_token(here, v1::DeleteAccountRequest {})).await.unwrap();
            }
            Ending::Admin => {
                let request = v1::ForcePasswordResetRequest { user_id: self.id.clone() };
                self.world.operator().force_password_reset(request).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn whatever_ends_sessions_ends_all_that_they_opened() {
    for ending in ENDINGS {
        let ada = Ada::new().await;
        let in_the_browser = ada.world.exchange(&ada.cookie).await.unwrap();
        let ended: BTreeSet<String> =
            [ada.session_of(ada.access()).await, ada.session_of(&in_the_browser).await].into();
        let watch = internal::WatchRevocationsRequest {};
        let mut told = ada.world.sessions().watch_revocations(watch).await.unwrap().into_inner();

        ada.end(ending, &in_the_browser).await;
        let refresh = v1::RefreshSessionRequest { refresh_token: ada.program.refresh_token.clone() };
        assert_eq!(refusal(ada.world.auth().refresh_session(refresh).await).1, "SESSION_ENDED", "{ending:?}");
        assert_eq!(refusal(ada.world.exchange(&ada.cookie).await).1, "SESSION_ENDED", "{ending:?}");
        for token in [ada.access(), &in_the_browser] {
            assert_eq!(refusal(ada.world.me(token).await).1, "SESSION_ENDED", "{ending:?}");
        }
        // By this, every service refuses the tokens, and ends the streams.
        let mut missing = ended;
        while !missing.is_empty() {
            let said = told.message().await.unwrap().unwrap();
            for revocation in said.revocations {
                missing.remove(&revocation.session_id);
            }
        }
    }
}
