//! `PasskeyService.RenamePasskey`.

use confab_rpc::Caller;

use super::require_session;
use crate::domain::{DeviceName, PasskeyId};
use crate::error::Error;
use crate::service::AuthService;

/// Gives the passkey `id` of `caller` another name.
pub async fn rename_passkey(
    service: &AuthService,
    caller: Caller,
    id: PasskeyId,
    name: DeviceName,
) -> Result<(), Error> {
    require_session(service, caller).await?;
    let renamed = service.stores.passkeys.rename(caller.user, id, &name).await?;
    if renamed { Ok(()) } else { Err(Error::NoSuchPasskey) }
}
