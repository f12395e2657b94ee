//! What is asked of auth, what is remembered, and what holds while it is away.

use std::sync::Mutex;

use confab_core::{ClientId, ConversationId, ManualClock};
use confab_db::Database;
use confab_proto::internal::v1::user_directory_service_server::{
    UserDirectoryService, UserDirectoryServiceServer,
};
use tempfile::TempDir;
use tonic::Request;
use tonic::service::Routes;
use uuid::Uuid;

use super::*;
use crate::domain::{Conditions, Draft, EventKind, Founding, History, Profile, group_id};
use crate::store::Stores;

/// How long the tests wait for an auth that never answers.
const SHORT: Duration = Duration::from_millis(20);

/// An auth that says what it is told to say.
#[derive(Clone, Default)]
struct Auth(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    mood: Mood,
    blocked: bool,
    groups_only: bool,
    unknown: bool,
    asked: usize,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Mood {
    #[default]
    Well,
    /// Fails this one time.
    Moody,
    Away,
    /// Never answers.
    Hanging,
}

impl Auth {
    fn tell(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.0.lock().unwrap());
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    async fn answer<T>(&self, answer: impl FnOnce(&Script) -> T) -> Result<Response<T>, Status> {
        let mood = {
            let mut script = self.0.lock().unwrap();
            script.asked += 1;
            let mood = script.mood;
            if mood == Mood::Moody {
                script.mood = Mood::Well;
            }
            mood
        };
        match mood {
            Mood::Well => Ok(Response::new(answer(&self.0.lock().unwrap()))),
            Mood::Moody | Mood::Away => Err(Status::unavailable("away")),
            Mood::Hanging => std::future::pending().await,
        }
    }
}

#[tonic::async_trait]
impl UserDirectoryService for Auth {
    async fn filter_held_pictures(
        &self,
        _: Request<internal::FilterHeldPicturesRequest>,
    ) -> Result<Response<internal::FilterHeldPicturesResponse>, Status> {
        Err(Status::unimplemented("not asked here"))
    }

    async fn filter_users(
        &self,
        request: Request<internal::FilterUsersRequest>,
    ) -> Result<Response<internal::FilterUsersResponse>, Status> {
        let asked = request.into_inner().user_ids;
        let some = |such: bool| if such { asked.clone() } else { Vec::new() };
        self.answer(|script| internal::FilterUsersResponse {
            user_ids: some(!script.unknown),
            groups_only_user_ids: some(script.groups_only),
        })
        .await
    }

    async fn check_contact(
        &self,
        _: Request<internal::CheckContactRequest>,
    ) -> Result<Response<internal::CheckContactResponse>, Status> {
        self.answer(|script| internal::CheckContactResponse {
            blocked: script.blocked,
            groups_only: script.groups_only,
        })
        .await
    }

    async fn check_push(
        &self,
        _: Request<internal::CheckPushRequest>,
    ) -> Result<Response<internal::CheckPushResponse>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }
}

struct World {
    contacts: Contacts,
    stores: Stores,
    auth: Auth,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stores = Stores::open(&Database::Embedded { folder: folder.path().to_owned() }).await.unwrap();
        let (auth, clock) = (Auth::default(), Arc::new(ManualClock::new(Timestamp::from_millis(1_000_000))));
        let mut routes = Routes::builder();
        routes.add_service(UserDirectoryServiceServer::new(auth.clone()));
        let users = Client::new(Channel::in_process(routes.routes()));
        let contacts = Contacts::new(users, stores.people.clone(), clock.clone(), SHORT);
        Self { contacts, stores, auth, clock, _folder: folder }
    }

    async fn may_write(&self) -> bool {
        match self.contacts.require_writable(user(1), user(2)).await {
            Ok(()) => true,
            Err(Error::NotReceiving { .. }) => false,
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn open(&self) -> Result<(), Error> {
        self.contacts.require_openable(user(1), user(2)).await
    }
}

fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

#[tokio::test]
async fn auth_is_asked_once_for_many_messages_of_each() {
    let world = World::new().await;
    for _ in 0..100 {
        assert!(world.may_write().await);
        world.contacts.require_writable(user(2), user(1)).await.unwrap();
    }
    assert_eq!(world.auth.asked(), 2);
    world.contacts.require_writable(user(1), user(3)).await.unwrap();
    assert_eq!(world.auth.asked(), 3, "of others, nothing is known");
}

#[tokio::test]
async fn a_block_is_heeded_and_its_end_too_within_five_seconds() {
    let world = World::new().await;
    assert!(world.may_write().await);
    for blocked in [true, false] {
        world.auth.tell(|script| script.blocked = blocked);
        world.clock.advance(FRESH_TIME);
        assert_eq!(world.may_write().await, !blocked);
    }
}

#[tokio::test]
async fn talks_go_on_while_auth_is_away() {
    for mood in [Mood::Away, Mood::Hanging] {
        let world = World::new().await;
        world.auth.tell(|script| script.mood = mood);
        assert!(world.may_write().await, "auth has never said that they may not");
    }
}

#[tokio::test]
async fn what_auth_said_last_holds_while_it_is_away() {
    for mood in [Mood::Away, Mood::Hanging] {
        let world = World::new().await;
        world.auth.tell(|script| script.blocked = true);
        assert!(!world.may_write().await);
        world.auth.tell(|script| script.mood = mood);
        world.clock.advance(Duration::from_hours(1));
        assert!(!world.may_write().await);

        world.auth.tell(|script| (script.mood, script.blocked) = (Mood::Well, false));
        world.clock.advance(SILENCE_TIME);
        assert!(world.may_write().await);
    }
}

#[tokio::test]
async fn an_auth_that_does_not_answer_is_left_alone_for_a_while() {
    let world = World::new().await;
    world.auth.tell(|script| script.mood = Mood::Hanging);
    for _ in 0..100 {
        assert!(world.may_write().await);
    }
    assert_eq!(world.auth.asked(), TRIES_MAX);
    world.clock.advance(SILENCE_TIME);
    assert!(world.may_write().await);
    assert_eq!(world.auth.asked(), 2 * TRIES_MAX);
}

#[tokio::test]
async fn one_failure_is_made_good_by_asking_again() {
    let world = World::new().await;
    world.auth.tell(|script| (script.mood, script.blocked) = (Mood::Moody, true));
    assert!(!world.may_write().await);
    assert_eq!(world.auth.asked(), 2);
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_nothing_fresh() {
    let world = World::new().await;
    world.clock.advance(Duration::from_hours(1));
    assert!(world.may_write().await);
    world.auth.tell(|script| script.blocked = true);
    let earlier = Arc::new(ManualClock::new(Timestamp::from_millis(1_000_000)));
    let contacts = Contacts { clock: earlier, ..world.contacts };
    assert!(contacts.require_writable(user(1), user(2)).await.is_err());
}

#[tokio::test]
async fn nobody_and_somebody_blocked_get_the_same_answer() {
    let world = World::new().await;
    world.open().await.unwrap();
    for (unknown, blocked) in [(true, false), (false, true), (true, true)] {
        world.auth.tell(|script| (script.unknown, script.blocked) = (unknown, blocked));
        let refused = world.open().await;
        assert!(matches!(refused, Err(Error::NoSuchUser { user: other, .. }) if other == user(2)));
    }
}

#[tokio::test]
async fn no_talk_begins_while_auth_is_away() {
    for mood in [Mood::Away, Mood::Hanging] {
        let world = World::new().await;
        world.auth.tell(|script| script.mood = mood);
        assert!(matches!(world.open().await, Err(Error::Auth(_))));
    }
}

/// Brings the first two together in a group.
async fn found_group(world: &World) {
    let client = ClientId::from_uuid(Uuid::from_u128(7));
    let founding =
        Founding { profile: Profile::default(), history: History::Everything, members: vec![user(2)] };
    let draft = Draft { actor: user(1), client: Some(client), kind: EventKind::GroupCreated(founding) };
    let group: ConversationId = group_id(user(1), client);
    let conditions = Conditions { now: world.clock.now(), members_max: 10 };
    world.stores.messages.append(group, &[draft], conditions).await.unwrap();
}

#[tokio::test]
async fn some_hear_only_from_those_who_are_in_a_group_with_them() {
    let world = World::new().await;
    world.auth.tell(|script| script.groups_only = true);
    let bring = async || world.contacts.require_known(user(1), "user_ids", &[user(2)]).await;
    assert!(!world.may_write().await);
    assert!(matches!(world.open().await, Err(Error::NoSuchUser { .. })));
    assert!(matches!(bring().await, Err(Error::NoSuchUser { .. })));

    found_group(&world).await;
    world.clock.advance(FRESH_TIME);
    assert!(world.may_write().await);
    world.open().await.unwrap();
    bring().await.unwrap();
}
