//! Which access tokens are taken, at the gateway and at each service behind it.

use std::time::{Duration, Instant};

use confab_proto::auth::v1::GetMeRequest;
use confab_proto::auth::v1::auth_service_client::AuthServiceClient;
use confab_proto::media::v1::ListMyMediaRequest;
use confab_proto::media::v1::media_service_client::MediaServiceClient;
use confab_proto::message::v1::ListConversationsRequest;
use confab_proto::message::v1::conversation_service_client::ConversationServiceClient;
use confab_rpc::Channel;
use tokio::time::timeout;
use tonic::{Code, Request, Status};

use crate::forgeries;
use crate::town::Town;

/// How many there are at the least.
const FORGERIES_MIN: usize = 60;
/// More than any header may have, in bytes.
const TOO_LONG: usize = 1 << 20;
/// How long an answer may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a token is shown.
#[derive(Clone, Copy, Debug)]
enum Door {
    Gateway,
    Auth,
    Message,
    Media,
}

fn channel(port: u16) -> Channel {
    Channel::remote(format!("http://127.0.0.1:{port}").parse().unwrap())
}

fn with_token<T>(token: &str, message: T) -> Option<Request<T>> {
    let mut request = Request::new(message);
    if token.is_empty() {
        return Some(request);
    }
    // What cannot even stand in a header is not sent.
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().ok()?);
    Some(request)
}

/// Shows `token` to the service that answers at `channel`.
async fn show(door: Door, channel: Channel, token: &str) -> Option<Result<(), Status>> {
    Some(match door {
        Door::Gateway | Door::Auth => {
            let request = with_token(token, GetMeRequest {})?;
            AuthServiceClient::new(channel).get_me(request).await.map(drop)
        }
        Door::Message => {
            let request = with_token(token, ListConversationsRequest::default())?;
            ConversationServiceClient::new(channel).list_conversations(request).await.map(drop)
        }
        Door::Media => {
            let request = with_token(token, ListMyMediaRequest::default())?;
            MediaServiceClient::new(channel).list_my_media(request).await.map(drop)
        }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_forged_token_is_taken_at_the_gateway_or_at_any_service() {
    let town = Town::new();
    let good = town.join("ada");
    let remade = forgeries::remade(&town, &good);
    let forged = forgeries::all(&town, &good);
    assert!(forged.len() >= FORGERIES_MIN, "{}", forged.len());
    let doors = [
        (Door::Gateway, town.gateway()),
        (Door::Auth, town.auth),
        (Door::Message, town.message),
        (Door::Media, town.media),
    ];
    for (door, port) in doors {
        let channel = channel(port);
        for token in [&good, &remade] {
            show(door, channel.clone(), token).await.unwrap().unwrap();
        }
        let mut times = Vec::new();
        let none = ("no token".to_owned(), String::new());
        for (what, token) in forged.iter().chain([&none]) {
            let begun = Instant::now();
            let Some(answer) = show(door, channel.clone(), token).await else { continue };
            times.push(begun.elapsed());
            let refused = answer.expect_err(what);
            assert_eq!(refused.code(), Code::Unauthenticated, "{what} at {door:?}: {refused:?}");
        }
        times.sort_unstable();
        let (count, median, slowest) = (times.len(), times[times.len() / 2], times[times.len() - 1]);
        println!(
            "{door:?}: {count} of {count} refused, half of them in {median:?}, the slowest in {slowest:?}"
        );

        // This does not even get to whoever reads tokens, and harms nobody else.
        let long = "a".repeat(TOO_LONG);
        let shown = show(door, self::channel(port), &long);
        timeout(PATIENCE, shown).await.expect("an answer").unwrap().expect_err("too long");
        show(door, self::channel(port), &good).await.unwrap().unwrap();
    }
}
