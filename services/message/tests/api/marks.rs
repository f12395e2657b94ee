//! How far people have got, and read, and who hears of it.

use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;
use futures_util::future::join_all;
use tonic::Status;
use uuid::Uuid;

use crate::reader::Reader;
use crate::refusals::{reason, violations};
use crate::world::{Person, World};

impl Person {
    async fn deliver(&self, marks: &[(&str, i64)]) -> Result<Vec<(String, i64)>, Status> {
        let mark = |(conversation, seq): &(&str, i64)| v1::DeliveredMark {
            conversation_id: (*conversation).into(),
            seq: *seq,
        };
        let request = v1::MarkDeliveredRequest { marks: marks.iter().map(mark).collect() };
        let marks = self.conversations().mark_delivered(self.request(request)).await?.into_inner().marks;
        Ok(marks.into_iter().map(|mark| (mark.conversation_id, mark.seq)).collect())
    }

    pub async fn read(&self, conversation: &str, seq: i64) -> Result<i64, Status> {
        let request = v1::MarkReadRequest { conversation_id: conversation.into(), seq };
        Ok(self.conversations().mark_read(self.request(request)).await?.into_inner().read_seq)
    }

    /// How far `who` has read and got, as this person sees it.
    async fn marks_of(&self, conversation: &str, who: &Person) -> (Option<i64>, Option<i64>) {
        let request = v1::ListMembersRequest {
            conversation_id: conversation.into(),
            page_size: Some(100),
            ..Default::default()
        };
        let members = self.members(request).await.unwrap().members;
        let member = members.into_iter().find(|member| member.user_id == who.id.to_string()).unwrap();
        (member.read_seq, member.delivered_seq)
    }
}

#[tokio::test]
async fn members_see_how_far_the_others_have_come() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let mut group = String::new();
    for text in ["1", "2", "3"] {
        group = ann.say_to(&bob, text).await.conversation_id;
    }
    assert_eq!(bob.marks_of(&group, &ann).await, (Some(3), Some(3)), "who says something has read");
    assert_eq!(ann.marks_of(&group, &bob).await, (Some(0), Some(0)));
    assert_eq!(bob.deliver(&[(&group, 3)]).await.unwrap(), [(group.clone(), 3)]);
    assert_eq!(bob.deliver(&[(&group, 1)]).await.unwrap(), [(group.clone(), 3)], "not back");
    assert_eq!(ann.marks_of(&group, &bob).await, (Some(0), Some(3)));
    assert_eq!(bob.read(&group, 2).await.unwrap(), 2);
    assert_eq!(ann.marks_of(&group, &bob).await, (Some(2), Some(3)));

    // Many at once are one write, and each is answered.
    let all = join_all((1..=3).map(|seq| bob.read(&group, seq))).await;
    assert!(all.into_iter().all(|read| read.unwrap() >= 2));
    assert_eq!(ann.marks_of(&group, &bob).await, (Some(3), Some(3)));
}

#[tokio::test]
async fn marks_are_refused_by_name() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let group = ann.say_to(&bob, "hello").await.conversation_id;
    let other = eve.say_to(&bob, "hello").await.conversation_id;
    let above = bob.deliver(&[(&other, 1), (&group, 2)]).await.unwrap_err();
    assert_eq!((reason(&above).as_str(), violations(&above)), ("ABOVE_HEAD", vec!["seq".to_owned()]));
    assert_eq!(eve.marks_of(&other, &bob).await, (Some(0), Some(0)), "all or none");

    let hundred = vec![(group.as_str(), 1); 100];
    assert_eq!(bob.deliver(&hundred).await.unwrap().len(), 100);
    assert_eq!(violations(&bob.deliver(&vec![(group.as_str(), 1); 101]).await.unwrap_err()), ["marks"]);
    assert_eq!(violations(&bob.deliver(&[]).await.unwrap_err()), ["marks"]);
    assert_eq!(violations(&bob.deliver(&[(&group, 0)]).await.unwrap_err()), ["marks[0].seq"]);
    assert_eq!(violations(&bob.deliver(&[("x", 1)]).await.unwrap_err()), ["marks[0].conversation_id"]);

    // What is not there and what is not theirs look the same.
    let nowhere = Uuid::new_v4().to_string();
    let left = ann.deliver(&[(&nowhere, 1), (&other, 99), (&group, 1)]).await.unwrap();
    assert_eq!(left, [(group, 1)]);
}

#[tokio::test]
async fn large_groups_do_not_tell_who_has_read() {
    let world = World::with_group_members_max(1_000).await;
    let people: Vec<Person> = (0..101).map(|_| world.person()).collect();
    let (ann, others) = people.split_first().unwrap();
    let group = ann.found(&others[..99].iter().collect::<Vec<_>>()).await;
    assert_eq!(ann.marks_of(&group, &others[0]).await, (Some(1), Some(1)));
    ann.add(&group, &[&others[99]]).await.unwrap();
    assert_eq!(ann.marks_of(&group, ann).await, (None, None));
}

#[tokio::test]
async fn members_hear_how_far_the_others_have_come_and_nobody_else_does() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let mut readers = [Reader::new(&ann, "", &[]).await, Reader::new(&bob, "", &[]).await];
    let mut outsider = Reader::new(&eve, "", &[]).await;
    let group = ann.say_to(&bob, "hello").await.conversation_id;
    for reader in &mut readers {
        assert_eq!(reader.seqs(1).await, [1]);
    }
    let moved = |read_seq| v1::MarkMoved {
        conversation_id: group.clone(),
        user_id: bob.id.to_string(),
        read_seq,
        delivered_seq: 1,
    };
    bob.deliver(&[(&group, 1)]).await.unwrap();
    bob.read(&group, 1).await.unwrap();
    for reader in &mut readers {
        // Whoever reads late is told only of the newest.
        let mut frame = reader.next().await.unwrap();
        if frame == Frame::MarkMoved(moved(0)) {
            frame = reader.next().await.unwrap();
        }
        assert_eq!(frame, Frame::MarkMoved(moved(1)));
    }
    ann.say_to(&eve, "hello").await;
    assert_eq!(outsider.seqs(1).await, [1]);
}
