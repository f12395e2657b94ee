//! What people are given of what is kept of them, and what is left of them when
//! their accounts are gone.

use std::collections::BTreeMap;

use confab_proto::internal::v1 as internal;
use confab_proto::internal::v1::personal_data_service_client::PersonalDataServiceClient;
use confab_proto::message::v1;
use confab_proto::message::v1::send_message_request::Target;
use serde_json::Value;
use tonic::Code;
use uuid::Uuid;

use crate::groups::founding;
use crate::world::{Person, World};

/// Asks until nothing is left, as auth does.
async fn erase(world: &World, person: &Person) {
    let mut progress = String::new();
    loop {
        let request = internal::EraseUserRequest { user_id: person.id.to_string(), progress };
        let erased = world.personal_data().erase_user(request).await.unwrap().into_inner();
        if erased.done {
            return;
        }
        progress = erased.progress;
    }
}

/// Who said what, the latest first; `None` is what was deleted.
async fn told(person: &Person, conversation_id: &str) -> Vec<(String, Option<String>)> {
    let request = v1::ListMessagesRequest {
        conversation_id: conversation_id.into(),
        ..v1::ListMessagesRequest::default()
    };
    let listed = person.messages().list_messages(person.request(request)).await.unwrap().into_inner();
    let seen = |message: v1::Message| {
        let said = message.delete_time.is_none().then_some(message.text);
        (message.sender_id, said)
    };
    listed.messages.into_iter().map(seen).collect()
}

#[tokio::test]
async fn nothing_is_left_of_what_somebody_said_and_their_groups_go_on() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let say = async |person: &Person, conversation: &str, text: &str| {
        let target = Target::ConversationId(conversation.into());
        person.send(target, text, Uuid::new_v4()).await.unwrap();
    };
    let direct = ann.say_to(&bob, "a secret").await.conversation_id;
    say(&bob, &direct, "an answer").await;
    let owned = ann.found(&[&bob, &eve]).await;
    say(&ann, &owned, "of the owner").await;
    let left = bob.found(&[&ann]).await;
    say(&ann, &left, "before leaving").await;
    let request = v1::LeaveConversationRequest { conversation_id: left.clone() };
    ann.conversations().leave_conversation(ann.request(request)).await.unwrap();
    let alone = ann.create(founding(&[])).await.unwrap().conversation.unwrap().conversation_id;
    say(&ann, &alone, "to nobody").await;

    for _ in 0..2 {
        erase(&world, &ann).await;
    }
    let of = |person: &Person, said: Option<&str>| (person.id.to_string(), said.map(str::to_owned));
    assert_eq!(told(&bob, &direct).await, [of(&bob, Some("an answer")), of(&ann, None)]);
    assert_eq!(told(&bob, &owned).await, [of(&ann, None)]);
    assert_eq!(told(&bob, &left).await, [of(&ann, None)]);
    let group = bob.see(&owned).await.unwrap();
    assert_eq!(group.member_count, 2);
    let request = v1::ListMembersRequest { conversation_id: owned, ..v1::ListMembersRequest::default() };
    let members = bob.conversations().list_members(bob.request(request)).await.unwrap().into_inner().members;
    let owners = members.iter().filter(|member| member.role() == v1::Role::Owner).count();
    assert_eq!((members.len(), owners), (2, 1));
    assert_eq!(ann.see(&alone).await.unwrap_err().code(), Code::NotFound);
}

/// The lines of each file that `person` is given, by its name.
async fn export(world: &World, person: &Person) -> BTreeMap<String, Vec<Value>> {
    let request = internal::ExportUserRequest { user_id: person.id.to_string() };
    let mut parts = world.personal_data().export_user(request).await.unwrap().into_inner();
    let mut files = BTreeMap::<String, Vec<u8>>::new();
    while let Some(part) = parts.message().await.unwrap() {
        files.entry(part.file_name).or_default().extend(part.chunk);
    }
    let lines = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    files.into_iter().map(|(name, bytes)| (name, lines(bytes))).collect()
}

#[tokio::test]
async fn somebody_gets_what_they_wrote_everywhere_and_nothing_of_others() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let say = async |person: &Person, conversation: &str, text: &str| {
        let target = Target::ConversationId(conversation.into());
        person.send(target, text, Uuid::new_v4()).await.unwrap()
    };
    let direct = ann.say_to(&bob, "line\nbreak").await.conversation_id;
    say(&bob, &direct, "an answer").await;
    let left = bob.found(&[&ann]).await;
    // More than are read at once.
    for number in 0..70 {
        say(&ann, &left, &format!("before leaving {number}")).await;
    }
    let request = v1::LeaveConversationRequest { conversation_id: left.clone() };
    ann.conversations().leave_conversation(ann.request(request)).await.unwrap();

    let files = export(&world, &ann).await;
    assert_eq!(files.keys().collect::<Vec<_>>(), ["conversations.jsonl", "messages.jsonl"]);
    let conversations = &files["conversations.jsonl"];
    assert_eq!((conversations.len(), &conversations[0]["conversation_id"]), (1, &Value::from(direct)));
    let texts: Vec<_> = files["messages.jsonl"].iter().map(|message| message["text"].clone()).collect();
    let mut expected = vec!["line\nbreak".to_owned()];
    expected.extend((0..70).map(|number| format!("before leaving {number}")));
    assert_eq!(texts.len(), expected.len());
    assert!(expected.into_iter().all(|text| texts.contains(&text.into())));

    let nothing = export(&world, &world.person()).await;
    assert!(nothing.len() == 2 && nothing.values().all(Vec::is_empty));
}

#[tokio::test]
async fn only_services_have_somebody_erased_or_read() {
    let world = World::new().await;
    let ann = world.person();
    let mut client = PersonalDataServiceClient::new(ann.channel());
    let request = internal::EraseUserRequest { user_id: ann.id.to_string(), progress: String::new() };
    let refused = client.erase_user(ann.request(request)).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    let request = internal::ExportUserRequest { user_id: ann.id.to_string() };
    let refused = client.export_user(ann.request(request)).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}
