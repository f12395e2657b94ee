//! Log-ins with others as gRPC sees them.

use std::sync::Arc;

use confab_proto::auth::v1;
use confab_proto::auth::v1::identity_service_server::IdentityService;
use confab_rpc::Caller;
use tonic::{Request, Response, Status};

use super::AuthService;
use crate::domain::{ProviderLogIn, Return};
use crate::oidc::Providers;
use crate::{convert, handlers};

impl AuthService {
    /// Lets people log in with `providers`; without them there are none.
    #[must_use]
    pub fn with_providers(mut self, providers: Providers) -> Self {
        self.providers = Arc::new(providers);
        self
    }
}

#[tonic::async_trait]
impl IdentityService for AuthService {
    async fn list_providers(
        &self,
        _: Request<v1::ListProvidersRequest>,
    ) -> Result<Response<v1::ListProvidersResponse>, Status> {
        let providers = self.providers.iter().map(v1::Provider::from).collect();
        Ok(Response::new(v1::ListProvidersResponse { providers }))
    }

    async fn start_provider_log_in(
        &self,
        request: Request<v1::StartProviderLogInRequest>,
    ) -> Result<Response<v1::StartProviderLogInResponse>, Status> {
        let network = convert::address_prefix(&request);
        let provider = convert::provider_id(&request.get_ref().provider_id)?;
        let sent = handlers::start_provider_log_in(self, network, provider).await?;
        Ok(Response::new(sent.into()))
    }

    async fn finish_provider_log_in(
        &self,
        request: Request<v1::FinishProviderLogInRequest>,
    ) -> Result<Response<v1::FinishProviderLogInResponse>, Status> {
        let log_in = ProviderLogIn::try_from(request)?;
        Ok(convert::provider_entry(handlers::finish_provider_log_in(self, log_in).await?)?)
    }

    async fn start_provider_link(
        &self,
        request: Request<v1::StartProviderLinkRequest>,
    ) -> Result<Response<v1::StartProviderLinkResponse>, Status> {
        let caller = Caller::of(&request)?;
        let provider = convert::provider_id(&request.get_ref().provider_id)?;
        let sent = handlers::start_provider_link(self, caller, provider).await?;
        Ok(Response::new(sent.into()))
    }

    async fn finish_provider_link(
        &self,
        request: Request<v1::FinishProviderLinkRequest>,
    ) -> Result<Response<v1::FinishProviderLinkResponse>, Status> {
        let caller = Caller::of(&request)?;
        let back = Return::from(request.into_inner());
        let identity = handlers::finish_provider_link(self, caller, back).await?;
        Ok(Response::new(v1::FinishProviderLinkResponse { identity: Some(identity.into()) }))
    }

    async fn list_identities(
        &self,
        request: Request<v1::ListIdentitiesRequest>,
    ) -> Result<Response<v1::ListIdentitiesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let identities = handlers::list_identities(self, caller).await?;
        let identities = identities.into_iter().map(v1::Identity::from).collect();
        Ok(Response::new(v1::ListIdentitiesResponse { identities }))
    }

    async fn delete_identity(
        &self,
        request: Request<v1::DeleteIdentityRequest>,
    ) -> Result<Response<v1::DeleteIdentityResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = convert::identity_id(&request.get_ref().identity_id)?;
        handlers::delete_identity(self, caller, id).await?;
        Ok(Response::new(v1::DeleteIdentityResponse {}))
    }
}
