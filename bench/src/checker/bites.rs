//! The checker finds what it is for: histories made wrong by hand.

use std::collections::HashMap;
use std::time::Duration;

use confab_core::{ClientId, ConversationId, UserId};
use tonic::Code;
use uuid::Uuid;

use super::{Check, check};
use crate::history::{Attempt, History, Key, Outcome, Reading, Seen, Source, Step};

const TALK: ConversationId = ConversationId::from_uuid(Uuid::from_u128(1));
const ADA: UserId = UserId::from_uuid(Uuid::from_u128(2));
const BOB: UserId = UserId::from_uuid(Uuid::from_u128(3));
/// Each message is begun at its number times this, and takes half of it.
const STEP: Duration = Duration::from_millis(10);

/// Ada says four things, one after the other, and both see them: live and at
/// the end. The third was in doubt at first.
fn sound() -> History {
    let mut attempts: Vec<Attempt> = (1..=4).map(|seq| attempt(seq, ok(seq))).collect();
    let doubtful = Attempt { outcome: Outcome::Unknown, ..attempt(3, ok(3)) };
    attempts.insert(2, doubtful);
    let final_of = |reader| reading(reader, Source::Final, 1..=4);
    let live = reading(BOB, Source::Stream, 1..=2);
    let resumed = reading(BOB, Source::Stream, 3..=4);
    History {
        members: HashMap::from([(TALK, vec![ADA, BOB])]),
        attempts,
        readings: vec![live, resumed, final_of(ADA), final_of(BOB)],
    }
}

fn key(number: i64) -> Key {
    let client = ClientId::from_uuid(Uuid::from_u128(100 + u128::from(number.unsigned_abs())));
    Key { conversation: TALK, sender: ADA, client }
}

const fn ok(seq: i64) -> Outcome {
    Outcome::Ok { seq, replayed: false }
}

fn attempt(number: i64, outcome: Outcome) -> Attempt {
    let begin = STEP * u32::try_from(number).unwrap();
    let (key, text) = (key(number), text(number));
    Attempt { key, text, begin, end: begin + STEP / 2, outcome }
}

fn text(number: i64) -> String {
    format!("message {number}")
}

fn seen(number: i64) -> Seen {
    Seen { seq: number, sender: ADA, client: key(number).client, text: text(number) }
}

fn reading(reader: UserId, source: Source, numbers: std::ops::RangeInclusive<i64>) -> Reading {
    Reading {
        reader,
        conversation: TALK,
        source,
        begin: STEP * 10,
        after: numbers.start() - 1,
        head: (source != Source::Stream).then_some(*numbers.end()),
        steps: numbers.map(|number| Step::Event(seen(number))).collect(),
    }
}

/// What is found once `harm` has been done to a sound history.
fn found(harm: impl FnOnce(&mut History)) -> Vec<Check> {
    let mut history = sound();
    harm(&mut history);
    let mut checks: Vec<Check> = check(&history).into_iter().map(|finding| finding.check).collect();
    checks.sort_unstable();
    checks.dedup();
    checks
}

fn finals(history: &mut History) -> impl Iterator<Item = &mut Reading> {
    history.readings.iter_mut().filter(|reading| reading.source == Source::Final)
}

#[test]
fn a_history_twice_as_long_takes_about_twice_the_time() {
    // Quadratic work on this many messages would take minutes, not a moment.
    const MESSAGES: i64 = 50_000;
    let mut history = sound();
    history.attempts = (1..=MESSAGES).map(|seq| attempt(seq, ok(seq))).collect();
    history.readings = [ADA, BOB].map(|reader| reading(reader, Source::Final, 1..=MESSAGES)).into();
    // Many short readings, as of many streams.
    history.readings.extend((1..=MESSAGES).map(|seq| reading(BOB, Source::Stream, seq..=seq)));
    let begin = std::time::Instant::now();
    assert_eq!(check(&history).len(), 0);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn nothing_is_found_in_a_sound_history() {
    assert_eq!(found(|_| {}), []);
    assert_eq!(sound().in_doubt(), []);
}

#[test]
fn an_acknowledged_message_that_one_member_misses_is_lost() {
    let harm = |history: &mut History| {
        let last = finals(history).last().unwrap();
        last.steps.pop();
        last.head = Some(3);
    };
    assert!(found(harm).contains(&Check::Lost));
}

#[test]
fn a_message_to_a_conversation_without_members_is_lost() {
    assert_eq!(found(|history| history.members.clear()), [Check::Lost, Check::Entitlement]);
}

#[test]
fn a_log_that_nobody_read_at_the_end_proves_nothing() {
    let harm = |history: &mut History| history.readings.retain(|reading| reading.source != Source::Final);
    assert!(found(harm).contains(&Check::Lost));
}

#[test]
fn a_refused_message_that_is_seen_is_a_phantom() {
    let harm = |history: &mut History| {
        history.attempts[0].outcome = Outcome::Refused(Code::AlreadyExists);
    };
    assert_eq!(found(harm), [Check::Phantom]);
}

#[test]
fn a_message_that_nobody_said_is_a_phantom() {
    let harm = |history: &mut History| drop(history.attempts.remove(0));
    assert_eq!(found(harm), [Check::Phantom]);
}

#[test]
fn a_message_with_two_numbers_is_a_duplicate() {
    let store_again = |history: &mut History, number: i64| {
        for reading in finals(history) {
            reading.steps.push(Step::Event(Seen { seq: 5, ..seen(number) }));
            reading.head = Some(5);
        }
    };
    assert_eq!(found(|history| store_again(history, 4)), [Check::Duplicate]);

    // This one was in doubt, and then it was two; besides, it came after the fourth.
    let doubtful = found(|history| store_again(history, 3));
    assert_eq!(doubtful, [Check::Duplicate, Check::RealTime, Check::Unresolved]);
}

#[test]
fn an_event_that_a_stream_tells_twice_is_a_duplicate() {
    let harm = |history: &mut History| history.readings[0].steps.push(Step::Event(seen(2)));
    assert_eq!(found(harm), [Check::Duplicate]);
}

#[test]
fn a_retry_that_claims_to_be_the_first_is_a_duplicate() {
    let harm = |history: &mut History| history.attempts.push(attempt(4, ok(4)));
    assert_eq!(found(harm), [Check::Duplicate]);
}

#[test]
fn a_number_with_two_contents_is_divergent() {
    let harm = |history: &mut History| {
        let other = Seen { seq: 2, ..seen(1) };
        history.readings[0].steps[1] = Step::Event(other);
    };
    assert!(found(harm).contains(&Check::Divergent));
}

#[test]
fn another_text_under_one_number_is_divergent() {
    let harm = |history: &mut History| {
        let Step::Event(seen) = &mut history.readings[1].steps[0] else { unreachable!() };
        seen.text = text(9);
    };
    assert_eq!(found(harm), [Check::Phantom, Check::Divergent]);
}

#[test]
fn a_number_that_is_missing_is_a_gap() {
    let harm = |history: &mut History| {
        history.attempts.retain(|attempt| attempt.key != key(2));
        history.readings.retain(|reading| reading.source == Source::Final);
        finals(history).for_each(|reading| drop(reading.steps.remove(1)));
    };
    assert_eq!(found(harm), [Check::Gap]);
}

#[test]
fn a_stream_that_skips_in_silence_has_a_gap() {
    let skip = |history: &mut History| drop(history.readings[0].steps.remove(0));
    assert_eq!(found(skip), [Check::Gap]);

    let tell = |history: &mut History| history.readings[0].steps[0] = Step::HeadMoved(1);
    assert_eq!(found(tell), []);
}

#[test]
fn an_event_that_is_no_message_takes_a_number_too() {
    let replace = |history: &mut History| {
        history.attempts.retain(|attempt| attempt.key != key(1));
        let first = |reading: &mut Reading| reading.after == 0;
        history
            .readings
            .iter_mut()
            .filter_map(|reading| first(reading).then_some(&mut reading.steps[0]))
            .for_each(|step| *step = Step::Other(1));
    };
    assert_eq!(found(replace), []);

    let twice = |history: &mut History| history.readings[0].steps.push(Step::Other(2));
    assert_eq!(found(twice), [Check::Duplicate]);
}

#[test]
fn a_stream_that_never_tells_the_last_has_a_gap() {
    let harm = |history: &mut History| history.readings[0].head = Some(4);
    assert_eq!(found(harm), [Check::Gap]);
}

#[test]
fn numbers_that_fall_are_disorder() {
    let harm = |history: &mut History| history.readings[1].steps.push(Step::Event(seen(3)));
    assert_eq!(found(harm), [Check::Disorder]);
}

#[test]
fn a_message_before_one_that_was_acknowledged_earlier_breaks_real_time() {
    let harm = |history: &mut History| {
        let late = &mut history.attempts[0];
        (late.begin, late.end) = (STEP * 8, STEP * 9);
    };
    assert_eq!(found(harm), [Check::RealTime]);
}

#[test]
fn a_read_that_misses_what_was_acknowledged_before_breaks_real_time() {
    let harm = |history: &mut History| history.readings.push(reading(ADA, Source::Page, 1..=3));
    assert_eq!(found(harm), [Check::RealTime]);
}

#[test]
fn an_event_that_was_seen_once_and_is_gone_is_unstable() {
    let harm = |history: &mut History| {
        history.attempts.push(attempt(5, Outcome::Refused(Code::AlreadyExists)));
        history.readings[1].steps.push(Step::Event(seen(5)));
    };
    assert_eq!(found(harm), [Check::Phantom, Check::Unstable]);
}

#[test]
fn a_reader_who_is_told_to_forget_was_told_what_is_not_true() {
    let harm = |history: &mut History| history.readings[0].steps.push(Step::Reset);
    assert_eq!(found(harm), [Check::Unstable]);
}

#[test]
fn a_message_that_stays_in_doubt_is_unresolved() {
    let harm = |history: &mut History| {
        history.attempts.push(Attempt { text: text(7), ..attempt(4, Outcome::Unknown) });
    };
    assert_eq!(found(harm), [Check::Unresolved]);
}

#[test]
fn somebody_whose_session_was_lost_is_turned_away() {
    let harm = |history: &mut History| {
        history.attempts.push(attempt(5, Outcome::Refused(Code::Unauthenticated)));
    };
    assert_eq!(found(harm), [Check::TurnedAway]);
}

/// Bob leaves with number 5, which both hear of.
fn bob_leaves(history: &mut History) {
    let left = || Step::Left { seq: 5, member: BOB };
    history.readings.retain(|reading| (reading.reader, reading.source) != (BOB, Source::Final));
    history.readings[1].steps.push(left());
    for reading in finals(history) {
        reading.steps.push(left());
        reading.head = Some(5);
    }
}

#[test]
fn nothing_is_wrong_with_leaving() {
    assert_eq!(found(bob_leaves), []);

    let turned_away = |history: &mut History| {
        bob_leaves(history);
        let key = Key { sender: BOB, ..key(6) };
        history.attempts.push(Attempt { key, ..attempt(6, Outcome::Refused(Code::NotFound)) });
    };
    assert_eq!(found(turned_away), []);
}

#[test]
fn whoever_has_left_and_hears_more_was_not_entitled_to() {
    for more in [Step::Event(seen(6)), Step::HeadMoved(6)] {
        let harm = |history: &mut History| {
            bob_leaves(history);
            history.attempts.push(attempt(6, ok(6)));
            for reading in finals(history) {
                reading.steps.push(Step::Event(seen(6)));
                reading.head = Some(6);
            }
            history.readings[1].steps.push(more);
        };
        assert_eq!(found(harm), [Check::Entitlement]);
    }
}

#[test]
fn whoever_has_left_and_is_let_speak_was_not_entitled_to() {
    let harm = |history: &mut History| {
        bob_leaves(history);
        let key = Key { sender: BOB, ..key(6) };
        history.attempts.push(Attempt { key, ..attempt(6, ok(6)) });
        for reading in finals(history) {
            reading.steps.push(Step::Event(Seen { sender: BOB, ..seen(6) }));
            reading.head = Some(6);
        }
    };
    assert_eq!(found(harm), [Check::Entitlement]);
}

#[test]
fn whoever_hears_a_conversation_of_others_was_not_entitled_to() {
    let stranger = UserId::from_uuid(Uuid::from_u128(9));
    let harm = |history: &mut History| history.readings.push(reading(stranger, Source::Stream, 1..=1));
    assert_eq!(found(harm), [Check::Entitlement]);
}
