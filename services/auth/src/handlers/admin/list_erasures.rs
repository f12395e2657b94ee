//! `AdminService.ListErasures`.

use super::{Authority, require_admin};
use crate::domain::Departure;
use crate::error::Error;
use crate::service::AuthService;

/// How many are shown: enough to see what is wrong. The contract names it too.
const SHOWN_MAX: usize = 100;

/// People of whom something is left to be erased.
#[derive(Debug)]
pub struct Erasures {
    /// The first of them.
    pub departures: Vec<Departure>,
    /// How many there are.
    pub count: usize,
}

/// Returns the people of whom something is left to be erased.
pub async fn list_erasures(service: &AuthService, authority: Authority) -> Result<Erasures, Error> {
    require_admin(service, authority).await?;
    let (departures, count) = service.stores.departures.list_unfinished(SHOWN_MAX).await?;
    Ok(Erasures { departures, count })
}
