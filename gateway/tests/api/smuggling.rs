//! Headers of our own that a client sends, in every form that reaches us: no
//! service ever sees one (row G05).

use axum::body::Body;
use bytes::Bytes;
use confab_rpc::metadata;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::{BodyExt, Full};

use crate::stage::{SECRET, Stage, call, call_from_page};

const LIST_KEYS: &str = "confab.auth.v1.AuthService/ListSigningKeys";
const LOG_IN: &str = "confab.auth.v1.AuthService/LogIn";
const SEND: &str = "confab.message.v1.MessageService/SendMessage";

/// What a client would like a service to believe.
const FORGED: &str = "forged";

/// Every name of ours, and names that may become one of ours.
fn names() -> Vec<String> {
    let own = [
        metadata::CLIENT_ADDRESS,
        metadata::SESSION_SET,
        metadata::SESSION_MAX_AGE,
        metadata::DEVICE,
        metadata::DEVICE_SET,
        metadata::SESSION_CLEAR,
        "confab-user",
        "confab-",
        "confab-caller-id",
    ];
    own.into_iter().flat_map(|name| [name.to_owned(), format!("{name}-bin"), name.to_uppercase()]).collect()
}

fn is_forged(headers: &HeaderMap) -> bool {
    let own = headers.iter().filter(|(name, _)| name.as_str().starts_with(metadata::PREFIX));
    own.into_iter().any(|(_, value)| value == FORGED)
}

#[tokio::test]
async fn no_service_sees_a_header_of_ours_that_a_client_wrote() {
    let stage = Stage::new().await;
    let token = format!("Bearer {}", stage.token());
    let cookie = format!("__Host-confab={SECRET}");
    for name in names() {
        for request in [
            call(LIST_KEYS),
            call_from_page(LOG_IN),
            call(SEND).header("authorization", &token),
            call_from_page(SEND).header("cookie", &cookie),
        ] {
            // Twice, because whoever takes the first away may leave the second.
            stage.answer(request.header(&name, FORGED).header(&name, FORGED)).await;
        }
    }
    let asked = stage.asked();
    assert_eq!(asked.len(), 4 * names().len());
    for asked in &asked {
        assert!(!is_forged(&asked.headers), "{:?}", asked.headers);
        assert!(!asked.headers.contains_key("cookie"), "{:?}", asked.headers);
    }
}

#[tokio::test]
async fn no_service_sees_a_trailer_of_a_client() {
    let stage = Stage::new().await;
    for name in names() {
        let name = HeaderName::try_from(name.to_lowercase()).unwrap();
        let trailers = HeaderMap::from_iter([(name, HeaderValue::from_static(FORGED))]);
        let body =
            Full::new(Bytes::from_static(&[0; 5])).with_trailers(std::future::ready(Some(Ok(trailers))));
        stage.answer_body(call(LIST_KEYS), Body::new(body)).await;

        // As gRPC-Web writes them: a frame of the body.
        let lines = format!("{}: {FORGED}\r\n", metadata::CLIENT_ADDRESS);
        let mut body = vec![0, 0, 0, 0, 0, 0x80, 0, 0, 0, u8::try_from(lines.len()).unwrap()];
        body.extend(lines.as_bytes());
        stage.answer_body(call(LIST_KEYS), body).await;
    }
    for asked in stage.asked() {
        assert!(!is_forged(&asked.headers), "{:?}", asked.headers);
        assert!(asked.trailers.is_none_or(|trailers| trailers.is_empty()));
    }
}
