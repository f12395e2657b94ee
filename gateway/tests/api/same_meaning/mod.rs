//! One meaning, whichever door: for every RPC and every path of the contract,
//! random messages go through JSON, gRPC-Web and gRPC, and the services are
//! asked, and the clients answered, the same.
//!
//! ```sh
//! CONFAB_TEST_SAME_MEANING=1000 cargo nextest run -p confab-gateway same_meaning
//! ```

mod random;
mod spell;

use axum::extract::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Version};
use http_body_util::BodyExt;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor};
use serde_json::Value as Json;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::stage::{Answer, Given, Stage, json};
use random::Random;
use spell::Rule;

/// How many messages for each path, if nobody says.
const COUNT: u64 = 10;

/// Thousands of calls come from one person within a minute.
const UNLIMITED: [&str; 2] = ["--rate-limits", "off"];

const DOORS: [&str; 3] =
    ["application/grpc", "application/grpc-web+proto", "application/grpc-web-text+proto"];

fn count() -> u64 {
    std::env::var("CONFAB_TEST_SAME_MEANING").map_or(COUNT, |count| count.parse().unwrap())
}

/// All ways to call all RPCs over HTTP.
pub fn rules() -> Vec<Rule> {
    let pool = DescriptorPool::decode(confab_proto::PUBLIC_FILE_DESCRIPTOR_SET).unwrap();
    let rules = spell::rules(&pool);
    assert!(rules.len() > 50, "the contract has more");
    rules
}

#[tokio::test]
async fn what_is_asked_means_the_same_through_every_door() {
    let stage = Stage::with(&UNLIMITED).await;
    stage.give(Given::Messages(vec![Vec::new()]));
    for (at, rule) in (0..).zip(rules()) {
        for seed in 0..count() {
            let mut random = Random(at << 32 | seed);
            let mut message = random.message(&rule.rpc.input());
            rule.fit(&mut message, &mut random);
            let (method, path, body) = rule.spell(&message, &mut random);

            let request = json(&method, &path).header("authorization", format!("Bearer {}", stage.token()));
            let body_text = body.clone().unwrap_or_default();
            let request =
                if body.is_some() { request.header("content-type", "application/json") } else { request };
            let answer = stage.answer_body(request, body_text).await;
            assert_eq!(answer.status, 200, "{method} {path} {body:?}: {answer:?}");
            for door in DOORS {
                call(&stage, &rule.rpc, door, &message).await;
            }
            let asked = stage.take_asked();
            assert_eq!(asked.len(), 1 + DOORS.len());
            for asked in asked {
                let heard = DynamicMessage::decode(rule.rpc.input(), &*asked.message).unwrap();
                assert_eq!(seen(&heard), seen(&message), "{method} {path} {body:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_begins_a_stream_of_requests_means_the_same_by_grpc_and_grpc_web() {
    let stage = Stage::with(&UNLIMITED).await;
    stage.give(Given::Messages(vec![Vec::new()]));
    let pool = DescriptorPool::decode(confab_proto::PUBLIC_FILE_DESCRIPTOR_SET).unwrap();
    let rpcs = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let taking: Vec<_> = rpcs.filter(MethodDescriptor::is_client_streaming).filter(is_ours).collect();
    assert!(taking.len() > 1, "there are uploads");
    for (at, rpc) in (0..).zip(taking) {
        for seed in 0..count() {
            let message = Random(3 << 61 | at << 32 | seed).message(&rpc.input());
            for door in DOORS {
                call(&stage, &rpc, door, &message).await;
            }
            let asked = stage.take_asked();
            assert_eq!(asked.len(), DOORS.len());
            for asked in asked {
                let heard = DynamicMessage::decode(rpc.input(), &*asked.message).unwrap();
                assert_eq!(seen(&heard), seen(&message), "{}", rpc.full_name());
            }
        }
    }
}

/// Reflection is a stream too, and none of our contract.
fn is_ours(rpc: &MethodDescriptor) -> bool {
    rpc.full_name().starts_with("confab.")
}

#[tokio::test]
async fn what_is_answered_means_the_same_through_every_door() {
    let stage = Stage::with(&UNLIMITED).await;
    for (at, rule) in (0..).zip(rules()) {
        let (nothing, output) = (DynamicMessage::new(rule.rpc.input()), rule.rpc.output());
        for seed in 0..count() {
            let mut random = Random(1 << 63 | at << 32 | seed);
            let length = if rule.rpc.is_server_streaming() { random.below(4) } else { 1 };
            let given: Vec<_> = (0..length).map(|_| random.message(&output)).collect();
            stage.give(Given::Messages(given.iter().map(Message::encode_to_vec).collect()));

            let given: Vec<String> = given.iter().map(seen).collect();
            let told = ask(&stage, &rule).await;
            let lines: Vec<String> = told.body.lines().map(|line| seen(&read(&output, line))).collect();
            assert_eq!(lines, given, "{told:?}");
            for door in DOORS {
                let (messages, status) = call(&stage, &rule.rpc, door, &nothing).await;
                let read = |bytes: &Vec<u8>| DynamicMessage::decode(output.clone(), &**bytes).unwrap();
                let messages: Vec<String> = messages.iter().map(|bytes| seen(&read(bytes))).collect();
                assert_eq!((&messages, status.code()), (&given, Code::Ok), "{door}");
            }
        }
    }
}

#[tokio::test]
async fn a_failure_means_the_same_through_every_door() {
    let stage = Stage::with(&UNLIMITED).await;
    for (at, rule) in (0..).zip(rules()) {
        let nothing = DynamicMessage::new(rule.rpc.input());
        for seed in 0..count() {
            let given = Random(1 << 62 | at << 32 | seed).failure();
            stage.give(Given::Failure(given.clone()));
            let told = ask(&stage, &rule).await;
            assert_told(&told, &given);
            for door in DOORS {
                let (messages, status) = call(&stage, &rule.rpc, door, &nothing).await;
                assert_eq!(
                    (messages.len(), status.code(), status.message()),
                    (0, given.code(), given.message())
                );
                assert_eq!(status.details(), given.details(), "{door}");
            }
        }
    }
}

/// The answer to a request by `rule` with something in each part of its path, and no more.
pub async fn ask(stage: &Stage, rule: &Rule) -> Answer {
    let mut random = Random(0);
    let mut message = DynamicMessage::new(rule.rpc.input());
    rule.fit(&mut message, &mut random);
    let (method, path, _) = rule.spell(&message, &mut random);
    let request = json(&method, &path).header("authorization", format!("Bearer {}", stage.token()));
    stage.answer_body(request, "").await
}

/// All that is in `message`, byte by byte, and in a form that people can read.
fn seen(message: &DynamicMessage) -> String {
    format!("{} {}", STANDARD.encode(message.encode_to_vec()), serde_json::to_string(message).unwrap())
}

fn read(kind: &MessageDescriptor, text: &str) -> DynamicMessage {
    let json: Json = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    DynamicMessage::deserialize(kind.clone(), json).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn assert_told(told: &Answer, given: &Status) {
    let (problem, details) = (told.json(), given.get_error_details());
    let code = problem["code"].as_str().unwrap().replace('_', "").to_lowercase();
    assert_eq!(code, format!("{:?}", given.code()).to_lowercase(), "{told:?}");
    assert_eq!(
        (problem["detail"].as_str(), problem["status"].as_u64()),
        (Some(given.message()), Some(told.status.into()))
    );
    let info = details.error_info();
    assert_eq!(problem["reason"].as_str(), info.map(|info| info.reason.as_str()));
    for (key, value) in info.iter().flat_map(|info| &info.metadata) {
        assert_eq!(problem["metadata"][key].as_str(), Some(value.as_str()));
    }
    let violation = details.bad_request().map(|bad| &bad.field_violations[0]);
    assert_eq!(
        problem["errors"][0]["detail"].as_str(),
        violation.map(|violation| violation.description.as_str())
    );
    let wait = details.retry_info().and_then(|retry| retry.retry_delay);
    let wait = wait.map_or(String::new(), |wait| wait.as_millis().div_ceil(1_000).to_string());
    assert_eq!(told.header("retry-after"), wait);
}

/// The messages and the status that a call of `rpc` gets through `door`.
async fn call(
    stage: &Stage,
    rpc: &MethodDescriptor,
    door: &str,
    message: &DynamicMessage,
) -> (Vec<Vec<u8>>, Status) {
    let is_text = door.contains("text");
    let message = message.encode_to_vec();
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    let path = format!("/{}/{}", rpc.parent_service().full_name(), rpc.name());
    let request =
        Request::post(path).version(Version::HTTP_2).header("host", "chat.test").header("content-type", door);
    let request = request.header("accept", door).header("authorization", format!("Bearer {}", stage.token()));
    let frame = if is_text { STANDARD.encode(frame).into_bytes() } else { frame };
    let (head, body) = stage.response(request, frame).await.into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned();
    let body = body.to_bytes().to_vec();
    let mut frames = frames(&if is_text { decoded(&body) } else { body });
    // gRPC-Web has its trailers in the body.
    let said = frames.pop_if(|(flags, _)| *flags == 0x80).map(|(_, text)| headers(&text));
    let status = [said, trailers, Some(head.headers)]
        .into_iter()
        .flatten()
        .find_map(|headers| Status::from_header_map(&headers));
    (frames.into_iter().map(|(_, message)| message).collect(), status.unwrap())
}

/// Base64 that may have been encoded in several pieces.
fn decoded(text: &[u8]) -> Vec<u8> {
    text.chunks(4).flat_map(|piece| STANDARD.decode(piece).unwrap()).collect()
}

fn frames(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let Some(([flags, length @ ..], rest)) = bytes.split_first_chunk::<5>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
        frames.push((*flags, rest[..length].to_vec()));
        bytes = &rest[length..];
    }
    frames
}

/// Lines of a trailer as headers.
fn headers(text: &[u8]) -> HeaderMap {
    let text = std::str::from_utf8(text).unwrap();
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim().parse().unwrap(), value.trim().parse().unwrap())).collect()
}
