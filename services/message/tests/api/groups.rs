//! Groups: who is in them, who may do what, and what they are called.

use confab_core::UserId;
use confab_proto::message::v1;
use confab_proto::message::v1::event::Kind;
use confab_proto::message::v1::send_message_request::Target;
use futures_util::future::join_all;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::refusals::{reason, violations};
use crate::world::{Person, World};

type Answer<T> = Result<T, Status>;

/// A group of nobody but whoever makes it.
pub fn founding(members: &[&Person]) -> v1::CreateGroupRequest {
    v1::CreateGroupRequest {
        title: "Trip".into(),
        history: v1::History::Everything.into(),
        member_ids: members.iter().map(|member| member.id.to_string()).collect(),
        client_id: Uuid::new_v4().to_string(),
        ..Default::default()
    }
}

impl Person {
    pub async fn create(&self, request: v1::CreateGroupRequest) -> Answer<v1::CreateGroupResponse> {
        Ok(self.conversations().create_group(self.request(request)).await?.into_inner())
    }

    /// Makes a group of these, and returns its id.
    pub async fn found(&self, members: &[&Person]) -> String {
        self.create(founding(members)).await.unwrap().conversation.unwrap().conversation_id
    }

    pub async fn see(&self, group: &str) -> Answer<v1::Conversation> {
        let request = v1::GetConversationRequest { conversation_id: group.into() };
        let seen = self.conversations().get_conversation(self.request(request)).await?;
        Ok(seen.into_inner().conversation.unwrap())
    }

    pub async fn add(&self, group: &str, who: &[&Person]) -> Answer<v1::Conversation> {
        let user_ids = who.iter().map(|person| person.id.to_string()).collect();
        let request = v1::AddMembersRequest { conversation_id: group.into(), user_ids };
        let added = self.conversations().add_members(self.request(request)).await?;
        Ok(added.into_inner().conversation.unwrap())
    }

    pub async fn remove(&self, group: &str, who: &Person) -> Answer<v1::Conversation> {
        let request = v1::RemoveMemberRequest { conversation_id: group.into(), user_id: who.id.to_string() };
        let removed = self.conversations().remove_member(self.request(request)).await?;
        Ok(removed.into_inner().conversation.unwrap())
    }

    pub async fn appoint(&self, group: &str, who: &Person, role: v1::Role) -> Answer<v1::Conversation> {
        let (conversation_id, user_id) = (group.into(), who.id.to_string());
        let request = v1::SetMemberRoleRequest { conversation_id, user_id, role: role.into() };
        let appointed = self.conversations().set_member_role(self.request(request)).await?;
        Ok(appointed.into_inner().conversation.unwrap())
    }

    async fn leave(&self, group: &str) -> Answer<()> {
        let request = v1::LeaveConversationRequest { conversation_id: group.into() };
        self.conversations().leave_conversation(self.request(request)).await.map(drop)
    }

    async fn update(&self, request: v1::UpdateConversationRequest) -> Answer<v1::Conversation> {
        let updated = self.conversations().update_conversation(self.request(request)).await?;
        Ok(updated.into_inner().conversation.unwrap())
    }

    pub async fn members(&self, request: v1::ListMembersRequest) -> Answer<v1::ListMembersResponse> {
        Ok(self.conversations().list_members(self.request(request)).await?.into_inner())
    }

    pub async fn say_in(&self, group: &str, text: &str) -> Answer<v1::Message> {
        let sent = self.send(Target::ConversationId(group.into()), text, Uuid::new_v4()).await?;
        Ok(sent.message.unwrap())
    }

    async fn events(&self, group: &str) -> Vec<v1::Event> {
        let request = v1::ListEventsRequest { conversation_id: group.into(), ..Default::default() };
        self.messages().list_events(self.request(request)).await.unwrap().into_inner().events
    }
}

#[tokio::test]
async fn a_group_is_made_once() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let picture_id = Uuid::new_v4().to_string();
    let request = v1::CreateGroupRequest {
        description: "To the sea".into(),
        picture_id: picture_id.clone(),
        ..founding(&[&bob])
    };
    let made = ann.create(request.clone()).await.unwrap();
    let group = made.conversation.unwrap();
    let profile = v1::GroupProfile { title: "Trip".into(), description: "To the sea".into(), picture_id };
    assert!(!made.replayed);
    assert_eq!(group.profile, Some(profile));
    assert_eq!((group.kind(), group.role()), (v1::ConversationKind::Group, v1::Role::Owner));
    assert_eq!((group.member_count, group.head_seq, group.first_seq, group.revision), (2, 1, 1, 1));
    assert_eq!(bob.see(&group.conversation_id).await.unwrap().role(), v1::Role::Member);

    world.auth.set_away(true);
    let again = ann.create(request.clone()).await.unwrap();
    assert!(again.replayed, "also while auth is away");
    assert_eq!(again.conversation, Some(group));
    let other = v1::CreateGroupRequest { title: "Journey".into(), ..request.clone() };
    let refused = ann.create(other).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::AlreadyExists, "CLIENT_ID_TAKEN"));
    let theirs = v1::CreateGroupRequest { member_ids: vec![], ..request };
    assert!(!bob.create(theirs).await.unwrap().replayed, "an id of one's own is nobody else's");
}

#[tokio::test]
async fn only_people_who_exist_come_into_a_group() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let group = ann.found(&[&bob]).await;
    let nobody = Person { id: UserId::from_uuid(Uuid::new_v4()), ..bob.clone() };

    let refused = [
        ann.create(founding(&[&bob, &nobody])).await.map(drop),
        ann.add(&group, &[&bob, &nobody]).await.map(drop),
    ];
    for (refused, field) in refused.into_iter().zip(["member_ids", "user_ids"]) {
        let refused = refused.unwrap_err();
        assert_eq!((refused.code(), violations(&refused)), (Code::NotFound, vec![field.to_owned()]));
    }
    world.auth.set_away(true);
    let refused = ann.add(&group, &[&world.person()]).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unavailable, "AUTH_DOWN"));
    ann.say_in(&group, "still here").await.unwrap();
}

#[tokio::test]
async fn each_may_do_what_their_role_says() {
    let world = World::new().await;
    let (ann, bob, eve, joe) = (world.person(), world.person(), world.person(), world.person());
    let group = ann.found(&[&bob, &eve]).await;
    let rename = |title: &str| v1::UpdateConversationRequest {
        conversation_id: group.clone(),
        title: Some(title.into()),
        ..Default::default()
    };

    for refused in [
        bob.add(&group, &[&joe]).await,
        bob.remove(&group, &eve).await,
        bob.update(rename("Mine")).await,
        bob.appoint(&group, &bob, v1::Role::Owner).await,
    ] {
        let refused = refused.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::PermissionDenied, "ROLE_TOO_LOW"));
    }
    ann.appoint(&group, &bob, v1::Role::Admin).await.unwrap();
    assert_eq!(bob.add(&group, &[&joe]).await.unwrap().member_count, 4);
    assert_eq!(bob.update(rename("Ours")).await.unwrap().profile.unwrap().title, "Ours");
    let above = bob.remove(&group, &ann).await.unwrap_err();
    assert_eq!(reason(&above), "ROLE_TOO_LOW", "an owner is not an admin's to remove");
    assert_eq!(bob.remove(&group, &joe).await.unwrap().member_count, 3);
    let again = bob.remove(&group, &joe).await.unwrap();
    assert_eq!(again.head_seq, ann.see(&group).await.unwrap().head_seq, "who is out stays out");

    let last = ann.leave(&group).await.unwrap_err();
    assert_eq!((last.code(), reason(&last).as_str()), (Code::FailedPrecondition, "LAST_OWNER"));
    assert_eq!(reason(&ann.appoint(&group, &ann, v1::Role::Member).await.unwrap_err()), "LAST_OWNER");
    assert_eq!(reason(&ann.appoint(&group, &joe, v1::Role::Owner).await.unwrap_err()), "NOT_A_MEMBER");
    ann.appoint(&group, &eve, v1::Role::Owner).await.unwrap();
    ann.leave(&group).await.unwrap();
    assert_eq!(ann.see(&group).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(ann.leave(&group).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn what_is_left_out_of_a_change_stays() {
    let world = World::new().await;
    let ann = world.person();
    let conversation_id = ann.found(&[]).await;
    let nothing = v1::UpdateConversationRequest { conversation_id, ..Default::default() };
    let picture = Uuid::new_v4().to_string();
    let profile = |title: &str, description: &str, picture_id: &str| {
        Some(v1::GroupProfile {
            title: title.into(),
            description: description.into(),
            picture_id: picture_id.into(),
        })
    };
    let with_picture = v1::UpdateConversationRequest { picture_id: Some(picture.clone()), ..nothing.clone() };
    assert_eq!(ann.update(with_picture).await.unwrap().profile, profile("Trip", "", &picture));
    let described = v1::UpdateConversationRequest { description: Some("x".into()), ..nothing.clone() };
    let described = ann.update(described).await.unwrap();
    assert_eq!(described.profile, profile("Trip", "x", &picture));
    assert_eq!(ann.update(nothing.clone()).await.unwrap(), described, "nothing is no event");
    let without = v1::UpdateConversationRequest {
        picture_id: Some(String::new()),
        description: Some(String::new()),
        ..nothing
    };
    assert_eq!(ann.update(without).await.unwrap().profile, profile("Trip", "", ""));
}

#[tokio::test]
async fn members_are_listed_in_pages() {
    let world = World::new().await;
    let people: Vec<Person> = (0..5).map(|_| world.person()).collect();
    let group = people[0].found(&people[1..].iter().collect::<Vec<_>>()).await;
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            v1::ListMembersRequest { conversation_id: group.clone(), page_size: Some(2), page_token };
        let page = people[4].members(request).await.unwrap();
        assert!(page.members.len() <= 2);
        listed.extend(page.members.into_iter().map(|member| (member.user_id.clone(), member.role())));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let role = |at| if at == 0 { v1::Role::Owner } else { v1::Role::Member };
    let mut expected: Vec<_> =
        people.iter().enumerate().map(|(at, person)| (person.id.to_string(), role(at))).collect();
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(listed, expected);

    let full = people[0].add(&group, &[&world.person()]).await.unwrap_err();
    assert_eq!((full.code(), reason(&full).as_str()), (Code::FailedPrecondition, "TOO_MANY_MEMBERS"));
    let full = people[0].create(founding(&[&world.person(); 5])).await.unwrap_err();
    assert_eq!(violations(&full), ["member_ids"], "nobody twice");
}

#[tokio::test]
async fn whoever_joins_sees_what_the_group_allows() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    for (history, first_seq, seen) in [(v1::History::Everything, 1, 3), (v1::History::FromJoining, 3, 1)] {
        let request = v1::CreateGroupRequest { history: history.into(), ..founding(&[]) };
        let group = ann.create(request).await.unwrap().conversation.unwrap().conversation_id;
        ann.say_in(&group, "before").await.unwrap();
        ann.add(&group, &[&bob]).await.unwrap();
        assert_eq!(bob.see(&group).await.unwrap().first_seq, first_seq);
        assert_eq!(bob.see(&group).await.unwrap().unread_count, 0);
        assert_eq!(bob.events(&group).await.len(), seen);
    }
}

#[tokio::test]
async fn groups_of_others_are_not_there() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let group = ann.found(&[&bob]).await;
    for group in [group, Uuid::new_v4().to_string()] {
        let update = v1::UpdateConversationRequest {
            conversation_id: group.clone(),
            title: Some("Mine".into()),
            ..Default::default()
        };
        let list = v1::ListMembersRequest { conversation_id: group.clone(), ..Default::default() };
        for refused in [
            eve.see(&group).await.map(drop),
            eve.add(&group, &[&eve]).await.map(drop),
            eve.remove(&group, &bob).await.map(drop),
            eve.appoint(&group, &eve, v1::Role::Owner).await.map(drop),
            eve.update(update).await.map(drop),
            eve.members(list).await.map(drop),
            eve.leave(&group).await,
            eve.say_in(&group, "hello").await.map(drop),
        ] {
            let refused = refused.unwrap_err();
            assert_eq!(
                (refused.code(), refused.message()),
                (Code::NotFound, "there is no such conversation")
            );
        }
    }
}

#[tokio::test]
async fn two_people_are_not_a_group() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let direct = ann.say_to(&bob, "hello").await.conversation_id;
    let update = v1::UpdateConversationRequest {
        conversation_id: direct.clone(),
        title: Some("Us".into()),
        ..Default::default()
    };
    for refused in [
        ann.add(&direct, &[&eve]).await.map(drop),
        ann.remove(&direct, &bob).await.map(drop),
        ann.appoint(&direct, &bob, v1::Role::Owner).await.map(drop),
        ann.update(update).await.map(drop),
        ann.leave(&direct).await,
    ] {
        let refused = refused.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "NOT_A_GROUP"));
    }
    let listed = v1::ListMembersRequest { conversation_id: direct, ..Default::default() };
    assert_eq!(ann.members(listed).await.unwrap().members.len(), 2);
}

/// Row Z09: whatever the order, nothing by them is above their removal, and
/// what they were told is stored, is there.
#[tokio::test]
async fn nobody_writes_above_their_removal() {
    let world = World::new().await;
    let pairs = (0..50).map(async |_| {
        let (ann, bob) = (world.person(), world.person());
        let group = ann.found(&[&bob]).await;
        let before = bob.say_in(&group, "before").await.unwrap().seq;
        let (removed, sent) = tokio::join!(ann.remove(&group, &bob), bob.say_in(&group, "a last word"));
        removed.unwrap();
        assert_eq!(bob.say_in(&group, "gone").await.unwrap_err().code(), Code::NotFound);

        let events = ann.events(&group).await;
        let left = |event: &v1::Event| matches!(event.kind, Some(Kind::MemberLeft(_)));
        let removal = events.iter().find(|event| left(event)).unwrap().seq;
        let by_bob = events.iter().filter(|event| event.actor_id == bob.id.to_string());
        let by_bob: Vec<i64> = by_bob.map(|event| event.seq).collect();
        assert!(by_bob.iter().all(|seq| *seq < removal), "{by_bob:?} {removal}");
        match sent {
            Ok(message) => assert_eq!(by_bob, [before, message.seq]),
            Err(status) => assert_eq!((status.code(), by_bob), (Code::NotFound, vec![before])),
        }
    });
    join_all(pairs).await;
}
