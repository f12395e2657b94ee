//! Talks to passkeys: what they are asked for, and whether what they answer is right.

use confab_core::UserId;
use passki::{
    AuthenticationOptions, AuthenticationState, ClientData, Passki, PasskiError, RegistrationOptions,
    RegistrationState, ResidentKeyRequirement, StoredPasskey, UserVerificationRequirement,
};
use serde_json::json;

use crate::config::{Origin, PasskeyConfig};
use crate::domain::{Account, Assertion, Ceremony, CredentialId, NewCredential, Passkey, SecretHash};

/// The relying party of Web Authentication, section 4: the one that passkeys belong to.
///
/// What they are asked to sign is not kept here: its hash is in the store, so that
/// any node can check the answer, and each answer once.
pub struct Webauthn(Passki);

/// What is handed to a browser, and what recognises the answer.
pub struct Asking {
    /// The options, as `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` take them.
    pub json: String,
    /// Recognises the challenge in it.
    pub hash: SecretHash,
}

/// A passkey that has shown what it is.
pub struct Registered {
    /// The name that it gave itself.
    pub credential: CredentialId,
    /// See [`Passkey::public_key`].
    pub public_key: Vec<u8>,
    /// See [`Passkey::algorithm`].
    pub algorithm: i32,
    /// See [`Passkey::counter`].
    pub counter: u32,
    /// See [`Passkey::backup_eligible`].
    pub backup_eligible: bool,
    /// See [`Passkey::backed_up`].
    pub backed_up: bool,
}

/// What a passkey says of itself when it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// See [`Passkey::counter`].
    pub counter: u32,
    /// See [`Passkey::backed_up`].
    pub backed_up: bool,
}

/// How sure a passkey has to be that it is its owner who uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It has asked for a finger, a face or a PIN.
    Required,
    /// Somebody was there: enough beside another factor.
    Preferred,
}

/// Why the answer of a passkey is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is not what Web Authentication asks for.
    #[error("the passkey's answer does not hold")]
    Passki(#[from] PasskiError),
    /// It is not of the form that it should be.
    #[error("the passkey's answer is malformed")]
    Form(#[from] serde_json::Error),
    /// The name that it gives itself cannot be one.
    #[error("the passkey has no name")]
    Name,
}

/// The place of the flags in what an authenticator signs, and the one that says
/// that it is on several devices (Web Authentication, section 6.1).
const FLAGS_AT: usize = 32;
const BACKED_UP: u8 = 0x10;

impl Webauthn {
    /// What authenticators show.
    const NAME: &str = "Confab";

    /// Passkeys as `config` has it.
    #[must_use]
    pub fn new(config: &PasskeyConfig) -> Self {
        let origins: Vec<&str> = config.passkey_origin.iter().map(Origin::as_str).collect();
        Self(Passki::new(config.domain(), &origins, Self::NAME))
    }

    /// Asks for a new passkey for the owner of `account`, who has `others`.
    pub fn ask_for_new(&self, account: &Account, others: &[Passkey]) -> Result<Asking, Refused> {
        let others: Vec<StoredPasskey> = others.iter().map(stored).collect();
        let mut options = RegistrationOptions::default();
        options.timeout = timeout();
        // To be found without a name, and to be enough without a password.
        options.resident_key = ResidentKeyRequirement::Required;
        options.user_verification = UserVerificationRequirement::Required;
        options.exclude_credentials = Some(&others);
        let user = account.user.id.as_uuid();
        let (email, name) = (account.email.as_str(), account.user.name.as_str());
        let (asked, state) = self.0.start_passkey_registration(user.as_bytes(), email, name, options)?;
        Ok(Asking { json: serde_json::to_string(&asked)?, hash: Ceremony::hash_of(&state.challenge) })
    }

    /// Asks one of `passkeys` to sign; without any, whichever there is.
    pub fn ask(&self, passkeys: &[Passkey], verification: Verification) -> Result<Asking, Refused> {
        let passkeys: Vec<StoredPasskey> = passkeys.iter().map(stored).collect();
        let mut options = AuthenticationOptions::default();
        options.timeout = timeout();
        options.user_verification = requirement(verification);
        let (asked, state) = self.0.start_passkey_authentication(&passkeys, options)?;
        Ok(Asking { json: serde_json::to_string(&asked)?, hash: Ceremony::hash_of(&state.challenge) })
    }

    /// Checks a new passkey, which was asked for.
    pub fn register(&self, answer: &NewCredential) -> Result<Registered, Refused> {
        let NewCredential(answer) = answer;
        // The store knows that we have asked for this, and of whom.
        let challenge = challenge(&answer.response.client_data_json)?;
        let nobody = json!({ "id": "", "name": "", "displayName": "" });
        let state = json!({ "challenge": challenge, "user": nobody, "user_verification": "required" });
        let state: RegistrationState = serde_json::from_value(state)?;
        let new = self.0.finish_passkey_registration(answer, &state)?;
        Ok(Registered {
            credential: CredentialId::new(new.credential_id).ok_or(Refused::Name)?,
            public_key: new.public_key,
            algorithm: new.algorithm,
            counter: new.counter,
            backup_eligible: new.be,
            backed_up: new.bs,
        })
    }

    /// Checks what `passkey` has signed, which was asked for.
    pub fn check(
        &self,
        answer: &Assertion,
        passkey: &Passkey,
        verification: Verification,
    ) -> Result<Signed, Refused> {
        let Assertion(answer) = answer;
        let state = json!({
            "challenge": challenge(&answer.response.client_data_json)?,
            "allowed_credentials": [passkey.credential.as_bytes()],
            "user_verification": requirement(verification),
        });
        let state: AuthenticationState = serde_json::from_value(state)?;
        let result = self.0.finish_passkey_authentication(answer, &state, &stored(passkey))?;
        let signed = Passki::base64_decode(&answer.response.authenticator_data)?;
        let flags = signed.get(FLAGS_AT).copied().unwrap_or_default();
        Ok(Signed { counter: result.counter, backed_up: flags & BACKED_UP != 0 })
    }
}

impl Assertion {
    /// Recognises what the passkey was asked to sign.
    pub fn asked_for(&self) -> Result<SecretHash, Refused> {
        Ok(Ceremony::hash_of(&challenge(&self.0.response.client_data_json)?))
    }

    /// The name that the passkey gave itself.
    pub fn credential(&self) -> Result<CredentialId, Refused> {
        CredentialId::new(Passki::base64_decode(&self.0.raw_id)?).ok_or(Refused::Name)
    }

    /// Whether it can be a passkey of `user`: it knows whose it is, or does not say.
    pub fn is_of(&self, user: UserId) -> bool {
        let uuid = user.as_uuid();
        let handle = self.0.response.user_handle.as_deref().filter(|handle| !handle.is_empty());
        handle
            .is_none_or(|handle| Passki::base64_decode(handle).is_ok_and(|handle| handle == uuid.as_bytes()))
    }
}

impl NewCredential {
    /// Recognises what the passkey was asked to sign.
    pub fn asked_for(&self) -> Result<SecretHash, Refused> {
        Ok(Ceremony::hash_of(&challenge(&self.0.response.client_data_json)?))
    }
}

/// What was signed, by what the browser says; the signature covers it.
fn challenge(client_data_json: &str) -> Result<Vec<u8>, PasskiError> {
    Passki::base64_decode(&ClientData::from_base64(client_data_json)?.challenge)
}

const fn requirement(verification: Verification) -> UserVerificationRequirement {
    match verification {
        Verification::Required => UserVerificationRequirement::Required,
        Verification::Preferred => UserVerificationRequirement::Preferred,
    }
}

/// How long browsers wait, in milliseconds.
fn timeout() -> u64 {
    u64::try_from(Ceremony::LIFETIME.as_millis()).unwrap_or(u64::MAX)
}

/// A passkey as passki knows it.
fn stored(passkey: &Passkey) -> StoredPasskey {
    let mut stored = StoredPasskey::default();
    stored.credential_id = passkey.credential.as_bytes().to_vec();
    stored.public_key.clone_from(&passkey.public_key);
    stored.algorithm = passkey.algorithm;
    stored.counter = passkey.counter;
    stored.be = passkey.backup_eligible;
    stored.bs = passkey.backed_up;
    stored
}
