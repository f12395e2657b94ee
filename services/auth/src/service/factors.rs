//! What people prove who they are with, as gRPC sees it.

use confab_proto::auth::v1;
use confab_proto::auth::v1::factor_service_server::FactorService;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::AuthService;
use crate::domain::IdentityProof;
use crate::{convert, handlers};

#[tonic::async_trait]
impl FactorService for AuthService {
    async fn confirm_identity(
        &self,
        request: Request<v1::ConfirmIdentityRequest>,
    ) -> Result<Response<v1::ConfirmIdentityResponse>, Status> {
        let caller = Caller::of(&request)?;
        let proof = IdentityProof::try_from(request.into_inner())?;
        let until = handlers::confirm_identity(self, caller, proof).await?;
        Ok(Response::new(v1::ConfirmIdentityResponse { expire_time: Some(until.into()) }))
    }
    async fn get_factors(
        &self,
        request: Request<v1::GetFactorsRequest>,
    ) -> Result<Response<v1::GetFactorsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let list = handlers::get_factors(self, caller).await?;
        Ok(Response::new(list.into()))
    }

    async fn begin_totp(
        &self,
        request: Request<v1::BeginTotpRequest>,
    ) -> Result<Response<v1::BeginTotpResponse>, Status> {
        let caller = Caller::of(&request)?;
        let password = convert::shown_password(&request.get_ref().password);
        let totp = handlers::begin_totp(self, caller, password).await?;
        Ok(Response::new(totp.try_into()?))
    }

    async fn confirm_totp(
        &self,
        request: Request<v1::ConfirmTotpRequest>,
    ) -> Result<Response<v1::ConfirmTotpResponse>, Status> {
        let caller = Caller::of(&request)?;
        let code = convert::totp_code(request.get_ref());
        let codes = handlers::confirm_totp(self, caller, code).await?;
        Ok(Response::new(v1::ConfirmTotpResponse { recovery_codes: convert::recovery_codes(&codes) }))
    }

    async fn remove_totp(
        &self,
        request: Request<v1::RemoveTotpRequest>,
    ) -> Result<Response<v1::RemoveTotpResponse>, Status> {
        let caller = Caller::of(&request)?;
        handlers::remove_totp(self, caller).await?;
        Ok(Response::new(v1::RemoveTotpResponse {}))
    }

    async fn regenerate_recovery_codes(
        &self,
        request: Request<v1::RegenerateRecoveryCodesRequest>,
    ) -> Result<Response<v1::RegenerateRecoveryCodesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let codes = handlers::regenerate_recovery_codes(self, caller).await?;
        let recovery_codes = convert::recovery_codes(&codes);
        Ok(Response::new(v1::RegenerateRecoveryCodesResponse { recovery_codes }))
    }
}
