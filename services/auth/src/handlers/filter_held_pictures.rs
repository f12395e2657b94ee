//! `internal.UserDirectoryService.FilterHeldPictures`.

use std::collections::HashMap;

use confab_core::{MediaId, UserId};

use crate::domain::HeldPicture;
use crate::error::Error;
use crate::service::AuthService;

/// Tells which of `pictures` are still those of whom they are said to be, by their
/// place in the list.
pub async fn filter_held_pictures(
    service: &AuthService,
    pictures: Vec<HeldPicture>,
) -> Result<Vec<usize>, Error> {
    let people: Vec<UserId> = pictures.iter().map(|picture| picture.user).collect();
    let people = service.stores.users.find_many(&people).await?;
    let shown: HashMap<UserId, Option<MediaId>> =
        people.into_iter().map(|user| (user.id, user.picture)).collect();
    let is_held = |HeldPicture { user, media }: &HeldPicture| shown.get(user) == Some(&Some(*media));
    let held = pictures.iter().enumerate().filter(|(_, picture)| is_held(picture));
    Ok(held.map(|(index, _)| index).collect())
}
