//! Lets people in who have shown one factor, or asks them for another one.

use super::{passkeys, start_session};
use crate::domain::{
    Account, Asked, Challenge, ChallengeCode, Delivery, Device, DeviceSecret, Entry, PasswordHash, Purpose,
    SecretHash,
};
use crate::error::Error;
use crate::service::AuthService;

/// Somebody at the door, and how they want to be let in.
pub struct Visit {
    /// How the session is handed over.
    pub delivery: Delivery,
    /// From where they come.
    pub device: Device,
    /// What the device is known by, if it has been given something.
    pub device_secret: Option<DeviceSecret>,
    /// The device, if the owner of the account has logged in on it before.
    pub known: Option<SecretHash>,
}

/// Lets the owner of `account` in, who has shown one factor: the password that
/// hashes to `password`, or something else. If they have a second one, that is
/// asked for first.
pub async fn let_in(
    service: &AuthService,
    account: Account,
    password: Option<&PasswordHash>,
    visit: Visit,
) -> Result<Entry, Error> {
    let Visit { delivery, device, device_secret, known } = visit;
    let factors = service.stores.factors.find(account.user.id).await?;
    if !factors.are_needed() {
        let welcome = start_session(service, account, delivery, device, device_secret).await?;
        return Ok(Entry::In(welcome.into()));
    }
    let (code, expires) = (ChallengeCode::generate()?, service.clock.now().plus(Challenge::LIFETIME));
    let challenge = Challenge {
        hash: code.hash(),
        user: account.user.id,
        device: known,
        password: password.map(Challenge::mark),
        tries: 0,
        expires,
    };
    service.stores.challenges.insert(&challenge).await?;
    let passkey_options = passkeys::ask(service, challenge.user, Purpose::SecondFactor).await?;
    Ok(Entry::SecondFactor(Asked { code, methods: factors.methods(), passkey_options, expires }))
}
