//! What messages refer to: other messages, and people.

use confab_proto::message::v1;
use confab_proto::message::v1::forward_message_request::Target as ForwardTarget;
use confab_proto::message::v1::send_message_request::Target;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::refusals::{reason, violations};
use crate::world::{Person, World};

impl Person {
    async fn send_request(&self, request: v1::SendMessageRequest) -> Result<v1::Message, Status> {
        Ok(self.messages().send_message(self.request(request)).await?.into_inner().message.unwrap())
    }

    async fn forward(
        &self,
        source: &v1::Message,
        to: &Person,
        client: Uuid,
    ) -> Result<v1::ForwardMessageResponse, Status> {
        let request = v1::ForwardMessageRequest {
            target: Some(ForwardTarget::UserId(to.id.to_string())),
            source_conversation_id: source.conversation_id.clone(),
            source_seq: source.seq,
            client_id: client.to_string(),
        };
        self.forward_request(request).await
    }

    async fn forward_request(
        &self,
        request: v1::ForwardMessageRequest,
    ) -> Result<v1::ForwardMessageResponse, Status> {
        Ok(self.messages().forward_message(self.request(request)).await?.into_inner())
    }

    async fn reword(&self, message: &v1::Message, text: &str) -> Result<v1::Message, Status> {
        let request = v1::EditMessageRequest {
            conversation_id: message.conversation_id.clone(),
            seq: message.seq,
            text: text.into(),
            mention_ids: Vec::new(),
            client_id: Uuid::new_v4().to_string(),
        };
        Ok(self.messages().edit_message(self.request(request)).await?.into_inner().message.unwrap())
    }

    async fn erase(&self, message: &v1::Message) {
        let (conversation_id, seq) = (message.conversation_id.clone(), message.seq);
        let request = v1::DeleteMessageRequest { conversation_id, seq };
        self.messages().delete_message(self.request(request)).await.unwrap();
    }
}

fn to(person: &Person, text: &str) -> v1::SendMessageRequest {
    v1::SendMessageRequest {
        target: Some(Target::UserId(person.id.to_string())),
        text: text.into(),
        client_id: Uuid::new_v4().to_string(),
        ..Default::default()
    }
}

#[tokio::test]
async fn an_answer_names_the_message_that_it_answers() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let question = ann.say_to(&bob, "well?").await;
    let request = v1::SendMessageRequest { reply_to_seq: question.seq, ..to(&ann, "well!") };
    let answer = bob.send_request(request.clone()).await.unwrap();
    assert_eq!(answer.reply_to_seq, question.seq);

    let other = v1::SendMessageRequest { reply_to_seq: 0, ..request.clone() };
    let other = bob.send_request(other).await.unwrap_err();
    assert_eq!(reason(&other), "CLIENT_ID_TAKEN", "another one under the same id");
    ann.erase(&question).await;
    assert_eq!(bob.send_request(request).await.unwrap(), answer, "a retry is a retry");
    // Deleted, no message, not there yet.
    let deletion = answer.seq + 1;
    for seq in [question.seq, deletion, 99, i64::MAX] {
        let late = v1::SendMessageRequest { reply_to_seq: seq, ..to(&ann, "hm") };
        let late = bob.send_request(late).await.unwrap_err();
        assert_eq!((late.code(), reason(&late).as_str()), (Code::FailedPrecondition, "NOTHING_TO_ANSWER"));
        assert_eq!(violations(&late), ["reply_to_seq"]);
    }
}

#[tokio::test]
async fn those_who_are_meant_are_members() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let mut ids = [&ann, &bob].map(|person| person.id.to_string());
    let mention_ids = vec![ids[1].clone(), ids[0].clone()];
    let request = v1::SendMessageRequest { mention_ids, ..to(&bob, "we two") };
    let said = ann.send_request(request.clone()).await.unwrap();
    ids.sort();
    assert_eq!(said.mention_ids, ids, "in the order of their ids");
    let reordered = v1::SendMessageRequest { mention_ids: ids.to_vec(), ..request };
    assert_eq!(ann.send_request(reordered).await.unwrap(), said, "the order makes no difference");
    assert_eq!(ann.reword(&said, "nobody").await.unwrap().mention_ids, [] as [&str; 0]);

    let strangers = vec![eve.id.to_string()];
    let stranger = v1::SendMessageRequest { mention_ids: strangers.clone(), ..to(&bob, "she") };
    let stranger = ann.send_request(stranger).await.unwrap_err();
    assert_eq!((stranger.code(), reason(&stranger).as_str()), (Code::FailedPrecondition, "NOT_A_MEMBER"));
    assert_eq!(violations(&stranger), ["mention_ids"]);
    let edit = v1::EditMessageRequest {
        conversation_id: said.conversation_id,
        seq: said.seq,
        text: "she".into(),
        mention_ids: strangers,
        client_id: Uuid::new_v4().to_string(),
    };
    let edit = ann.messages().edit_message(ann.request(edit)).await.unwrap_err();
    assert_eq!(violations(&edit), ["mention_ids"]);
}

#[tokio::test]
async fn what_is_forwarded_names_whoever_said_it_first() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let mention_ids = vec![bob.id.to_string()];
    let source = ann.send_request(v1::SendMessageRequest { mention_ids, ..to(&bob, "news") }).await.unwrap();
    let forwarded = bob.forward(&source, &eve, Uuid::new_v4()).await.unwrap();
    assert_eq!((forwarded.replayed, forwarded.durability()), (false, v1::Durability::Synced));
    let forwarded = forwarded.message.unwrap();
    assert_eq!(
        (forwarded.text.as_str(), forwarded.sender_id.as_str()),
        ("news", bob.id.to_string().as_str())
    );
    assert_eq!(forwarded.forwarded_from.clone().unwrap().sender_id, ann.id.to_string());
    assert_eq!(forwarded.mention_ids, [] as [&str; 0]);

    let again = eve.forward(&forwarded, &ann, Uuid::new_v4()).await.unwrap().message.unwrap();
    assert_eq!(again.forwarded_from.unwrap().sender_id, ann.id.to_string(), "also the second time");
    let edited = bob.reword(&forwarded, "other news").await.unwrap_err();
    assert_eq!((edited.code(), reason(&edited).as_str()), (Code::FailedPrecondition, "MESSAGE_FORWARDED"));
}

#[tokio::test]
async fn forwarding_twice_is_forwarding_once_whatever_became_of_the_source() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let source = ann.say_to(&bob, "news").await;
    let client = Uuid::new_v4();
    let first = bob.forward(&source, &eve, client).await.unwrap().message;
    let again = async || {
        let again = bob.forward(&source, &eve, client).await.unwrap();
        assert!(again.replayed);
        again.message
    };
    assert_eq!(again().await, first);
    ann.reword(&source, "old news").await.unwrap();
    assert_eq!(again().await, first, "edited");
    ann.erase(&source).await;
    assert_eq!(again().await, first, "deleted");

    let other = ann.say_to(&bob, "something else").await;
    let conflict = bob.forward(&other, &eve, client).await.unwrap_err();
    assert_eq!((conflict.code(), reason(&conflict).as_str()), (Code::AlreadyExists, "CLIENT_ID_TAKEN"));
    let late = bob.forward(&source, &eve, Uuid::new_v4()).await.unwrap_err();
    assert_eq!((late.code(), reason(&late).as_str()), (Code::FailedPrecondition, "MESSAGE_DELETED"));
    bob.erase(&first.unwrap()).await;
    assert_eq!(again().await.unwrap().text, "", "what was forwarded is gone too");
}

#[tokio::test]
async fn only_what_one_sees_can_be_forwarded() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let theirs = ann.say_to(&bob, "between us").await;
    let nowhere = v1::Message { conversation_id: Uuid::new_v4().to_string(), seq: 1, ..Default::default() };
    for source in [&theirs, &nowhere] {
        let refused = eve.forward(source, &ann, Uuid::new_v4()).await.unwrap_err();
        assert_eq!((refused.code(), refused.message()), (Code::NotFound, "there is no such conversation"));
    }
    let missing = v1::Message { seq: 2, ..theirs.clone() };
    let missing = bob.forward(&missing, &eve, Uuid::new_v4()).await.unwrap_err();
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "NO_SUCH_MESSAGE"));
    let foreign = v1::ForwardMessageRequest {
        target: Some(ForwardTarget::ConversationId(eve.say_to(&ann, "hi").await.conversation_id)),
        source_conversation_id: theirs.conversation_id,
        source_seq: theirs.seq,
        client_id: Uuid::new_v4().to_string(),
    };
    let foreign = bob.forward_request(foreign).await.unwrap_err();
    assert_eq!((foreign.code(), reason(&foreign).as_str()), (Code::NotFound, "NO_SUCH_CONVERSATION"));
}

#[tokio::test]
async fn bad_references_are_refused_by_name() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let id = || Uuid::new_v4().to_string();
    let good = to(&bob, "x");
    for (field, request) in [
        ("reply_to_seq", v1::SendMessageRequest { reply_to_seq: -1, ..good.clone() }),
        (
            "mention_ids",
            v1::SendMessageRequest { mention_ids: (0..51).map(|_| id()).collect(), ..good.clone() },
        ),
        ("mention_ids", v1::SendMessageRequest { mention_ids: vec![bob.id.to_string(); 2], ..good.clone() }),
        ("mention_ids[0]", v1::SendMessageRequest { mention_ids: vec![String::new()], ..good.clone() }),
        (
            "attachment_ids",
            v1::SendMessageRequest { attachment_ids: vec![bob.id.to_string(); 2], ..good.clone() },
        ),
        (
            "attachment_ids",
            v1::SendMessageRequest { attachment_ids: (0..11).map(|_| id()).collect(), ..good.clone() },
        ),
        ("attachment_ids[0]", v1::SendMessageRequest { attachment_ids: vec!["x".into()], ..good.clone() }),
    ] {
        let refused = ann.send_request(request).await.unwrap_err();
        assert_eq!((violations(&refused), refused.code()), (vec![field.into()], Code::InvalidArgument));
    }
    // Fifty are not too many; that they are strangers is another matter.
    let fifty = v1::SendMessageRequest { mention_ids: (0..50).map(|_| id()).collect(), ..good };
    assert_eq!(reason(&ann.send_request(fifty).await.unwrap_err()), "NOT_A_MEMBER");

    let good = v1::ForwardMessageRequest {
        target: Some(ForwardTarget::UserId(bob.id.to_string())),
        source_conversation_id: id(),
        source_seq: 1,
        client_id: id(),
    };
    for (field, request) in [
        ("target", v1::ForwardMessageRequest { target: None, ..good.clone() }),
        (
            "user_id",
            v1::ForwardMessageRequest { target: Some(ForwardTarget::UserId("x".into())), ..good.clone() },
        ),
        (
            "user_id",
            v1::ForwardMessageRequest {
                target: Some(ForwardTarget::UserId(ann.id.to_string())),
                ..good.clone()
            },
        ),
        (
            "source_conversation_id",
            v1::ForwardMessageRequest { source_conversation_id: "x".into(), ..good.clone() },
        ),
        ("source_seq", v1::ForwardMessageRequest { source_seq: 0, ..good.clone() }),
        ("client_id", v1::ForwardMessageRequest { client_id: "x".into(), ..good.clone() }),
    ] {
        let refused = ann.forward_request(request).await.unwrap_err();
        assert_eq!((violations(&refused), refused.code()), (vec![field.into()], Code::InvalidArgument));
    }
}
