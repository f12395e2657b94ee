//! Each field of the requests about groups, at its limit and one above.

use confab_proto::message::v1;
use uuid::Uuid;

use crate::groups::founding;
use crate::refusals::violations;
use crate::world::{Person, World};

type Create = v1::CreateGroupRequest;
type Update = v1::UpdateConversationRequest;

#[tokio::test]
async fn a_group_is_as_large_as_it_may_be_and_no_larger() {
    let world = World::with_group_members_max(1_000).await;
    let people: Vec<Person> = (0..1_000).map(|_| world.person()).collect();
    let (ann, others) = people.split_first().unwrap();
    let mut request = founding(&others.iter().collect::<Vec<_>>());
    assert_eq!(ann.create(request.clone()).await.unwrap().conversation.unwrap().member_count, 1_000);
    request.member_ids.push(Uuid::new_v4().to_string());
    let refused = ann.create(request).await.unwrap_err();
    assert_eq!(violations(&refused), ["member_ids"]);
    assert!(refused.message().contains("999"), "{refused:?}");

    let group = ann.found(&[]).await;
    let hundred: Vec<&Person> = others[..100].iter().collect();
    assert_eq!(ann.add(&group, &hundred).await.unwrap().member_count, 101);
    let more: Vec<&Person> = others[..101].iter().collect();
    assert_eq!(violations(&ann.add(&group, &more).await.unwrap_err()), ["user_ids"]);
    assert_eq!(violations(&ann.add(&group, &[]).await.unwrap_err()), ["user_ids"]);
    assert_eq!(violations(&ann.add(&group, &[&others[0]; 2]).await.unwrap_err()), ["user_ids"]);
}

#[tokio::test]
async fn what_a_group_is_made_of_is_refused_by_name() {
    let world = World::new().await;
    let ann = world.person();
    let good = founding(&[]);
    let myself = vec![ann.id.to_string()];
    for (field, request) in [
        ("title", Create { title: String::new(), ..good.clone() }),
        ("title", Create { title: " \n".into(), ..good.clone() }),
        ("title", Create { title: "x".repeat(101), ..good.clone() }),
        ("title", Create { title: "a\0b".into(), ..good.clone() }),
        ("description", Create { description: "x".repeat(1_001), ..good.clone() }),
        ("description", Create { description: "\0".into(), ..good.clone() }),
        ("picture_id", Create { picture_id: "x".into(), ..good.clone() }),
        ("history", Create { history: 0, ..good.clone() }),
        ("history", Create { history: 9, ..good.clone() }),
        ("member_ids[0]", Create { member_ids: vec!["x".into()], ..good.clone() }),
        ("member_ids", Create { member_ids: myself, ..good.clone() }),
        ("client_id", Create { client_id: "x".into(), ..good.clone() }),
    ] {
        assert_eq!(violations(&ann.create(request).await.unwrap_err()), [field]);
    }
    let largest = Create { title: "😀".repeat(100), description: "😀".repeat(1_000), ..good };
    let largest = ann.create(largest).await.unwrap().conversation.unwrap();
    assert_eq!(largest.profile.unwrap().title.chars().count(), 100);
}

#[tokio::test]
async fn what_is_to_change_is_refused_by_name() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let conversation_id = ann.found(&[&bob]).await;
    let nothing = Update { conversation_id: conversation_id.clone(), ..Default::default() };
    for (field, request) in [
        ("title", Update { title: Some(String::new()), ..nothing.clone() }),
        ("title", Update { title: Some("\u{200b}".into()), ..nothing.clone() }),
        ("title", Update { title: Some("x".repeat(101)), ..nothing.clone() }),
        ("title", Update { title: Some("\0".into()), ..nothing.clone() }),
        ("description", Update { description: Some("x".repeat(1_001)), ..nothing.clone() }),
        ("description", Update { description: Some("\0".into()), ..nothing.clone() }),
        ("picture_id", Update { picture_id: Some("x".into()), ..nothing.clone() }),
        ("picture_id", Update { picture_id: Some("x".repeat(37)), ..nothing.clone() }),
        ("conversation_id", Update { conversation_id: "x".into(), ..nothing.clone() }),
    ] {
        let refused = ann.conversations().update_conversation(ann.request(request)).await.unwrap_err();
        assert_eq!(violations(&refused), [field]);
    }
    for (field, user_id, role) in
        [("role", bob.id.to_string(), 0), ("role", bob.id.to_string(), 4), ("user_id", "bob".to_owned(), 1)]
    {
        let request = v1::SetMemberRoleRequest { conversation_id: conversation_id.clone(), user_id, role };
        let refused = ann.conversations().set_member_role(ann.request(request)).await.unwrap_err();
        assert_eq!(violations(&refused), [field]);
    }
    let oneself = ann.remove(&conversation_id, &ann).await.unwrap_err();
    assert_eq!(violations(&oneself), ["user_id"]);
    for (field, page_size, page_token) in
        [("page_size", Some(0), ""), ("page_size", Some(101), ""), ("page_token", None, "garbage!")]
    {
        let page_token = page_token.into();
        let request =
            v1::ListMembersRequest { conversation_id: conversation_id.clone(), page_size, page_token };
        assert_eq!(violations(&ann.members(request).await.unwrap_err()), [field]);
    }
}
