//! What becomes of messages after they were sent.

use confab_proto::message::v1;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::refusals::{reason, violations};
use crate::world::{Person, World};

impl Person {
    async fn edit(
        &self,
        place: (&str, i64),
        text: &str,
        client: Uuid,
    ) -> Result<v1::EditMessageResponse, Status> {
        let request = v1::EditMessageRequest {
            conversation_id: place.0.into(),
            seq: place.1,
            text: text.into(),
            mention_ids: Vec::new(),
            client_id: client.to_string(),
        };
        Ok(self.messages().edit_message(self.request(request)).await?.into_inner())
    }

    async fn delete(&self, place: (&str, i64)) -> Result<v1::Message, Status> {
        let request = v1::DeleteMessageRequest { conversation_id: place.0.into(), seq: place.1 };
        Ok(self.messages().delete_message(self.request(request)).await?.into_inner().message.unwrap())
    }

    async fn look_at(&self, place: (&str, i64)) -> Result<v1::Message, Status> {
        let request = v1::GetMessageRequest { conversation_id: place.0.into(), seq: place.1 };
        Ok(self.messages().get_message(self.request(request)).await?.into_inner().message.unwrap())
    }

    async fn versions(
        &self,
        place: (&str, i64),
        page_size: Option<i32>,
        page_token: &str,
    ) -> Result<v1::ListEditsResponse, Status> {
        let (conversation_id, seq) = (place.0.into(), place.1);
        let request = v1::ListEditsRequest { conversation_id, seq, page_size, page_token: page_token.into() };
        Ok(self.messages().list_edits(self.request(request)).await?.into_inner())
    }

    async fn react(&self, place: (&str, i64), emoji: &str) -> Result<v1::Message, Status> {
        let (conversation_id, seq) = (place.0.into(), place.1);
        let request = v1::AddReactionRequest { conversation_id, seq, emoji: emoji.into() };
        Ok(self.messages().add_reaction(self.request(request)).await?.into_inner().message.unwrap())
    }

    async fn take_back(&self, place: (&str, i64), emoji: &str) -> Result<v1::Message, Status> {
        let (conversation_id, seq) = (place.0.into(), place.1);
        let request = v1::RemoveReactionRequest { conversation_id, seq, emoji: emoji.into() };
        Ok(self.messages().remove_reaction(self.request(request)).await?.into_inner().message.unwrap())
    }

    async fn reactions(
        &self,
        place: (&str, i64),
        emoji: &str,
        page_size: Option<i32>,
        page_token: &str,
    ) -> Result<v1::ListReactionsResponse, Status> {
        let request = v1::ListReactionsRequest {
            conversation_id: place.0.into(),
            seq: place.1,
            emoji: emoji.into(),
            page_size,
            page_token: page_token.into(),
        };
        Ok(self.messages().list_reactions(self.request(request)).await?.into_inner())
    }

    async fn pin(&self, place: (&str, i64)) -> Result<v1::Message, Status> {
        let request = v1::PinMessageRequest { conversation_id: place.0.into(), seq: place.1 };
        Ok(self.messages().pin_message(self.request(request)).await?.into_inner().message.unwrap())
    }

    async fn unpin(&self, place: (&str, i64)) -> Result<v1::Message, Status> {
        let request = v1::UnpinMessageRequest { conversation_id: place.0.into(), seq: place.1 };
        Ok(self.messages().unpin_message(self.request(request)).await?.into_inner().message.unwrap())
    }

    async fn pins(
        &self,
        conversation: &str,
        page_size: Option<i32>,
        page_token: &str,
    ) -> Result<v1::ListPinnedMessagesResponse, Status> {
        let (conversation_id, page_token) = (conversation.into(), page_token.into());
        let request = v1::ListPinnedMessagesRequest { conversation_id, page_size, page_token };
        Ok(self.messages().list_pinned_messages(self.request(request)).await?.into_inner())
    }
}

fn texts(page: &v1::ListEditsResponse) -> Vec<&str> {
    page.versions.iter().map(|version| version.text.as_str()).collect()
}

fn seqs(page: &v1::ListPinnedMessagesResponse) -> Vec<i64> {
    page.messages.iter().map(|message| message.seq).collect()
}

fn refusal(refused: Result<impl std::fmt::Debug, Status>) -> (Code, String) {
    let refused = refused.unwrap_err();
    (refused.code(), reason(&refused))
}

#[tokio::test]
async fn a_message_is_put_another_way_by_whoever_sent_it() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let said = ann.say_to(&bob, "helo").await;
    let place = (said.conversation_id.as_str(), said.seq);
    let client = Uuid::new_v4();

    let edited = ann.edit(place, "hello", client).await.unwrap();
    let message = edited.message.unwrap();
    assert_eq!((message.text.as_str(), edited.replayed), ("hello", false));
    assert!(message.edit_time.is_some());
    ann.edit(place, "hello!", Uuid::new_v4()).await.unwrap();

    // A retry changes nothing, and shows what it looks like now.
    let retried = ann.edit(place, "hello", client).await.unwrap();
    assert_eq!((retried.message.unwrap().text.as_str(), retried.replayed), ("hello!", true));
    assert_eq!(bob.look_at(place).await.unwrap().text, "hello!");
    let other_words = ann.edit(place, "bye", client).await;
    assert_eq!(refusal(other_words), (Code::AlreadyExists, "CLIENT_ID_TAKEN".into()));
    let theirs = bob.edit(place, "bye", Uuid::new_v4()).await;
    assert_eq!(refusal(theirs), (Code::PermissionDenied, "NOT_YOUR_MESSAGE".into()));
}

#[tokio::test]
async fn everybody_can_read_how_a_message_was_put_before() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let said = ann.say_to(&bob, "1").await;
    let place = (said.conversation_id.as_str(), said.seq);
    assert_eq!(texts(&bob.versions(place, None, "").await.unwrap()), ["1"]);
    for text in ["2", "3", "4"] {
        ann.edit(place, text, Uuid::new_v4()).await.unwrap();
    }
    let all = bob.versions(place, None, "").await.unwrap();
    assert_eq!((texts(&all), all.next_page_token.as_str()), (vec!["4", "3", "2", "1"], ""));
    assert_eq!(all.versions[3].seq, said.seq);
    assert_eq!(all.versions[3].create_time, said.create_time);

    for size in 1..=4 {
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let page = bob.versions(place, Some(size), &token).await.unwrap();
            seen.extend(page.versions);
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, all.versions, "in pages of {size}");
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_deleted_message() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let said = ann.say_to(&bob, "secret").await;
    let place = (said.conversation_id.as_str(), said.seq);
    ann.edit(place, "very secret", Uuid::new_v4()).await.unwrap();
    bob.react(place, "👍").await.unwrap();
    bob.pin(place).await.unwrap();
    assert_eq!(refusal(bob.delete(place).await), (Code::PermissionDenied, "NOT_YOUR_MESSAGE".into()));

    let left = ann.delete(place).await.unwrap();
    assert_eq!((left.text.as_str(), left.pinned, left.reactions.len()), ("", false, 0));
    assert!(left.delete_time.is_some() && left.edit_time.is_none());
    assert_eq!(ann.delete(place).await.unwrap(), left, "twice is once");
    assert_eq!(bob.look_at(place).await.unwrap(), left);
    assert_eq!(bob.versions(place, None, "").await.unwrap().versions, []);
    assert_eq!(bob.pins(place.0, None, "").await.unwrap().messages, []);

    let request = v1::ListEventsRequest { conversation_id: place.0.into(), after_seq: 0, page_size: None };
    let events = bob.messages().list_events(bob.request(request)).await.unwrap().into_inner().events;
    assert_eq!(events.len(), 5, "what happened, happened");
    assert!(!format!("{events:?}").contains("secret"));
    let deleted = (Code::FailedPrecondition, "MESSAGE_DELETED".to_owned());
    assert_eq!(refusal(ann.edit(place, "x", Uuid::new_v4()).await), deleted);
    assert_eq!(refusal(bob.react(place, "👎").await), deleted);
    assert_eq!(refusal(bob.pin(place).await), deleted);
}

#[tokio::test]
async fn reactions_are_counted_and_listed_with_those_who_put_them_there() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let said = ann.say_to(&bob, "hello").await;
    let place = (said.conversation_id.as_str(), said.seq);
    ann.react(place, "❤").await.unwrap();
    let message = bob.react(place, "❤\u{fe0f}").await.unwrap();
    assert_eq!(message.reactions.len(), 1, "with and without the variation selector");
    assert_eq!((message.reactions[0].count, message.reactions[0].mine), (2, true));
    assert_eq!(message.reactions[0].user_ids, [ann.id.to_string(), bob.id.to_string()]);
    let twice = bob.react(place, "❤").await.unwrap();
    assert_eq!(twice, message);
    bob.react(place, "🇨🇿").await.unwrap();

    let hearts = ann.reactions(place, "❤", None, "").await.unwrap();
    assert_eq!(hearts.reactions.len(), 2);
    let first = ann.reactions(place, "", Some(2), "").await.unwrap();
    let second = ann.reactions(place, "", Some(2), &first.next_page_token).await.unwrap();
    assert_eq!((first.reactions, second.reactions.len()), (hearts.reactions, 1));
    assert_eq!(second.next_page_token, "");

    let without = bob.take_back(place, "❤").await.unwrap();
    assert_eq!((without.reactions[0].count, without.reactions[0].mine), (1, false));
    assert_eq!(bob.take_back(place, "❤").await.unwrap(), without, "twice is once");
}

#[tokio::test]
async fn a_message_has_at_most_twenty_kinds_of_emoji() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let said = ann.say_to(&bob, "hello").await;
    let place = (said.conversation_id.as_str(), said.seq);
    for emoji in ('😀'..).take(20) {
        ann.react(place, &emoji.to_string()).await.unwrap();
    }
    let more = ann.react(place, "🚀").await.unwrap_err();
    assert_eq!((more.code(), reason(&more).as_str()), (Code::FailedPrecondition, "TOO_MANY_REACTIONS"));
    assert_eq!(more.message(), "a message has at most 20 different emoji");
    assert_eq!(bob.react(place, "😀").await.unwrap().reactions[0].count, 2, "one of the twenty");
}

#[tokio::test]
async fn either_of_two_people_pins() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let mut place = (String::new(), 0);
    for n in 1..=101 {
        let said = ann.say_to(&bob, &format!("{n}")).await;
        place = (said.conversation_id, said.seq);
    }
    let at = |seq| (place.0.as_str(), seq);
    for seq in [2, 3, 1] {
        assert!(bob.pin(at(seq)).await.unwrap().pinned);
    }
    bob.pin(at(2)).await.unwrap();
    assert_eq!(seqs(&ann.pins(at(0).0, None, "").await.unwrap()), [3, 2, 1]);
    let first = ann.pins(at(0).0, Some(2), "").await.unwrap();
    assert!(!ann.unpin(at(2)).await.unwrap().pinned);
    assert!(!ann.unpin(at(2)).await.unwrap().pinned, "twice is once");
    let second = ann.pins(at(0).0, Some(2), &first.next_page_token).await.unwrap();
    assert_eq!((seqs(&first), seqs(&second)), (vec![3, 2], vec![1]), "also if one went in between");
    assert_eq!(second.next_page_token, "");

    for seq in 1..=100 {
        ann.pin(at(seq)).await.unwrap();
    }
    let more = ann.pin(at(101)).await.unwrap_err();
    assert_eq!((more.code(), reason(&more).as_str()), (Code::FailedPrecondition, "TOO_MANY_PINS"));
    assert_eq!(more.message(), "a conversation has at most 100 pinned messages");
}

#[tokio::test]
async fn outsiders_can_do_nothing_to_messages() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let said = ann.say_to(&bob, "between us").await;
    for conversation in [said.conversation_id.clone(), Uuid::new_v4().to_string()] {
        let place = (conversation.as_str(), said.seq);
        for refused in [
            eve.edit(place, "x", Uuid::new_v4()).await.map(drop),
            eve.delete(place).await.map(drop),
            eve.look_at(place).await.map(drop),
            eve.versions(place, None, "").await.map(drop),
            eve.react(place, "👍").await.map(drop),
            eve.take_back(place, "👍").await.map(drop),
            eve.reactions(place, "", None, "").await.map(drop),
            eve.pin(place).await.map(drop),
            eve.unpin(place).await.map(drop),
            eve.pins(place.0, None, "").await.map(drop),
        ] {
            let refused = refused.unwrap_err();
            assert_eq!(
                (refused.code(), refused.message()),
                (Code::NotFound, "there is no such conversation")
            );
        }
    }
}

#[tokio::test]
async fn what_is_no_message_cannot_be_changed() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let said = ann.say_to(&bob, "hello").await;
    ann.edit((&said.conversation_id, 1), "hello!", Uuid::new_v4()).await.unwrap();
    // An edit, what is not there yet, and the largest number there is.
    for seq in [2, 3, i64::MAX] {
        let place = (said.conversation_id.as_str(), seq);
        for refused in [
            ann.edit(place, "x", Uuid::new_v4()).await.map(drop),
            ann.delete(place).await.map(drop),
            ann.look_at(place).await.map(drop),
            ann.versions(place, None, "").await.map(drop),
            ann.react(place, "👍").await.map(drop),
            ann.take_back(place, "👍").await.map(drop),
            ann.reactions(place, "", None, "").await.map(drop),
            ann.pin(place).await.map(drop),
            ann.unpin(place).await.map(drop),
        ] {
            assert_eq!(refusal(refused), (Code::NotFound, "NO_SUCH_MESSAGE".into()), "{seq}");
        }
    }
}

#[tokio::test]
async fn bad_changes_are_refused_by_name() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let said = ann.say_to(&bob, "hello").await;
    let here = said.conversation_id.as_str();
    let good = v1::EditMessageRequest {
        conversation_id: here.into(),
        seq: 1,
        text: "x".into(),
        mention_ids: Vec::new(),
        client_id: Uuid::new_v4().to_string(),
    };
    let mentions = |count| vec![bob.id.to_string(); count];
    for (field, request) in [
        ("conversation_id", v1::EditMessageRequest { conversation_id: "x".into(), ..good.clone() }),
        ("seq", v1::EditMessageRequest { seq: 0, ..good.clone() }),
        ("text", v1::EditMessageRequest { text: String::new(), ..good.clone() }),
        ("text", v1::EditMessageRequest { text: " ".into(), ..good.clone() }),
        ("text", v1::EditMessageRequest { text: "x".repeat(8_001), ..good.clone() }),
        ("text", v1::EditMessageRequest { text: "a\0b".into(), ..good.clone() }),
        ("mention_ids", v1::EditMessageRequest { mention_ids: mentions(51), ..good.clone() }),
        ("mention_ids", v1::EditMessageRequest { mention_ids: mentions(2), ..good.clone() }),
        ("mention_ids[0]", v1::EditMessageRequest { mention_ids: vec!["bob".into()], ..good.clone() }),
        ("client_id", v1::EditMessageRequest { client_id: String::new(), ..good.clone() }),
    ] {
        let refused = ann.messages().edit_message(ann.request(request)).await.unwrap_err();
        assert_eq!((violations(&refused), refused.code()), (vec![field.into()], Code::InvalidArgument));
    }
    let largest = ann.edit((here, 1), &"😀".repeat(8_000), Uuid::new_v4()).await.unwrap();
    assert_eq!(largest.message.unwrap().text.chars().count(), 8_000);

    for emoji in ["", "a", "1", "👍👍", "👍 ", ":)", &"👍".repeat(17)] {
        let refused = [ann.react((here, 1), emoji).await, ann.take_back((here, 1), emoji).await];
        for refused in refused {
            assert_eq!(violations(&refused.unwrap_err()), ["emoji"], "{emoji:?}");
        }
    }
    assert_eq!(violations(&ann.reactions((here, 1), "x", None, "").await.unwrap_err()), ["emoji"]);
    for (field, size, token) in [
        ("page_size", Some(0), ""),
        ("page_size", Some(101), ""),
        ("page_size", Some(1_000_000), ""),
        ("page_token", None, "garbage!"),
        ("page_token", Some(100), "bnVsbA=="),
    ] {
        for refused in [
            ann.versions((here, 1), size, token).await.map(drop),
            ann.reactions((here, 1), "", size, token).await.map(drop),
            ann.pins(here, size, token).await.map(drop),
        ] {
            assert_eq!(violations(&refused.unwrap_err()), [field]);
        }
    }
}
