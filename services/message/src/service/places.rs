//! What files are attached to, as the media service asks about it.

use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::place_service_server::PlaceService;
use tonic::{Request, Response, Status};

use super::MessageService;
use crate::{convert, handlers};

#[tonic::async_trait]
impl PlaceService for MessageService {
    async fn filter_visible_places(
        &self,
        request: Request<internal::FilterVisiblePlacesRequest>,
    ) -> Result<Response<internal::FilterVisiblePlacesResponse>, Status> {
        let (user, holders) = convert::wanted_places(request.get_ref())?;
        let visible = handlers::filter_visible_places(self, user, holders).await?;
        Ok(Response::new(internal::FilterVisiblePlacesResponse { indexes: convert::indexes(visible) }))
    }

    async fn filter_held_places(
        &self,
        request: Request<internal::FilterHeldPlacesRequest>,
    ) -> Result<Response<internal::FilterHeldPlacesResponse>, Status> {
        let holdings = convert::holdings(request.get_ref())?;
        let held = handlers::filter_held_places(self, holdings).await?;
        Ok(Response::new(internal::FilterHeldPlacesResponse { indexes: convert::indexes(held) }))
    }
}
