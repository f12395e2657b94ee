//! What people want of groups.

use confab_core::{ClientId, MediaId, UserId};
use confab_proto::message::v1;

use super::field;
use crate::domain::{Founding, History, Profile, Role, Text, Update};
use crate::error::Error;
use crate::handlers::Listed;

pub fn founding(founder: UserId, request: v1::CreateGroupRequest) -> Result<(ClientId, Founding), Error> {
    let history = match request.history() {
        v1::History::Everything => History::Everything,
        v1::History::FromJoining => History::FromJoining,
        v1::History::Unspecified => return Err(Error::invalid("history", "is required")),
    };
    let client = field("client_id", request.client_id.parse())?;
    let members = people("member_ids", &request.member_ids)?;
    if members.contains(&founder) {
        return Err(Error::invalid("member_ids", "must not name yourself: you are in it anyway"));
    }
    let profile = Profile {
        title: title(request.title)?,
        description: request.description,
        picture: picture(&request.picture_id)?,
    };
    Ok((client, Founding { profile, history, members }))
}

pub fn update(request: v1::UpdateConversationRequest) -> Result<Update, Error> {
    let v1::UpdateConversationRequest { title: wanted, description, picture_id, .. } = request;
    let picture = picture_id.as_deref().map(picture).transpose()?;
    Ok(Update { title: wanted.map(title).transpose()?, description, picture })
}

/// Returns who is named, in the order of their ids.
pub fn people(name: &'static str, ids: &[String]) -> Result<Vec<UserId>, Error> {
    let mut people: Vec<UserId> = field(name, ids.iter().map(|id| id.parse()).collect::<Result<_, _>>())?;
    people.sort_unstable();
    if people.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::invalid(name, "must not name anybody twice"));
    }
    Ok(people)
}

pub fn role(role: v1::Role) -> Result<Role, Error> {
    match role {
        v1::Role::Member => Ok(Role::Member),
        v1::Role::Admin => Ok(Role::Admin),
        v1::Role::Owner => Ok(Role::Owner),
        v1::Role::Unspecified => Err(Error::invalid("role", "is required")),
    }
}

fn title(title: String) -> Result<String, Error> {
    field("title", Text::new(title)).map(Text::into_string)
}

fn picture(id: &str) -> Result<Option<MediaId>, Error> {
    if id.is_empty() { Ok(None) } else { field("picture_id", id.parse()).map(Some) }
}

impl From<Listed> for v1::Member {
    fn from(Listed { member, marks }: Listed) -> Self {
        Self {
            user_id: member.user.to_string(),
            role: v1::Role::from(member.role).into(),
            first_seq: member.since.seq + 1,
            read_seq: marks.map(|marks| marks.read.seq),
            delivered_seq: marks.map(|marks| marks.delivered),
        }
    }
}
