//! Who may sign up, and invitations.

use std::time::Duration;

use confab_auth::{Config, SignUpPolicy};
use confab_proto::auth::v1;
use tonic::{Code, Status};

use crate::world::{PASSWORD, World, bad_field, config, refusal, sign_up, with_token};

async fn world(policy: SignUpPolicy) -> World {
    let domain = "example.com".parse().unwrap();
    World::with(Config { sign_up: policy, sign_up_domain: vec![domain], ..config() }).await
}

async fn invite(world: &World, token: &str, request: v1::CreateInviteRequest) -> (v1::Invite, String) {
    let made = world.invites().create_invite(with_token(token, request)).await.unwrap().into_inner();
    (made.invite.unwrap(), made.code)
}

async fn invites(world: &World, token: &str) -> Vec<v1::Invite> {
    let request = with_token(token, v1::ListInvitesRequest {});
    world.invites().list_invites(request).await.unwrap().into_inner().invites
}

async fn come_in(world: &World, email: &str, code: &str) -> Result<v1::SignUpResponse, Status> {
    let request = v1::SignUpRequest { invite_code: code.to_owned(), ..sign_up(email, PASSWORD, "Bob") };
    world.auth().sign_up(request).await.map(tonic::Response::into_inner)
}

fn no_such_invite() -> (Code, String) {
    (Code::InvalidArgument, "NO_SUCH_INVITE".into())
}

#[tokio::test]
async fn the_first_person_invites_the_next() {
    let world = world(SignUpPolicy::Invited).await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let (invite, code) = invite(&world, &token, v1::CreateInviteRequest::default()).await;
    assert_eq!((invite.use_count, invite.max_use_count), (0, 1));
    assert_eq!(code.len(), 43);
    assert_ne!(code, invite.invite_id);

    let uninvited = come_in(&world, "bob@example.com", "").await;
    assert_eq!(refusal(uninvited), (Code::PermissionDenied, "INVITE_NEEDED".into()));
    for wrong in ["short", &invite.invite_id, &"a".repeat(43)] {
        assert_eq!(refusal(come_in(&world, "bob@example.com", wrong).await), no_such_invite());
    }
    come_in(&world, "bob@example.com", &code).await.unwrap();
    assert_eq!(refusal(come_in(&world, "eve@example.com", &code).await), no_such_invite());
    assert_eq!(invites(&world, &token).await, []);
}

#[tokio::test]
async fn an_invitation_that_brought_nobody_in_is_still_good() {
    let world = world(SignUpPolicy::Invited).await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let (_, code) = invite(&world, &token, v1::CreateInviteRequest::default()).await;
    let used = come_in(&world, "ada@example.com", &code).await;
    assert_eq!(refusal(used).1, "EMAIL_TAKEN");
    let weak =
        v1::SignUpRequest { invite_code: code.clone(), ..sign_up("bob@example.com", "password1", "Bob") };
    assert_eq!(bad_field(world.auth().sign_up(weak).await).0, "password");
    come_in(&world, "bob@example.com", &code).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_who_race_for_one_invitation_one_gets_in() {
    let world = world(SignUpPolicy::Invited).await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let (_, code) = invite(&world, &token, v1::CreateInviteRequest::default()).await;
    let racing = (0..5).map(|number| {
        let (mut auth, invite_code) = (world.auth(), code.clone());
        let email = format!("{number}@example.com");
        tokio::spawn(async move {
            let request = v1::SignUpRequest { invite_code, ..sign_up(&email, PASSWORD, "Bob") };
            auth.sign_up(request).await.map_err(|status| refusal::<()>(Err(status)))
        })
    });
    let mut won = 0;
    for racer in racing.collect::<Vec<_>>() {
        match racer.await.unwrap() {
            Ok(_) => won += 1,
            Err(refused) => assert_eq!(refused, no_such_invite()),
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn an_invitation_ends_with_its_time_or_when_it_is_taken_back() {
    let world = world(SignUpPolicy::Invited).await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let for_three = v1::CreateInviteRequest { max_use_count: Some(3), valid_days: Some(2) };
    let (late, late_code) = invite(&world, &token, for_three).await;
    let (_, bob) = {
        let bob = come_in(&world, "bob@example.com", &late_code).await.unwrap();
        (bob.user, bob.access_token.unwrap().token)
    };
    assert_eq!(invites(&world, &token).await, [v1::Invite { use_count: 1, ..late.clone() }]);
    assert_eq!(invites(&world, &bob).await, [], "others see nothing of it");

    let revoke =
        |token: &str| with_token(token, v1::RevokeInviteRequest { invite_id: late.invite_id.clone() });
    world.invites().revoke_invite(revoke(&bob)).await.unwrap();
    come_in(&world, "cyd@example.com", &late_code).await.unwrap();
    for _ in 0..2 {
        world.invites().revoke_invite(revoke(&token)).await.unwrap();
    }
    assert_eq!(refusal(come_in(&world, "dan@example.com", &late_code).await), no_such_invite());

    let (_, code) = invite(&world, &token, for_three).await;
    world.clock.advance(Duration::from_hours(48));
    assert_eq!(refusal(come_in(&world, "dan@example.com", &code).await), no_such_invite());
}

#[tokio::test]
async fn people_of_a_domain_need_no_invitation_and_others_do() {
    let world = world(SignUpPolicy::Domain).await;
    let (_, token) = world.join("first@elsewhere.net", "Ada").await;
    come_in(&world, "ada@EXAMPLE.com", "").await.unwrap();
    for outside in ["bob@sub.example.com", "bob@elsewhere.net"] {
        assert_eq!(refusal(come_in(&world, outside, "").await).1, "INVITE_NEEDED", "{outside}");
    }
    let (_, code) = invite(&world, &token, v1::CreateInviteRequest::default()).await;
    come_in(&world, "bob@elsewhere.net", &code).await.unwrap();
}

#[tokio::test]
async fn the_limits_of_invitations_are_named() {
    let world = world(SignUpPolicy::Open).await;
    let (_, token) = world.join("ada@example.com", "Ada").await;
    let create =
        |max_use_count, valid_days| with_token(&token, v1::CreateInviteRequest { max_use_count, valid_days });
    for (count, days, field) in [
        (Some(0), None, "max_use_count"),
        (Some(101), None, "max_use_count"),
        (None, Some(0), "valid_days"),
        (None, Some(91), "valid_days"),
        (Some(-1), None, "max_use_count"),
    ] {
        let refused = world.invites().create_invite(create(count, days)).await;
        assert_eq!(bad_field(refused).0, field, "{count:?} {days:?}");
    }
    for _ in 0..20 {
        world.invites().create_invite(create(Some(100), Some(90))).await.unwrap();
    }
    let refused = world.invites().create_invite(create(None, None)).await;
    assert_eq!(refusal(refused), (Code::FailedPrecondition, "TOO_MANY_INVITES".into()));
    let nobody = world.invites().create_invite(v1::CreateInviteRequest::default()).await;
    assert_eq!(refusal(nobody).0, Code::Unauthenticated);
}
