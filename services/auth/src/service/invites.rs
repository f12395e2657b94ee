//! Invitations as gRPC sees them.

use confab_proto::auth::v1;
use confab_proto::auth::v1::invite_service_server::InviteService;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::AuthService;
use crate::{convert, handlers};

#[tonic::async_trait]
impl InviteService for AuthService {
    async fn create_invite(
        &self,
        request: Request<v1::CreateInviteRequest>,
    ) -> Result<Response<v1::CreateInviteResponse>, Status> {
        let caller = Caller::of(&request)?;
        let wish = request.into_inner().into();
        let invitation = handlers::create_invite(self, caller, wish).await?;
        Ok(Response::new(invitation.into()))
    }

    async fn list_invites(
        &self,
        request: Request<v1::ListInvitesRequest>,
    ) -> Result<Response<v1::ListInvitesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let invites = handlers::list_invites(self, caller).await?;
        let invites = invites.into_iter().map(v1::Invite::from).collect();
        Ok(Response::new(v1::ListInvitesResponse { invites }))
    }

    async fn revoke_invite(
        &self,
        request: Request<v1::RevokeInviteRequest>,
    ) -> Result<Response<v1::RevokeInviteResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = convert::invite_id(&request.into_inner())?;
        handlers::revoke_invite(self, caller, id).await?;
        Ok(Response::new(v1::RevokeInviteResponse {}))
    }
}
