//! Who is in a conversation, and what it is called.

use std::sync::Arc;

use confab_core::{ClientId, ConversationId, Timestamp, UserId};
use uuid::Uuid;

use super::{Event, EventKind, Founding, Head, Mark, Message, Profile, Settings, Update};

/// People who talk with each other: what the events of the conversation make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    pub id: ConversationId,
    pub form: Form,
    /// In the order of their ids.
    pub members: Vec<Member>,
    /// The numbers of the pinned messages, the last pinned first.
    pub pins: Vec<i64>,
    pub created: Timestamp,
    /// How often it has changed; see [`Head::revision`].
    pub revision: i64,
}

/// What a conversation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Between two people, for good.
    Direct,
    Group {
        profile: Profile,
        history: History,
    },
}

/// What those who join a group see of what was said before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    Everything,
    FromJoining,
}

/// Somebody in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    pub user: UserId,
    pub role: Role,
    /// What they see comes after this.
    pub since: Mark,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Takes part.
    Member,
    /// Also changes the profile, adds and removes members, deletes what others said, pins.
    Admin,
    /// Also appoints others.
    Owner,
}

impl Conversation {
    /// The conversation of two people, the same whoever of them opens it.
    pub fn direct(one: UserId, other: UserId, now: Timestamp) -> Self {
        let member = |user| Member { user, role: Role::Member, since: Mark::default() };
        Self {
            id: direct_id(one, other),
            form: Form::Direct,
            members: vec![member(one.min(other)), member(one.max(other))],
            pins: Vec::new(),
            created: now,
            revision: 0,
        }
    }

    /// The group that `event` founds, if it does.
    pub fn founded_by(event: &Event) -> Option<Self> {
        let EventKind::GroupCreated(Founding { profile, history, members }) = &event.kind else {
            return None;
        };
        let mut group = Self {
            id: event.conversation,
            form: Form::Group { profile: profile.clone(), history: *history },
            members: Vec::new(),
            pins: Vec::new(),
            created: event.created,
            revision: event.at.revision,
        };
        group.join(event.actor, Role::Owner, Mark::default());
        for member in members {
            group.join(*member, Role::Member, Mark::default());
        }
        Some(group)
    }

    pub fn member(&self, user: UserId) -> Option<&Member> {
        let at = self.members.binary_search_by_key(&user, |member| member.user);
        at.ok().map(|at| &self.members[at])
    }

    pub fn is_group(&self) -> bool {
        matches!(self.form, Form::Group { .. })
    }

    /// Whether `kind` changes the conversation itself, and not only what was said in it.
    pub fn is_changed_by(&self, kind: &EventKind) -> bool {
        match kind {
            // What is gone is not pinned any more.
            EventKind::MessageDeleted { target } => self.pins.contains(target),
            EventKind::GroupCreated(_)
            | EventKind::MembersJoined { .. }
            | EventKind::MemberLeft { .. }
            | EventKind::RoleChanged { .. }
            | EventKind::ConversationUpdated(_)
            | EventKind::MessagePinned { .. }
            | EventKind::MessageUnpinned { .. } => true,
            EventKind::MessageSent(_)
            | EventKind::MessageEdited { .. }
            | EventKind::ReactionAdded { .. }
            | EventKind::ReactionRemoved { .. } => false,
        }
    }

    /// Makes of the conversation what `event` made of it. Events that it has
    /// seen before change nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.at.revision <= self.revision {
            return;
        }
        self.revision = event.at.revision;
        match &event.kind {
            EventKind::MembersJoined { members } => {
                let since = self.since_when_joining(event);
                for member in members {
                    self.join(*member, Role::Member, since);
                }
            }
            EventKind::MemberLeft { member } => self.members.retain(|other| other.user != *member),
            EventKind::RoleChanged { member, role } => {
                self.members
                    .iter_mut()
                    .filter(|other| other.user == *member)
                    .for_each(|other| other.role = *role);
            }
            EventKind::ConversationUpdated(update) => self.update(update),
            EventKind::MessagePinned { target } => self.pins.insert(0, *target),
            EventKind::MessageUnpinned { target } | EventKind::MessageDeleted { target } => {
                self.pins.retain(|pin| pin != target);
            }
            _ => {}
        }
    }

    /// From where those see who come in with `event`.
    pub fn since_when_joining(&self, event: &Event) -> Mark {
        match (&self.form, &event.kind) {
            (Form::Group { history: History::FromJoining, .. }, EventKind::MembersJoined { .. }) => {
                Mark { seq: event.at.seq - 1, ordinal: event.at.ordinal }
            }
            _ => Mark::default(),
        }
    }

    fn join(&mut self, user: UserId, role: Role, since: Mark) {
        if let Err(at) = self.members.binary_search_by_key(&user, |member| member.user) {
            self.members.insert(at, Member { user, role, since });
        }
    }

    fn update(&mut self, update: &Update) {
        if let Form::Group { profile, .. } = &mut self.form {
            let Update { title, description, picture } = update.clone();
            profile.title = title.unwrap_or(std::mem::take(&mut profile.title));
            profile.description = description.unwrap_or(std::mem::take(&mut profile.description));
            profile.picture = picture.unwrap_or(profile.picture);
        }
    }
}

/// The id of the conversation of two people: a UUIDv5 of the two, so that both
/// arrive at the same one without asking.
pub fn direct_id(one: UserId, other: UserId) -> ConversationId {
    /// Made up once (UUIDv4); another one would make other conversations of all.
    const NAMESPACE: Uuid = Uuid::from_u128(0x3e5f_7f0c_6b1d_4c57_9a54_0d5b_64f0_8a11);
    let names = [one.min(other), one.max(other)].map(|user| *user.as_uuid().as_bytes());
    ConversationId::from_uuid(Uuid::new_v5(&NAMESPACE, names.as_flattened()))
}

/// The id of the group that `founder` means by `client`: a UUIDv5 of the two, so
/// that a retry arrives at the same group.
pub fn group_id(founder: UserId, client: ClientId) -> ConversationId {
    /// Made up once (UUIDv4); with another one, retries would make groups anew.
    const NAMESPACE: Uuid = Uuid::from_u128(0xc1a4_52d9_5b0e_4f6a_8a43_27f9_1d6e_c035);
    let names = [*founder.as_uuid().as_bytes(), *client.as_uuid().as_bytes()];
    ConversationId::from_uuid(Uuid::new_v5(&NAMESPACE, names.as_flattened()))
}

/// A conversation as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    pub conversation: Arc<Conversation>,
    pub head: Head,
    /// The newest message; `None` before anybody has said anything that the
    /// member sees.
    pub last_message: Option<Message>,
    /// How far the member has read.
    pub read: Mark,
    /// How the member wants it to be shown.
    pub settings: Settings,
}

impl Overview {
    /// When somebody last said something: what the list of conversations is sorted by.
    pub fn active(&self) -> Timestamp {
        self.last_message.as_ref().map_or(self.conversation.created, |message| message.created)
    }

    /// How many messages the member has not read.
    pub fn unread(&self) -> i64 {
        unread(self.head, self.read)
    }
}

/// How many messages there are between two places of one conversation.
pub fn unread(head: Head, read: Mark) -> i64 {
    (head.ordinal - read.ordinal).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn two_people_have_one_conversation() {
        assert_eq!(direct_id(user(1), user(2)), direct_id(user(2), user(1)));
        assert_ne!(direct_id(user(1), user(2)), direct_id(user(1), user(3)));
        // Stored ids depend on it.
        assert_eq!(direct_id(user(1), user(2)).as_uuid().get_version_num(), 5);
    }
}
