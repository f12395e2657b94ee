//! What becomes of events whose node died as soon as they were stored.

use bson::Document;
use confab_core::Timestamp;
use confab_core::page::Page;
use confab_db::Database;
use confab_db::testing::{TestMongo, mongo};
use uuid::Uuid;

use super::*;
use crate::domain::{
    Content, Emoji, EventKind, Founding, History, Profile, Refusal, Role, Shelf, Text, Update, Words,
};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const CONDITIONS: Conditions = Conditions { now: NOW, members_max: 8 };

/// A database, and the node that is left.
struct Survivor {
    store: MongoStore,
    kept: TestMongo,
}

impl Survivor {
    async fn new(name: &str) -> Self {
        let kept = mongo(name).await;
        Self { store: node(&kept).await, kept }
    }

    /// Lets `actor` do something on a node that does no more than store it.
    async fn dies_after(&self, id: ConversationId, actor: UserId, kind: EventKind) -> Event {
        let dying = node(&self.kept).await;
        let drafts = [wants(actor, kind)];
        let batch = Batch::new(id, &drafts);
        let head = dying.head(id).await.unwrap();
        let plan = dying.plan(&batch, head, CONDITIONS).await.unwrap().unwrap();
        dying.log.insert_many(&plan.documents).await.unwrap();
        match &plan.verdicts[..] {
            [Verdict::Happens(event)] => event.clone(),
            other => panic!("it does not happen: {other:?}"),
        }
    }

    /// Lets `actor` do something on the node that is left.
    async fn does(&self, id: ConversationId, actor: UserId, kind: EventKind) -> Event {
        match self.store.append(id, &[wants(actor, kind)], CONDITIONS).await.unwrap().remove(0) {
            Appended::Stored(event) => event,
            other => panic!("it is not stored: {other:?}"),
        }
    }

    /// A group of Ann, Bob and Eve, in which Ann has said something.
    async fn group(&self, people: [UserId; 3]) -> ConversationId {
        let id = new_id();
        self.does(id, people[0], founding(&people[1..])).await;
        self.does(id, people[0], says("secret")).await;
        id
    }

    /// Finishes what there is to finish, again and again; only the first time
    /// there is something.
    async fn finishes(&self, events: &[Event]) {
        assert_eq!(self.store.finish().await.unwrap(), events.len(), "all that is due");
        let whole = self.everything().await;
        assert_eq!(self.store.finish().await.unwrap(), 0, "nothing is due");
        for event in events.iter().chain(events.iter().rev()) {
            self.store.follow(std::slice::from_ref(event)).await.unwrap();
        }
        assert_eq!(self.everything().await, whole, "twice is once");
        assert!(!format!("{whole:?}").contains("\"due\""));
    }

    /// All documents of the store.
    async fn everything(&self) -> Vec<Document> {
        let mut all = Vec::new();
        for name in ["log", "conversations", "members"] {
            let collection = self.store.mongo.database().collection::<Document>(name);
            let documents = collection.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
            all.extend(documents.try_collect::<Vec<_>>().await.unwrap());
        }
        all
    }

    async fn sees(&self, id: ConversationId, user: UserId) -> bool {
        let overview = self.store.overview(id, user).await.unwrap();
        let page = Page { size: 9, after: None };
        let listed = self.store.list_overviews(user, Shelf::Current, NOW, page).await.unwrap();
        assert_eq!(listed, overview.clone().into_iter().collect::<Vec<_>>());
        overview.is_some()
    }

    async fn members(&self, id: ConversationId) -> Vec<UserId> {
        let head = node(&self.kept).await.head(id).await.unwrap();
        let conversation = self.store.conversation(id, head.revision).await.unwrap().unwrap();
        conversation.members.iter().map(|member| member.user).collect()
    }
}

async fn node(kept: &TestMongo) -> MongoStore {
    match kept.database() {
        Database::MongoDb(server) => MongoStore::open(&server).await.unwrap(),
        Database::Embedded { .. } => panic!("it is a MongoDB"),
    }
}

fn new_id() -> ConversationId {
    ConversationId::from_uuid(Uuid::new_v4())
}

/// Three people, in the order of their ids.
fn people() -> [UserId; 3] {
    let mut people = std::array::from_fn(|_| UserId::from_uuid(Uuid::new_v4()));
    people.sort_unstable();
    people
}

fn wants(actor: UserId, kind: EventKind) -> Draft {
    Draft { actor, client: Some(ClientId::from_uuid(Uuid::new_v4())), kind }
}

fn founding(members: &[UserId]) -> EventKind {
    let (profile, members) = (Profile::default(), members.to_vec());
    EventKind::GroupCreated(Founding { profile, history: History::FromJoining, members })
}

fn words(text: &str) -> Words {
    Words { text: Text::from_store(text.into()), mentions: Vec::new() }
}

fn says(text: &str) -> EventKind {
    EventKind::MessageSent(Some(Content {
        words: words(text),
        reply_to: None,
        forwarded: None,
        attachments: Vec::new(),
    }))
}

#[tokio::test]
async fn a_group_that_was_founded_is_there_and_gets_into_the_lists() {
    let (survivor, [ann, bob, eve]) = (Survivor::new("crashfounded").await, people());
    let id = new_id();
    let founded = survivor.dies_after(id, ann, founding(&[bob, eve])).await;
    assert_eq!(survivor.members(id).await, [ann, bob, eve]);
    survivor.finishes(&[founded]).await;
    for user in [ann, bob, eve] {
        assert!(survivor.sees(id, user).await);
    }
    survivor.does(id, eve, says("hello")).await;
}

#[tokio::test]
async fn whoever_came_in_is_in_and_sees_it_in_the_end() {
    let (survivor, [ann, bob, eve]) = (Survivor::new("crashjoined").await, people());
    let id = new_id();
    survivor.does(id, ann, founding(&[bob])).await;
    let said = survivor.does(id, ann, says("before")).await;
    let joined = survivor.dies_after(id, ann, EventKind::MembersJoined { members: vec![eve] }).await;
    assert_eq!(survivor.members(id).await, [ann, bob, eve]);
    survivor.does(id, eve, says("hello")).await;
    survivor.finishes(std::slice::from_ref(&joined)).await;
    let seen = survivor.store.overview(id, eve).await.unwrap().unwrap();
    assert_eq!(seen.conversation.member(eve).unwrap().since.seq, said.seq());
    assert_eq!(seen.unread(), 0, "she has read what she said");
    assert_eq!(survivor.store.heads(&[eve]).await.unwrap()[0].since.seq, joined.seq() - 1);
}

#[tokio::test]
async fn whoever_left_is_out_at_once() {
    let (survivor, [ann, bob, eve]) = (Survivor::new("crashleft").await, people());
    let id = survivor.group([ann, bob, eve]).await;
    let left = survivor.dies_after(id, ann, EventKind::MemberLeft { member: eve }).await;
    assert_eq!(survivor.members(id).await, [ann, bob]);
    assert!(!survivor.sees(id, eve).await);
    let outside = survivor.store.append(id, &[wants(eve, says("still here?"))], CONDITIONS).await.unwrap();
    assert!(matches!(outside[..], [Appended::Refused(_)]), "{outside:?}");
    survivor.does(id, bob, says("gone")).await;
    survivor.finishes(&[left]).await;
    assert!(!survivor.sees(id, eve).await);
    assert_eq!(survivor.store.heads(&[eve]).await.unwrap(), []);
}

#[tokio::test]
async fn whoever_came_and_left_is_out_in_whatever_order_it_is_finished() {
    let (survivor, [ann, bob, eve]) = (Survivor::new("crashcameandleft").await, people());
    let id = new_id();
    survivor.does(id, ann, founding(&[bob])).await;
    let joined = survivor.dies_after(id, ann, EventKind::MembersJoined { members: vec![eve] }).await;
    survivor.does(id, ann, EventKind::MemberLeft { member: eve }).await;
    survivor.finishes(&[joined]).await;
    assert!(!survivor.sees(id, eve).await);
    assert_eq!(survivor.store.heads(&[eve]).await.unwrap(), []);
    survivor.does(id, ann, EventKind::MembersJoined { members: vec![eve] }).await;
    assert!(survivor.sees(id, eve).await, "came back");
}

#[tokio::test]
async fn whoever_was_just_removed_still_finds_all_their_other_conversations() {
    let (survivor, people) = (Survivor::new("crashpage").await, people());
    let other = survivor.group(people).await;
    let newest = survivor.group(people).await.max(other);
    let removed = survivor.dies_after(newest, people[0], EventKind::MemberLeft { member: people[2] }).await;
    let page = Page { size: 1, after: None };
    let listed = survivor.store.list_overviews(people[2], Shelf::Current, NOW, page).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_ne!(listed[0].conversation.id, newest);
    survivor.finishes(&[removed]).await;
}

#[tokio::test]
async fn roles_and_pins_are_what_the_events_say() {
    let (survivor, [ann, bob, eve]) = (Survivor::new("crashroles").await, people());
    let id = survivor.group([ann, bob, eve]).await;
    let appointed =
        survivor.dies_after(id, ann, EventKind::RoleChanged { member: bob, role: Role::Admin }).await;
    let pinned = survivor.dies_after(id, bob, EventKind::MessagePinned { target: 2 }).await;
    let now = survivor.store.conversation(id, pinned.at.revision).await.unwrap().unwrap();
    assert_eq!((now.member(bob).unwrap().role, &now.pins[..]), (Role::Admin, &[2][..]));
    survivor.finishes(&[appointed, pinned]).await;
    let kept = node(&survivor.kept).await.conversation(id, 0).await.unwrap().unwrap();
    assert_eq!(kept, now);
}

#[tokio::test]
async fn an_edit_shows_at_once() {
    let (survivor, people) = (Survivor::new("crashedit").await, people());
    let id = survivor.group(people).await;
    let edit = |text: &str| EventKind::MessageEdited { target: 2, words: Some(words(text)) };
    survivor.does(id, people[0], edit("better")).await;
    let edited = survivor.dies_after(id, people[0], edit("best")).await;
    let says = async || {
        let message = survivor.store.find_messages(id, &[2]).await.unwrap().remove(0);
        message.content.map(|content| content.words.text.into_string())
    };
    assert_eq!(says().await.as_deref(), Some("best"));
    survivor.finishes(&[edited]).await;
    assert_eq!(says().await.as_deref(), Some("best"));
    let live = survivor.store.log.count_documents(doc! { "target": 2, "live": true }).await.unwrap();
    assert_eq!(live, 1, "only the last one counts");
}

#[tokio::test]
async fn what_was_deleted_is_gone_at_once_and_then_from_the_documents() {
    let (survivor, people) = (Survivor::new("crashdelete").await, people());
    let id = survivor.group(people).await;
    let words = Some(words("very secret"));
    let edited = survivor.dies_after(id, people[0], EventKind::MessageEdited { target: 2, words }).await;
    let pinned = survivor.dies_after(id, people[0], EventKind::MessagePinned { target: 2 }).await;
    let deleted = survivor.dies_after(id, people[0], EventKind::MessageDeleted { target: 2 }).await;

    let message = survivor.store.find_messages(id, &[2]).await.unwrap().remove(0);
    assert_eq!((message.content, message.deleted), (None, Some(NOW)));
    let events = survivor.store.list_events(id, 0, 9).await.unwrap();
    assert!(!format!("{events:?}").contains("secret"), "nobody is told what it said");
    let seen = survivor.store.overview(id, people[1]).await.unwrap().unwrap();
    assert_eq!(seen.last_message.unwrap().content, None);
    assert_eq!(seen.conversation.pins, [] as [i64; 0]);
    survivor.finishes(&[edited, pinned, deleted]).await;
    assert!(!format!("{:?}", survivor.everything().await).contains("secret"), "erased");
}

#[tokio::test]
async fn a_reaction_that_was_taken_back_is_gone_at_once() {
    let (survivor, people) = (Survivor::new("crashreaction").await, people());
    let id = survivor.group(people).await;
    let emoji = Emoji::from_store("👍".into());
    let add = EventKind::ReactionAdded { target: 2, emoji: emoji.clone() };
    survivor.does(id, people[1], add.clone()).await;
    survivor.does(id, people[2], add.clone()).await;
    let removed = survivor.dies_after(id, people[1], EventKind::ReactionRemoved { target: 2, emoji }).await;
    let who = async || {
        let message = survivor.store.find_messages(id, &[2]).await.unwrap().remove(0);
        message.reactions.into_iter().flat_map(|reaction| reaction.users).collect::<Vec<_>>()
    };
    assert_eq!(who().await, [people[2]]);
    survivor.does(id, people[1], add).await;
    survivor.finishes(&[removed]).await;
    assert_eq!(who().await, [people[2], people[1]]);
}

#[tokio::test]
async fn nothing_is_refused_in_the_light_of_what_was_so_before() {
    let (survivor, [ann, bob, eve]) = (Survivor::new("guess").await, people());
    let id = survivor.group([ann, bob, eve]).await;
    let appoint = EventKind::RoleChanged { member: bob, role: Role::Admin };
    let elsewhere = node(&survivor.kept).await;
    elsewhere.append(id, &[wants(ann, appoint)], CONDITIONS).await.unwrap();

    let titled = EventKind::ConversationUpdated(Update { title: Some("Trip".into()), ..Update::default() });
    let drafts = [wants(bob, titled), wants(bob, says("hello"))];
    let outcomes = survivor.store.append(id, &drafts, CONDITIONS).await.unwrap();
    let stored: Vec<_> = outcomes.iter().filter_map(Appended::event).map(Event::seq).collect();
    assert_eq!(stored, [4, 5], "{outcomes:?}");
}

#[tokio::test]
async fn what_is_refused_is_not_taken_for_what_comes_after_it() {
    let (survivor, people) = (Survivor::new("samename").await, people());
    let id = survivor.group(people).await;
    let edit = wants(people[0], EventKind::MessageEdited { target: 99, words: Some(words("x")) });
    let say = Draft { kind: says("hello"), ..edit.clone() };
    let outcomes = survivor.store.append(id, &[edit.clone(), say, edit], CONDITIONS).await.unwrap();
    assert_eq!(outcomes[0], Appended::Refused(Refusal::NoSuchMessage(99)));
    assert_eq!(outcomes[1].event().map(Event::seq), Some(3));
    assert_eq!(outcomes[2], Appended::Conflict { original_seq: 3 });
}

#[tokio::test]
async fn of_all_pins_of_a_message_the_last_counts() {
    let (survivor, people) = (Survivor::new("pins").await, people());
    let id = survivor.group(people).await;
    for _ in 0..2 {
        survivor.does(id, people[0], EventKind::MessagePinned { target: 2 }).await;
        survivor.does(id, people[0], EventKind::MessageUnpinned { target: 2 }).await;
    }
    let live = survivor.store.log.count_documents(doc! { "target": 2, "live": true }).await.unwrap();
    assert_eq!(live, 1, "a page takes no longer for it");
}

#[tokio::test]
async fn a_retry_finishes_what_the_first_try_left_undone() {
    let (survivor, [ann, bob, eve]) = (Survivor::new("crashretry").await, people());
    let (id, wanted) = (new_id(), founding(&[bob, eve]));
    let founded = survivor.dies_after(id, ann, wanted.clone()).await;
    let retry = Draft { actor: ann, client: founded.client, kind: wanted };
    let again = survivor.store.append(id, &[retry], CONDITIONS).await.unwrap();
    assert_eq!(again, [Appended::Replayed(founded)]);
    assert!(survivor.sees(id, eve).await);
    survivor.finishes(&[]).await;
}

#[tokio::test]
async fn whoever_retries_has_read_what_they_said() {
    let (survivor, people) = (Survivor::new("crashsent").await, people());
    let id = survivor.group(people).await;
    let said = survivor.dies_after(id, people[1], says("hello")).await;
    let unread = async || survivor.store.overview(id, people[1]).await.unwrap().unwrap().unread();
    let retry = Draft { actor: people[1], client: said.client, kind: said.kind.clone() };
    let again = survivor.store.append(id, &[retry], CONDITIONS).await.unwrap();
    assert_eq!((again, unread().await), (vec![Appended::Replayed(said)], 0));
}
