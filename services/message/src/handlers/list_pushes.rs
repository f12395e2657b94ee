//! `PushService.ListPushes`.

use confab_core::UserId;
use confab_core::page::{Page, encode_token};

use crate::domain::{Push, PushCursor};
use crate::error::Error;
use crate::service::MessageService;

/// Returns what became of pushes to devices of `caller`, and where to go on.
pub async fn list_pushes(
    service: &MessageService,
    caller: UserId,
    page: Page<PushCursor>,
) -> Result<(Vec<Push>, String), Error> {
    // One more than wanted tells whether there are more.
    let asked = Page { size: page.size + 1, ..page };
    let mut pushes = service.pushes.list(caller, asked).await?;
    let has_more = pushes.len() > page.size;
    pushes.truncate(page.size);
    let next = pushes.last().filter(|_| has_more).map(|last| encode_token(&last.id.as_uuid()));
    Ok((pushes, next.unwrap_or_default()))
}
