//! Several nodes with the same data, and a bus that loses what it can.

use confab_bus::{Bus, Heard, NatsServers, Ring};
use tokio::time::timeout;

use crate::reader::{PATIENCE, Reader};
use crate::world::{Person, World};

/// A bus between nodes whose NATS is not there.
fn broken_bus() -> Bus {
    // A port that nobody listens on: it is not for programs like that.
    let servers: NatsServers = "nats://127.0.0.1:1".parse().unwrap();
    let (bus, line) = Bus::nats(servers, "test");
    tokio::spawn(line.run(std::future::pending()));
    bus
}

/// Rings without events for what somebody else has stored.
fn ring(world: &World, conversation: &str, seq: i64) {
    let conversation = conversation.parse().unwrap();
    world.bus.ring(Ring { conversation, seq, events: Vec::new() });
}

async fn say(person: &Person, other: &Person, count: i64) -> String {
    let mut conversation = String::new();
    for n in 1..=count {
        conversation = person.say_to(other, &format!("{n}")).await.conversation_id;
    }
    conversation
}

#[tokio::test]
async fn what_another_node_has_stored_is_heard_without_a_bus() {
    let world = World::with_bus(broken_bus()).await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let elsewhere = ann.at(&world.another_node());
    let mut readers = [Reader::new(&bob, "", &[]).await, Reader::new(&bob, "", &[]).await];
    let mut hers = Reader::new(&eve, "", &[]).await;

    // In a conversation that nobody here knows, and then in one that is known.
    say(&elsewhere, &bob, 3).await;
    for reader in &mut readers {
        assert_eq!(reader.seqs(3).await, [1, 2, 3]);
    }
    ann.say_to(&bob, "from here").await;
    say(&elsewhere, &bob, 3).await;
    say(&elsewhere, &eve, 1).await;
    for reader in &mut readers {
        assert_eq!(reader.seqs(4).await, [4, 5, 6, 7]);
    }
    assert_eq!(hers.seqs(1).await, [1]);
}

#[tokio::test]
async fn what_is_rung_for_without_events_is_read_in_order_and_once() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let elsewhere = ann.at(&world.another_node());
    let mut reader = Reader::new(&bob, "", &[]).await;
    let conversation = ann.say_to(&bob, "1").await.conversation_id;
    say(&elsewhere, &bob, 99).await;

    // In any order, and more than once, with one in between that has its event.
    for seq in [40, 2, 100, 40, 100] {
        ring(&world, &conversation, seq);
    }
    ann.say_to(&bob, "101").await;
    assert_eq!(reader.seqs(101).await, (1..=101).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_bell_that_rings_for_what_is_not_there_stops_nobody() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let mut reader = Reader::new(&bob, "", &[]).await;
    let conversation = ann.say_to(&bob, "1").await.conversation_id;
    assert_eq!(reader.seqs(1).await, [1]);
    ring(&world, "01890a5d-ac96-774b-bcce-b302099a8057", 5);
    ring(&world, &conversation, 1);
    ann.say_to(&bob, "2").await;
    assert_eq!(reader.seqs(1).await, [2]);
}

#[tokio::test]
async fn a_broken_bus_says_so_again_and_again() {
    let mut listener = broken_bus().listen();
    for _ in 0..3 {
        assert_eq!(timeout(PATIENCE, listener.next()).await.unwrap(), Some(Heard::Missed));
    }
}
