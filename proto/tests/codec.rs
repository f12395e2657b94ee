//! Calls that break the contract, through a real server and a real client.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use confab_proto::message::v1;
use confab_proto::message::v1::message_service_client::MessageServiceClient;
use confab_proto::message::v1::message_service_server::{MessageService, MessageServiceServer};
use confab_proto::message::v1::send_message_request::Target;
use confab_proto::message::v1::{SendMessageRequest, SendMessageResponse};
use http_body_util::Full;
use tonic::codegen::{Bytes, Service, http};
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt;

const ID: &str = "0190aaaa-bbbb-7ccc-8ddd-0123456789ab";
const SEND_MESSAGE: &str = "/confab.message.v1.MessageService/SendMessage";

/// Counts the calls that reach it.
#[derive(Clone, Default)]
struct Counting {
    calls: Arc<AtomicUsize>,
}

impl Counting {
    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[tonic::async_trait]
impl MessageService for Counting {
    async fn send_message(
        &self,
        _: Request<SendMessageRequest>,
    ) -> Result<Response<SendMessageResponse>, Status> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        Ok(Response::new(SendMessageResponse { replayed: true, ..SendMessageResponse::default() }))
    }

    async fn forward_message(
        &self,
        _: Request<v1::ForwardMessageRequest>,
    ) -> Result<Response<v1::ForwardMessageResponse>, Status> {
        not_needed()
    }

    async fn edit_message(
        &self,
        _: Request<v1::EditMessageRequest>,
    ) -> Result<Response<v1::EditMessageResponse>, Status> {
        not_needed()
    }

    async fn delete_message(
        &self,
        _: Request<v1::DeleteMessageRequest>,
    ) -> Result<Response<v1::DeleteMessageResponse>, Status> {
        not_needed()
    }

    async fn get_message(
        &self,
        _: Request<v1::GetMessageRequest>,
    ) -> Result<Response<v1::GetMessageResponse>, Status> {
        not_needed()
    }

    async fn list_edits(
        &self,
        _: Request<v1::ListEditsRequest>,
    ) -> Result<Response<v1::ListEditsResponse>, Status> {
        not_needed()
    }

    async fn add_reaction(
        &self,
        _: Request<v1::AddReactionRequest>,
    ) -> Result<Response<v1::AddReactionResponse>, Status> {
        not_needed()
    }

    async fn remove_reaction(
        &self,
        _: Request<v1::RemoveReactionRequest>,
    ) -> Result<Response<v1::RemoveReactionResponse>, Status> {
        not_needed()
    }

    async fn list_reactions(
        &self,
        _: Request<v1::ListReactionsRequest>,
    ) -> Result<Response<v1::ListReactionsResponse>, Status> {
        not_needed()
    }

    async fn pin_message(
        &self,
        _: Request<v1::PinMessageRequest>,
    ) -> Result<Response<v1::PinMessageResponse>, Status> {
        not_needed()
    }

    async fn unpin_message(
        &self,
        _: Request<v1::UnpinMessageRequest>,
    ) -> Result<Response<v1::UnpinMessageResponse>, Status> {
        not_needed()
    }

    async fn search_messages(
        &self,
        _: Request<v1::SearchMessagesRequest>,
    ) -> Result<Response<v1::SearchMessagesResponse>, Status> {
        not_needed()
    }

    async fn list_pinned_messages(
        &self,
        _: Request<v1::ListPinnedMessagesRequest>,
    ) -> Result<Response<v1::ListPinnedMessagesResponse>, Status> {
        not_needed()
    }

    async fn list_messages(
        &self,
        _: Request<v1::ListMessagesRequest>,
    ) -> Result<Response<v1::ListMessagesResponse>, Status> {
        not_needed()
    }

    async fn list_events(
        &self,
        _: Request<v1::ListEventsRequest>,
    ) -> Result<Response<v1::ListEventsResponse>, Status> {
        not_needed()
    }
}

fn not_needed<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("not needed here"))
}

fn message(text: &str) -> SendMessageRequest {
    SendMessageRequest {
        target: Some(Target::ConversationId(ID.into())),
        text: text.into(),
        client_id: ID.into(),
        ..SendMessageRequest::default()
    }
}

/// What `service` answers to `bytes` sent as a `SendMessageRequest`.
async fn send_bytes(service: &Counting, bytes: &[u8]) -> Status {
    let length = u32::try_from(bytes.len()).expect("a short message");
    let frame = [&[0], &length.to_be_bytes()[..], bytes].concat();
    let request = http::Request::post(SEND_MESSAGE)
        .header("content-type", "application/grpc")
        .body(Full::new(Bytes::from(frame)))
        .expect("a request");
    let response = MessageServiceServer::new(service.clone()).call(request).await.expect("an answer");
    Status::from_header_map(response.headers()).expect("a status")
}

/// The fields that `status` complains about, after checking what all such answers have in common.
fn fields_of(status: &Status) -> Vec<(String, String)> {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let info = status.get_details_error_info().expect("an ErrorInfo");
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("INVALID_FIELD", "confab"));
    let violations = status.get_details_bad_request().map_or(Vec::new(), |bad| bad.field_violations);
    violations.into_iter().map(|violation| (violation.field, violation.description)).collect()
}

fn field(name: &str, problem: &str) -> (String, String) {
    (name.to_owned(), problem.to_owned())
}

#[tokio::test]
async fn a_request_that_keeps_the_rules_reaches_the_service() {
    let service = Counting::default();
    let mut client = MessageServiceClient::new(MessageServiceServer::new(service.clone()));
    let response = client.send_message(message(&"a".repeat(8_000))).await.unwrap();
    assert!(response.into_inner().replayed);
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_request_that_breaks_a_rule_never_reaches_the_service() {
    let service = Counting::default();
    let mut client = MessageServiceClient::new(MessageServiceServer::new(service.clone()));
    let status = client.send_message(message(&"a".repeat(8_001))).await.unwrap_err();
    assert_eq!(status.message(), "text must be at most 8,000 characters");
    assert_eq!(fields_of(&status), [field("text", "must be at most 8,000 characters")]);
    assert_eq!(status.get_details_error_info().unwrap().metadata["field"], "text");
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn all_fields_that_are_wrong_are_named() {
    let service = Counting::default();
    let mut client = MessageServiceClient::new(MessageServiceServer::new(service.clone()));
    let status = client.send_message(SendMessageRequest::default()).await.unwrap_err();
    assert_eq!(status.message(), "target must be set: conversation_id or user_id (1 of 2 problems)");
    let fields: Vec<_> = fields_of(&status).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["target", "client_id"]);
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_refused_by_name() {
    let service = Counting::default();
    let problem = "cannot be decoded: invalid string value: data is not UTF-8 encoded";
    // Field 3 is the text: a stray byte, a lone surrogate, an overlong slash, a cut-off crab.
    for text in [&b"\xff"[..], b"a\xed\xa0\x80", b"\xc0\xaf", b"\xf0\x9f\xa6"] {
        let length = u8::try_from(text.len()).unwrap();
        let status = send_bytes(&service, &[&[0x1a, length], text].concat()).await;
        assert_eq!(fields_of(&status), [field("text", problem)], "{text:?}");
        assert_eq!(status.message(), format!("text {problem}"));
    }
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn a_field_that_is_cut_off_or_of_another_type_is_refused() {
    let service = Counting::default();
    // The text says it has five bytes, and has two.
    let cut_off = send_bytes(&service, b"\x1a\x05ab").await;
    assert_eq!(fields_of(&cut_off), [field("text", "cannot be decoded: buffer underflow")]);
    // The text is a number.
    let number = send_bytes(&service, b"\x18\x05").await;
    let problem = "cannot be decoded: invalid wire type: Varint (expected LengthDelimited)";
    assert_eq!(fields_of(&number), [field("text", problem)]);
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn bytes_that_are_no_message_are_refused() {
    let service = Counting::default();
    for bytes in [&b"\x00"[..], b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x1f", b"\x9a"] {
        let status = send_bytes(&service, bytes).await;
        assert!(fields_of(&status).is_empty(), "{bytes:?}");
        assert!(status.message().starts_with("the request cannot be decoded: "), "{}", status.message());
    }
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_before_it_is_decoded() {
    let service = Counting::default();
    let server = MessageServiceServer::new(service.clone()).max_decoding_message_size(100);
    let mut client = MessageServiceClient::new(server);
    client.send_message(message("a")).await.unwrap();
    let status = client.send_message(message(&"a".repeat(100))).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn an_answer_that_cannot_be_decoded_is_not_the_fault_of_who_asked() {
    let answer = |_: http::Request<tonic::body::Body>| async {
        let frame: &[u8] = b"\x00\x00\x00\x00\x01\xff";
        let response = http::Response::builder().header("content-type", "application/grpc");
        response.body(Full::new(Bytes::from(frame)))
    };
    let mut client = MessageServiceClient::new(tower::service_fn(answer));
    let status = client.send_message(message("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
}
