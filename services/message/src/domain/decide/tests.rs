//! Who may do what, one rule after the other.

use std::collections::HashMap;

use confab_core::{ConversationId, UserId};
use uuid::Uuid;

use super::*;
use crate::domain::{Emoji, History, Mark, Origin, Profile, Text, Words};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const MEMBERS_MAX: usize = 4;

fn user(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(n))
}

fn words(text: &str) -> Words {
    Words { text: Text::from_store(text.into()), mentions: Vec::new() }
}

fn says(text: &str) -> Content {
    Content { words: words(text), reply_to: None, forwarded: None, attachments: Vec::new() }
}

fn emoji(text: &str) -> Emoji {
    Emoji::from_store(text.into())
}

fn wants(actor: UserId, kind: EventKind) -> Draft {
    Draft { actor, client: None, kind }
}

/// A conversation of which all messages are at hand.
struct Told(State);

impl Told {
    fn direct() -> Self {
        let direct = Conversation::direct(user(1), user(2), NOW);
        Self::new(direct.id, Some(direct))
    }

    /// Founded by user 1, with users 2 and 3.
    fn group(history: History) -> Self {
        let mut group = Self::new(ConversationId::from_uuid(Uuid::nil()), None);
        group.does(1, founding(&[2, 3], history));
        group
    }

    fn new(id: ConversationId, conversation: Option<Conversation>) -> Self {
        let (conversation, messages) = (conversation.map(Arc::new), HashMap::new());
        Self(State { id, head: Head::default(), conversation, messages })
    }

    fn tries(&mut self, actor: u128, kind: EventKind) -> Verdict {
        let verdict =
            self.0.decide(&wants(user(actor), kind), Conditions { now: NOW, members_max: MEMBERS_MAX });
        if let Verdict::Happens(event) = &verdict {
            let sent = Message::sent_by(event.clone());
            self.0.messages.extend(sent.map(|message| (message.seq(), message)));
        }
        verdict
    }

    /// Returns the number of the event.
    fn does(&mut self, actor: u128, kind: EventKind) -> i64 {
        match self.tries(actor, kind) {
            Verdict::Happens(event) => event.seq(),
            other => panic!("it does not happen: {other:?}"),
        }
    }

    fn says(&mut self, actor: u128, text: &str) -> i64 {
        self.does(actor, EventKind::MessageSent(Some(says(text))))
    }

    fn is_refused(&mut self, actor: u128, kind: EventKind, refusal: Refusal) {
        assert_eq!(self.tries(actor, kind), Verdict::Refused(refusal));
    }

    fn is_so_already(&mut self, actor: u128, kind: EventKind) {
        assert_eq!(self.tries(actor, kind), Verdict::Unchanged);
    }
}

fn founding(members: &[u128], history: History) -> EventKind {
    let members = members.iter().map(|n| user(*n)).collect();
    EventKind::GroupCreated(Founding { profile: Profile::default(), history, members })
}

fn edit(target: i64, text: &str) -> EventKind {
    EventKind::MessageEdited { target, words: Some(words(text)) }
}

fn delete(target: i64) -> EventKind {
    EventKind::MessageDeleted { target }
}

fn react(target: i64, text: &str) -> EventKind {
    EventKind::ReactionAdded { target, emoji: emoji(text) }
}

fn pin(target: i64) -> EventKind {
    EventKind::MessagePinned { target }
}

fn join(members: &[u128]) -> EventKind {
    EventKind::MembersJoined { members: members.iter().map(|n| user(*n)).collect() }
}

fn leave(member: u128) -> EventKind {
    EventKind::MemberLeft { member: user(member) }
}

fn appoint(member: u128, role: Role) -> EventKind {
    EventKind::RoleChanged { member: user(member), role }
}

#[test]
fn what_somebody_said_they_can_take_back_also_after_they_left() {
    let mut group = Told::group(History::FromJoining);
    let said = group.says(2, "hello");
    group.does(2, leave(2));
    group.is_refused(3, delete(said), Refusal::NotTheirs(said));
    group.does(2, delete(said));
    group.is_so_already(2, delete(said));
}

#[test]
fn outsiders_may_do_nothing() {
    let said = EventKind::MessageSent(Some(says("hello")));
    for kind in [
        said,
        edit(1, "x"),
        delete(1),
        react(1, "👍"),
        pin(1),
        join(&[3]),
        leave(1),
        appoint(1, Role::Member),
    ] {
        Told::direct().is_refused(3, kind.clone(), Refusal::NotIn);
        Told::group(History::Everything).is_refused(4, kind.clone(), Refusal::NotIn);
        let mut nothing = Told::new(ConversationId::from_uuid(Uuid::nil()), None);
        nothing.is_refused(1, kind, Refusal::NotIn);
    }
}

#[test]
fn each_event_counts_what_it_is() {
    let mut group = Told::group(History::Everything);
    let target = group.says(2, "hello");
    group.does(2, edit(target, "hello!"));
    group.does(1, pin(target));
    group.does(3, react(target, "👍"));
    assert_eq!(group.0.head, Head { seq: 5, ordinal: 1, revision: 2, last_message: 2 });
    group.does(1, delete(target));
    assert_eq!(group.0.head, Head { seq: 6, ordinal: 1, revision: 3, last_message: 2 }, "a pin goes too");
    let other = group.says(2, "again");
    group.does(2, delete(other));
    assert_eq!(group.0.head, Head { seq: 8, ordinal: 2, revision: 3, last_message: 7 });
}

#[test]
fn a_message_is_edited_by_its_sender_only() {
    let mut group = Told::group(History::Everything);
    let target = group.says(2, "hello");
    group.is_refused(1, edit(target, "x"), Refusal::NotTheirs(target));
    group.is_so_already(2, edit(target, "hello"));
    let edited = group.does(2, edit(target, "hello!"));
    group.is_refused(2, edit(edited, "x"), Refusal::NoSuchMessage(edited));
    group.does(2, delete(target));
    group.is_refused(2, edit(target, "x"), Refusal::Deleted(target));
}

#[test]
fn what_was_forwarded_is_edited_by_nobody() {
    let mut direct = Told::direct();
    let origin = Origin { conversation: direct.0.id, seq: 1, sender: user(9) };
    let forwarded = Content { forwarded: Some(origin), ..says("news") };
    let target = direct.does(1, EventKind::MessageSent(Some(forwarded)));
    direct.is_refused(1, edit(target, "x"), Refusal::Forwarded(target));
    direct.does(1, delete(target));
}

#[test]
fn what_others_said_is_deleted_by_admins_of_groups() {
    let mut direct = Told::direct();
    let target = direct.says(1, "hello");
    direct.is_refused(2, delete(target), Refusal::NotTheirs(target));

    let mut group = Told::group(History::Everything);
    let target = group.says(1, "hello");
    group.is_refused(2, delete(target), Refusal::NotTheirs(target));
    group.does(1, appoint(2, Role::Admin));
    group.does(2, delete(target));
    group.is_so_already(1, delete(target));
}

#[test]
fn what_is_answered_is_there_and_seen() {
    let answer = |seq| EventKind::MessageSent(Some(Content { reply_to: Some(seq), ..says("yes") }));
    let mut group = Told::group(History::FromJoining);
    let target = group.says(1, "well?");
    let joined = group.does(1, join(&[4]));
    group.does(2, answer(target));
    for (actor, seq) in [(4, target), (2, joined), (2, 99), (2, 0), (2, -1)] {
        group.is_refused(actor, answer(seq), Refusal::NothingToAnswer(seq));
    }
    group.does(1, delete(target));
    group.is_refused(2, answer(target), Refusal::NothingToAnswer(target));
}

#[test]
fn those_who_are_meant_are_members() {
    let means = |n| Words { mentions: vec![user(2), user(n)], ..words("you") };
    let send = |n| EventKind::MessageSent(Some(Content { words: means(n), ..says("") }));
    let mut group = Told::group(History::Everything);
    let target = group.does(1, send(3));
    group.is_refused(1, send(4), Refusal::MeansStranger(user(4)));
    let edit = EventKind::MessageEdited { target, words: Some(means(4)) };
    group.is_refused(1, edit, Refusal::MeansStranger(user(4)));
}

#[test]
fn a_message_has_so_many_kinds_of_reactions_and_no_more() {
    let mut direct = Told::direct();
    let target = direct.says(1, "hello");
    for n in 0..REACTION_KINDS_MAX {
        direct.does(1, react(target, &n.to_string()));
    }
    direct.is_refused(2, react(target, "more"), Refusal::TooManyReactions);
    direct.does(2, react(target, "0"));
    direct.is_so_already(2, react(target, "0"));
    for actor in [1, 2] {
        direct.does(actor, EventKind::ReactionRemoved { target, emoji: emoji("0") });
    }
    direct.is_so_already(2, EventKind::ReactionRemoved { target, emoji: emoji("0") });
    direct.does(2, react(target, "more"));
}

#[test]
fn a_conversation_has_so_many_pins_and_no_more() {
    let mut direct = Told::direct();
    let targets: Vec<i64> = (0..=PINS_MAX).map(|n| direct.says(1, &n.to_string())).collect();
    for target in &targets[..PINS_MAX] {
        direct.does(2, pin(*target));
    }
    direct.is_refused(1, pin(targets[PINS_MAX]), Refusal::TooManyPins);
    direct.is_so_already(1, pin(targets[0]));
    direct.does(1, delete(targets[0]));
    direct.does(1, pin(targets[PINS_MAX]));
    direct.is_so_already(1, EventKind::MessageUnpinned { target: targets[0] });
    direct.is_refused(1, EventKind::MessageUnpinned { target: 999 }, Refusal::NoSuchMessage(999));
}

#[test]
fn in_groups_admins_pin() {
    let mut group = Told::group(History::Everything);
    let target = group.says(2, "hello");
    group.is_refused(2, pin(target), Refusal::Needs(Role::Admin));
    group.does(1, appoint(2, Role::Admin));
    group.does(2, pin(target));
    group.does(1, EventKind::MessageUnpinned { target });
}

#[test]
fn whoever_joins_sees_what_the_group_says_they_see() {
    for (history, since) in
        [(History::Everything, Mark::default()), (History::FromJoining, Mark { seq: 2, ordinal: 1 })]
    {
        let mut group = Told::group(history);
        let before = group.says(1, "before");
        group.does(1, join(&[4]));
        let after = group.says(1, "after");
        assert_eq!(group.0.conversation.as_ref().unwrap().member(user(4)).unwrap().since, since);
        group.does(4, react(after, "👍"));
        match history {
            History::Everything => drop(group.does(4, react(before, "👍"))),
            History::FromJoining => group.is_refused(4, react(before, "👍"), Refusal::NoSuchMessage(before)),
        }
    }
}

#[test]
fn a_group_has_so_many_members_and_no_more() {
    let mut none = Told::new(ConversationId::from_uuid(Uuid::nil()), None);
    let too_many = Refusal::TooManyMembers(MEMBERS_MAX);
    none.is_refused(1, founding(&[2, 3, 4, 5], History::Everything), too_many.clone());
    none.does(1, founding(&[2, 3, 4], History::Everything));
    none.is_refused(1, join(&[5]), too_many);
    none.is_so_already(1, join(&[2, 3, 4]));
    none.does(1, leave(4));
    none.does(1, join(&[2, 5]));
}

#[test]
fn roles_say_who_removes_and_appoints_whom() {
    let mut group = Told::group(History::Everything);
    group.is_refused(2, leave(3), Refusal::Needs(Role::Admin));
    group.is_refused(2, join(&[4]), Refusal::Needs(Role::Admin));
    group.is_refused(2, appoint(2, Role::Owner), Refusal::Needs(Role::Owner));
    group.is_refused(1, appoint(4, Role::Admin), Refusal::NotAMember(user(4)));
    group.does(1, appoint(2, Role::Admin));
    group.does(1, appoint(3, Role::Admin));
    group.is_so_already(1, appoint(3, Role::Admin));
    group.is_refused(2, leave(3), Refusal::Needs(Role::Owner));
    group.is_refused(2, leave(1), Refusal::Needs(Role::Owner));
    group.does(1, appoint(3, Role::Member));
    group.does(2, leave(3));
    group.is_so_already(2, leave(3));
}

#[test]
fn a_group_keeps_an_owner_until_everybody_has_left() {
    let mut group = Told::group(History::Everything);
    group.is_refused(1, leave(1), Refusal::LastOwner);
    group.is_refused(1, appoint(1, Role::Member), Refusal::LastOwner);
    group.does(1, appoint(2, Role::Owner));
    group.does(1, leave(1));
    group.does(3, leave(3));
    group.does(2, leave(2));
    group.is_refused(2, join(&[2]), Refusal::NotIn);
}

#[test]
fn two_people_are_no_group() {
    let mut direct = Told::direct();
    let update = EventKind::ConversationUpdated(Update { title: Some("x".into()), ..Update::default() });
    for kind in [join(&[3]), leave(1), appoint(2, Role::Admin), update] {
        direct.is_refused(1, kind, Refusal::NotAGroup);
    }
}
