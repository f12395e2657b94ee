//! Providers that leave the address out of the token, and say it when they are asked (OpenID
//! Connect Core, section 5.4): whatever they say then.

use confab_auth::SignUpPolicy;
use confab_proto::auth::v1;
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::identities::{claims, enter, finish, refused, start, world};
use crate::provider::{CLIENT, Encrypted, Fault, Liar};
use crate::world::{World, refusal};

const ADA: &str = "ada@example.com";

/// A world whose provider can be asked about people.
async fn world_that_asks() -> (World, Liar) {
    let (world, liar) = world(SignUpPolicy::Open).await;
    let url = format!("{}/about", liar.issuer);
    liar.tell(|script| script.published.insert("userinfo_endpoint".into(), url.into()));
    (world, liar)
}

/// What an honest provider says of Ada when it is asked.
fn ada() -> Value {
    json!({ "sub": format!("sub of {ADA}"), "email": ADA, "email_verified": true, "name": "Ada L." })
}

/// Logs Ada in by a token that says nothing but who she is, and of what `keeps` names.
async fn enter_with(
    world: &World,
    liar: &Liar,
    keeps: &[&str],
    about: Value,
) -> Result<v1::FinishProviderLogInResponse, Status> {
    let trip = start(world).await?;
    let mut said = claims(world, liar, &trip, ADA);
    for claim in ["email", "email_verified", "name"].iter().filter(|claim| !keeps.contains(claim)) {
        said.as_object_mut().unwrap().remove(*claim);
    }
    liar.tell(|script| (script.claims, script.about) = (said, about));
    finish(world, &trip).await
}

fn down() -> (Code, String) {
    (Code::Unavailable, "PROVIDER_DOWN".into())
}

fn unverified() -> (Code, String) {
    (Code::FailedPrecondition, "PROVIDER_EMAIL_UNVERIFIED".into())
}

#[tokio::test]
async fn what_the_token_leaves_out_the_provider_is_asked_for() {
    for keeps in [&[][..], &["email"], &["email_verified"], &["name"]] {
        let (world, liar) = world_that_asks().await;
        let user = enter_with(&world, &liar, keeps, ada()).await.unwrap().user.unwrap();
        assert_eq!((user.name.as_str(), user.email.as_str(), user.email_verified), ("Ada L.", ADA, true));
        let again = enter_with(&world, &liar, keeps, ada()).await.unwrap().user.unwrap();
        assert_eq!(again.user_id, user.user_id);
        assert_eq!(liar.tell(|script| script.about_asked), 2, "{keeps:?}");
    }
}

#[tokio::test]
async fn a_token_that_says_all_is_enough() {
    let (world, liar) = world_that_asks().await;
    liar.tell(|script| script.about_fault = Fault::Down);
    enter(&world, &liar, ADA).await.unwrap();
    let trip = start(&world).await.unwrap();
    let mut said = claims(&world, &liar, &trip, "bob@example.com");
    said["email_verified"] = json!(false);
    liar.tell(|script| script.claims = said);
    assert_eq!(refusal(finish(&world, &trip).await), unverified());
    assert_eq!(liar.tell(|script| script.about_asked), 0);
}

#[tokio::test]
async fn an_address_is_believed_only_of_the_same_person_and_if_it_was_proved() {
    let (world, liar) = world_that_asks().await;
    // Ada has proved her address here: whoever is taken for her is in.
    let owner = enter(&world, &liar, ADA).await.unwrap().user.unwrap();
    let (world, liar) = (&world, &liar);
    let enter_as_mallory = async |lie: Value| {
        let trip = start(world).await.unwrap();
        let mut said = claims(world, liar, &trip, "mallory@example.com");
        for claim in ["email", "email_verified"] {
            said.as_object_mut().unwrap().remove(claim);
        }
        liar.tell(|script| (script.claims, script.about) = (said, lie));
        finish(world, &trip).await
    };
    let mallory = "sub of mallory@example.com";
    assert_eq!(refusal(enter_as_mallory(ada()).await), refused(), "it speaks of Ada");
    for (lie, answer) in [
        (json!({ "sub": format!("{mallory} "), "email": ADA, "email_verified": true }), refused()),
        (json!({ "sub": "", "email": ADA, "email_verified": true }), refused()),
        (json!({ "sub": null, "email": ADA, "email_verified": true }), down()),
        (json!({ "email": ADA, "email_verified": true }), down()),
        (json!([ADA]), down()),
        (json!({ "sub": mallory, "email": [ADA], "email_verified": true }), down()),
        (json!({ "sub": mallory, "email": ADA, "email_verified": false }), unverified()),
        (json!({ "sub": mallory, "email": ADA, "email_verified": "yes" }), unverified()),
        (json!({ "sub": mallory, "email": ADA, "email_verified": 1 }), unverified()),
        (json!({ "sub": mallory, "email": ADA }), unverified()),
        (json!({ "sub": mallory, "email_verified": true }), unverified()),
        (json!({ "sub": mallory, "email": "no address", "email_verified": true }), unverified()),
        (json!({ "sub": mallory }), unverified()),
    ] {
        assert_eq!(refusal(enter_as_mallory(lie.clone()).await), answer, "{lie}");
    }
    let honest = json!({ "sub": mallory, "email": "mallory@example.com", "email_verified": "true" });
    let welcome = enter_as_mallory(honest).await.unwrap().user.unwrap();
    assert_ne!(welcome.user_id, owner.user_id);
}

/// What an honest provider says of Ada in a token.
fn signed_ada(liar: &Liar) -> Value {
    let mut said = ada();
    said["iss"] = liar.issuer.clone().into();
    said["aud"] = CLIENT.into();
    said
}

#[tokio::test]
async fn a_provider_may_sign_what_it_says_when_it_is_asked() {
    let (world, liar) = world_that_asks().await;
    liar.tell(|script| script.about_header = Some(json!({ "alg": "EdDSA" })));
    let now = world.now().as_seconds();
    for (claim, value) in [
        ("aud", json!(CLIENT)),
        ("aud", json!([CLIENT, "somebody else"])),
        ("exp", json!(now + 60)),
        ("iat", json!(now)),
    ] {
        let mut said = signed_ada(&liar);
        said[claim] = value.clone();
        let user = enter_with(&world, &liar, &[], said).await.unwrap().user.unwrap();
        assert_eq!((user.email.as_str(), user.email_verified), (ADA, true), "{claim}: {value}");
    }
}

#[tokio::test]
async fn what_a_provider_signs_when_it_is_asked_is_checked_like_any_token_of_it() {
    let (world, liar) = world_that_asks().await;
    let honest = Some(json!({ "alg": "EdDSA" }));
    liar.tell(|script| script.about_header.clone_from(&honest));
    let now = world.now().as_seconds();
    for (claim, lie) in [
        ("iss", Value::Null),
        ("iss", json!("https://evil.example")),
        ("aud", Value::Null),
        ("aud", json!([])),
        ("aud", json!("somebody else")),
        ("exp", json!(now - 600)),
        ("exp", json!("never")),
        ("sub", Value::Null),
        ("sub", json!("sub of bob@example.com")),
        ("email", json!([ADA])),
    ] {
        let mut said = signed_ada(&liar);
        said[claim] = lie.clone();
        let answer = enter_with(&world, &liar, &[], said).await;
        assert_eq!(refusal(answer), refused(), "{claim}: {lie}");
    }
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "EdDSA", "kid": "unknown" }),
        json!({}),
    ] {
        liar.tell(|script| script.about_header = Some(header.clone()));
        let answer = enter_with(&world, &liar, &[], signed_ada(&liar)).await;
        assert_eq!(refusal(answer), refused(), "{header}");
    }
    liar.tell(|script| (script.about_header, script.about_stolen) = (honest, true));
    let answer = enter_with(&world, &liar, &[], signed_ada(&liar)).await;
    assert_eq!(refusal(answer), refused(), "another key by the same name");
    liar.tell(|script| script.about_stolen = false);
    enter_with(&world, &liar, &[], signed_ada(&liar)).await.unwrap();
}

#[tokio::test]
async fn what_a_provider_encrypts_is_refused_wherever_it_stands() {
    let (world, liar) = world_that_asks().await;
    liar.tell(|script| script.about_header = Some(json!({ "alg": "EdDSA" })));
    for encrypted in [Encrypted::Token, Encrypted::About] {
        liar.tell(|script| script.encrypted = encrypted);
        let answer = enter_with(&world, &liar, &[], signed_ada(&liar)).await;
        assert_eq!(refusal(answer), refused(), "{encrypted:?}");
    }
    liar.tell(|script| script.encrypted = Encrypted::Nothing);
    enter_with(&world, &liar, &[], signed_ada(&liar)).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_does_not_say_it_as_it_should_is_said_to_be_down() {
    let (world, liar) = world_that_asks().await;
    for fault in [Fault::Down, Fault::Huge, Fault::Moved, Fault::Garbage, Fault::Stalled] {
        liar.tell(|script| script.about_fault = fault);
        assert_eq!(refusal(enter_with(&world, &liar, &[], ada()).await), down(), "{fault:?}");
    }
    liar.tell(|script| script.about_fault = Fault::None);
    enter_with(&world, &liar, &[], ada()).await.unwrap();
}

#[tokio::test]
async fn nothing_is_asked_where_it_could_be_overheard() {
    for place in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        for url in ["http://id.example.com/there", "file:///etc/passwd", "there", ""] {
            let (world, liar) = world_that_asks().await;
            liar.tell(|script| script.published.insert(place.into(), url.into()));
            assert_eq!(refusal(start(&world).await), down(), "{place}: {url}");
        }
    }
}
