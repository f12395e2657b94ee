//! The doors that a developer finds, at the gateway and at each service.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_core::{Clock, SystemClock};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::process::Home;
use crate::tools::{buf_curl, grpcurl, root};
use crate::town::{Town, access_header, claims};

const GET_ME: &str = "confab.auth.v1.AuthService/GetMe";
const LIST: &str = "confab.message.v1.ConversationService/ListConversations";

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}")
}

#[test]
fn grpcurl_lists_describes_and_calls_through_the_gateway_and_directly() {
    let town = Town::new();
    let token = bearer(&town.join("ada"));
    let at = |port, method| (port, method);
    for (port, method) in
        [at(town.gateway(), GET_ME), at(town.gateway(), LIST), at(town.auth, GET_ME), at(town.message, LIST)]
    {
        let service = method.split('/').next().unwrap();
        let list = grpcurl(port, &[], &["list"]).text;
        assert!(list.contains(service) && list.contains("grpc.health.v1.Health"), "{list}");
        assert!(!list.contains("internal"), "{list}");
        let described = grpcurl(port, &[], &["describe", &method.replace('/', ".")]).text;
        assert!(described.contains("rpc"), "{described}");
        grpcurl(port, &["-H", &token], &[method]).json();
        let health = grpcurl(port, &[], &["grpc.health.v1.Health/Check"]).json();
        assert_eq!(health["status"], "SERVING");
    }
    let me = grpcurl(town.auth, &["-H", &token], &[GET_ME]).json();
    assert_eq!(me["user"]["name"], "ada");
}

#[test]
fn buf_curl_calls_by_grpc_and_by_grpc_web() {
    let town = Town::new();
    let token = bearer(&town.join("ada"));
    for protocol in [&["--protocol", "grpcweb"][..], &["--protocol", "grpc", "--http2-prior-knowledge"]] {
        let me = buf_curl(protocol, town.gateway(), GET_ME, &[&token]).json();
        assert_eq!(me["user"]["name"], "ada", "{protocol:?}");
        let refused = buf_curl(protocol, town.gateway(), GET_ME, &[]);
        assert!(refused.text.contains("unauthenticated"), "{protocol:?}: {}", refused.text);
    }
}

#[test]
fn a_token_that_does_not_hold_opens_no_door() {
    let town = Town::new();
    let good = town.join("ada");
    let mut tokens = forged(&town, &good);
    tokens.push(("expired", town.expired_token(&good)));
    tokens.push(("of another purpose", town.service_token()));

    for (port, method) in
        [(town.gateway(), GET_ME), (town.gateway(), LIST), (town.auth, GET_ME), (town.message, LIST)]
    {
        grpcurl(port, &[], &[method]).assert_refused("Unauthenticated", "no token");
        for (what, token) in &tokens {
            let said = grpcurl(port, &["-H", &bearer(token)], &[method]);
            said.assert_refused("Unauthenticated", &format!("{what}, {method} on port {port}"));
        }
    }
}

/// Tokens that anybody can make who has seen a good one and the public key.
fn forged(town: &Town, good: &str) -> Vec<(&'static str, String)> {
    let keys = grpcurl(town.gateway(), &[], &["confab.auth.v1.AuthService/ListSigningKeys"]).json();
    let public = keys["keys"][0]["publicKey"].as_str().unwrap();
    let public = base64::engine::general_purpose::STANDARD.decode(public).unwrap();
    let kid = keys["keys"][0]["keyId"].as_str().unwrap().to_owned();

    let now = SystemClock.now().as_seconds();
    let claims = claims(now, now + 600);
    let hmac = Header { alg: Algorithm::HS256, kid: Some(kid.clone()), ..access_header() };
    let hmac = jsonwebtoken::encode(&hmac, &claims, &EncodingKey::from_secret(&public)).unwrap();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "none", "typ": "at+jwt", "kid": kid});
    let none = format!("{}.{}.", encode(&header), encode(&serde_json::to_value(&claims).unwrap()));
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    vec![("HS256 with the public key", hmac), ("alg none", none), ("cut", format!("{unsigned}."))]
}

#[test]
fn what_services_say_to_each_other_is_not_for_clients() {
    let town = Town::new();
    let (proto, third_party) = (root().join("proto"), root().join("third_party"));
    let token = bearer(&town.service_token());
    let user_token = bearer(&town.join("ada"));
    let files = ["-import-path", proto.to_str().unwrap(), "-import-path", third_party.to_str().unwrap()];
    let ask = |port, token: &str| {
        let own = ["-proto", "confab/internal/v1/user_directory_service.proto", "-H", token];
        let asked = ["-d", r#"{"caller_id": "01a2b3c4-0000-7000-8000-000000000000"}"#];
        let options: Vec<&str> = files.into_iter().chain(own).chain(asked).collect();
        grpcurl(port, &options, &["confab.internal.v1.UserDirectoryService/FilterUsers"])
    };
    assert!(ask(town.auth, &token).is_ok, "a service may ask");
    ask(town.auth, &user_token).assert_refused("Unauthenticated", "a user may not");
    for token in [&token, &user_token] {
        ask(town.gateway(), token).assert_refused("Unimplemented", "not through the gateway");
    }
}

#[test]
fn a_server_describes_itself_only_if_it_is_told_to() {
    let home = Home::new();
    let mut command = home.command(&["serve", "--reflection", "off"]);
    let server = crate::process::Server::start(&mut command, home.port);
    server.wait_until_ready();
    let said = grpcurl(home.port, &[], &["list"]);
    assert!(!said.is_ok && said.text.contains("does not support the reflection API"), "{}", said.text);
}
