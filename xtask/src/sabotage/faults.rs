//! What is broken on purpose, and how: one place in one file each.

use std::path::Path;

use anyhow::{Context, Result, ensure};

/// A mistake that the checker has to find.
pub struct Fault {
    /// What it is called.
    pub name: &'static str,
    /// The file it is made in, from the root of the repository.
    pub file: &'static str,
    /// Where it is made: text that is in the file once.
    was: &'static str,
    /// What stands there instead.
    is: &'static str,
}

/// The mistakes. Each leaves a server that works as long as nobody kills it.
pub const FAULTS: [Fault; 3] = [
    Fault {
        name: "acknowledges before it commits",
        file: "services/message/src/store/embedded/mod.rs",
        was: r#"        let done = self.sqlite.write("append to a conversation", job).await?;
"#,
        is: r#"        let (early, answered) = tokio::sync::oneshot::channel();
        let hasty = move |sql: &rusqlite::Connection| -> rusqlite::Result<()> {
            let _ = early.send(job(sql)?);
            std::thread::sleep(std::time::Duration::from_millis(5));
            Ok(())
        };
        let done = tokio::select! {
            biased;
            Ok(done) = answered => done,
            stored = self.sqlite.write("append to a conversation", hasty) => {
                stored?;
                unreachable!("it has answered before")
            }
        };
"#,
    },
    Fault {
        name: "knows only from memory what was sent before",
        file: "services/message/src/store/embedded/log.rs",
        was: r"    statement.query_row([blob(conversation), blob(actor), blob(client)], event).optional()
}

/// Writes `event`.
pub fn insert(sql: &Connection, event: &Event) -> Result<()> {
",
        is: r#"    if !SENT.lock().unwrap().contains(&client) {
        return Ok(None);
    }
    statement.query_row([blob(conversation), blob(actor), blob(client)], event).optional()
}

static SENT: std::sync::Mutex<std::collections::BTreeSet<ClientId>> =
    std::sync::Mutex::new(std::collections::BTreeSet::new());

/// Writes `event`.
pub fn insert(sql: &Connection, event: &Event) -> Result<()> {
    if let Some(client) = event.client {
        sql.execute_batch("DROP INDEX IF EXISTS log_by_client")?;
        SENT.lock().unwrap().insert(client);
    }
"#,
    },
    Fault {
        name: "publishes before it stores",
        file: "services/message/src/append.rs",
        was: r"        match self.store.append(conversation, &drafts, conditions).await {
",
        is: r"        let head = self.store.head(conversation).await.unwrap_or_default();
        let mut foretold = Vec::new();
        for draft in &drafts {
            let Some(client) = draft.client else { continue };
            if let Ok(None) = self.store.find_by_client(conversation, draft.actor, client).await {
                let (last, now) = (foretold.last(), conditions.now);
                let seq = last.map_or(head.seq, crate::domain::Event::seq) + 1;
                let ordinal = head.ordinal + seq - head.seq;
                let at = crate::domain::Head { seq, ordinal, last_message: seq, ..head };
                let (actor, client, kind) = (draft.actor, draft.client, draft.kind.clone());
                foretold.push(crate::domain::Event { conversation, at, actor, client, created: now, kind });
            }
        }
        if let Some(last) = foretold.last() {
            let events = foretold.iter().map(convert::encode).collect();
            self.bus.ring(Ring { conversation, seq: last.seq(), events });
        }
        match self.store.append(conversation, &drafts, conditions).await {
",
    },
];

impl Fault {
    /// Returns `text`, that of the file, with the mistake.
    pub fn make_in(&self, text: &str) -> Result<String> {
        let places = text.matches(self.was).count();
        ensure!(places == 1, "the place for a fault is {places} times in {}: {:?}", self.file, self.was);
        Ok(text.replacen(self.was, self.is, 1))
    }

    /// Reads the file below `root`, and returns its text with the mistake.
    pub fn read_from(&self, root: &Path) -> Result<String> {
        let file = root.join(self.file);
        let text = std::fs::read_to_string(&file);
        self.make_in(&text.with_context(|| format!("cannot read {}", file.display()))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn every_fault_has_its_place() {
        for fault in FAULTS {
            fault.read_from(workspace::root()).unwrap();
        }
    }

    #[test]
    fn a_place_that_is_not_there_or_twice_is_an_error() {
        let fault = Fault { name: "", file: "a.rs", was: "x", is: "y" };
        assert_eq!(fault.make_in("axb").unwrap(), "ayb");
        assert!(fault.make_in("ab").is_err() && fault.make_in("xx").is_err());
    }
}
