//! Every way in, begun while it was open: once it is closed, it lets nobody in.

use std::future::Future;

use confab_auth::SignUpPolicy;
use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof as Again;
use confab_proto::auth::v1::finish_log_in_request::Proof;
use confab_proto::internal::v1 as internal;
use confab_rpc::metadata::SESSION_SET;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tonic::Status;

use super::rows::factors::answer;
use super::rows::passkeys::add;
use super::rows::{ADA, scene};
use crate::factors::{confirm, enrol};
use crate::identities;
use crate::provider::Liar;
use crate::soft_passkey::SoftPasskey;
use crate::world::{PASSWORD, World, log_in, with_token};

/// A way to get a session.
#[derive(Clone, Copy, Debug)]
enum Way {
    Password,
    RefreshToken,
    Cookie,
    AppCode,
    PaperCode,
    SecondPasskey,
    Passkey,
    Provider,
}

const WAYS: [Way; 8] = [
    Way::Password,
    Way::RefreshToken,
    Way::Cookie,
    Way::AppCode,
    Way::PaperCode,
    Way::SecondPasskey,
    Way::Passkey,
    Way::Provider,
];

/// What closes it.
#[derive(Clone, Copy, Debug)]
enum Closing {
    /// Nothing: to see that it was open.
    None,
    /// The way itself is taken away.
    Taken,
    /// Nobody can log in to the account.
    Disabled,
    /// There is no account any more.
    Deleted,
}

type Entering = Box<dyn FnOnce() -> LocalBoxFuture<'static, Result<(), Status>>>;

/// Ada, one step away from a session.
struct Ada {
    world: World,
    id: String,
    token: String,
    enter: Entering,
    _liar: Option<Liar>,
}

fn entering<A>(last: impl FnOnce() -> A + 'static) -> Entering
where
    A: Future<Output = Result<(), Status>> + 'static,
{
    Box::new(move || last().boxed_local())
}

async fn id_of(world: &World, token: &str) -> String {
    world.me(token).await.unwrap().user_id
}

/// Ada at the last step of `way`.
async fn ready(way: Way) -> Ada {
    match way {
        Way::Password | Way::RefreshToken | Way::Cookie => with_a_password(way).await,
        Way::AppCode => with_an_app(Proof::TotpCode).await,
        Way::PaperCode => with_an_app(Proof::RecoveryCode).await,
        Way::SecondPasskey => with_two_steps().await,
        Way::Passkey => with_a_passkey().await,
        Way::Provider => at_a_provider().await,
    }
}

async fn with_a_password(way: Way) -> Ada {
    let (world, token, _) = scene().await;
    let mut auth = world.auth();
    let enter = match way {
        Way::RefreshToken => {
            let program = auth.log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
            let request = v1::RefreshSessionRequest { refresh_token: program.refresh_token };
            entering(move || async move { auth.refresh_session(request).await.map(drop) })
        }
        Way::Cookie => {
            let session_delivery = v1::SessionDelivery::Cookie.into();
            let request = v1::LogInRequest { session_delivery, ..log_in(ADA, PASSWORD) };
            let browser = auth.log_in(request).await.unwrap();
            let session_secret = browser.metadata().get(SESSION_SET).unwrap().to_str().unwrap().to_owned();
            let request = internal::ExchangeSessionRequest { session_secret };
            let mut sessions = world.sessions();
            entering(move || async move { sessions.exchange_session(request).await.map(drop) })
        }
        _ => entering(move || async move { auth.log_in(log_in(ADA, PASSWORD)).await.map(drop) }),
    };
    Ada { id: id_of(&world, &token).await, world, token, enter, _liar: None }
}

async fn with_an_app(kind: fn(String) -> Proof) -> Ada {
    let (world, token, _) = scene().await;
    let (app, paper) = enrol(&world, &token).await;
    let mut auth = world.auth();
    let asked = auth.log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner().second_factor.unwrap();
    let proof = match kind(String::new()) {
        Proof::TotpCode(_) => kind(app.code(world.now())),
        _ => kind(paper[0].clone()),
    };
    // What takes the way away needs a proof as well, and that is another one.
    confirm(&world, &token, Some(Again::RecoveryCode(paper[1].clone()))).await.unwrap();
    let request = answer(asked.challenge, proof);
    let enter = entering(move || async move { auth.finish_log_in(request).await.map(drop) });
    Ada { id: id_of(&world, &token).await, world, token, enter, _liar: None }
}

/// A world in which Ada has a passkey, which is hers to remove.
async fn with_her_passkey() -> (World, String, SoftPasskey) {
    let (world, token, _) = scene().await;
    confirm(&world, &token, Some(Again::Password(PASSWORD.into()))).await.unwrap();
    let passkey = add(&world, &token, PASSWORD, b"Ada's").await;
    (world, token, passkey)
}

async fn with_two_steps() -> Ada {
    let (world, token, passkey) = with_her_passkey().await;
    let mut auth = world.auth();
    let asked = auth.log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner().second_factor.unwrap();
    let proof = Proof::PasskeyJson(passkey.get(&asked.passkey_options_json));
    let request = answer(asked.challenge, proof);
    let enter = entering(move || async move { auth.finish_log_in(request).await.map(drop) });
    Ada { id: id_of(&world, &token).await, world, token, enter, _liar: None }
}

async fn with_a_passkey() -> Ada {
    let (world, token, passkey) = with_her_passkey().await;
    let mut client = world.passkeys();
    let asked = client.begin_passkey_log_in(v1::BeginPasskeyLogInRequest {}).await.unwrap();
    let credential_json = passkey.get(&asked.into_inner().options_json);
    let request =
        v1::FinishPasskeyLogInRequest { credential_json, ..v1::FinishPasskeyLogInRequest::default() };
    let enter = entering(move || async move { client.finish_passkey_log_in(request).await.map(drop) });
    Ada { id: id_of(&world, &token).await, world, token, enter, _liar: None }
}

/// Ada, who has linked a provider, and comes back from it. She has not proved her address
/// here: else it would be linked anew by that.
async fn at_a_provider() -> Ada {
    let (world, liar) = identities::world(SignUpPolicy::Open).await;
    let (user, token) = world.join(ADA, "Ada").await;
    confirm(&world, &token, Some(Again::Password(PASSWORD.into()))).await.unwrap();
    let mut client = world.identities();
    let request = with_token(&token, v1::StartProviderLinkRequest { provider_id: "liar".into() });
    let sent = client.start_provider_link(request).await.unwrap().into_inner();
    let trip = identities::trip(&sent.authorization_url, sent.binding);
    let said = identities::claims(&world, &liar, &trip, ADA);
    liar.tell(|script| script.claims = said);
    let v1::FinishProviderLogInRequest { state, code, binding, .. } = identities::back(&trip);
    let request = with_token(&token, v1::FinishProviderLinkRequest { state, code, binding });
    client.finish_provider_link(request).await.unwrap();

    let trip = identities::start(&world).await.unwrap();
    let said = identities::claims(&world, &liar, &trip, ADA);
    liar.tell(|script| script.claims = said);
    let request = identities::back(&trip);
    let enter = entering(move || async move { client.finish_provider_log_in(request).await.map(drop) });
    Ada { id: user.user_id, world, token, enter, _liar: Some(liar) }
}

impl Ada {
    async fn take_away(&self, way: Way) {
        let (world, token) = (&self.world, self.token.as_str());
        match way {
            Way::Password => {
                let request = v1::ForcePasswordResetRequest { user_id: self.id.clone() };
                world.operator().force_password_reset(request).await.map(drop).unwrap();
            }
            Way::RefreshToken | Way::Cookie => {
                let request = with_token(token, v1::RevokeOtherSessionsRequest {});
                world.auth().revoke_other_sessions(request).await.map(drop).unwrap();
            }
            Way::AppCode => {
                let request = with_token(token, v1::RemoveTotpRequest {});
                world.factors().remove_totp(request).await.map(drop).unwrap();
            }
            Way::PaperCode => {
                let request = with_token(token, v1::RegenerateRecoveryCodesRequest {});
                world.factors().regenerate_recovery_codes(request).await.map(drop).unwrap();
            }
            Way::SecondPasskey | Way::Passkey => {
                let list = with_token(token, v1::ListPasskeysRequest {});
                let mut listed = world.passkeys().list_passkeys(list).await.unwrap().into_inner().passkeys;
                let request = v1::DeletePasskeyRequest { passkey_id: listed.remove(0).passkey_id };
                world.passkeys().delete_passkey(with_token(token, request)).await.map(drop).unwrap();
            }
            Way::Provider => {
                let list = with_token(token, v1::ListIdentitiesRequest {});
                let listed = world.identities().list_identities(list).await.unwrap().into_inner();
                let identity_id = listed.identities[0].identity_id.clone();
                let request = with_token(token, v1::DeleteIdentityRequest { identity_id });
                world.identities().delete_identity(request).await.map(drop).unwrap();
            }
        }
    }

    async fn close(&self, way: Way, closing: Closing) {
        let user_id = self.id.clone();
        match closing {
            Closing::None => {}
            Closing::Taken => self.take_away(way).await,
            Closing::Disabled => {
                let request = v1::DisableAccountRequest { user_id };
                self.world.operator().disable_account(request).await.map(drop).unwrap();
            }
            Closing::Deleted => {
                let request = v1::EraseAccountRequest { user_id };
                self.world.operator().erase_account(request).await.map(drop).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn no_way_in_is_left_open_once_it_is_closed() {
    for way in WAYS {
        for closing in [Closing::None, Closing::Taken, Closing::Disabled, Closing::Deleted] {
            let ada = ready(way).await;
            ada.close(way, closing).await;
            let entered = (ada.enter)().await;
            let is_open = matches!(closing, Closing::None);
            assert_eq!(entered.is_ok(), is_open, "{way:?}, {closing:?}: {entered:?}");
        }
    }
}
