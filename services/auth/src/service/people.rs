//! People as gRPC sees them: for those who look for them, and for other services.

use confab_proto::auth::v1;
use confab_proto::auth::v1::user_service_server::UserService;
use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::user_directory_service_server::UserDirectoryService;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::AuthService;
use crate::{convert, handlers};

#[tonic::async_trait]
impl UserService for AuthService {
    async fn get_user(
        &self,
        request: Request<v1::GetUserRequest>,
    ) -> Result<Response<v1::GetUserResponse>, Status> {
        let id = convert::user_id(&request.into_inner().user_id)?;
        let user = handlers::get_user(self, id).await?;
        Ok(Response::new(v1::GetUserResponse { user: Some(user.into()) }))
    }

    async fn batch_get_users(
        &self,
        request: Request<v1::BatchGetUsersRequest>,
    ) -> Result<Response<v1::BatchGetUsersResponse>, Status> {
        let ids = convert::user_ids(&request.into_inner().user_ids)?;
        let users = handlers::batch_get_users(self, ids).await?;
        Ok(Response::new(v1::BatchGetUsersResponse { users: convert::people(users) }))
    }

    async fn list_users(
        &self,
        request: Request<v1::ListUsersRequest>,
    ) -> Result<Response<v1::ListUsersResponse>, Status> {
        let (prefix, page) = convert::page_of_users(&request.into_inner())?;
        let list = handlers::list_users(self, prefix, page).await?;
        Ok(Response::new(list.into()))
    }

    async fn block_user(
        &self,
        request: Request<v1::BlockUserRequest>,
    ) -> Result<Response<v1::BlockUserResponse>, Status> {
        let caller = Caller::of(&request)?;
        let other = convert::user_id(&request.into_inner().user_id)?;
        handlers::block_user(self, caller, other).await?;
        Ok(Response::new(v1::BlockUserResponse {}))
    }

    async fn unblock_user(
        &self,
        request: Request<v1::UnblockUserRequest>,
    ) -> Result<Response<v1::UnblockUserResponse>, Status> {
        let caller = Caller::of(&request)?;
        let other = convert::user_id(&request.into_inner().user_id)?;
        handlers::unblock_user(self, caller, other).await?;
        Ok(Response::new(v1::UnblockUserResponse {}))
    }

    async fn list_blocked_users(
        &self,
        request: Request<v1::ListBlockedUsersRequest>,
    ) -> Result<Response<v1::ListBlockedUsersResponse>, Status> {
        let caller = Caller::of(&request)?;
        let page = convert::page_of_blocks(&request.into_inner())?;
        let list = handlers::list_blocked_users(self, caller, page).await?;
        Ok(Response::new(list.into()))
    }

    async fn set_contact_policy(
        &self,
        request: Request<v1::SetContactPolicyRequest>,
    ) -> Result<Response<v1::SetContactPolicyResponse>, Status> {
        let caller = Caller::of(&request)?;
        let policy = request.get_ref().contact_policy().into();
        handlers::set_contact_policy(self, caller, policy).await?;
        Ok(Response::new(v1::SetContactPolicyResponse {}))
    }

    async fn get_contact_policy(
        &self,
        request: Request<v1::GetContactPolicyRequest>,
    ) -> Result<Response<v1::GetContactPolicyResponse>, Status> {
        let caller = Caller::of(&request)?;
        let policy = handlers::get_contact_policy(self, caller).await?;
        let contact_policy = v1::ContactPolicy::from(policy).into();
        Ok(Response::new(v1::GetContactPolicyResponse { contact_policy }))
    }
}

#[tonic::async_trait]
impl UserDirectoryService for AuthService {
    async fn filter_users(
        &self,
        request: Request<internal::FilterUsersRequest>,
    ) -> Result<Response<internal::FilterUsersResponse>, Status> {
        let (caller, ids) = convert::caller_and_users(&request.into_inner())?;
        let people = handlers::filter_users(self, caller, ids).await?;
        Ok(Response::new(convert::contacts(people)))
    }

    async fn check_contact(
        &self,
        request: Request<internal::CheckContactRequest>,
    ) -> Result<Response<internal::CheckContactResponse>, Status> {
        let (caller, other) = convert::two_people(&request.into_inner())?;
        let contact = handlers::check_contact(self, caller, other).await?;
        Ok(Response::new(contact.into()))
    }

    async fn filter_held_pictures(
        &self,
        request: Request<internal::FilterHeldPicturesRequest>,
    ) -> Result<Response<internal::FilterHeldPicturesResponse>, Status> {
        let pictures = convert::held_pictures(request.get_ref())?;
        let held = handlers::filter_held_pictures(self, pictures).await?;
        Ok(Response::new(internal::FilterHeldPicturesResponse { indexes: convert::indexes(held) }))
    }

    async fn check_push(
        &self,
        request: Request<internal::CheckPushRequest>,
    ) -> Result<Response<internal::CheckPushResponse>, Status> {
        let (sender, user, session) = convert::wanted_push(request.get_ref())?;
        let check = handlers::check_push(self, sender, user, session).await?;
        Ok(Response::new(check.into()))
    }
}
