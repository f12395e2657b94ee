//! Pictures and files in messages, and pictures of groups.

use confab_proto::media::v1::MediaKind;
use confab_proto::message::v1;
use confab_proto::message::v1::send_message_request::Target;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::world::{Person, World};

fn id() -> String {
    Uuid::new_v4().to_string()
}

/// A message to `other` with `attachments`.
fn with(other: &Person, text: &str, attachments: &[&String]) -> v1::SendMessageRequest {
    v1::SendMessageRequest {
        target: Some(Target::UserId(other.id.to_string())),
        text: text.into(),
        client_id: id(),
        attachment_ids: attachments.iter().map(|id| (*id).clone()).collect(),
        ..v1::SendMessageRequest::default()
    }
}

async fn send(person: &Person, request: &v1::SendMessageRequest) -> Result<v1::SendMessageResponse, Status> {
    let request = person.request(request.clone());
    Ok(person.messages().send_message(request).await?.into_inner())
}

fn refusal<T>(result: Result<T, Status>) -> (Code, String) {
    let Err(status) = result else { panic!("not refused") };
    (status.code(), status.get_details_error_info().map(|info| info.reason).unwrap_or_default())
}

async fn delete(person: &Person, message: &v1::Message) {
    let request =
        v1::DeleteMessageRequest { conversation_id: message.conversation_id.clone(), seq: message.seq };
    person.messages().delete_message(person.request(request)).await.unwrap();
}

#[tokio::test]
async fn a_message_says_all_that_is_needed_to_show_what_it_has() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let (one, other) = (id(), id());
    let sent = send(&ann, &with(&bob, "", &[&one, &other])).await.unwrap().message.unwrap();
    assert_eq!(sent.text, "");
    let attachment = sent.attachments[0].clone();
    assert_eq!((attachment.kind(), attachment.name.as_str()), (MediaKind::Image, "Sunset.png"));
    assert_eq!((attachment.width, attachment.height, attachment.size), (640, 480, 7));
    assert!(!attachment.blurhash.is_empty());
    let ids: Vec<&String> = sent.attachments.iter().map(|attachment| &attachment.media_id).collect();
    assert_eq!(ids, [&one, &other]);

    // The other one reads the same, as a message and as an event.
    let place = v1::GetMessageRequest { conversation_id: sent.conversation_id.clone(), seq: sent.seq };
    let read = bob.messages().get_message(bob.request(place)).await.unwrap().into_inner().message.unwrap();
    assert_eq!(read.attachments, sent.attachments);
    let events =
        v1::ListEventsRequest { conversation_id: sent.conversation_id, ..v1::ListEventsRequest::default() };
    let events = bob.messages().list_events(bob.request(events)).await.unwrap().into_inner().events;
    let Some(v1::event::Kind::MessageSent(event)) = events[0].kind.clone() else { panic!("{events:?}") };
    assert_eq!(event.attachments, sent.attachments);
}

#[tokio::test]
async fn a_retry_is_the_same_message_whatever_became_of_the_files() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let file = id();
    let request = with(&bob, "look", &[&file]);
    let first = send(&ann, &request).await.unwrap().message.unwrap();
    world.media.lose(&file);
    world.media.set_away(true);
    let second = send(&ann, &request).await.unwrap();
    assert_eq!((second.replayed, second.message.unwrap()), (true, first));
    let other = v1::SendMessageRequest { attachment_ids: vec![id()], ..request };
    assert_eq!(refusal(send(&ann, &other).await), (Code::AlreadyExists, "CLIENT_ID_TAKEN".into()));
    assert_eq!(world.media.attached(), [file]);
}

#[tokio::test]
async fn what_cannot_be_attached_is_not_sent_and_what_is_not_sent_is_let_go() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let (file, missing) = (id(), id());
    world.media.lose(&missing);
    let refused = send(&ann, &with(&bob, "look", &[&file, &missing])).await;
    assert_eq!(refusal(refused), (Code::NotFound, "NO_SUCH_MEDIA".into()));
    assert_eq!(refusal(send(&ann, &with(&bob, "", &[])).await).0, Code::InvalidArgument);
    assert_eq!(refusal(send(&ann, &with(&bob, "x", &[&file, &file])).await).0, Code::InvalidArgument);
    let eleven: Vec<String> = (0..11).map(|_| id()).collect();
    assert_eq!(
        refusal(send(&ann, &with(&bob, "x", &eleven.iter().collect::<Vec<_>>())).await).0,
        Code::InvalidArgument
    );

    send(&ann, &with(&bob, "hello", &[])).await.unwrap();
    let answer = v1::SendMessageRequest { reply_to_seq: 99, ..with(&bob, "look", &[&file]) };
    assert_eq!(refusal(send(&ann, &answer).await), (Code::FailedPrecondition, "NOTHING_TO_ANSWER".into()));
    assert!(world.media.attached().is_empty() && world.media.erased().is_empty());

    world.media.set_away(true);
    let refused = send(&ann, &with(&bob, "look", &[&file])).await;
    assert_eq!(refusal(refused), (Code::Unavailable, "MEDIA_DOWN".into()));
    send(&ann, &with(&bob, "words go on", &[])).await.unwrap();
}

#[tokio::test]
async fn what_is_forwarded_has_the_same_files_and_what_is_deleted_lets_go_of_them() {
    let world = World::new().await;
    let (ann, bob, cid) = (world.person(), world.person(), world.person());
    let file = id();
    let sent = send(&ann, &with(&bob, "look", &[&file])).await.unwrap().message.unwrap();
    let forward = v1::ForwardMessageRequest {
        target: Some(v1::forward_message_request::Target::UserId(cid.id.to_string())),
        source_conversation_id: sent.conversation_id.clone(),
        source_seq: sent.seq,
        client_id: id(),
    };
    let forwarded = bob.messages().forward_message(bob.request(forward)).await.unwrap();
    let forwarded = forwarded.into_inner().message.unwrap();
    assert_eq!(forwarded.attachments, sent.attachments);
    assert_eq!(world.media.attached(), [file.clone(), file.clone()]);

    delete(&ann, &sent).await;
    assert_eq!(world.media.attached(), std::slice::from_ref(&file));
    delete(&bob, &forwarded).await;
    assert!(world.media.attached().is_empty());
    assert_eq!(world.media.erased(), [file.clone(), file]);
    // It is deleted also while media does not hear of it.
    let sent = send(&ann, &with(&bob, "look", &[&id()])).await.unwrap().message.unwrap();
    world.media.set_away(true);
    delete(&ann, &sent).await;
}

#[tokio::test]
async fn a_group_has_the_picture_that_it_was_given_last() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let (first, second, missing) = (id(), id(), id());
    world.media.lose(&missing);
    let create = v1::CreateGroupRequest {
        title: "Trip".into(),
        history: v1::History::Everything.into(),
        member_ids: vec![bob.id.to_string()],
        client_id: id(),
        picture_id: first.clone(),
        ..v1::CreateGroupRequest::default()
    };
    let group = ann.conversations().create_group(ann.request(create)).await.unwrap().into_inner();
    let conversation_id = group.conversation.unwrap().conversation_id;
    let update = async |person: &Person, picture: &str| {
        let request = v1::UpdateConversationRequest {
            conversation_id: conversation_id.clone(),
            picture_id: Some(picture.to_owned()),
            ..v1::UpdateConversationRequest::default()
        };
        person.conversations().update_conversation(person.request(request)).await
    };
    assert_eq!(refusal(update(&ann, &missing).await), (Code::NotFound, "NO_SUCH_MEDIA".into()));
    assert_eq!(refusal(update(&bob, &second).await).0, Code::PermissionDenied);
    assert_eq!(world.media.attached(), std::slice::from_ref(&first));
    update(&ann, &second).await.unwrap();
    assert_eq!((world.media.attached(), world.media.erased()), (vec![second.clone()], vec![first.clone()]));
    update(&ann, "").await.unwrap();
    assert_eq!((world.media.attached(), world.media.erased()), (vec![], vec![first, second]));
}

#[tokio::test]
async fn messages_are_found_by_what_they_have_and_by_what_it_is_called() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    ann.say_to(&bob, "sunset at eight").await;
    send(&ann, &with(&bob, "look", &[&id()])).await.unwrap();
    let search = async |query: &str, has: v1::MessageFeature| {
        let request = v1::SearchMessagesRequest {
            query: query.into(),
            has: has.into(),
            ..v1::SearchMessagesRequest::default()
        };
        let found = bob.messages().search_messages(bob.request(request)).await.unwrap();
        found.into_inner().messages.into_iter().map(|message| message.text).collect::<Vec<_>>()
    };
    // What is said is found in a moment.
    let look = async {
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(50));
        while search("sunset", v1::MessageFeature::Unspecified).await.len() < 2 {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), look).await.unwrap();
    assert_eq!(search("sunset", v1::MessageFeature::Unspecified).await, ["look", "sunset at eight"]);
    assert_eq!(search("sunset", v1::MessageFeature::Image).await, ["look"]);
    assert_eq!(search("look", v1::MessageFeature::File).await, ["look"]);
    assert!(search("eight", v1::MessageFeature::File).await.is_empty());
}
