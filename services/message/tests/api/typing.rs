//! Who may not see who is writing.

use std::sync::Arc;
use std::time::Duration;

use confab_bus::Bus;
use confab_core::{Clock as _, ManualClock, SystemClock};
use confab_db::testing::mongo;
use confab_message::Stores;
use confab_proto::message::v1;
use confab_proto::message::v1::live_service_client::LiveServiceClient;
use confab_proto::message::v1::subscribe_response::Frame;
use tonic::{Code, Status};

use crate::reader::Reader;
use crate::refusals::reason;
use crate::world::{Person, World};

/// How long it may take until a block is heeded.
const HEEDED_WITHIN: Duration = Duration::from_secs(5);

impl Person {
    async fn write_in(&self, conversation: &str) -> Result<(), Status> {
        let request = v1::SetTypingRequest { conversation_id: conversation.into(), typing: true };
        LiveServiceClient::new(self.channel()).set_typing(self.request(request)).await.map(drop)
    }
}

impl Reader {
    /// Where the next of those is who are seen to write.
    async fn written_in(&mut self) -> String {
        loop {
            if let Frame::Typing(typing) = self.next().await.unwrap() {
                return typing.conversation_id;
            }
        }
    }
}

/// Three nodes that remember for themselves who is in a conversation. The third
/// is not heard by the others.
#[tokio::test]
async fn whoever_was_removed_sees_nobody_writing_whichever_nodes_have_heard_of_it() {
    let mongo = mongo("typing").await;
    let database = mongo.database();
    let [here, there, apart] = [(); 3].map(|()| async { Stores::open(&database).await.unwrap() });
    let world = World::with_stores(here.await);
    let there = world.another_node_with(&there.await, world.bus.clone());
    let apart = world.another_node_with(&apart.await, Bus::in_process());

    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let aside = ann.say_to(&eve, "hello").await.conversation_id;
    let group = ann.found(&[&bob, &eve]).await;
    let mut bobs = Reader::new(&bob.at(&there), "", &[]).await;
    let mut eves = Reader::new(&eve.at(&there), "", &[]).await;
    for conversation in [&group, &aside] {
        ann.write_in(conversation).await.unwrap();
        assert_eq!(eves.written_in().await, *conversation);
    }

    ann.at(&apart).remove(&group, &eve).await.unwrap();
    for conversation in [&group, &aside] {
        ann.write_in(conversation).await.unwrap();
    }
    assert_eq!(bobs.written_in().await, group);
    assert_eq!(eves.written_in().await, aside, "what comes first is not of the group");
    assert_eq!(eve.write_in(&group).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn those_who_block_each_other_do_not_see_each_other_writing_to_them() {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let world = World::with_clock(clock.clone()).await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let direct = ann.say_to(&bob, "hello").await.conversation_id;
    let group = ann.found(&[&bob]).await;
    let mut readers = [Reader::new(&bob, "", &[]).await, Reader::new(&ann, "", &[]).await];
    world.auth.block(&ann, &bob);
    clock.advance(HEEDED_WITHIN);

    for (writer, reader) in [&ann, &bob].into_iter().zip(&mut readers) {
        let refused = writer.write_in(&direct).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused)), (Code::PermissionDenied, "NOT_RECEIVING".to_owned()));
        writer.write_in(&group).await.unwrap();
        assert_eq!(reader.written_in().await, group, "in groups, people meet whoever is in them");
    }
    assert_eq!(
        eve.write_in(&direct).await.unwrap_err().code(),
        Code::NotFound,
        "and outsiders learn nothing"
    );

    world.auth.unblock_all();
    clock.advance(HEEDED_WITHIN);
    ann.write_in(&direct).await.unwrap();
    assert_eq!(readers[0].written_in().await, direct);
}
