//! What admins ask for, on the wire.

use confab_core::UserId;
use confab_core::page::{Page, encode_token};
use confab_proto::auth::v1;

use super::field;
use crate::domain::{
    Account, AccountFilter, AccountState, AddressPrefix, AuditCursor, AuditEntry, Departure, Letter,
    MailSecret, NamePrefix, Role, UserCursor,
};
use crate::error::Error;
use crate::handlers::{AccountList, AuditLog, Erasures, UnsentLetters};

/// The part of the list of accounts that a request asks for.
pub fn page_of_accounts(
    request: &v1::ListAccountsRequest,
) -> Result<(AccountFilter, Page<UserCursor>), Error> {
    let state = match request.state() {
        v1::AccountState::Unspecified => None,
        v1::AccountState::Active => Some(AccountState::Active),
        v1::AccountState::Disabled => Some(AccountState::Disabled),
    };
    let role = request.admins_only.then_some(Role::Admin);
    let filter = AccountFilter { prefix: NamePrefix::new(&request.query), state, role };
    Ok((filter, field("page_token", Page::new(request.page_size, &request.page_token))?))
}

/// The part of the audit log that a request asks for.
pub fn page_of_audit_log(
    request: &v1::ListAuditEventsRequest,
) -> Result<(Option<UserId>, Page<AuditCursor>), Error> {
    let person = match request.user_id.as_str() {
        "" => None,
        id => Some(field("user_id", id.parse())?),
    };
    Ok((person, field("page_token", Page::new(request.page_size, &request.page_token))?))
}

/// What an operator is told after they have made a password good for nothing.
pub fn forced_reset(code: Option<&MailSecret>) -> v1::ForcePasswordResetResponse {
    let code = code.map(|code| String::clone(&code.expose())).unwrap_or_default();
    v1::ForcePasswordResetResponse { code }
}

impl From<AccountList> for v1::ListAccountsResponse {
    fn from(list: AccountList) -> Self {
        let next_page_token = list.next.map(|next| encode_token(&next)).unwrap_or_default();
        Self { accounts: list.accounts.into_iter().map(v1::Account::from).collect(), next_page_token }
    }
}

impl From<Account> for v1::Account {
    fn from(account: Account) -> Self {
        let state = match account.state {
            AccountState::Active => v1::AccountState::Active,
            AccountState::Disabled => v1::AccountState::Disabled,
        };
        Self { state: state.into(), admin: account.role == Role::Admin, user: Some(account.into()) }
    }
}

impl From<AuditLog> for v1::ListAuditEventsResponse {
    fn from(log: AuditLog) -> Self {
        let next_page_token = log.next.map(|next| encode_token(&next)).unwrap_or_default();
        Self { audit_events: log.entries.into_iter().map(v1::AuditEvent::from).collect(), next_page_token }
    }
}

impl From<AuditEntry> for v1::AuditEvent {
    fn from(entry: AuditEntry) -> Self {
        let text = |id: Option<UserId>| id.map(|id| id.to_string()).unwrap_or_default();
        Self {
            audit_event_id: entry.id.to_string(),
            create_time: Some(entry.time.into()),
            event: entry.kind,
            actor: entry.actor.word().to_owned(),
            actor_id: text(entry.actor.person()),
            subject_id: text(entry.subject),
            address_prefix: entry.network.as_ref().map(AddressPrefix::as_str).unwrap_or_default().to_owned(),
            detail: entry.about,
        }
    }
}

impl From<UnsentLetters> for v1::ListUnsentLettersResponse {
    fn from(unsent: UnsentLetters) -> Self {
        let letters = unsent.letters.into_iter().map(v1::UnsentLetter::from).collect();
        Self { letters, total_size: i32::try_from(unsent.count).unwrap_or(i32::MAX) }
    }
}

impl From<Letter> for v1::UnsentLetter {
    fn from(letter: Letter) -> Self {
        Self {
            kind: letter.kind.word().to_owned(),
            recipient: letter.to.as_str().to_owned(),
            create_time: Some(letter.created.into()),
            try_count: i32::try_from(letter.tries).unwrap_or(i32::MAX),
            next_try_time: Some(letter.next.into()),
        }
    }
}

impl From<Erasures> for v1::ListErasuresResponse {
    fn from(erasures: Erasures) -> Self {
        Self {
            erasures: erasures.departures.into_iter().map(v1::Erasure::from).collect(),
            total_size: i32::try_from(erasures.count).unwrap_or(i32::MAX),
        }
    }
}

impl From<Departure> for v1::Erasure {
    fn from(departure: Departure) -> Self {
        Self {
            user_id: departure.user.to_string(),
            delete_time: Some(departure.deleted.into()),
            done_services: departure.done,
            failure_count: i32::try_from(departure.failures).unwrap_or(i32::MAX),
            problem: departure.problem,
            next_try_time: departure.next.map(Into::into),
        }
    }
}
