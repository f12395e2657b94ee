//! `confab admin`: what operators do with accounts, on the machine with the data.
//!
//! The commands open the data themselves, also while a server runs with it, and
//! call the same RPCs that admins do, in process.

mod desk;
mod import;
mod pushes;
mod words;

use anyhow::{anyhow, bail};
use confab_proto::auth::v1;
use tonic::Status;

use crate::cli::{AdminCommand, AuditLog, ManyAccounts, OneAccount, Plain, State};
use crate::{media, rotation};
use desk::Desk;

/// How much of a list is asked for at once: as much as the contract lets us.
const PAGE_SIZE: usize = 100;

/// Does what an operator wants to have done.
///
/// # Errors
///
/// If it cannot be done; the error says why.
pub async fn run(command: AdminCommand) -> anyhow::Result<()> {
    match command {
        AdminCommand::RotateKeys(settings) => {
            crate::say(&rotation::rotate(&settings)?);
            Ok(())
        }
        AdminCommand::MakeAdmin(wish) => on_account(wish, Change::MakeAdmin).await,
        AdminCommand::RevokeAdmin(wish) => on_account(wish, Change::RevokeAdmin).await,
        AdminCommand::DisableAccount(wish) => on_account(wish, Change::Disable).await,
        AdminCommand::EnableAccount(wish) => on_account(wish, Change::Enable).await,
        AdminCommand::ForcePasswordReset(wish) => on_account(wish, Change::ForceReset).await,
        AdminCommand::EraseAccount(wish) => on_account(wish, Change::Erase).await,
        AdminCommand::ListErasures(wish) => list_erasures(wish).await,
        AdminCommand::ImportUsers(wish) => import::run(wish).await,
        AdminCommand::ListAccounts(wish) => list_accounts(wish).await,
        AdminCommand::ListAuditEvents(wish) => list_audit_events(wish).await,
        AdminCommand::Media { command } => media::run(command).await,
        AdminCommand::ListPushes(wish) => pushes::list(wish).await,
        AdminCommand::ListUnsentLetters(wish) => list_unsent_letters(wish).await,
    }
}

/// What can be done to an account.
#[derive(Clone, Copy)]
enum Change {
    MakeAdmin,
    RevokeAdmin,
    Disable,
    Enable,
    ForceReset,
    Erase,
}

async fn on_account(wish: OneAccount, change: Change) -> anyhow::Result<()> {
    let OneAccount { account, form, settings } = wish;
    let mut desk = Desk::open(&settings).await?;
    let user = desk.find(&account).await?;
    let user_id = user.user_id.clone();
    let (done, code) = match change {
        Change::MakeAdmin => {
            desk.admin.make_admin(v1::MakeAdminRequest { user_id }).await.map_err(told)?;
            ("is an admin now", String::new())
        }
        Change::RevokeAdmin => {
            desk.admin.revoke_admin(v1::RevokeAdminRequest { user_id }).await.map_err(told)?;
            ("is no admin now", String::new())
        }
        Change::Disable => {
            desk.admin.disable_account(v1::DisableAccountRequest { user_id }).await.map_err(told)?;
            ("is disabled now, and all sessions have ended", String::new())
        }
        Change::Enable => {
            desk.admin.enable_account(v1::EnableAccountRequest { user_id }).await.map_err(told)?;
            ("can log in now", String::new())
        }
        Change::Erase => {
            desk.admin.erase_account(v1::EraseAccountRequest { user_id }).await.map_err(told)?;
            ("is gone; what they have said is erased by the server within a day", String::new())
        }
        Change::ForceReset => {
            let request = v1::ForcePasswordResetRequest { user_id };
            let answer = desk.admin.force_password_reset(request).await.map_err(told)?.into_inner();
            ("has to set another password now, and all sessions have ended", answer.code)
        }
    };
    desk.close().await;
    crate::say(&words::done(&user, done, &code, form));
    Ok(())
}

async fn list_accounts(wish: ManyAccounts) -> anyhow::Result<()> {
    let mut desk = Desk::open(&wish.settings).await?;
    let state = match wish.state {
        None => v1::AccountState::Unspecified,
        Some(State::Active) => v1::AccountState::Active,
        Some(State::Disabled) => v1::AccountState::Disabled,
    };
    let (mut left, mut page_token) = (wish.size.limit, String::new());
    while left > 0 {
        let request = v1::ListAccountsRequest {
            query: wish.query.clone(),
            state: state.into(),
            admins_only: wish.admins_only,
            page_size: Some(page_size(left)),
            page_token,
        };
        let page = desk.admin.list_accounts(request).await.map_err(told)?.into_inner();
        left -= page.accounts.len().min(left);
        page.accounts.iter().for_each(|account| crate::say(&words::account(account, wish.form)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    desk.close().await;
    Ok(())
}

async fn list_audit_events(wish: AuditLog) -> anyhow::Result<()> {
    let mut desk = Desk::open(&wish.settings).await?;
    let user_id = match &wish.account {
        Some(account) => desk.find(account).await?.user_id,
        None => String::new(),
    };
    let (mut left, mut page_token) = (wish.size.limit, String::new());
    while left > 0 {
        let page_size = Some(page_size(left));
        let request = v1::ListAuditEventsRequest { user_id: user_id.clone(), page_size, page_token };
        let page = desk.admin.list_audit_events(request).await.map_err(told)?.into_inner();
        left -= page.audit_events.len().min(left);
        page.audit_events.iter().for_each(|event| crate::say(&words::audit_event(event, wish.form)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    desk.close().await;
    Ok(())
}

async fn list_erasures(wish: Plain) -> anyhow::Result<()> {
    let mut desk = Desk::open(&wish.settings).await?;
    let found = desk.admin.list_erasures(v1::ListErasuresRequest {}).await.map_err(told)?.into_inner();
    found.erasures.iter().for_each(|erasure| crate::say(&words::erasure(erasure, wish.form)));
    if !wish.form.json {
        crate::say(&format!("{} accounts are being erased.\n", found.total_size));
    }
    desk.close().await;
    Ok(())
}

async fn list_unsent_letters(wish: Plain) -> anyhow::Result<()> {
    let mut desk = Desk::open(&wish.settings).await?;
    let found =
        desk.admin.list_unsent_letters(v1::ListUnsentLettersRequest {}).await.map_err(told)?.into_inner();
    found.letters.iter().for_each(|letter| crate::say(&words::letter(letter, wish.form)));
    if !wish.form.json {
        crate::say(&format!("{} letters wait to be sent.\n", found.total_size));
    }
    desk.close().await;
    Ok(())
}

fn page_size(left: usize) -> i32 {
    i32::try_from(left.min(PAGE_SIZE)).unwrap_or(i32::MAX)
}

/// What an operator is told of `status`: the sentence in it.
fn told(status: Status) -> anyhow::Error {
    anyhow!("{}", status.message())
}

/// Fails for whoever cannot be found.
fn nobody<T>(account: &str) -> anyhow::Result<T> {
    bail!("there is no account {account:?}; `confab admin list-accounts` shows which there are")
}
