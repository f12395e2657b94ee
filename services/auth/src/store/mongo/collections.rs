//! The collections in MongoDB, with their indexes and what they insist on.

use std::time::Duration;

use bson::{Document, doc};
use confab_db::mongo::{CollectionSpec, Index};

use super::{
    ATTEMPTS, AUDIT, BLOCKS, CEREMONIES, CHALLENGES, DEPARTURES, DEVICES, FACTORS, GUESSES, IDENTITIES,
    INVITES, LETTERS, MAIL_CODES, PASSKEYS, REVOCATIONS, SESSIONS, SIGNING_KEYS, USERS,
};
use crate::domain::Revocation;
use crate::store::documents::{
    AccountDocument, AttemptDocument, AuditDocument, BlockDocument, CeremonyDocument, ChallengeDocument,
    DepartureDocument, DeviceDocument, FactorsDocument, GuessesDocument, IdentityDocument, InviteDocument,
    KeyDocument, LetterDocument, MailCodeDocument, PasskeyDocument, RevocationDocument, SessionDocument,
};

/// All of them.
pub fn all() -> Vec<CollectionSpec> {
    let by_end = || Index::on(doc! { "expires": 1 }).expire_after(Duration::ZERO);
    let users = vec![
        Index::unique(doc! { "email": 1 }),
        Index::on(doc! { "folded_name": 1, "_id": 1 }),
        Index::on(doc! { "name_words": 1, "folded_name": 1, "_id": 1 }),
        Index::on(doc! { "admin": 1 }).only(doc! { "admin": true }),
    ];
    let sessions =
        vec![Index::unique(doc! { "secret_hash": 1 }), Index::on(doc! { "user": 1, "_id": 1 }), by_end()];
    let revocations = vec![Index::on(doc! { "time": 1 }).expire_after(Revocation::TOKEN_TIME_MAX)];
    let blocks = vec![
        Index::on(doc! { "_id.blocker": 1, "created": -1, "_id.blocked": -1 }),
        Index::on(doc! { "_id.blocked": 1, "_id.blocker": 1 }),
    ];
    let devices = vec![Index::on(doc! { "_id.user": 1, "used": -1, "_id.secret_hash": -1 })];
    let invites =
        vec![Index::unique(doc! { "code_hash": 1 }), Index::on(doc! { "creator": 1, "_id": 1 }), by_end()];
    let letters = vec![Index::on(doc! { "next": 1, "_id": 1 })];
    let challenges = vec![Index::on(doc! { "user": 1, "expires": -1, "_id": -1 }), by_end()];
    let passkeys = vec![Index::unique(doc! { "credential": 1 }), Index::on(doc! { "user": 1, "_id": 1 })];
    let identities =
        vec![Index::unique(doc! { "provider": 1, "subject": 1 }), Index::on(doc! { "user": 1, "_id": 1 })];
    let keys = vec![Index::on(doc! { "registered": -1, "_id": 1 })];
    let audit = vec![
        Index::on(doc! { "actor": 1, "_id": -1 }),
        Index::on(doc! { "subject": 1, "_id": -1 }),
        by_end(),
    ];
    let departures = vec![Index::on(doc! { "next": 1, "_id": 1 }).only(doc! { "next": { "$exists": true } })];
    vec![
        spec(USERS, users, AccountDocument::validator()),
        spec(SESSIONS, sessions, SessionDocument::validator()),
        spec(REVOCATIONS, revocations, RevocationDocument::validator()),
        spec(BLOCKS, blocks, BlockDocument::validator()),
        // What has no end is never removed.
        spec(GUESSES, vec![by_end()], GuessesDocument::validator()),
        spec(DEVICES, devices, DeviceDocument::validator()),
        spec(INVITES, invites, InviteDocument::validator()),
        spec(LETTERS, letters, LetterDocument::validator()),
        spec(MAIL_CODES, vec![Index::unique(doc! { "hash": 1 }), by_end()], MailCodeDocument::validator()),
        spec(FACTORS, Vec::new(), FactorsDocument::validator()),
        spec(CHALLENGES, challenges, ChallengeDocument::validator()),
        spec(PASSKEYS, passkeys, PasskeyDocument::validator()),
        spec(CEREMONIES, vec![by_end()], CeremonyDocument::validator()),
        spec(IDENTITIES, identities, IdentityDocument::validator()),
        spec(ATTEMPTS, vec![by_end()], AttemptDocument::validator()),
        spec(SIGNING_KEYS, keys, KeyDocument::validator()),
        spec(AUDIT, audit, AuditDocument::validator()),
        spec(DEPARTURES, departures, DepartureDocument::validator()),
    ]
}

fn spec(name: &'static str, indexes: Vec<Index>, validator: Document) -> CollectionSpec {
    CollectionSpec { name, indexes, validator }
}
