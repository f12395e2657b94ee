//! The doors that a developer finds, at the gateway and at each service.

use crate::matrix::ask::{call_web, framed};
use crate::process::{Home, Server};
use crate::tools::{buf_curl, grpcurl, root};
use crate::town::Town;

const GET_ME: &str = "confab.auth.v1.AuthService/GetMe";
const UNIMPLEMENTED: i32 = 12;
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
    let server = Server::start(&mut command, home.port);
    server.wait_until_ready();
    for version in ["v1", "v1alpha"] {
        let path = format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
        let said = call_web(home.port, &path, None, &framed(&[]));
        assert_eq!(said.code, Some(UNIMPLEMENTED), "{version}: {said:?}");
    }
    let said = grpcurl(home.port, &[], &["list"]);
    assert!(!said.is_ok && said.text.contains("does not support the reflection API"), "{}", said.text);
}
