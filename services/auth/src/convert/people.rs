//! People on the wire.

use confab_core::page::{Page, encode_token};
use confab_core::{MediaId, SessionId, UserId};
use confab_proto::auth::v1;
use confab_proto::internal::v1 as internal;

use super::field;
use crate::domain::{
    Account, Block, BlockCursor, Contact, ContactPolicy, HeldPicture, Name, NamePrefix, Person,
    ProfileChange, StatusText, TimeZone, User, UserCursor,
};
use crate::error::Error;
use crate::handlers::{BlockList, PushCheck, UserList};

impl TryFrom<v1::UpdateProfileRequest> for ProfileChange {
    type Error = Error;

    fn try_from(request: v1::UpdateProfileRequest) -> Result<Self, Error> {
        let profile = request.profile.unwrap_or_default();
        let mask = request.update_mask.map(|mask| mask.paths);
        field("update_mask", check_mask(mask.as_deref().unwrap_or_default()))?;
        let names = |path: &str, value: &str| match &mask {
            // Without a mask, what is set is meant (AIP-134).
            None => !value.is_empty(),
            Some(paths) => paths.iter().any(|named| named == path || named == "*"),
        };
        let zone = |name: &str| if name.is_empty() { Ok(None) } else { TimeZone::new(name).map(Some) };
        let picture = |id: &str| if id.is_empty() { Ok(None) } else { id.parse::<MediaId>().map(Some) };
        let v1::Profile { name, status_text, time_zone, picture_id } = profile;
        Ok(Self {
            name: names("name", &name).then(|| field("profile.name", Name::new(&name))).transpose()?,
            status: names("status_text", &status_text)
                .then(|| field("profile.status_text", StatusText::new(&status_text)))
                .transpose()?,
            time_zone: names("time_zone", &time_zone)
                .then(|| field("profile.time_zone", zone(&time_zone)))
                .transpose()?,
            picture: names("picture_id", &picture_id)
                .then(|| field("profile.picture_id", picture(&picture_id)))
                .transpose()?,
        })
    }
}

/// Makes sure that a mask over a profile names what there is.
fn check_mask(paths: &[String]) -> Result<(), &'static str> {
    let is_known =
        |path: &String| matches!(path.as_str(), "name" | "status_text" | "time_zone" | "picture_id" | "*");
    if paths.iter().all(is_known) {
        Ok(())
    } else {
        Err("may name nothing but name, status_text, time_zone and picture_id, or be \"*\"")
    }
}

/// The person that a request names.
pub fn user_id(id: &str) -> Result<UserId, Error> {
    field("user_id", id.parse())
}

/// Who has said something, who is to be told, and in which session.
pub fn wanted_push(request: &internal::CheckPushRequest) -> Result<(UserId, UserId, SessionId), Error> {
    Ok((
        field("sender_id", request.sender_id.parse())?,
        user_id(&request.user_id)?,
        field("session_id", request.session_id.parse())?,
    ))
}

impl From<PushCheck> for internal::CheckPushResponse {
    fn from(PushCheck { session_live, blocked, sender_name }: PushCheck) -> Self {
        let sender_name = sender_name.map(|name| name.as_str().to_owned()).unwrap_or_default();
        Self { session_live, blocked, sender_name }
    }
}

/// The people that a request names.
pub fn user_ids(ids: &[String]) -> Result<Vec<UserId>, Error> {
    field("user_ids", ids.iter().map(|id| id.parse()).collect::<Result<_, _>>())
}

/// The part of a list that a request asks for.
pub fn page_of_users(request: &v1::ListUsersRequest) -> Result<(NamePrefix, Page<UserCursor>), Error> {
    let prefix = NamePrefix::new(&request.name_prefix);
    let page = field("page_token", Page::<UserCursor>::new(request.page_size, &request.page_token))?;
    match &page.after {
        Some(after) if !prefix.matches(&after.name) => {
            field("page_token", Err("belongs to another name_prefix"))
        }
        _ => Ok((prefix, page)),
    }
}

/// The part of the list of blocked people that a request asks for.
pub fn page_of_blocks(request: &v1::ListBlockedUsersRequest) -> Result<Page<BlockCursor>, Error> {
    field("page_token", Page::new(request.page_size, &request.page_token))
}

/// The two people that a request is about.
pub fn two_people(request: &internal::CheckContactRequest) -> Result<(UserId, UserId), Error> {
    Ok((user_id(&request.user_id)?, field("other_id", request.other_id.parse())?))
}

/// Whoever asks about people, and whom they ask about.
pub fn caller_and_users(request: &internal::FilterUsersRequest) -> Result<(UserId, Vec<UserId>), Error> {
    Ok((field("caller_id", request.caller_id.parse())?, user_ids(&request.user_ids)?))
}

impl From<User> for v1::User {
    fn from(user: User) -> Self {
        Self {
            user_id: user.id.to_string(),
            name: user.name.as_str().to_owned(),
            status_text: user.status.as_str().to_owned(),
            time_zone: user.time_zone.map(|zone| zone.as_str().to_owned()).unwrap_or_default(),
            picture_id: user.picture.map(|picture| picture.to_string()).unwrap_or_default(),
            // Nobody's business; see below for one's own.
            email: String::new(),
            email_verified: false,
            deleted: false,
            create_time: Some(user.created.into()),
            update_time: Some(user.updated.into()),
        }
    }
}

impl From<Person> for v1::User {
    fn from(person: Person) -> Self {
        match person {
            Person::Here(user) => user.into(),
            Person::Gone(id) => Self { user_id: id.to_string(), deleted: true, ..Self::default() },
        }
    }
}

impl From<Account> for v1::User {
    fn from(account: Account) -> Self {
        let email = account.email.as_str().to_owned();
        Self { email, email_verified: account.email_verified.is_some(), ..account.user.into() }
    }
}

impl From<UserList> for v1::ListUsersResponse {
    fn from(list: UserList) -> Self {
        let next_page_token = list.next.map(|next| encode_token(&next)).unwrap_or_default();
        Self { users: list.users.into_iter().map(v1::User::from).collect(), next_page_token }
    }
}

impl From<BlockList> for v1::ListBlockedUsersResponse {
    fn from(list: BlockList) -> Self {
        let next_page_token = list.next.map(|next| encode_token(&next)).unwrap_or_default();
        Self { blocked_users: list.blocks.into_iter().map(blocked_user).collect(), next_page_token }
    }
}

fn blocked_user((block, user): (Block, Option<User>)) -> v1::BlockedUser {
    let gone = || v1::User { user_id: block.blocked.to_string(), ..v1::User::default() };
    v1::BlockedUser {
        user: Some(user.map_or_else(gone, v1::User::from)),
        block_time: Some(block.created.into()),
    }
}

/// Pictures that people are said to have.
pub fn held_pictures(request: &internal::FilterHeldPicturesRequest) -> Result<Vec<HeldPicture>, Error> {
    let held = |held: &internal::HeldPicture| {
        let media = field("pictures.media_id", held.media_id.parse())?;
        Ok(HeldPicture { user: field("pictures.user_id", held.user_id.parse())?, media })
    };
    request.pictures.iter().map(held).collect()
}

/// Where something stands in a list.
pub fn indexes(indexes: Vec<usize>) -> Vec<i32> {
    indexes.into_iter().filter_map(|index| i32::try_from(index).ok()).collect()
}

/// People as others see them.
pub fn people(people: Vec<Person>) -> Vec<v1::User> {
    people.into_iter().map(v1::User::from).collect()
}

/// People whom somebody may have to do with, as other services hear of it.
pub fn contacts(people: Vec<(UserId, Contact)>) -> internal::FilterUsersResponse {
    let texts = |people: &mut dyn Iterator<Item = &(UserId, Contact)>| -> Vec<String> {
        people.map(|(user, _)| user.to_string()).collect()
    };
    internal::FilterUsersResponse {
        user_ids: texts(&mut people.iter()),
        groups_only_user_ids: texts(
            &mut people.iter().filter(|(_, contact)| *contact == Contact::GroupsOnly),
        ),
    }
}

impl From<Contact> for internal::CheckContactResponse {
    fn from(contact: Contact) -> Self {
        Self { blocked: contact == Contact::Blocked, groups_only: contact == Contact::GroupsOnly }
    }
}

impl From<v1::ContactPolicy> for ContactPolicy {
    fn from(policy: v1::ContactPolicy) -> Self {
        match policy {
            v1::ContactPolicy::Unspecified | v1::ContactPolicy::Anyone => Self::Anyone,
            v1::ContactPolicy::SharedGroup => Self::SharedGroup,
            v1::ContactPolicy::Nobody => Self::Nobody,
        }
    }
}

impl From<ContactPolicy> for v1::ContactPolicy {
    fn from(policy: ContactPolicy) -> Self {
        match policy {
            ContactPolicy::Anyone => Self::Anyone,
            ContactPolicy::SharedGroup => Self::SharedGroup,
            ContactPolicy::Nobody => Self::Nobody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: &str = "0192c1f0-0000-7000-8000-000000000001";

    fn update(profile: v1::Profile, mask: Option<&[&str]>) -> Result<ProfileChange, Error> {
        let paths = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect();
        let update_mask = mask.map(|mask| prost_types::FieldMask { paths: paths(mask) });
        v1::UpdateProfileRequest { profile: Some(profile), update_mask }.try_into()
    }

    fn named(name: &str) -> v1::Profile {
        v1::Profile { name: name.to_owned(), ..v1::Profile::default() }
    }

    #[test]
    fn a_mask_says_what_is_changed() {
        let renamed = ProfileChange { name: Some(Name::new("Ada").unwrap()), ..ProfileChange::default() };
        assert_eq!(update(named("Ada"), None).unwrap(), renamed);
        assert_eq!(update(named("Ada"), Some(&["name"])).unwrap(), renamed);
        assert_eq!(update(named("Ada"), Some(&[])).unwrap(), ProfileChange::default());
        assert_eq!(update(named(""), None).unwrap(), ProfileChange::default());

        let status = Some(StatusText::default());
        let emptied = ProfileChange { status, time_zone: Some(None), picture: Some(None), ..renamed };
        assert_eq!(update(named("Ada"), Some(&["*"])).unwrap(), emptied);
        let said = v1::Profile {
            status_text: "Back on Monday".into(),
            time_zone: "europe/berlin".into(),
            picture_id: PICTURE.into(),
            ..v1::Profile::default()
        };
        let expected = ProfileChange {
            name: None,
            status: Some(StatusText::new("Back on Monday").unwrap()),
            time_zone: Some(Some(TimeZone::new("Europe/Berlin").unwrap())),
            picture: Some(Some(PICTURE.parse().unwrap())),
        };
        assert_eq!(update(said.clone(), None).unwrap(), expected);
        let only_picture = ProfileChange { picture: expected.picture, ..ProfileChange::default() };
        assert_eq!(update(said.clone(), Some(&["picture_id"])).unwrap(), only_picture);
        let only_time = ProfileChange { time_zone: expected.time_zone, ..ProfileChange::default() };
        assert_eq!(update(said, Some(&["time_zone"])).unwrap(), only_time);
    }

    #[test]
    fn a_bad_profile_is_refused_with_the_name_of_its_field() {
        let zone = v1::Profile { time_zone: "Europe/Atlantis".into(), ..v1::Profile::default() };
        let status = v1::Profile { status_text: "a\nb".into(), ..v1::Profile::default() };
        for (profile, mask, expected) in [
            (named(""), Some(["name"].as_slice()), "profile.name"),
            (named("a\nb"), None, "profile.name"),
            (named("Ada"), Some(["email"].as_slice()), "update_mask"),
            (zone, None, "profile.time_zone"),
            (status, None, "profile.status_text"),
        ] {
            let Err(Error::Invalid { field, .. }) = update(profile.clone(), mask) else {
                panic!("{profile:?} {mask:?}")
            };
            assert_eq!(field, expected);
        }
    }

    #[test]
    fn a_page_token_is_good_for_its_own_list_only() {
        let cursor = UserCursor { name: "bob".into(), id: uuid::Uuid::nil() };
        let request = |name_prefix: &str, page_token: String| v1::ListUsersRequest {
            name_prefix: name_prefix.to_owned(),
            page_size: None,
            page_token,
        };
        assert!(page_of_users(&request("B", encode_token(&cursor))).is_ok());
        for refused in [request("a", encode_token(&cursor)), request("", "garbage".into())] {
            let refusal = page_of_users(&refused);
            assert!(matches!(refusal, Err(Error::Invalid { field: "page_token", .. })), "{refused:?}");
        }
    }
}
