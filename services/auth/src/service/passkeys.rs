//! Passkeys as gRPC sees them.

use confab_proto::auth::v1;
use confab_proto::auth::v1::passkey_service_server::PasskeyService;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::AuthService;
use crate::domain::{NewCredential, PasskeyLogIn};
use crate::{convert, handlers};

#[tonic::async_trait]
impl PasskeyService for AuthService {
    async fn begin_passkey_registration(
        &self,
        request: Request<v1::BeginPasskeyRegistrationRequest>,
    ) -> Result<Response<v1::BeginPasskeyRegistrationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let password = convert::shown_password(&request.get_ref().password);
        let options_json = handlers::begin_passkey_registration(self, caller, password).await?;
        Ok(Response::new(v1::BeginPasskeyRegistrationResponse { options_json }))
    }

    async fn finish_passkey_registration(
        &self,
        request: Request<v1::FinishPasskeyRegistrationRequest>,
    ) -> Result<Response<v1::FinishPasskeyRegistrationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let (name, answer) = (convert::passkey_name(&request.name)?, NewCredential::try_from(&request)?);
        let (passkey, codes) = handlers::finish_passkey_registration(self, caller, name, answer).await?;
        let recovery_codes = convert::recovery_codes(&codes);
        let passkey = Some(passkey.into());
        Ok(Response::new(v1::FinishPasskeyRegistrationResponse { passkey, recovery_codes }))
    }

    async fn list_passkeys(
        &self,
        request: Request<v1::ListPasskeysRequest>,
    ) -> Result<Response<v1::ListPasskeysResponse>, Status> {
        let caller = Caller::of(&request)?;
        let passkeys = handlers::list_passkeys(self, caller).await?;
        let passkeys = passkeys.into_iter().map(v1::Passkey::from).collect();
        Ok(Response::new(v1::ListPasskeysResponse { passkeys }))
    }

    async fn rename_passkey(
        &self,
        request: Request<v1::RenamePasskeyRequest>,
    ) -> Result<Response<v1::RenamePasskeyResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let (id, name) = (convert::passkey_id(&request.passkey_id)?, convert::passkey_name(&request.name)?);
        handlers::rename_passkey(self, caller, id, name).await?;
        Ok(Response::new(v1::RenamePasskeyResponse {}))
    }

    async fn delete_passkey(
        &self,
        request: Request<v1::DeletePasskeyRequest>,
    ) -> Result<Response<v1::DeletePasskeyResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = convert::passkey_id(&request.get_ref().passkey_id)?;
        handlers::delete_passkey(self, caller, id).await?;
        Ok(Response::new(v1::DeletePasskeyResponse {}))
    }

    async fn begin_passkey_confirmation(
        &self,
        request: Request<v1::BeginPasskeyConfirmationRequest>,
    ) -> Result<Response<v1::BeginPasskeyConfirmationResponse>, Status> {
        let caller = Caller::of(&request)?;
        let options_json = handlers::begin_passkey_confirmation(self, caller).await?;
        Ok(Response::new(v1::BeginPasskeyConfirmationResponse { options_json }))
    }

    async fn begin_passkey_log_in(
        &self,
        request: Request<v1::BeginPasskeyLogInRequest>,
    ) -> Result<Response<v1::BeginPasskeyLogInResponse>, Status> {
        let network = convert::address_prefix(&request);
        let options_json = handlers::begin_passkey_log_in(self, network).await?;
        Ok(Response::new(v1::BeginPasskeyLogInResponse { options_json }))
    }

    async fn finish_passkey_log_in(
        &self,
        request: Request<v1::FinishPasskeyLogInRequest>,
    ) -> Result<Response<v1::FinishPasskeyLogInResponse>, Status> {
        let log_in = PasskeyLogIn::try_from(request)?;
        let welcome = handlers::finish_passkey_log_in(self, log_in).await?;
        let body = |user, shown: convert::Shown| v1::FinishPasskeyLogInResponse {
            user: Some(user),
            access_token: shown.access,
            refresh_token: shown.refresh,
            device_token: shown.device,
        };
        Ok(convert::welcome(welcome, body)?)
    }
}
