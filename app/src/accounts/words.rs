//! What `confab admin` prints: lines for people, or JSON for programs.

use confab_proto::auth::v1;
use serde_json::{Value, json};

use crate::cli::Form;

/// That something was done to the account of `user`; with a code, once.
pub fn done(user: &v1::User, done: &str, code: &str, form: Form) -> String {
    if form.json {
        let mut said = json!({ "user_id": user.user_id, "email": user.email, "done": done });
        if !code.is_empty() {
            said["code"] = code.into();
        }
        return line(&said);
    }
    let who = if user.email.is_empty() { &user.user_id } else { &user.email };
    match code {
        "" => format!("{who} {done}.\n"),
        code => format!(
            "{who} {done}.\nWith this code they can do so within an hour; give it to nobody else:\n{code}\n"
        ),
    }
}

/// An account.
pub fn account(account: &v1::Account, form: Form) -> String {
    let user = account.user.clone().unwrap_or_default();
    let state = match account.state() {
        v1::AccountState::Disabled => "disabled",
        v1::AccountState::Active | v1::AccountState::Unspecified => "active",
    };
    let created = user.create_time.map(|time| time.to_string()).unwrap_or_default();
    if form.json {
        return line(&json!({
            "user_id": user.user_id,
            "email": user.email,
            "email_verified": user.email_verified,
            "name": user.name,
            "state": state,
            "admin": account.admin,
            "create_time": created,
        }));
    }
    let role = if account.admin { "admin" } else { "member" };
    format!("{}  {state}  {role}  {}  {}  {created}\n", user.user_id, user.email, user.name)
}

/// Something that happened.
pub fn audit_event(event: &v1::AuditEvent, form: Form) -> String {
    let time = event.create_time.map(|time| time.to_string()).unwrap_or_default();
    if form.json {
        return line(&json!({
            "audit_event_id": event.audit_event_id,
            "create_time": time,
            "event": event.event,
            "actor": event.actor,
            "actor_id": event.actor_id,
            "subject_id": event.subject_id,
            "address_prefix": event.address_prefix,
            "detail": event.detail,
        }));
    }
    let actor = if event.actor_id.is_empty() { &event.actor } else { &event.actor_id };
    let mut text = format!("{time}  {}  by {actor}", event.event);
    for (word, value) in [("to", &event.subject_id), ("from", &event.address_prefix)] {
        if !value.is_empty() {
            text = format!("{text}  {word} {value}");
        }
    }
    if !event.detail.is_empty() {
        text = format!("{text}  {:?}", event.detail);
    }
    text + "\n"
}

/// A letter that waits.
pub fn letter(letter: &v1::UnsentLetter, form: Form) -> String {
    let written = letter.create_time.map(|time| time.to_string()).unwrap_or_default();
    let next = letter.next_try_time.map(|time| time.to_string()).unwrap_or_default();
    let (kind, recipient, tries) = (&letter.kind, &letter.recipient, letter.try_count);
    if form.json {
        return line(&json!({
            "kind": kind,
            "recipient": recipient,
            "create_time": written,
            "try_count": tries,
            "next_try_time": next,
        }));
    }
    format!("{written}  {kind}  to {recipient}  tried {tries} times, next at {next}\n")
}

/// Somebody who is being erased.
pub fn erasure(erasure: &v1::Erasure, form: Form) -> String {
    let deleted = erasure.delete_time.map(|time| time.to_string()).unwrap_or_default();
    let next = erasure.next_try_time.map(|time| time.to_string()).unwrap_or_default();
    let (user, done, failures) = (&erasure.user_id, &erasure.done_services, erasure.failure_count);
    if form.json {
        return line(&json!({
            "user_id": user,
            "delete_time": deleted,
            "done_services": done,
            "failure_count": failures,
            "problem": erasure.problem,
            "next_try_time": next,
        }));
    }
    let text = format!("{user}  deleted {deleted}  done: {}  next at {next}", done.join(", "));
    match erasure.problem.as_str() {
        "" => text + "\n",
        problem => format!("{text}  failed {failures} times: {problem}\n"),
    }
}

/// What became of an account that was to be taken over.
pub fn imported(number: usize, email: &str, outcome: &str, form: Form) -> String {
    if form.json {
        return line(&json!({ "number": number, "email": email, "outcome": outcome }));
    }
    format!("{number}: {email:?} {outcome}\n")
}

/// What became of all of them.
pub fn imported_in_all([done, exist, refused]: [usize; 3], form: Form) -> String {
    if form.json {
        return line(&json!({ "imported": done, "existing": exist, "refused": refused }));
    }
    format!("{done} imported, {exist} were here already, {refused} refused\n")
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}
