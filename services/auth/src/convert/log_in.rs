//! Logging in, in one step or in two, on the wire.

use confab_proto::auth::v1;
use confab_proto::auth::v1::finish_log_in_request::Proof;
use tonic::{Request, Response};

use super::factors::{methods, recovery_proof, totp_proof};
use super::passkeys::passkey_proof;
use super::{Shown, device, device_secret, field, welcome};
use crate::domain::{Asked, ChallengeCode, Email, Entry, FinishLogIn, LogIn, Password};
use crate::error::Error;

impl TryFrom<Request<v1::LogInRequest>> for LogIn {
    type Error = Error;

    fn try_from(request: Request<v1::LogInRequest>) -> Result<Self, Error> {
        let device = device(&request, &request.get_ref().device_name)?;
        let device_secret = device_secret(&request, &request.get_ref().device_token);
        let request = request.into_inner();
        Ok(Self {
            device,
            device_secret,
            delivery: request.session_delivery().into(),
            // What is no address belongs to nobody; there is nothing else to say about it.
            email: Email::new(&request.email).ok(),
            password: Password::claimed(&request.password),
        })
    }
}

impl TryFrom<Request<v1::FinishLogInRequest>> for FinishLogIn {
    type Error = Error;

    fn try_from(request: Request<v1::FinishLogInRequest>) -> Result<Self, Error> {
        let device = device(&request, &request.get_ref().device_name)?;
        let device_secret = device_secret(&request, &request.get_ref().device_token);
        let request = request.into_inner();
        let delivery = request.session_delivery().into();
        let proof = match request.proof {
            None => field("proof", Err("must be there")),
            Some(Proof::TotpCode(code)) => totp_proof(&code),
            Some(Proof::RecoveryCode(code)) => recovery_proof(&code),
            Some(Proof::PasskeyJson(json)) => passkey_proof(&json),
        };
        let challenge = ChallengeCode::claimed(&request.challenge);
        Ok(Self { challenge, proof: proof?, delivery, device, device_secret })
    }
}

/// Answers somebody who has shown the first factor.
pub fn entry(entry: Entry) -> Result<Response<v1::LogInResponse>, Error> {
    let body = |user, shown: Shown| v1::LogInResponse {
        user: Some(user),
        access_token: shown.access,
        refresh_token: shown.refresh,
        device_token: shown.device,
        second_factor: None,
    };
    match entry {
        Entry::In(somebody) => welcome(*somebody, body),
        Entry::SecondFactor(asked) => Ok(Response::new(v1::LogInResponse {
            second_factor: Some(asked.into()),
            ..v1::LogInResponse::default()
        })),
    }
}

impl From<Asked> for v1::SecondFactorChallenge {
    fn from(asked: Asked) -> Self {
        Self {
            challenge: String::clone(&asked.code.expose()),
            methods: methods(asked.methods),
            passkey_options_json: asked.passkey_options.unwrap_or_default(),
            expire_time: Some(asked.expires.into()),
        }
    }
}
