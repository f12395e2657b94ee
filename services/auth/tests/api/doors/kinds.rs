//! Secrets of one kind are none of another: each is shown wherever any is.

use confab_auth::{Config, SignUpPolicy};
use confab_proto::auth::v1;
use confab_proto::auth::v1::finish_log_in_request::Proof;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::user_directory_service_client::UserDirectoryServiceClient;
use confab_rpc::metadata::SESSION_SET;
use tonic::{Code, Status};

use crate::factors::enrol;
use crate::mail::{ask_for_change, ask_for_reset, config_with_mail};
use crate::sink::Sink;
use crate::world::{PASSWORD, World, log_in, sign_up, with_token};

/// She has a second factor.
const ADA: &str = "ada@example.com";
/// He has proved nothing yet, and wants another address.
const BOB: &str = "bob@example.com";
/// She has forgotten her password.
const CAT: &str = "cat@example.com";
/// He wants to sign up.
const DAN: &str = "dan@example.com";

/// Everything that opens something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    // Used up before others of Ada are asked for.
    Challenge,
    Access,
    Refresh,
    Session,
    Service,
    // In the middle: right after ten wrong ones, everybody would have to wait.
    Recovery,
    Device,
    Invite,
    Verification,
    NewAddress,
    Reset,
    Joining,
}

/// Those with one of each, and what is needed to show it.
struct Scene {
    world: World,
    sink: Sink,
    papers: Vec<String>,
    invite: String,
    bobs: String,
    all: Vec<(Kind, String)>,
}

impl Scene {
    async fn new() -> Self {
        let sink = Sink::start(0, 0).await;
        let config = Config { sign_up: SignUpPolicy::Invited, ..config_with_mail(sink.port) };
        let world = World::with(config).await;
        let (_, token) = world.join(ADA, "Ada").await;
        let wish = v1::CreateInviteRequest { max_use_count: Some(9), valid_days: None };
        let invite = world.invites().create_invite(with_token(&token, wish)).await.unwrap();
        let invite = invite.into_inner().code;
        let (_, papers) = enrol(&world, &token).await;
        let mut scene = Self { world, sink, papers, invite, bobs: String::new(), all: Vec::new() };
        scene.adas().await;
        scene.letters().await;
        scene
    }

    /// The code in the next letter to `email` that has one.
    async fn code(&mut self, email: &str) -> String {
        loop {
            let letter = self.sink.letter().await;
            if letter.to() == email && letter.link().is_some() {
                return letter.code();
            }
        }
    }

    fn add(&mut self, kind: Kind, secret: impl Into<String>) {
        self.all.push((kind, secret.into()));
    }

    async fn challenge(&self) -> String {
        let asked = self.world.auth().log_in(log_in(ADA, PASSWORD)).await.unwrap().into_inner();
        asked.second_factor.unwrap().challenge
    }

    async fn adas(&mut self) {
        let session_delivery = v1::SessionDelivery::Cookie.into();
        let request = answer(&self.challenge().await, &self.papers[1]);
        let request = v1::FinishLogInRequest { session_delivery, ..request };
        let browser = self.world.auth().finish_log_in(request).await.unwrap();
        let session = browser.metadata().get(SESSION_SET).unwrap().to_str().unwrap().to_owned();
        let request = answer(&self.challenge().await, &self.papers[2]);
        let program = self.world.auth().finish_log_in(request).await.unwrap().into_inner();

        self.add(Kind::Challenge, self.challenge().await);
        self.add(Kind::Access, program.access_token.unwrap().token);
        self.add(Kind::Refresh, program.refresh_token);
        self.add(Kind::Session, session);
        self.add(Kind::Service, self.world.service_key.sign("message", self.world.now()));
        self.add(Kind::Recovery, self.papers[3].clone());
    }

    async fn letters(&mut self) {
        let mut auth = self.world.auth();
        let bob = auth.sign_up(self.invited(BOB)).await.unwrap().into_inner();
        let verification = self.code(BOB).await;
        auth.sign_up(self.invited(CAT)).await.unwrap();
        self.code(CAT).await;
        self.bobs = bob.access_token.unwrap().token;
        ask_for_change(&self.world, &self.bobs, "bob@example.net", PASSWORD).await.unwrap();
        let change = self.code("bob@example.net").await;
        ask_for_reset(&self.world, CAT).await.unwrap();
        let reset = self.code(CAT).await;
        auth.request_sign_up(v1::RequestSignUpRequest { email: DAN.into() }).await.unwrap();
        let joining = self.code(DAN).await;

        self.add(Kind::Device, bob.device_token);
        self.add(Kind::Invite, self.invite.clone());
        self.add(Kind::Verification, verification);
        self.add(Kind::NewAddress, change);
        self.add(Kind::Reset, reset);
        self.add(Kind::Joining, joining);
    }

    fn invited(&self, email: &str) -> v1::SignUpRequest {
        v1::SignUpRequest { invite_code: self.invite.clone(), ..sign_up(email, PASSWORD, "Somebody") }
    }

    /// Shows `secret` where one of `kind` opens something.
    async fn show(&self, kind: Kind, secret: &str) -> Result<(), Status> {
        let (world, mut auth, shown) = (&self.world, self.world.auth(), secret.to_owned());
        match kind {
            Kind::Challenge => auth.finish_log_in(answer(secret, &self.papers[0])).await.map(drop),
            Kind::Access => world.me(secret).await.map(drop),
            Kind::Refresh => {
                auth.refresh_session(v1::RefreshSessionRequest { refresh_token: shown }).await.map(drop)
            }
            Kind::Session => world.exchange(secret).await.map(drop),
            Kind::Service => {
                let caller_id = "018f0000-0000-7000-8000-000000000000".to_owned();
                let request = internal::FilterUsersRequest { user_ids: vec![caller_id.clone()], caller_id };
                let mut directory = UserDirectoryServiceClient::new(world.channel.clone());
                directory.filter_users(with_token(secret, request)).await.map(drop)
            }
            Kind::Recovery => auth.finish_log_in(answer(&self.challenge().await, secret)).await.map(drop),
            Kind::Device => unreachable!("it opens nothing by itself"),
            Kind::Invite => {
                let request = v1::SignUpRequest { invite_code: shown, ..self.invited("eve@example.com") };
                auth.sign_up(request).await.map(drop)
            }
            Kind::Verification => auth.verify_email(v1::VerifyEmailRequest { code: shown }).await.map(drop),
            Kind::NewAddress => {
                let request = with_token(&self.bobs, v1::ConfirmEmailChangeRequest { code: shown });
                auth.confirm_email_change(request).await.map(drop)
            }
            Kind::Reset => {
                let new_password = "staple battery horse".to_owned();
                auth.reset_password(v1::ResetPasswordRequest { code: shown, new_password }).await.map(drop)
            }
            Kind::Joining => {
                auth.sign_up(v1::SignUpRequest { email_code: shown, ..self.invited(DAN) }).await.map(drop)
            }
        }
    }
}

fn answer(challenge: &str, recovery_code: &str) -> v1::FinishLogInRequest {
    v1::FinishLogInRequest {
        challenge: challenge.to_owned(),
        proof: Some(Proof::RecoveryCode(recovery_code.to_owned())),
        ..v1::FinishLogInRequest::default()
    }
}

#[tokio::test]
async fn a_secret_of_one_kind_is_none_of_another() {
    let scene = Scene::new().await;
    // What a device is known by opens nothing by itself: `guessing.rs` shows what it is good for.
    let kinds = scene.all.iter().map(|(kind, _)| *kind);
    let verifiers: Vec<Kind> = kinds.filter(|kind| *kind != Kind::Device).collect();
    for (kind, secret) in &scene.all {
        for verifier in &verifiers {
            let outcome = scene.show(*verifier, secret).await;
            assert_eq!(outcome.is_ok(), kind == verifier, "{kind:?} at {verifier:?}: {outcome:?}");
            let refused = outcome.err().map(|status| status.code());
            let known = [Code::Unauthenticated, Code::InvalidArgument, Code::PermissionDenied];
            assert!(
                refused.is_none_or(|code| known.contains(&code)),
                "{kind:?} at {verifier:?}: {refused:?}"
            );
        }
    }
    println!("{} kinds at {} verifiers", scene.all.len(), verifiers.len());
}
