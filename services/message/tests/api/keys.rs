//! The auth service as the message service sees it: somebody who knows keys.

use confab_proto::auth::v1 as auth;
use confab_proto::auth::v1::auth_service_server::AuthService;
use futures_util::stream::Empty;
use tonic::{Request, Response, Status};

use crate::auth::Auth;
use crate::world::PUBLIC_KEY;

#[tonic::async_trait]
impl AuthService for Auth {
    type ExportAccountStream = Empty<Result<auth::ExportAccountResponse, Status>>;

    async fn list_signing_keys(
        &self,
        _: Request<auth::ListSigningKeysRequest>,
    ) -> Result<Response<auth::ListSigningKeysResponse>, Status> {
        let public_key = hex::decode(PUBLIC_KEY).unwrap().into();
        let key = auth::SigningKey { key_id: "test".into(), public_key, create_time: None };
        Ok(Response::new(auth::ListSigningKeysResponse { keys: vec![key] }))
    }

    async fn sign_up(
        &self,
        _: Request<auth::SignUpRequest>,
    ) -> Result<Response<auth::SignUpResponse>, Status> {
        Err(not_asked())
    }

    async fn log_in(&self, _: Request<auth::LogInRequest>) -> Result<Response<auth::LogInResponse>, Status> {
        Err(not_asked())
    }

    async fn finish_log_in(
        &self,
        _: Request<auth::FinishLogInRequest>,
    ) -> Result<Response<auth::FinishLogInResponse>, Status> {
        Err(not_asked())
    }

    async fn log_out(
        &self,
        _: Request<auth::LogOutRequest>,
    ) -> Result<Response<auth::LogOutResponse>, Status> {
        Err(not_asked())
    }

    async fn get_me(&self, _: Request<auth::GetMeRequest>) -> Result<Response<auth::GetMeResponse>, Status> {
        Err(not_asked())
    }

    async fn update_profile(
        &self,
        _: Request<auth::UpdateProfileRequest>,
    ) -> Result<Response<auth::UpdateProfileResponse>, Status> {
        Err(not_asked())
    }

    async fn export_account(
        &self,
        _: Request<auth::ExportAccountRequest>,
    ) -> Result<Response<Self::ExportAccountStream>, Status> {
        Err(not_asked())
    }

    async fn delete_account(
        &self,
        _: Request<auth::DeleteAccountRequest>,
    ) -> Result<Response<auth::DeleteAccountResponse>, Status> {
        Err(not_asked())
    }

    async fn refresh_session(
        &self,
        _: Request<auth::RefreshSessionRequest>,
    ) -> Result<Response<auth::RefreshSessionResponse>, Status> {
        Err(not_asked())
    }

    async fn list_sessions(
        &self,
        _: Request<auth::ListSessionsRequest>,
    ) -> Result<Response<auth::ListSessionsResponse>, Status> {
        Err(not_asked())
    }

    async fn revoke_session(
        &self,
        _: Request<auth::RevokeSessionRequest>,
    ) -> Result<Response<auth::RevokeSessionResponse>, Status> {
        Err(not_asked())
    }

    async fn revoke_other_sessions(
        &self,
        _: Request<auth::RevokeOtherSessionsRequest>,
    ) -> Result<Response<auth::RevokeOtherSessionsResponse>, Status> {
        Err(not_asked())
    }

    async fn change_password(
        &self,
        _: Request<auth::ChangePasswordRequest>,
    ) -> Result<Response<auth::ChangePasswordResponse>, Status> {
        Err(not_asked())
    }

    async fn request_email_verification(
        &self,
        _: Request<auth::RequestEmailVerificationRequest>,
    ) -> Result<Response<auth::RequestEmailVerificationResponse>, Status> {
        Err(not_asked())
    }

    async fn verify_email(
        &self,
        _: Request<auth::VerifyEmailRequest>,
    ) -> Result<Response<auth::VerifyEmailResponse>, Status> {
        Err(not_asked())
    }

    async fn request_sign_up(
        &self,
        _: Request<auth::RequestSignUpRequest>,
    ) -> Result<Response<auth::RequestSignUpResponse>, Status> {
        Err(not_asked())
    }

    async fn request_password_reset(
        &self,
        _: Request<auth::RequestPasswordResetRequest>,
    ) -> Result<Response<auth::RequestPasswordResetResponse>, Status> {
        Err(not_asked())
    }

    async fn reset_password(
        &self,
        _: Request<auth::ResetPasswordRequest>,
    ) -> Result<Response<auth::ResetPasswordResponse>, Status> {
        Err(not_asked())
    }

    async fn request_email_change(
        &self,
        _: Request<auth::RequestEmailChangeRequest>,
    ) -> Result<Response<auth::RequestEmailChangeResponse>, Status> {
        Err(not_asked())
    }

    async fn confirm_email_change(
        &self,
        _: Request<auth::ConfirmEmailChangeRequest>,
    ) -> Result<Response<auth::ConfirmEmailChangeResponse>, Status> {
        Err(not_asked())
    }
}

fn not_asked() -> Status {
    Status::unimplemented("the message service never asks this")
}
