//! An orderly restart, between two calls.

use std::collections::BTreeMap;

use confab_core::{ClientId, Clock, SystemClock};
use confab_proto::message::v1;
use tonic::Code;

use crate::history::{Recorder, Step};
use crate::people::Person;
use crate::place::home;
use crate::process::{Home, Server};

const TEXTS: [&str; 3] = ["hello", "are you there?", "I am going"];

fn serve(home: &Home) -> Server {
    let server = Server::start(&mut home.command(&["serve", "--password-cost", "10"]), home.port);
    server.wait_until_ready();
    server
}

/// What both see: their conversation, and all that happened in it.
async fn everything(people: &[Person; 2]) -> Vec<(Vec<v1::Conversation>, Vec<Step>)> {
    let recorder = Recorder::new(BTreeMap::default());
    let mut everything = Vec::new();
    for person in people {
        let overviews = person.overviews().await;
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
    let people = [Person::join(home.port, "ada").await, Person::join(home.port, "bob").await];
    let [ada, bob] = &people;
    let conversation = ada.open(bob).await;
    let clients = TEXTS.map(|_| ClientId::new(SystemClock.now()));
    for (text, client) in TEXTS.into_iter().zip(clients) {
        assert!(!ada.send(conversation, text, client).await.unwrap().replayed);
    }
    bob.mark_read(conversation, 2).await;
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
