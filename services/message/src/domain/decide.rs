//! Who may do what, given how a conversation stands.

use std::collections::HashMap;
use std::sync::Arc;

use confab_core::{ConversationId, Timestamp, UserId};

use super::{
    Content, Conversation, Draft, Event, EventKind, Form, Founding, Head, Member, Message, Role, Update,
};

/// How many different emoji a message can have.
pub const REACTION_KINDS_MAX: usize = 20;
/// How many messages of a conversation can be pinned.
pub const PINS_MAX: usize = 100;

/// How a conversation stands at the moment when something is to happen in it.
pub struct State {
    pub id: ConversationId,
    pub head: Head,
    /// `None` if there is none yet.
    pub conversation: Option<Arc<Conversation>>,
    /// The messages that something is to happen to, as far as they exist.
    pub messages: HashMap<i64, Message>,
}

/// What is the same for all that is to happen at once.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    pub now: Timestamp,
    /// How many members a group can have.
    pub members_max: usize,
}

/// What is to become of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "most of what is wanted happens")]
pub enum Verdict {
    /// It happens, as this event.
    Happens(Event),
    /// It is so already.
    Unchanged,
    Refused(Refusal),
}

/// Why something may not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The actor is not in the conversation, or there is none.
    NotIn,
    /// Only those with this role may.
    Needs(Role),
    /// It is a thing of groups.
    NotAGroup,
    /// There is no such message, or the actor does not see it.
    NoSuchMessage(i64),
    /// The message was deleted.
    Deleted(i64),
    /// It repeats what somebody said elsewhere, so nobody may change it.
    Forwarded(i64),
    /// Only the sender may.
    NotTheirs(i64),
    /// There is no such message to answer, or the actor does not see it, or it
    /// was deleted.
    NothingToAnswer(i64),
    /// Somebody who is meant is not in the conversation.
    MeansStranger(UserId),
    /// Somebody it is about is not in the conversation.
    NotAMember(UserId),
    TooManyReactions,
    TooManyPins,
    TooManyMembers(usize),
    /// A group needs an owner as long as there is somebody in it.
    LastOwner,
}

/// What happens of a draft; `None`: it is so already.
type Decision = Result<Option<EventKind>, Refusal>;

impl State {
    /// Decides about `draft`, and takes what happens into account from then on.
    pub fn decide(&mut self, draft: &Draft, conditions: Conditions) -> Verdict {
        match self.decision(draft, conditions) {
            Ok(Some(kind)) => {
                let event = self.event(draft, kind, conditions.now);
                self.take(&event);
                Verdict::Happens(event)
            }
            Ok(None) => Verdict::Unchanged,
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    fn decision(&self, draft: &Draft, conditions: Conditions) -> Decision {
        let Some(conversation) = &self.conversation else {
            return match &draft.kind {
                EventKind::GroupCreated(founding) => found(founding, &draft.kind, conditions),
                _ => Err(Refusal::NotIn),
            };
        };
        if let Some(decision) = self.taken_back(draft) {
            return decision;
        }
        let actor = *conversation.member(draft.actor).ok_or(Refusal::NotIn)?;
        let case = Case { state: self, conversation, actor, conditions };
        case.decide(&draft.kind)
    }

    /// What somebody has said they can take back, also after they have left: the
    /// decision, if that is what `draft` is about.
    fn taken_back(&self, draft: &Draft) -> Option<Decision> {
        let EventKind::MessageDeleted { target } = &draft.kind else { return None };
        let message = self.messages.get(target).filter(|message| message.sender == draft.actor)?;
        Some(Ok(message.deleted.is_none().then(|| draft.kind.clone())))
    }

    /// The event that follows the head.
    fn event(&self, draft: &Draft, kind: EventKind, now: Timestamp) -> Event {
        let changes = self.conversation.as_ref().is_none_or(|conversation| conversation.is_changed_by(&kind));
        let said = matches!(kind, EventKind::MessageSent(_));
        let seq = self.head.seq + 1;
        let at = Head {
            seq,
            ordinal: self.head.ordinal + i64::from(said),
            revision: self.head.revision + i64::from(changes),
            last_message: if said { seq } else { self.head.last_message },
        };
        Event { conversation: self.id, at, actor: draft.actor, client: draft.client, created: now, kind }
    }

    fn take(&mut self, event: &Event) {
        self.head = event.at;
        match &mut self.conversation {
            Some(conversation) if event.at.revision > conversation.revision => {
                Arc::make_mut(conversation).apply(event);
            }
            Some(_) => {}
            None => self.conversation = Conversation::founded_by(event).map(Arc::new),
        }
        if let Some(message) = event.kind.target().and_then(|target| self.messages.get_mut(&target)) {
            message.apply(event);
        }
    }
}

/// A group needs nothing but room.
fn found(founding: &Founding, kind: &EventKind, conditions: Conditions) -> Decision {
    if founding.members.len() >= conditions.members_max {
        return Err(Refusal::TooManyMembers(conditions.members_max));
    }
    Ok(Some(kind.clone()))
}

/// Something that a member wants to happen.
struct Case<'s> {
    state: &'s State,
    conversation: &'s Conversation,
    actor: Member,
    conditions: Conditions,
}

impl Case<'_> {
    fn decide(&self, kind: &EventKind) -> Decision {
        let happens = || Ok(Some(kind.clone()));
        match kind {
            EventKind::MessageSent(content) => {
                self.check_content(content.as_ref())?;
                happens()
            }
            EventKind::MessageEdited { target, words } => {
                let message = self.own(*target)?;
                let content = message.content.as_ref().ok_or(Refusal::Deleted(*target))?;
                if content.forwarded.is_some() {
                    return Err(Refusal::Forwarded(*target));
                }
                if words.as_ref() == Some(&content.words) {
                    return Ok(None);
                }
                self.check_mentions(words.as_ref().map_or(&[], |words| &words.mentions))?;
                happens()
            }
            EventKind::MessageDeleted { target } => self.delete(*target, kind),
            EventKind::ReactionAdded { .. } | EventKind::ReactionRemoved { .. } => self.react(kind),
            EventKind::MessagePinned { .. } | EventKind::MessageUnpinned { .. } => self.pin(kind),
            EventKind::GroupCreated(_) => Ok(None),
            EventKind::MembersJoined { members } => self.join(members),
            EventKind::MemberLeft { member } => self.leave(*member, kind),
            EventKind::RoleChanged { member, role } => self.appoint(*member, *role, kind),
            EventKind::ConversationUpdated(update) => self.update(update),
        }
    }

    fn check_content(&self, content: Option<&Content>) -> Result<(), Refusal> {
        let Some(content) = content else { return Ok(()) };
        if let Some(reply_to) = content.reply_to {
            self.there(reply_to).map_err(|_| Refusal::NothingToAnswer(reply_to))?;
        }
        self.check_mentions(&content.words.mentions)
    }

    fn check_mentions(&self, mentions: &[UserId]) -> Result<(), Refusal> {
        match mentions.iter().find(|user| self.conversation.member(**user).is_none()) {
            Some(stranger) => Err(Refusal::MeansStranger(*stranger)),
            None => Ok(()),
        }
    }

    fn delete(&self, target: i64, kind: &EventKind) -> Decision {
        // It is of somebody else: see `State::taken_back`.
        let message = self.visible(target)?;
        self.group_role(Role::Admin).map_err(|_| Refusal::NotTheirs(target))?;
        Ok(message.deleted.is_none().then(|| kind.clone()))
    }

    fn react(&self, kind: &EventKind) -> Decision {
        match kind {
            EventKind::ReactionAdded { target, emoji } => {
                let message = self.there(*target)?;
                match message.reaction(emoji) {
                    Some(reaction) if reaction.users.contains(&self.actor.user) => Ok(None),
                    None if message.reactions.len() >= REACTION_KINDS_MAX => Err(Refusal::TooManyReactions),
                    _ => Ok(Some(kind.clone())),
                }
            }
            EventKind::ReactionRemoved { target, emoji } => {
                let reaction = self.visible(*target)?.reaction(emoji);
                let theirs = reaction.is_some_and(|reaction| reaction.users.contains(&self.actor.user));
                Ok(theirs.then(|| kind.clone()))
            }
            _ => Ok(None),
        }
    }

    fn pin(&self, kind: &EventKind) -> Decision {
        if self.conversation.is_group() {
            self.group_role(Role::Admin)?;
        }
        let pins = &self.conversation.pins;
        match kind {
            EventKind::MessagePinned { target } => {
                self.there(*target)?;
                if pins.contains(target) {
                    return Ok(None);
                }
                if pins.len() >= PINS_MAX { Err(Refusal::TooManyPins) } else { Ok(Some(kind.clone())) }
            }
            EventKind::MessageUnpinned { target } => {
                self.visible(*target)?;
                Ok(pins.contains(target).then(|| kind.clone()))
            }
            _ => Ok(None),
        }
    }

    /// Those who are in it already stay as they are.
    fn join(&self, wanted: &[UserId]) -> Decision {
        self.group_role(Role::Admin)?;
        let is_new = |user: &UserId| self.conversation.member(*user).is_none();
        let members: Vec<_> = wanted.iter().copied().filter(is_new).collect();
        if self.conversation.members.len() + members.len() > self.conditions.members_max {
            return Err(Refusal::TooManyMembers(self.conditions.members_max));
        }
        Ok((!members.is_empty()).then_some(EventKind::MembersJoined { members }))
    }

    fn leave(&self, member: UserId, kind: &EventKind) -> Decision {
        if !self.conversation.is_group() {
            return Err(Refusal::NotAGroup);
        }
        if member != self.actor.user {
            self.group_role(Role::Admin)?;
        }
        let Some(leaving) = self.conversation.member(member) else { return Ok(None) };
        if member != self.actor.user && leaving.role >= self.actor.role && self.actor.role != Role::Owner {
            return Err(Refusal::Needs(Role::Owner));
        }
        if self.is_last_owner(leaving) && self.conversation.members.len() > 1 {
            return Err(Refusal::LastOwner);
        }
        Ok(Some(kind.clone()))
    }

    fn appoint(&self, member: UserId, role: Role, kind: &EventKind) -> Decision {
        self.group_role(Role::Owner)?;
        let appointed = self.conversation.member(member).ok_or(Refusal::NotAMember(member))?;
        if appointed.role == role {
            return Ok(None);
        }
        if self.is_last_owner(appointed) { Err(Refusal::LastOwner) } else { Ok(Some(kind.clone())) }
    }

    /// What is as wanted already is left out of the event.
    fn update(&self, update: &Update) -> Decision {
        self.group_role(Role::Admin)?;
        let Form::Group { profile, .. } = &self.conversation.form else { return Err(Refusal::NotAGroup) };
        let Update { title, description, picture } = update.clone();
        let update = Update {
            title: title.filter(|title| *title != profile.title),
            description: description.filter(|description| *description != profile.description),
            picture: picture.filter(|picture| *picture != profile.picture),
        };
        Ok((update != Update::default()).then_some(EventKind::ConversationUpdated(update)))
    }

    /// Fails unless it is a group, and the actor has at least that role in it.
    fn group_role(&self, role: Role) -> Result<(), Refusal> {
        if !self.conversation.is_group() {
            Err(Refusal::NotAGroup)
        } else if self.actor.role < role {
            Err(Refusal::Needs(role))
        } else {
            Ok(())
        }
    }

    fn is_last_owner(&self, member: &Member) -> bool {
        let owners = self.conversation.members.iter().filter(|other| other.role == Role::Owner).count();
        member.role == Role::Owner && owners == 1
    }

    /// The message with the number `seq`, if the actor sees it.
    fn visible(&self, seq: i64) -> Result<&Message, Refusal> {
        let message = self.state.messages.get(&seq).filter(|_| seq > self.actor.since.seq);
        message.ok_or(Refusal::NoSuchMessage(seq))
    }

    /// The same, if it was not deleted.
    fn there(&self, seq: i64) -> Result<&Message, Refusal> {
        let message = self.visible(seq)?;
        if message.deleted.is_some() { Err(Refusal::Deleted(seq)) } else { Ok(message) }
    }

    /// The same, if the actor said it.
    fn own(&self, seq: i64) -> Result<&Message, Refusal> {
        let message = self.there(seq)?;
        if message.sender == self.actor.user { Ok(message) } else { Err(Refusal::NotTheirs(seq)) }
    }
}

#[cfg(test)]
mod tests;
