//! Devices that are told while no page of theirs is open.

use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, ManualClock, SystemClock};
use confab_proto::internal::v1 as internal;
use confab_proto::message::v1;
use confab_proto::message::v1::PushOutcome;
use confab_proto::message::v1::push_service_client::PushServiceClient;
use confab_proto::message::v1::send_message_request::Target;
use serde_json::{Value, json};
use tokio::time::{interval, timeout};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::push_service::{Answer, Browser, Parcel, PushService};
use crate::reader::Reader;
use crate::refusals::{reason, violations};
use crate::world::{Person, World};

/// How long anything may take to happen, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

impl Person {
    fn pushes(&self) -> PushServiceClient<confab_rpc::Channel> {
        PushServiceClient::new(self.channel())
    }

    /// Asks to be told by `service`, on the device that is called `name` there.
    async fn subscribe_to(&self, service: &PushService, name: &str, browser: &Browser) {
        self.set_push(wanted(&format!("{}/{name}", service.origin), browser)).await.unwrap();
    }

    async fn set_push(&self, request: v1::SetPushSubscriptionRequest) -> Result<(), Status> {
        self.pushes().set_push_subscription(self.request(request)).await.map(drop)
    }

    async fn push_subscription(&self) -> Option<v1::PushSubscription> {
        let request = self.request(v1::GetPushSubscriptionRequest {});
        self.pushes().get_push_subscription(request).await.unwrap().into_inner().subscription
    }

    async fn ledger(&self) -> Vec<v1::Push> {
        let request = self.request(v1::ListPushesRequest::default());
        self.pushes().list_pushes(request).await.unwrap().into_inner().pushes
    }

    /// Waits until the newest push is as wanted.
    async fn wait_for(&self, wanted: impl Fn(&v1::Push) -> bool) -> v1::Push {
        let look = async {
            let mut ticks = interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                if let Some(found) = self.ledger().await.into_iter().next().filter(&wanted) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, look).await.expect("it becomes of a push what should")
    }

    async fn wait_for_outcome(&self, outcome: PushOutcome) -> v1::Push {
        self.wait_for(|push| push.outcome() == outcome).await
    }
}

fn wanted(endpoint: &str, browser: &Browser) -> v1::SetPushSubscriptionRequest {
    v1::SetPushSubscriptionRequest {
        endpoint: endpoint.into(),
        p256dh: browser.p256dh().into(),
        auth: browser.auth.to_vec().into(),
        hide_text: false,
    }
}

/// What `browser` shows of `parcel`.
fn told(parcel: &Parcel, browser: &Browser) -> Value {
    serde_json::from_slice(&browser.read(&parcel.body)).unwrap()
}

/// Two people, of whom the second has a device, and the service that tells it.
async fn scene(clock: Arc<dyn Clock>) -> (World, Person, Person, PushService, Browser) {
    let world = World::with_push(clock).await;
    let (ann, bob) = (world.person(), world.person());
    let (service, browser) = (PushService::start().await, Browser::new());
    bob.subscribe_to(&service, "bob", &browser).await;
    (world, ann, bob, service, browser)
}

fn stopped_clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(SystemClock.now()))
}

#[tokio::test]
async fn whoever_is_away_is_told_what_only_their_browser_can_read() {
    let (world, ann, bob, mut service, browser) = scene(Arc::new(SystemClock)).await;
    world.auth.call(&ann, "Ann");
    let said = ann.say_to(&bob, "Are you\nthere?").await;
    let parcel = service.next().await;
    assert_eq!(parcel.device, "bob");
    let expected = json!({
        "conversation_id": said.conversation_id, "seq": 1, "sender": "Ann", "text": "Are you there?", "unread": 1,
    });
    assert_eq!(told(&parcel, &browser), expected);
    for (header, value) in [("ttl", "86400"), ("urgency", "high"), ("content-encoding", "aes128gcm")] {
        assert_eq!(parcel.header(header), value, "{header}");
    }
    assert_eq!(parcel.header("topic").len(), 32);
    assert!(parcel.body.len() <= 4_096, "{}", parcel.body.len());
    let request = bob.request(v1::GetPushKeyRequest {});
    let key = bob.pushes().get_push_key(request).await.unwrap().into_inner().public_key;
    assert_eq!(parcel.signed_by(&key, &service.origin), "mailto:admin@example.com");

    let noted = bob.wait_for_outcome(PushOutcome::Sent).await;
    assert_eq!((noted.seq, noted.message_count, noted.try_count, noted.status), (1, 1, 1, 201));
    assert_eq!(noted.conversation_id, said.conversation_id);
    assert_eq!(ann.ledger().await, [], "nobody else sees it");

    // The next one takes the place of the first, and says nothing by its length.
    ann.say_to(&bob, "Hello?").await;
    let next = service.next().await;
    assert_eq!(next.header("topic"), parcel.header("topic"));
    assert_eq!(next.body.len(), parcel.body.len());
    assert_eq!(told(&next, &browser)["unread"], 2);
}

#[tokio::test]
async fn in_a_group_the_others_are_told_who_said_what_where() {
    let (world, ann, bob, mut service, browser) = scene(Arc::new(SystemClock)).await;
    world.auth.call(&bob, "Bob");
    let (eve, hers) = (world.person(), Browser::new());
    eve.set_push(v1::SetPushSubscriptionRequest {
        hide_text: true,
        ..wanted(&format!("{}/eve", service.origin), &hers)
    })
    .await
    .unwrap();
    assert!(eve.push_subscription().await.unwrap().hide_text);
    let group = ann.found(&[&bob, &eve]).await;
    bob.send(Target::ConversationId(group.clone()), "to all", Uuid::new_v4()).await.unwrap();
    let parcel = service.next().await;
    assert_eq!((parcel.device.as_str(), parcel.header("urgency")), ("eve", "normal"));
    let seen = told(&parcel, &hers);
    assert_eq!((&seen["title"], &seen["sender"], seen.get("text")), (&json!("Trip"), &json!("Bob"), None));
    eve.wait_for_outcome(PushOutcome::Sent).await;

    ann.send(Target::ConversationId(group), "to both", Uuid::new_v4()).await.unwrap();
    let mut both = [service.next().await, service.next().await];
    both.sort_by(|one, other| one.device.cmp(&other.device));
    assert_eq!(told(&both[0], &browser)["text"], "to both");
    assert_eq!(both[1].device, "eve");
}

#[tokio::test]
async fn what_is_not_told_is_noted_with_its_reason() {
    let (world, ann, bob, mut service, browser) = scene(Arc::new(SystemClock)).await;
    let talk = ann.say_to(&bob, "first").await.conversation_id;
    service.next().await;
    bob.wait_for_outcome(PushOutcome::Sent).await;

    let until = Some(SystemClock.now().plus(Duration::from_hours(1)).into());
    bob.mute(&talk, until).await.unwrap();
    ann.say_to(&bob, "muted").await;
    let noted = bob.wait_for_outcome(PushOutcome::Muted).await;
    assert_eq!((noted.seq, noted.try_count, noted.status), (2, 0, 0));
    bob.archive(&talk).await.unwrap();
    ann.say_to(&bob, "put away").await;
    bob.wait_for_outcome(PushOutcome::Archived).await;
    bob.mute(&talk, None).await.unwrap();
    bob.unarchive(&talk).await.unwrap();

    let group = ann.found(&[&bob]).await;
    world.auth.block(&bob, &ann);
    ann.send(Target::ConversationId(group.clone()), "blocked", Uuid::new_v4()).await.unwrap();
    bob.wait_for_outcome(PushOutcome::Blocked).await;
    world.auth.unblock_all();

    assert!(service.rest().is_empty());
    ann.send(Target::ConversationId(group), "at last", Uuid::new_v4()).await.unwrap();
    assert_eq!(told(&service.next().await, &browser)["text"], "at last");
}

#[tokio::test]
async fn a_device_with_an_open_page_is_not_told_and_another_one_only_of_what_is_not_read() {
    let clock = stopped_clock();
    let (world, ann, bob, mut service, browser) = scene(clock.clone()).await;
    let desk = world.person_again(&bob);
    desk.subscribe_to(&service, "desk", &Browser::new()).await;
    let _page = Reader::new(&desk, "", &[]).await;

    let said = ann.say_to(&bob, "one").await;
    bob.wait_for(|push| push.outcome() == PushOutcome::Waiting).await;
    desk.read(&said.conversation_id, said.seq).await.unwrap();
    clock.advance(Duration::from_secs(15));
    let outcomes = async || {
        let mut outcomes: Vec<_> = bob.ledger().await.iter().map(v1::Push::outcome).collect();
        outcomes.sort_unstable();
        outcomes
    };
    let settled = async |expected: &[PushOutcome]| {
        let look = async {
            let mut ticks = interval(Duration::from_millis(20));
            while outcomes().await != expected {
                ticks.tick().await;
            }
        };
        timeout(PATIENCE, look).await.expect("both are decided");
    };
    settled(&[PushOutcome::Read, PushOutcome::Open]).await;

    ann.say_to(&bob, "two").await;
    bob.wait_for(|push| push.outcome() == PushOutcome::Waiting).await;
    clock.advance(Duration::from_secs(15));
    let parcel = service.next().await;
    assert_eq!((parcel.device.as_str(), told(&parcel, &browser)["text"].as_str()), ("bob", Some("two")));
    settled(&[PushOutcome::Sent, PushOutcome::Read, PushOutcome::Open, PushOutcome::Open]).await;
    assert!(service.rest().is_empty());
}

#[tokio::test]
async fn a_subscription_ends_with_its_session() {
    let (world, ann, bob, mut service, _) = scene(Arc::new(SystemClock)).await;
    world.auth.end_session(&bob);
    ann.say_to(&bob, "hello").await;
    bob.wait_for_outcome(PushOutcome::Ended).await;
    assert_eq!(bob.push_subscription().await, None);
    assert!(service.rest().is_empty());
}

#[tokio::test]
async fn a_subscription_that_the_push_service_has_ended_is_forgotten() {
    for status in [404, 410] {
        let (_world, ann, bob, mut service, _) = scene(Arc::new(SystemClock)).await;
        service.will_say(Answer::Status(status));
        ann.say_to(&bob, "hello").await;
        service.next().await;
        let noted = bob.wait_for_outcome(PushOutcome::Expired).await;
        assert_eq!(noted.status, i32::from(status));
        assert_eq!(bob.push_subscription().await, None);
    }
}

#[tokio::test]
async fn a_push_service_that_is_busy_is_asked_again_when_it_wants() {
    let clock = stopped_clock();
    let (_world, ann, bob, mut service, browser) = scene(clock.clone()).await;
    service.will_say(Answer::Later(429, "60"));
    service.will_say(Answer::Status(503));
    ann.say_to(&bob, "one").await;
    service.next().await;
    bob.wait_for(|push| push.status == 429).await;
    // What is said meanwhile waits too, and is told in one.
    ann.say_to(&bob, "two").await;
    bob.wait_for(|push| push.message_count == 2).await;
    clock.advance(Duration::from_secs(59));
    assert_eq!(bob.wait_for(|push| push.status == 429).await.try_count, 1);
    assert!(service.rest().is_empty());
    clock.advance(Duration::from_secs(1));
    service.next().await;
    let noted = bob.wait_for(|push| push.status == 503).await;
    assert_eq!((noted.outcome(), noted.try_count), (PushOutcome::Waiting, 2));
    // It did not say when; the second pause is longer than the first.
    clock.advance(Duration::from_secs(40));
    assert_eq!(told(&service.next().await, &browser)["text"], "two");
    let noted = bob.wait_for_outcome(PushOutcome::Sent).await;
    assert_eq!((noted.try_count, noted.message_count, noted.seq), (3, 2, 2));
}

#[tokio::test]
async fn nobody_is_followed_anywhere() {
    let (_world, ann, bob, mut service, _) = scene(Arc::new(SystemClock)).await;
    service.will_say(Answer::Moved);
    ann.say_to(&bob, "hello").await;
    assert_eq!(service.next().await.device, "bob");
    let noted = bob.wait_for_outcome(PushOutcome::Refused).await;
    assert_eq!((noted.status, service.rest().len()), (307, 0));
    assert!(bob.push_subscription().await.is_some(), "it may be another day");
}

#[tokio::test]
async fn nobody_waits_for_a_push_service_that_never_answers() {
    let (world, ann, bob, mut service, _) = scene(Arc::new(SystemClock)).await;
    for _ in 0..2 {
        service.will_say(Answer::Never);
    }
    let group = ann.found(&[&bob]).await;
    ann.say_to(&bob, "one").await;
    ann.send(Target::ConversationId(group), "two", Uuid::new_v4()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(service.next().await.device, "bob");
    }
    for at in 0..20 {
        ann.say_to(&bob, &format!("more {at}")).await;
    }
    // Nor do others.
    let (eve, hers) = (world.person(), Browser::new());
    eve.subscribe_to(&service, "eve", &hers).await;
    ann.say_to(&eve, "hello").await;
    assert_eq!(service.next().await.device, "eve");
    service.let_go();
    bob.wait_for_outcome(PushOutcome::Sent).await;
}

#[tokio::test]
async fn nothing_inside_of_a_network_is_called() {
    let world = World::with_careful_push().await;
    let (bob, browser) = (world.person(), Browser::new());
    for inside in ["http://127.0.0.1:9/x", "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/x"]
    {
        let refused = bob.set_push(wanted(inside, &browser)).await.unwrap_err();
        assert_eq!((refused.code(), violations(&refused)), (Code::InvalidArgument, vec!["endpoint".into()]));
    }
    bob.set_push(wanted("https://push.example.net/x", &browser)).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_told_anything_is_refused_by_name() {
    let (_world, _, bob, service, browser) = scene(Arc::new(SystemClock)).await;
    let good = wanted(&format!("{}/x", service.origin), &browser);
    let no_point = v1::SetPushSubscriptionRequest { p256dh: vec![4; 65].into(), ..good.clone() };
    let short = v1::SetPushSubscriptionRequest { auth: vec![4; 15].into(), ..good.clone() };
    let nowhere = v1::SetPushSubscriptionRequest { endpoint: "nowhere".into(), ..good };
    for (request, field) in [(no_point, "p256dh"), (short, "auth"), (nowhere, "endpoint")] {
        let refused = bob.set_push(request).await.unwrap_err();
        assert_eq!(violations(&refused), [field]);
    }
    // A server that does not push says so.
    let world = World::new().await;
    let bob = world.person();
    let request = bob.request(v1::GetPushKeyRequest {});
    assert!(bob.pushes().get_push_key(request).await.unwrap().into_inner().public_key.is_empty());
    let refused = bob.set_push(wanted("https://push.example.net/x", &browser)).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "PUSH_OFF"));
}

#[tokio::test]
async fn nothing_is_left_of_the_devices_of_who_is_erased() {
    let (world, ann, bob, mut service, _) = scene(Arc::new(SystemClock)).await;
    ann.say_to(&bob, "hello").await;
    service.next().await;
    bob.wait_for_outcome(PushOutcome::Sent).await;
    let request = internal::EraseUserRequest { user_id: bob.id.to_string(), progress: String::new() };
    assert!(world.personal_data().erase_user(request).await.unwrap().into_inner().done);
    assert_eq!((bob.push_subscription().await, bob.ledger().await), (None, Vec::new()));

    // What one has ended is ended.
    let eve = world.person();
    eve.subscribe_to(&service, "eve", &Browser::new()).await;
    let request = || eve.request(v1::DeletePushSubscriptionRequest {});
    for _ in 0..2 {
        eve.pushes().delete_push_subscription(request()).await.unwrap();
    }
    assert_eq!(eve.push_subscription().await, None);
}
