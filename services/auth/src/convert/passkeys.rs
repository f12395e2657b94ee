//! Passkeys on the wire.

use confab_proto::auth::v1;
use tonic::Request;

use super::{device, device_secret, field};
use crate::domain::{Assertion, DeviceName, FactorProof, NewCredential, Passkey, PasskeyId, PasskeyLogIn};
use crate::error::Error;

/// What a passkey has signed, as a proof. What cannot be that is a wrong one.
pub(super) fn passkey_proof(json: &str) -> Result<FactorProof, Error> {
    assertion(json).map(|answer| FactorProof::Passkey(Box::new(answer)))
}

fn assertion(json: &str) -> Result<Assertion, Error> {
    serde_json::from_str(json).map(Assertion).map_err(|_| Error::WrongPasskey)
}

impl TryFrom<&v1::FinishPasskeyRegistrationRequest> for NewCredential {
    type Error = Error;

    fn try_from(request: &v1::FinishPasskeyRegistrationRequest) -> Result<Self, Error> {
        serde_json::from_str(&request.credential_json).map(Self).map_err(|_| Error::WrongPasskey)
    }
}

impl TryFrom<Request<v1::FinishPasskeyLogInRequest>> for PasskeyLogIn {
    type Error = Error;

    fn try_from(request: Request<v1::FinishPasskeyLogInRequest>) -> Result<Self, Error> {
        let device = device(&request, &request.get_ref().device_name)?;
        let device_secret = device_secret(&request, &request.get_ref().device_token);
        let request = request.into_inner();
        let delivery = request.session_delivery().into();
        Ok(Self { answer: assertion(&request.credential_json)?, delivery, device, device_secret })
    }
}

/// What a passkey is to be called.
pub fn passkey_name(name: &str) -> Result<DeviceName, Error> {
    field("name", DeviceName::new(name))
}

/// The passkey that a request names.
pub fn passkey_id(id: &str) -> Result<PasskeyId, Error> {
    field("passkey_id", id.parse())
}

impl From<Passkey> for v1::Passkey {
    fn from(passkey: Passkey) -> Self {
        Self {
            passkey_id: passkey.id.to_string(),
            name: passkey.name.as_str().to_owned(),
            create_time: Some(passkey.created.into()),
            last_use_time: passkey.used.map(Into::into),
            backed_up: passkey.backed_up,
        }
    }
}
