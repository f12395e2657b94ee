//! What people prove who they are with, on the wire.

use confab_proto::auth::v1;
use confab_proto::auth::v1::confirm_identity_request::Proof;

use super::field;
use super::passkeys::passkey_proof;
use crate::domain::{FactorProof, IdentityProof, Method, Password, QrPicture, RecoveryCode, TotpCode};
use crate::error::Error;
use crate::handlers::{FactorList, NewTotp};

impl TryFrom<v1::ConfirmIdentityRequest> for IdentityProof {
    type Error = Error;

    fn try_from(request: v1::ConfirmIdentityRequest) -> Result<Self, Error> {
        match request.proof {
            None => field("proof", Err("must be there")),
            Some(Proof::Password(password)) => Ok(Self::Password(Password::claimed(&password))),
            Some(Proof::TotpCode(code)) => totp_proof(&code).map(Self::Factor),
            Some(Proof::RecoveryCode(code)) => recovery_proof(&code).map(Self::Factor),
            Some(Proof::PasskeyJson(json)) => passkey_proof(&json).map(Self::Factor),
        }
    }
}

/// The code of an app, as a proof. What cannot be one is a wrong one.
pub(super) fn totp_proof(text: &str) -> Result<FactorProof, Error> {
    TotpCode::claimed(text).map(FactorProof::Totp).ok_or(Error::WrongCode)
}

/// A code from paper, as a proof. What cannot be one is a wrong one.
pub(super) fn recovery_proof(text: &str) -> Result<FactorProof, Error> {
    RecoveryCode::claimed(text).map(FactorProof::Recovery).ok_or(Error::WrongCode)
}

/// The code that an app shows, if it can be one.
pub fn totp_code(request: &v1::ConfirmTotpRequest) -> Option<TotpCode> {
    TotpCode::claimed(&request.code)
}

/// The password that a request shows, if it shows one.
pub fn shown_password(text: &str) -> Option<Password> {
    (!text.is_empty()).then(|| Password::claimed(text))
}

impl From<Method> for v1::FactorMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::Password => Self::Password,
            Method::Totp => Self::Totp,
            Method::RecoveryCode => Self::RecoveryCode,
            Method::Passkey => Self::Passkey,
        }
    }
}

/// Methods as they are sent.
pub(super) fn methods(methods: Vec<Method>) -> Vec<i32> {
    methods.into_iter().map(|method| v1::FactorMethod::from(method).into()).collect()
}

impl From<FactorList> for v1::GetFactorsResponse {
    fn from(list: FactorList) -> Self {
        Self {
            totp_enabled: list.factors.totp,
            recovery_code_count: i32::try_from(list.factors.recovery_codes).unwrap_or(i32::MAX),
            confirm_methods: methods(list.methods),
            passkey_count: i32::try_from(list.factors.passkeys).unwrap_or(i32::MAX),
            confirm_expire_time: list.confirmed_until.map(Into::into),
        }
    }
}

impl TryFrom<NewTotp> for v1::BeginTotpResponse {
    type Error = Error;

    fn try_from(totp: NewTotp) -> Result<Self, Error> {
        let uri = totp.secret.uri(&totp.email);
        let picture = QrPicture::draw(&uri)?;
        Ok(Self {
            secret: String::clone(&totp.secret.expose()),
            uri: String::clone(&uri),
            qr_size: i32::try_from(picture.size).unwrap_or(i32::MAX),
            qr_path: String::clone(&picture.path),
            expire_time: Some(totp.expires.into()),
        })
    }
}

/// Codes to write down, as they are shown.
pub fn recovery_codes(codes: &[RecoveryCode]) -> Vec<String> {
    codes.iter().map(|code| String::clone(&code.expose())).collect()
}
