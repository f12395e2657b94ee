//! A reader who does not read, over a real connection.

use std::time::Duration;

use confab_proto::message::v1::subscribe_response::Frame;

use crate::person::Person;
use crate::process::Home;

/// How many messages are said: several times what waits for a slow reader, and
/// more than fits into the windows of HTTP/2 and the buffers of the system.
const MESSAGES: i64 = 1_000;
/// How late news may be for those who do read.
const DELAY_MAX: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_does_not_read_delays_nobody_and_is_told_how_far_to_catch_up() {
    let home = Home::new();
    let _server = home.serve();
    let ann = Person::join(home.port, "ann").await.unwrap();
    let bob = Person::join(home.port, "bob").await.unwrap();
    // Each with a connection of its own.
    let mut slow = bob.at(home.port).listen().await;
    let mut quick = bob.at(home.port).listen().await;

    let text = "x".repeat(8_000);
    for seq in 1..=MESSAGES {
        let (_, said) = ann.say_to(&bob, &text).await;
        let (heard, at) = quick.hear().await;
        assert_eq!(heard, seq);
        assert!(at.saturating_duration_since(said) < DELAY_MAX, "message {seq} was late");
    }

    // In order, nothing left out in silence, and what was left out said once.
    let (mut known, mut moved) = (0, 0);
    while known < MESSAGES {
        match slow.next().await {
            Frame::Event(event) => {
                assert_eq!(event.seq, known + 1);
                known = event.seq;
            }
            Frame::HeadMoved(head) => {
                assert!(head.head_seq > known);
                known = head.head_seq;
                moved += 1;
            }
            Frame::Heartbeat(_) => {}
            other => panic!("neither: {other:?}"),
        }
    }
    assert_eq!(moved, 1, "one for the conversation");
}
