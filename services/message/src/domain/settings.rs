//! How a member wants a conversation to be shown to them. Nobody else sees it.

use confab_core::Timestamp;

use super::Head;

/// What a member wants of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Until when nothing is announced.
    pub muted_until: Option<Timestamp>,
    /// How many messages there were when it was put away, or when that was last
    /// seen to hold. `None` if it was not put away.
    pub archived_at: Option<i64>,
}

/// Something that a member wants to be otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    MutedUntil(Option<Timestamp>),
    On(Shelf),
}

/// Where a member keeps a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// In the list that they look at.
    Current,
    /// Put away.
    Archive,
}

impl Settings {
    /// Until when it is muted, if it is now.
    pub fn muted(&self, now: Timestamp) -> Option<Timestamp> {
        self.muted_until.filter(|until| *until > now)
    }

    /// Where it is now. What was put away comes back with the next message,
    /// unless it is muted: that way it needs no write for each member when
    /// somebody says something.
    pub fn shelf(&self, head: Head, now: Timestamp) -> Shelf {
        match self.archived_at {
            Some(at) if head.ordinal <= at || self.muted(now).is_some() => Shelf::Archive,
            _ => Shelf::Current,
        }
    }

    /// What becomes of it by `setting`.
    #[must_use]
    pub fn with(self, setting: Setting, head: Head, now: Timestamp) -> Self {
        let on = |place| (place == Shelf::Archive).then_some(head.ordinal);
        match setting {
            // It stays where it is: what has come back does not vanish, and what
            // was said while it was muted does not bring it back.
            Setting::MutedUntil(muted_until) => Self { muted_until, archived_at: on(self.shelf(head, now)) },
            Setting::On(place) => Self { archived_at: on(place), ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn head(ordinal: i64) -> Head {
        Head { ordinal, ..Head::default() }
    }

    #[test]
    fn what_was_put_away_comes_back_with_the_next_message() {
        let away = Settings::default().with(Setting::On(Shelf::Archive), head(3), NOW);
        assert_eq!(away.shelf(head(3), NOW), Shelf::Archive);
        assert_eq!(away.shelf(head(4), NOW), Shelf::Current);
        assert_eq!(away.with(Setting::On(Shelf::Current), head(3), NOW), Settings::default());
    }

    #[test]
    fn what_is_muted_stays_put_away() {
        let later = NOW.plus(Duration::from_mins(1));
        let away = Settings { muted_until: Some(later), archived_at: Some(3) };
        assert_eq!(away.shelf(head(9), NOW), Shelf::Archive);
        assert_eq!(away.shelf(head(9), later), Shelf::Current, "not muted any more");
        assert_eq!(away.shelf(head(3), later), Shelf::Archive, "nothing was said");
    }

    #[test]
    fn muting_moves_nothing() {
        let later = Some(NOW.plus(Duration::from_mins(1)));
        let back = Settings { muted_until: None, archived_at: Some(3) };
        let muted = back.with(Setting::MutedUntil(later), head(4), NOW);
        assert_eq!(muted.shelf(head(4), NOW), Shelf::Current);
        let away = Settings { muted_until: later, archived_at: Some(3) };
        let loud = away.with(Setting::MutedUntil(None), head(4), NOW);
        assert_eq!(loud.shelf(head(4), NOW), Shelf::Archive);
        assert_eq!(loud.shelf(head(5), NOW), Shelf::Current);
    }
}
