//! How far the streams of this node were told of each conversation.

use std::collections::HashMap;

use confab_core::ConversationId;
use quick_cache::unsync::Cache;

use super::News;

/// Of how many conversations it is known how far the streams were told. Those
/// of others find out for themselves.
const CONVERSATIONS_MAX: usize = 100_000;
/// How many conversations may be read for, or wait for that.
const GAPS_MAX: usize = 1_000;
/// How many missing events are read for all streams. If more are missing, they
/// are told so, and each reads what it needs.
const GAP_EVENTS_MAX: i64 = 256;

/// How far the streams were told, and what they were not.
pub struct Progress {
    /// The newest event of each conversation that was passed on.
    told: Cache<ConversationId, i64>,
    /// The conversations that a task reads for.
    gaps: HashMap<ConversationId, Gap>,
}

/// What is missing of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Up to here it was passed on.
    pub told: i64,
    /// Up to here it is to be.
    pub goal: i64,
}

/// What to do about a ring.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Nothing: it was passed on before, or will be by whoever reads.
    Nothing,
    /// Pass it on.
    Tell(News),
    /// Read what is missing, until [`Progress::gap`] says that nothing is.
    Read,
}

impl Default for Progress {
    fn default() -> Self {
        Self { told: Cache::new(CONVERSATIONS_MAX), gaps: HashMap::new() }
    }
}

impl Progress {
    /// What to do about `news` of `conversation`.
    pub fn step(&mut self, conversation: ConversationId, news: News) -> Step {
        let seq = news.seq();
        if let Some(gap) = self.gaps.get_mut(&conversation) {
            gap.goal = gap.goal.max(seq);
            return Step::Nothing;
        }
        let known = self.told.get(&conversation).copied();
        if known.is_some_and(|told| seq <= told) {
            return Step::Nothing;
        }
        match known {
            Some(told) if !news.goes_on_from(told) && self.can_read(seq - told) => {
                self.gaps.insert(conversation, Gap { told, goal: seq });
                return Step::Read;
            }
            Some(told) if !news.goes_on_from(told) => {
                self.told.insert(conversation, seq);
                return Step::Tell(News::Head(seq));
            }
            _ => {}
        }
        self.told.insert(conversation, seq);
        Step::Tell(news)
    }

    fn can_read(&self, events: i64) -> bool {
        events <= GAP_EVENTS_MAX && self.gaps.len() < GAPS_MAX
    }

    /// Whether streams were told of everything up to `seq`, or will be; `None`
    /// if that is not known.
    pub fn is_told(&self, conversation: ConversationId, seq: i64) -> Option<bool> {
        match self.gaps.get(&conversation) {
            Some(gap) => Some(gap.goal >= seq),
            None => self.told.get(&conversation).map(|told| *told >= seq),
        }
    }

    /// What is missing of a conversation. If that is nothing, the next ring is
    /// passed on, or read for, anew.
    pub fn gap(&mut self, conversation: ConversationId) -> Option<Gap> {
        let gap = *self.gaps.get(&conversation)?;
        if gap.told < gap.goal {
            return Some(gap);
        }
        self.gaps.remove(&conversation);
        self.told.insert(conversation, gap.told);
        None
    }

    /// Notes that streams were told up to `seq` by whoever reads.
    pub fn fill(&mut self, conversation: ConversationId, seq: i64) {
        if let Some(gap) = self.gaps.get_mut(&conversation) {
            gap.told = gap.told.max(seq);
        }
    }

    /// Forgets how far the streams were told, because they were not.
    pub fn forget(&mut self, conversation: ConversationId) {
        self.gaps.remove(&conversation);
        self.told.remove(&conversation);
    }

    /// Notes that whoever reads has ended, also if it did not come to an end.
    pub fn end_reading(&mut self, conversation: ConversationId) {
        if self.gaps.contains_key(&conversation) {
            self.forget(conversation);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use confab_core::Timestamp;
    use confab_proto::message::v1;

    use super::*;

    fn conversation() -> ConversationId {
        ConversationId::new(Timestamp::default())
    }

    fn events(seqs: &[i64]) -> News {
        let event = |seq: &i64| Arc::new(v1::Event { seq: *seq, ..Default::default() });
        News::Events(seqs.iter().map(event).collect())
    }

    #[test]
    fn what_goes_on_is_passed_on_and_what_was_is_not() {
        let (mut progress, id) = (Progress::default(), conversation());
        for news in [events(&[5]), events(&[6, 7]), events(&[7, 8])] {
            assert_eq!(progress.step(id, news.clone()), Step::Tell(news));
        }
        for news in [events(&[8]), events(&[6, 7]), News::Head(8)] {
            assert_eq!(progress.step(id, news), Step::Nothing);
        }
    }

    #[test]
    fn after_a_jump_one_task_reads_all_that_is_rung_for_meanwhile() {
        let (mut progress, id) = (Progress::default(), conversation());
        progress.step(id, events(&[1]));
        assert_eq!(progress.step(id, events(&[3])), Step::Read);
        assert_eq!(progress.step(id, events(&[4])), Step::Nothing);
        assert_eq!(progress.step(id, News::Head(5)), Step::Nothing);

        assert_eq!(progress.gap(id), Some(Gap { told: 1, goal: 5 }));
        progress.fill(id, 5);
        assert_eq!(progress.gap(id), None);
        assert_eq!(progress.step(id, events(&[6])), Step::Tell(events(&[6])));
    }

    #[test]
    fn a_ring_without_events_is_read_for() {
        let (mut progress, id) = (Progress::default(), conversation());
        assert_eq!(progress.step(id, News::Head(1)), Step::Tell(News::Head(1)), "nothing is known yet");
        assert_eq!(progress.step(id, News::Head(2)), Step::Read);
    }

    #[test]
    fn too_much_is_for_each_stream_to_read() {
        let (mut progress, id) = (Progress::default(), conversation());
        progress.step(id, events(&[1]));
        let far = GAP_EVENTS_MAX + 2;
        assert_eq!(progress.step(id, events(&[far])), Step::Tell(News::Head(far)));

        let many: Vec<_> = (0..=GAPS_MAX).map(|_| conversation()).collect();
        for id in &many {
            progress.step(*id, events(&[1]));
        }
        let steps: Vec<_> = many.iter().map(|id| progress.step(*id, News::Head(2))).collect();
        assert_eq!(steps.iter().filter(|step| **step == Step::Read).count(), GAPS_MAX);
        assert_eq!(steps.last(), Some(&Step::Tell(News::Head(2))));
    }

    #[test]
    fn what_was_forgotten_is_told_anew() {
        let (mut progress, id) = (Progress::default(), conversation());
        progress.step(id, events(&[1]));
        assert_eq!((progress.is_told(id, 1), progress.is_told(id, 2)), (Some(true), Some(false)));
        progress.step(id, events(&[3]));
        assert_eq!((progress.is_told(id, 3), progress.is_told(id, 4)), (Some(true), Some(false)));

        progress.end_reading(id);
        assert_eq!(progress.is_told(id, 1), None);
        assert_eq!(progress.step(id, events(&[3])), Step::Tell(events(&[3])));
        progress.end_reading(id);
        assert_eq!(progress.is_told(id, 3), Some(true));
    }
}
