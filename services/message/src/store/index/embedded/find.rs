//! Finding messages, in SQL.

use std::collections::BTreeSet;

use confab_core::{ConversationId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::blob;
use crate::search::{Feature, Found, Place, Scope, Search, Term};

/// How many places of a term are looked at, in all conversations together and at
/// least in each. Whoever looks for something frequent gets short pages.
const SCANNED_MAX: usize = 100_000;
const SCANNED_PER_CONVERSATION_MIN: usize = 100;
/// How many places of a term are counted to find the one that is rarest.
const COUNTED_MAX: i64 = 1_000;

/// See [`SearchIndex::find`](crate::store::SearchIndex::find).
pub fn find(sql: &Connection, search: &Search) -> Result<Found> {
    let scanned_max = (SCANNED_MAX / search.scopes.len().max(1)).max(SCANNED_PER_CONVERSATION_MIN);
    let mut finding = Finding { sql, search, scanned_max, places: BTreeSet::new(), frontier: None };
    for scope in &search.scopes {
        finding.look_into(scope)?;
    }
    Ok(finding.found())
}

struct Finding<'a> {
    sql: &'a Connection,
    search: &'a Search,
    /// How many places may be looked at in each conversation.
    scanned_max: usize,
    /// The newest that were found.
    places: BTreeSet<Place>,
    /// Where a conversation was left because too much had been looked at: what
    /// is older is not known.
    frontier: Option<Place>,
}

impl<'a> Finding<'a> {
    fn look_into(&mut self, scope: &Scope) -> Result<()> {
        let Some(rarest) = self.rarest(scope.conversation)? else { return Ok(()) };
        let (created, seq) = self.ceiling(scope.conversation);
        let mut statement = self.sql.prepare_cached(
            "SELECT created, seq FROM terms
             WHERE conversation = ? AND term = ? AND (created, seq) < (?, ?) AND created >= ? AND seq > ?
             ORDER BY created DESC, seq DESC LIMIT ?",
        )?;
        let limit = i64::try_from(self.scanned_max).unwrap_or(i64::MAX);
        let conversation = blob(scope.conversation);
        let mut rows = statement.query(params![
            conversation,
            rarest.as_str(),
            created,
            seq,
            self.floor(),
            scope.since,
            limit
        ])?;
        let mut scanned = 0;
        while let Some(row) = rows.next()? {
            let created = Timestamp::from_millis(row.get("created")?);
            let place = Place { created, conversation: scope.conversation.as_uuid(), seq: row.get("seq")? };
            if self.is_full() && self.places.first().is_some_and(|oldest| place < *oldest) {
                return Ok(());
            }
            if self.is_wanted(scope.conversation, place, rarest)? {
                self.keep(place);
            }
            scanned += 1;
            if scanned == self.scanned_max {
                self.frontier = self.frontier.max(Some(place));
            }
        }
        Ok(())
    }

    /// The term that the fewest messages of `conversation` have; `None` if there
    /// is one that none has.
    fn rarest(&self, conversation: ConversationId) -> Result<Option<&'a Term>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM terms WHERE conversation = ? AND term = ? LIMIT ?)",
        )?;
        let mut rarest: Option<(i64, &Term)> = None;
        let search: &'a Search = self.search;
        for term in search.query.terms() {
            let counted = params![blob(conversation), term.as_str(), COUNTED_MAX];
            let count = statement.query_row(counted, |row| row.get(0))?;
            if count == 0 {
                return Ok(None);
            }
            if rarest.is_none_or(|(least, _)| count < least) {
                rarest = Some((count, term));
            }
        }
        Ok(rarest.map(|(_, term)| term))
    }

    /// The time and the number before which something in `conversation` must be.
    fn ceiling(&self, conversation: ConversationId) -> (i64, i64) {
        let behind = self.search.behind.map(|place| {
            let seq = match conversation.as_uuid().cmp(&place.conversation) {
                std::cmp::Ordering::Less => i64::MAX,
                std::cmp::Ordering::Equal => place.seq,
                std::cmp::Ordering::Greater => i64::MIN,
            };
            (place.created.as_millis(), seq)
        });
        let before = self.search.before.map(|before| (before.as_millis(), i64::MIN));
        let endless = (i64::MAX, i64::MAX);
        behind.unwrap_or(endless).min(before.unwrap_or(endless))
    }

    /// The time at which something must be, or later, to be among the newest.
    fn floor(&self) -> i64 {
        let oldest = self.places.first().filter(|_| self.is_full()).map(|place| place.created);
        oldest.max(self.search.after).map_or(i64::MIN, Timestamp::as_millis)
    }

    /// Whether the message at `place`, which has `term`, is as it is wanted.
    fn is_wanted(&self, conversation: ConversationId, place: Place, term: &Term) -> Result<bool> {
        let conversation = blob(conversation);
        let mut has = self.sql.prepare_cached(
            "SELECT 1 FROM terms WHERE conversation = ? AND term = ? AND created = ? AND seq = ?",
        )?;
        for other in self.search.query.terms().filter(|other| *other != term) {
            if !has.exists(params![conversation, other.as_str(), place.created.as_millis(), place.seq])? {
                return Ok(false);
            }
        }
        if self.search.sender.is_none() && self.search.feature.is_none() {
            return Ok(true);
        }
        let mut entry =
            self.sql.prepare_cached("SELECT sender, link FROM entries WHERE conversation = ? AND seq = ?")?;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get("sender")?, row.get("link")?));
        let entry: Option<([u8; 16], bool)> =
            entry.query_row(params![conversation, place.seq], read).optional()?;
        Ok(entry.is_some_and(|(sender, link)| {
            let has_feature = match self.search.feature {
                Some(Feature::Link) => link,
                // These are among the terms.
                Some(Feature::Image | Feature::File) | None => true,
            };
            has_feature && self.search.sender.is_none_or(|wanted| blob(wanted) == sender)
        }))
    }

    fn is_full(&self) -> bool {
        self.places.len() >= self.search.limit
    }

    fn keep(&mut self, place: Place) {
        self.places.insert(place);
        if self.places.len() > self.search.limit {
            self.places.pop_first();
        }
    }

    fn found(mut self) -> Found {
        if let Some(frontier) = self.frontier {
            self.places.retain(|place| *place >= frontier);
        }
        let next = if self.is_full() { self.places.first().copied() } else { self.frontier };
        Found { places: self.places.into_iter().rev().collect(), next }
    }
}
