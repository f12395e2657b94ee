//! `confab admin list-pushes`: why a device was told, or was not.

use confab_message::Ledger;
use confab_proto::message::v1;
use serde_json::json;

use super::desk::Desk;
use crate::cli::{Form, Pushes};
use crate::roles::Whereabouts;

/// Prints what became of pushes to the devices of an account.
pub async fn list(wish: Pushes) -> anyhow::Result<()> {
    let mut desk = Desk::open(&wish.settings).await?;
    let user = desk.find(&wish.account).await?.user_id.parse()?;
    desk.close().await;
    let ledger = Ledger::open_beside(&Whereabouts::of(&wish.settings)?.open().await?).await?;
    let pushes = ledger.list(user, wish.size.limit).await?;
    for push in &pushes {
        crate::say(&line(push, wish.form));
    }
    ledger.close().await;
    Ok(())
}

fn line(push: &v1::Push, form: Form) -> String {
    let created = push.create_time.map(|time| time.to_string()).unwrap_or_default();
    let decided = push.decide_time.map(|time| time.to_string()).unwrap_or_default();
    let outcome = push.outcome().as_str_name().trim_start_matches("PUSH_OUTCOME_").to_lowercase();
    let v1::Push { session_id, conversation_id, seq, message_count, try_count, status, .. } = push;
    if form.json {
        let said = json!({
            "push_id": push.push_id,
            "session_id": session_id,
            "conversation_id": conversation_id,
            "seq": seq,
            "message_count": message_count,
            "create_time": created,
            "outcome": outcome,
            "try_count": try_count,
            "status": status,
            "decide_time": decided,
        });
        return format!("{said}\n");
    }
    format!(
        "{created}  {outcome} at {decided}  tried {try_count} times, last answer {status}  \
         session {session_id}  conversation {conversation_id}  up to {seq}\n"
    )
}
