//! What admins can do, as gRPC sees it: for them, and for operators on the machine.

use std::sync::Arc;

use confab_proto::auth::v1;
use confab_proto::auth::v1::admin_service_server::{AdminService, AdminServiceServer};
use confab_rpc::Caller;
use tonic::service::{Routes, interceptor};
use tonic::{Request, Response, Status};

use super::AuthService;
use crate::handlers::Authority;
use crate::{convert, handlers};

/// Marks requests of whoever runs the server. Nothing that comes over a
/// connection can carry it.
#[derive(Clone, Copy)]
struct Operator;

impl AuthService {
    /// `AdminService` for whoever runs the server, to be called in process by a
    /// command, and never to be served.
    #[must_use]
    pub fn into_operator_routes(self) -> Routes {
        let mark = |mut request: Request<()>| -> Result<_, Status> {
            request.extensions_mut().insert(Operator);
            Ok(request)
        };
        let marked = interceptor::InterceptedService::new(AdminServiceServer::from_arc(Arc::new(self)), mark);
        Routes::new(marked)
    }
}

/// In whose name `request` is made.
fn authority<T>(request: &Request<T>) -> Result<Authority, Status> {
    match request.extensions().get::<Operator>() {
        Some(Operator) => Ok(Authority::Operator),
        None => Caller::of(request).map(Authority::Caller),
    }
}

#[tonic::async_trait]
impl AdminService for AuthService {
    async fn list_accounts(
        &self,
        request: Request<v1::ListAccountsRequest>,
    ) -> Result<Response<v1::ListAccountsResponse>, Status> {
        let authority = authority(&request)?;
        let (filter, page) = convert::page_of_accounts(&request.into_inner())?;
        let list = handlers::list_accounts(self, authority, filter, page).await?;
        Ok(Response::new(list.into()))
    }

    async fn disable_account(
        &self,
        request: Request<v1::DisableAccountRequest>,
    ) -> Result<Response<v1::DisableAccountResponse>, Status> {
        let authority = authority(&request)?;
        let user = convert::user_id(&request.into_inner().user_id)?;
        handlers::disable_account(self, authority, user).await?;
        Ok(Response::new(v1::DisableAccountResponse {}))
    }

    async fn enable_account(
        &self,
        request: Request<v1::EnableAccountRequest>,
    ) -> Result<Response<v1::EnableAccountResponse>, Status> {
        let authority = authority(&request)?;
        let user = convert::user_id(&request.into_inner().user_id)?;
        handlers::enable_account(self, authority, user).await?;
        Ok(Response::new(v1::EnableAccountResponse {}))
    }

    async fn erase_account(
        &self,
        request: Request<v1::EraseAccountRequest>,
    ) -> Result<Response<v1::EraseAccountResponse>, Status> {
        let authority = authority(&request)?;
        let user = convert::user_id(&request.into_inner().user_id)?;
        handlers::erase_account(self, authority, user).await?;
        Ok(Response::new(v1::EraseAccountResponse {}))
    }

    async fn list_erasures(
        &self,
        request: Request<v1::ListErasuresRequest>,
    ) -> Result<Response<v1::ListErasuresResponse>, Status> {
        let erasures = handlers::list_erasures(self, authority(&request)?).await?;
        Ok(Response::new(erasures.into()))
    }

    async fn force_password_reset(
        &self,
        request: Request<v1::ForcePasswordResetRequest>,
    ) -> Result<Response<v1::ForcePasswordResetResponse>, Status> {
        let authority = authority(&request)?;
        let user = convert::user_id(&request.into_inner().user_id)?;
        let code = handlers::force_password_reset(self, authority, user).await?;
        Ok(Response::new(convert::forced_reset(code.as_ref())))
    }

    async fn make_admin(
        &self,
        request: Request<v1::MakeAdminRequest>,
    ) -> Result<Response<v1::MakeAdminResponse>, Status> {
        let authority = authority(&request)?;
        let user = convert::user_id(&request.into_inner().user_id)?;
        handlers::make_admin(self, authority, user).await?;
        Ok(Response::new(v1::MakeAdminResponse {}))
    }

    async fn revoke_admin(
        &self,
        request: Request<v1::RevokeAdminRequest>,
    ) -> Result<Response<v1::RevokeAdminResponse>, Status> {
        let authority = authority(&request)?;
        let user = convert::user_id(&request.into_inner().user_id)?;
        handlers::revoke_admin(self, authority, user).await?;
        Ok(Response::new(v1::RevokeAdminResponse {}))
    }

    async fn list_audit_events(
        &self,
        request: Request<v1::ListAuditEventsRequest>,
    ) -> Result<Response<v1::ListAuditEventsResponse>, Status> {
        let authority = authority(&request)?;
        let (person, page) = convert::page_of_audit_log(&request.into_inner())?;
        let log = handlers::list_audit_events(self, authority, person, page).await?;
        Ok(Response::new(log.into()))
    }

    async fn list_unsent_letters(
        &self,
        request: Request<v1::ListUnsentLettersRequest>,
    ) -> Result<Response<v1::ListUnsentLettersResponse>, Status> {
        let letters = handlers::list_unsent_letters(self, authority(&request)?).await?;
        Ok(Response::new(letters.into()))
    }
}
