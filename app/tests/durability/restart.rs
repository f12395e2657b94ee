//! An orderly restart, between two calls.

use std::collections::HashMap;

use confab_bench::history::{Recorder, Step};
use confab_bench::person::{self, Person, in_time};
use confab_core::{ClientId, Clock, ConversationId, SystemClock};
use confab_proto::message::v1;
use confab_proto::message::v1::conversation_service_client::ConversationServiceClient;
use tonic::Code;

use crate::place::home;
use crate::process::{Home, Server};

const TEXTS: [&str; 3] = ["hello", "are you there?", "I am going"];

fn serve(home: &Home) -> Server {
    let server = Server::start(&mut home.command(&["serve", "--password-cost", "10"]), home.port);
    server.wait_until_ready();
    server
}

/// All conversations, as `person` sees them.
async fn overviews(person: &Person) -> Vec<v1::Conversation> {
    let mut conversations = ConversationServiceClient::new(person.channel());
    let list = conversations.list_conversations(person.request(v1::ListConversationsRequest::default()));
    in_time(list).await.unwrap().conversations
}

async fn mark_read(person: &Person, conversation: ConversationId, seq: i64) {
    let request = v1::MarkReadRequest { conversation_id: conversation.to_string(), seq };
    let mut conversations = ConversationServiceClient::new(person.channel());
    in_time(conversations.mark_read(person.request(request))).await.unwrap();
}

/// What both see: their conversation, and all that happened in it.
async fn everything(people: &[Person; 2]) -> Vec<(Vec<v1::Conversation>, Vec<Step>)> {
    let recorder = Recorder::new(HashMap::default());
    let mut everything = Vec::new();
    for person in people {
        let overviews = overviews(person).await;
        let conversation = overviews[0].conversation_id.parse().unwrap();
        let page = person.page(conversation, 0, &recorder).await.unwrap();
        everything.push((overviews, page.steps));
    }
    everything
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_messages_and_read_marks_and_knows_old_messages_again() {
    let home = home();
    let mut server = serve(&home);
    let gateway = person::gateway(home.port).unwrap();
    let join = async |name| Person::join(&gateway, name).await.unwrap();
    let people = [join("ada").await, join("bob").await];
    let [ada, bob] = &people;
    let conversation = ada.open(bob).await.unwrap();
    let clients = TEXTS.map(|_| ClientId::new(SystemClock.now()));
    for (text, client) in TEXTS.into_iter().zip(clients) {
        assert!(!ada.send(conversation, text, client).await.unwrap().replayed);
    }
    mark_read(bob, conversation, 2).await;
    let before = everything(&people).await;
    let (overviews, events) = &before[1];
    assert_eq!((overviews[0].read_seq, overviews[0].unread_count, events.len()), (2, 1, TEXTS.len()));

    server.signal("TERM");
    assert!(server.wait().success());
    server = serve(&home);

    assert_eq!(everything(&people).await, before);
    for (seq, (text, client)) in (1..).zip(TEXTS.into_iter().zip(clients)) {
        let again = ada.send(conversation, text, client).await.unwrap();
        assert_eq!((again.replayed, again.message.unwrap().seq), (true, seq), "{text}");
        let misused = ada.send(conversation, "something else", client).await.unwrap_err();
        assert_eq!(misused.code(), Code::AlreadyExists, "{misused}");
    }
    assert_eq!(everything(&people).await, before);
    let next = bob.send(conversation, "back again", ClientId::new(SystemClock.now())).await.unwrap();
    assert_eq!((next.replayed, next.message.unwrap().seq), (false, 4));
    drop(server);
}
