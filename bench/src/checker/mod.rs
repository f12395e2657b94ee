//! Compares what was seen with what was done, and says what does not fit.
//!
//! A conversation has one order, so every check looks at each event a few
//! times, and never at two of them together: a history twice as long takes
//! about twice the time.

#[cfg(test)]
mod bites;
mod evidence;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use confab_core::ConversationId;
use tonic::Code;

use crate::history::{Attempt, History, Key, Outcome, Reading, Seen, Source, Step};

use self::evidence::{Evidence, acknowledged};

/// How many findings of each kind are worth reading.
const FINDINGS_MAX: usize = 5;

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// An acknowledged message is missing at the end, for somebody.
    Lost,
    /// Somebody saw what nobody said, or what was refused.
    Phantom,
    /// One message has two numbers, or was told twice.
    Duplicate,
    /// One number has two contents.
    Divergent,
    /// A number is missing.
    Gap,
    /// Numbers fell.
    Disorder,
    /// What was acknowledged before comes after, or was not seen by a later read.
    RealTime,
    /// What was seen once is gone.
    Unstable,
    /// A message in doubt did not become one message, or none.
    Unresolved,
    /// Somebody was turned away for another reason than an id used twice, or having left.
    TurnedAway,
    /// Somebody saw, or said, what only others may.
    Entitlement,
}

/// Something that does not fit.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is wrong.
    pub check: Check,
    /// Where, for people.
    pub detail: String,
}

impl Finding {
    const fn new(check: Check, detail: String) -> Self {
        Self { check, detail }
    }
}

/// Returns what is wrong with `history`: nothing, if all is well. Of each kind,
/// the first few.
#[must_use]
pub fn check(history: &History) -> Vec<Finding> {
    let evidence = Evidence::of(history);
    let findings = [
        lost(&evidence),
        phantom(&evidence),
        duplicate(&evidence),
        divergent(&evidence),
        history.readings.iter().flat_map(out_of_step).collect(),
        order(&evidence),
        stale(&evidence),
        unstable(&evidence),
        unresolved(&evidence),
        turned_away(&evidence),
        entitlement(&evidence),
    ];
    findings.into_iter().flat_map(|found| found.into_iter().take(FINDINGS_MAX)).collect()
}

/// Acknowledged messages are in the log of every member. Who left does not read it any more.
fn lost(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (attempt, seq) in acknowledged(evidence.history) {
        let Some(members) = evidence.history.members.get(&attempt.key.conversation) else {
            findings.push(Finding::new(Check::Lost, format!("nobody is a member of {attempt:?}")));
            continue;
        };
        let stayed =
            members.iter().filter(|member| evidence.left(attempt.key.conversation, **member).is_none());
        for member in stayed.filter(|member| !evidence.has(**member, attempt.key, seq)) {
            let detail = format!("{member} misses {attempt:?}");
            findings.push(Finding::new(Check::Lost, detail));
        }
    }
    findings
}

/// Whatever is seen was said, and not refused.
fn phantom(evidence: &Evidence<'_>) -> Vec<Finding> {
    let said: HashSet<(Key, &str)> = evidence
        .history
        .attempts
        .iter()
        .filter(|attempt| !matches!(attempt.outcome, Outcome::Refused(_)))
        .map(|attempt| (attempt.key, attempt.text.as_str()))
        .collect();
    let mut findings = Vec::new();
    for reading in &evidence.history.readings {
        let is_said = |seen: &Seen| said.contains(&(Key::of(reading.conversation, seen), &*seen.text));
        for seen in reading.events().filter(|seen| !is_said(seen)) {
            findings.push(Finding::new(Check::Phantom, format!("{} saw {seen:?}", reading.reader)));
        }
    }
    findings
}

/// A message has one number, and is stored by one attempt.
fn duplicate(evidence: &Evidence<'_>) -> Vec<Finding> {
    let twice = evidence.numbers.iter().filter(|(_, numbers)| numbers.len() > 1);
    let mut findings: Vec<_> = twice
        .map(|(key, numbers)| Finding::new(Check::Duplicate, format!("{key:?} is {numbers:?}")))
        .collect();

    let mut first = HashSet::new();
    for (attempt, _) in acknowledged(evidence.history) {
        let is_first = matches!(attempt.outcome, Outcome::Ok { replayed: false, .. });
        if is_first && !first.insert(attempt.key) {
            let detail = format!("the second time that it was stored: {attempt:?}");
            findings.push(Finding::new(Check::Duplicate, detail));
        }
    }
    findings
}

/// A number has one content, whoever reads it, whenever and wherever.
fn divergent(evidence: &Evidence<'_>) -> Vec<Finding> {
    let readings = &evidence.history.readings;
    let seen = readings.iter().flat_map(|reading| {
        reading.events().map(|seen| (Key::of(reading.conversation, seen), seen.seq, seen.text.as_str()))
    });
    let said = acknowledged(evidence.history).map(|(attempt, seq)| (attempt.key, seq, attempt.text.as_str()));

    let (mut contents, mut findings) = (HashMap::new(), Vec::new());
    for (key, seq, text) in seen.chain(said) {
        let first = *contents.entry((key.conversation, seq)).or_insert((key, text));
        if first != (key, text) {
            let detail = format!("{seq} is {first:?} and {:?}", (key, text));
            findings.push(Finding::new(Check::Divergent, detail));
        }
    }
    findings
}

/// Whoever reads gets every number once, in order, or is told what to fetch.
fn out_of_step(reading: &Reading) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |check, what: String| {
        let Reading { reader, conversation, source, .. } = reading;
        let detail = format!("{reader} was told {what} ({source:?} of {conversation})");
        findings.push(Finding::new(check, detail));
    };
    let mut last = reading.after;
    for step in &reading.steps {
        match (step.seq(), step.reaches()) {
            (Some(seq), _) if seq > last + 1 => find(Check::Gap, format!("{seq} after {last}")),
            (Some(seq), _) if seq == last => find(Check::Duplicate, format!("{seq} after {last}")),
            (_, Some(seq)) if seq < last => find(Check::Disorder, format!("{seq} after {last}")),
            _ => {}
        }
        last = step.reaches().map_or(0, |seq| last.max(seq));
    }
    if let (Source::Final | Source::Stream, Some(head)) = (reading.source, reading.head)
        && last < head
    {
        find(Check::Gap, format!("nothing after {last}, up to {head}"));
    }
    findings
}

/// What was acknowledged before another message was begun comes before it.
fn order(evidence: &Evidence<'_>) -> Vec<Finding> {
    // When each message was begun, and first acknowledged, if it was.
    let mut times: HashMap<Key, (Duration, Option<Duration>)> = HashMap::new();
    for attempt in &evidence.history.attempts {
        let (begin, end) = times.entry(attempt.key).or_insert((attempt.begin, None));
        *begin = attempt.begin.min(*begin);
        if matches!(attempt.outcome, Outcome::Ok { .. }) {
            *end = Some(end.map_or(attempt.end, |end| attempt.end.min(end)));
        }
    }

    let mut in_order: Vec<_> = evidence
        .numbers
        .iter()
        .flat_map(|(key, numbers)| numbers.iter().map(move |seq| (seq, key)))
        .collect();
    in_order.sort_by_key(|(seq, key)| (key.conversation, **seq));
    let (mut findings, mut latest) = (Vec::new(), None::<(ConversationId, Duration, i64)>);
    for (seq, key) in in_order {
        let Some((begin, end)) = times.get(key) else { continue };
        let before = latest.filter(|(conversation, ..)| *conversation == key.conversation);
        match (before, end) {
            (Some((_, later, lower)), Some(end)) if *end < later => {
                let detail = format!("{seq} was acknowledged at {end:?}, and {lower} begun at {later:?}");
                findings.push(Finding::new(Check::RealTime, detail));
            }
            _ => {}
        }
        if before.is_none_or(|(_, later, _)| *begin > later) {
            latest = Some((key.conversation, *begin, *seq));
        }
    }
    findings
}

/// A read sees what was acknowledged before it was begun.
fn stale(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut ends: HashMap<ConversationId, Vec<(Duration, i64)>> = HashMap::new();
    for (attempt, seq) in acknowledged(evidence.history) {
        ends.entry(attempt.key.conversation).or_default().push((attempt.end, seq));
    }
    for of_conversation in ends.values_mut() {
        of_conversation.sort_unstable();
        let mut highest = 0;
        for (_, seq) in of_conversation {
            highest = highest.max(*seq);
            *seq = highest;
        }
    }

    let mut findings = Vec::new();
    let reads = evidence.history.readings.iter().filter(|reading| reading.source != Source::Stream);
    for reading in reads {
        let (Some(head), Some(ends)) = (reading.head, ends.get(&reading.conversation)) else { continue };
        let before = ends.partition_point(|(end, _)| *end < reading.begin);
        if let Some((end, seq)) = before.checked_sub(1).map(|last| ends[last])
            && seq > head
        {
            let detail =
                format!("at {:?} the head was {head}, but at {end:?} {seq} was acknowledged", reading.begin);
            findings.push(Finding::new(Check::RealTime, detail));
        }
    }
    findings
}

/// What was seen once is there at the end.
fn unstable(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for reading in &evidence.history.readings {
        let last = evidence.last(reading.conversation);
        for step in &reading.steps {
            let problem = match step.reaches() {
                Some(seq) if seq > last => "is gone",
                Some(_) => continue,
                None => "although nothing was restored",
            };
            let detail = format!("{} was told {step:?}, {problem}; the last is {last}", reading.reader);
            findings.push(Finding::new(Check::Unstable, detail));
        }
    }
    findings
}

/// What was in doubt was settled by a retry, as one message or none.
fn unresolved(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut answers: HashMap<(Key, &str), (bool, Outcome)> = HashMap::new();
    for attempt in &evidence.history.attempts {
        let is_unknown = attempt.outcome == Outcome::Unknown;
        let answer = answers.entry((attempt.key, &attempt.text)).or_insert((false, attempt.outcome));
        *answer = (answer.0 || is_unknown, attempt.outcome);
    }
    let mut findings = Vec::new();
    for ((key, text), (was_in_doubt, last)) in answers {
        let is_settled = match last {
            Outcome::Ok { seq, .. } => evidence.numbers.get(&key).is_some_and(|all| all.iter().eq([&seq])),
            Outcome::Refused(_) => true,
            Outcome::Unknown => false,
        };
        if was_in_doubt && !is_settled {
            findings.push(Finding::new(Check::Unresolved, format!("{key:?} {text:?} ended as {last:?}")));
        }
    }
    findings
}

/// Everybody stays signed in; only ids that were used are refused, and those who left.
fn turned_away(evidence: &Evidence<'_>) -> Vec<Finding> {
    let is_surprising = |attempt: &&Attempt| match attempt.outcome {
        Outcome::Refused(Code::NotFound) => {
            evidence.left(attempt.key.conversation, attempt.key.sender).is_none()
        }
        Outcome::Refused(Code::AlreadyExists) | Outcome::Ok { .. } | Outcome::Unknown => false,
        Outcome::Refused(_) => true,
    };
    let surprising = evidence.history.attempts.iter().filter(is_surprising);
    surprising.map(|attempt| Finding::new(Check::TurnedAway, format!("{attempt:?}"))).collect()
}

/// Only members see what is said, and only members say it: those who left, up to then.
fn entitlement(evidence: &Evidence<'_>) -> Vec<Finding> {
    let may = |conversation, user, seq| {
        let members = evidence.history.members.get(&conversation);
        let was_member = members.is_some_and(|members| members.contains(&user));
        was_member && evidence.left(conversation, user).is_none_or(|left| seq <= left)
    };
    let mut findings = Vec::new();
    for reading in &evidence.history.readings {
        let Reading { reader, conversation, .. } = reading;
        let told = reading.steps.iter().filter_map(Step::reaches);
        if let Some(seq) = told.filter(|seq| !may(*conversation, *reader, *seq)).min() {
            let detail = format!("{reader} was told of {seq} in {conversation}");
            findings.push(Finding::new(Check::Entitlement, detail));
        }
    }
    for (attempt, seq) in acknowledged(evidence.history) {
        if !may(attempt.key.conversation, attempt.key.sender, seq) {
            findings.push(Finding::new(Check::Entitlement, format!("{attempt:?} is {seq}")));
        }
    }
    findings
}
