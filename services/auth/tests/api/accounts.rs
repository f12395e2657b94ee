//! Signing up, logging in, and the profile.

use confab_proto::auth::v1;
use tonic::Code;

use crate::world::{PASSWORD, World, bad_field, log_in, refusal, sign_up, with_token};

#[tokio::test]
async fn somebody_signs_up_logs_in_and_sees_themselves() {
    let world = World::new().await;
    let (ada, token) = world.join(" Ada@Example.com ", " Ada ").await;
    assert_eq!((ada.email.as_str(), ada.name.as_str()), ("ada@example.com", "Ada"));
    assert_eq!(world.me(&token).await.unwrap(), ada);

    let response = world.auth().log_in(log_in("ADA@example.COM", PASSWORD)).await.unwrap().into_inner();
    assert_eq!(response.user.as_ref(), Some(&ada));
    let again = response.access_token.unwrap().token;
    assert_ne!(again, token);
    assert_eq!(world.me(&again).await.unwrap(), ada);
}

#[tokio::test]
async fn an_address_has_one_account_also_in_capitals() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;
    let second = world.auth().sign_up(sign_up("ADA@EXAMPLE.COM", PASSWORD, "Bob")).await;
    assert_eq!(refusal(second), (Code::AlreadyExists, "EMAIL_TAKEN".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sign_ups_that_race_for_an_address_one_succeeds() {
    let world = World::new().await;
    let attempts: Vec<_> = (0..8)
        .map(|number| {
            let mut auth = world.auth();
            tokio::spawn(async move {
                auth.sign_up(sign_up("ada@example.com", PASSWORD, &format!("{number}"))).await
            })
        })
        .collect();
    let mut winners = 0;
    for attempt in attempts {
        match attempt.await.unwrap() {
            Ok(_) => winners += 1,
            refused => assert_eq!(refusal(refused).1, "EMAIL_TAKEN"),
        }
    }
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;

    let wrong = world.auth().log_in(log_in("ada@example.com", "wrong horse battery")).await.unwrap_err();
    assert_eq!(wrong.code(), Code::Unauthenticated);
    for email in ["bob@example.com", "no address at all"] {
        let unknown = world.auth().log_in(log_in(email, PASSWORD)).await.unwrap_err();
        assert_eq!((unknown.code(), unknown.message()), (wrong.code(), wrong.message()), "{email}");
        assert_eq!(unknown.details(), wrong.details(), "{email}");
    }
}

#[tokio::test]
async fn nothing_but_the_whole_password_opens_an_account() {
    let world = World::new().await;
    world.join("ada@example.com", "Ada").await;
    for wrong in
        ["correct horse batter", "correct horse battery ", "Correct horse battery", "correct horse battery\0"]
    {
        let refused = world.auth().log_in(log_in("ada@example.com", wrong)).await;
        assert_eq!(refusal(refused), (Code::Unauthenticated, "WRONG_CREDENTIALS".into()), "{wrong:?}");
    }
}

#[tokio::test]
async fn bad_sign_ups_are_refused_with_the_name_of_the_field() {
    let world = World::new().await;
    let long = "x".repeat(300);
    for (email, password, name, field) in [
        ("ada", PASSWORD, "Ada", "email"),
        ("ada@localhost", PASSWORD, "Ada", "email"),
        ("", PASSWORD, "Ada", "email"),
        ("ada@example.com", "short", "Ada", "password"),
        ("ada@example.com", "password1", "Ada", "password"),
        ("ada@example.com", "ADA@example.com", "Ada", "password"),
        ("ada@example.com", "with a \0 inside", "Ada", "password"),
        ("ada@example.com", long.as_str(), "Ada", "password"),
        ("ada@example.com", PASSWORD, "", "name"),
        ("ada@example.com", PASSWORD, " \u{200B} ", "name"),
        ("ada@example.com", PASSWORD, "a\nb", "name"),
        ("ada@example.com", PASSWORD, long.as_str(), "name"),
    ] {
        let refused = world.auth().sign_up(sign_up(email, password, name)).await;
        assert_eq!(bad_field(refused).0, field, "{email:?} {password:?} {name:?}");
    }
    // None of them took the address.
    world.join("ada@example.com", "Ada").await;
}

#[tokio::test]
async fn a_password_is_refused_with_a_reason() {
    let world = World::new().await;
    let refused = world.auth().sign_up(sign_up("ada@example.com", "qwertyuiop", "Ada")).await;
    let (field, problem) = bad_field(refused);
    assert_eq!(field, "password");
    assert!(problem.contains("common"), "{problem}");
}

#[tokio::test]
async fn a_profile_changes_where_the_mask_says() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    world.clock.advance(std::time::Duration::from_secs(5));

    let mask = prost_types::FieldMask { paths: vec!["name".to_owned()] };
    let profile = v1::Profile { name: "Countess".to_owned(), ..v1::Profile::default() };
    let request = v1::UpdateProfileRequest { profile: Some(profile), update_mask: Some(mask) };
    let changed =
        world.auth().update_profile(with_token(&token, request)).await.unwrap().into_inner().user.unwrap();

    assert_eq!(changed.name, "Countess");
    assert_eq!(
        (&changed.user_id, &changed.email, changed.create_time),
        (&ada.user_id, &ada.email, ada.create_time)
    );
    assert_ne!(changed.update_time, ada.update_time);
    assert_eq!(world.me(&token).await.unwrap(), changed);
}

#[tokio::test]
async fn a_bad_profile_is_refused_with_the_name_of_the_field() {
    let world = World::new().await;
    let (ada, token) = world.join("ada@example.com", "Ada").await;
    for (name, path, field) in
        [("", "name", "profile.name"), ("a\u{202E}b", "name", "profile.name"), ("B", "email", "update_mask")]
    {
        let mask = prost_types::FieldMask { paths: vec![path.to_owned()] };
        let profile = v1::Profile { name: name.to_owned(), ..v1::Profile::default() };
        let request = v1::UpdateProfileRequest { profile: Some(profile), update_mask: Some(mask) };
        let refused = world.auth().update_profile(with_token(&token, request)).await;
        assert_eq!(bad_field(refused).0, field, "{name:?}");
    }
    assert_eq!(world.me(&token).await.unwrap(), ada);
}

#[tokio::test]
async fn a_request_of_five_megabytes_is_refused() {
    let world = World::new().await;
    let refused = world.auth().sign_up(sign_up("ada@example.com", PASSWORD, &"x".repeat(5_000_000))).await;
    assert_eq!(refused.unwrap_err().code(), Code::OutOfRange);
}
