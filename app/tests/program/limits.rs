//! Every field of every request that could be long, at its limit and beyond it, through the whole program (row G02).
//!
//! That all of them have a limit is for `proto/tests/limits.rs` to see.

use std::collections::HashSet;

use confab_bench::process::Watched;
use confab_proto::PUBLIC_FILE_DESCRIPTOR_SET;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use reqwest::{Client, Response};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::process::{Home, Server};
use crate::tools::grpcurl;

/// How many times as long as it may be what is sent is.
const FACTORS: [usize; 2] = [10, 1_000];
/// By how much the program may grow while it refuses all of that, in KiB.
const GROWTH_KIB_MAX: u64 = 32 * 1024;
/// How much of a message is sent: more than any service of ours takes as one.
const SENT_BYTES_MAX: usize = 256 * 1024;
/// What is said of what is too long.
const LIMITS: [&str; 3] = ["must be at most ", "must be exactly ", "must be a UUID"];
/// How many letters a UUID has.
const UUID_CHARS: usize = 36;

/// Something in a request that could be long.
struct Place {
    /// The way to it.
    fields: Vec<FieldDescriptor>,
    /// Whether it is how many there are, and not how long one of them is.
    is_count: bool,
    /// How long it may be.
    max: usize,
    is_uuid: bool,
}

impl Place {
    /// What a refusal calls it.
    fn name(&self) -> String {
        let last = self.fields.len() - 1;
        let name = |(index, field): (usize, &FieldDescriptor)| {
            let is_one_of_many = field.is_list() && !(index == last && self.is_count);
            format!("{}{}", field.name(), if is_one_of_many { "[0]" } else { "" })
        };
        self.fields.iter().enumerate().map(name).collect::<Vec<_>>().join(".")
    }

    /// The field itself.
    fn field(&self) -> &FieldDescriptor {
        self.fields.last().unwrap()
    }

    /// A request with nothing in it but this, so long.
    fn request(&self, length: usize) -> Vec<u8> {
        let one = |length: usize| match self.field().kind() {
            Kind::String if self.is_uuid && length == UUID_CHARS => {
                Value::String("018f0000-0000-7000-8000-000000000000".to_owned())
            }
            Kind::String => Value::String("x".repeat(length)),
            Kind::Bytes => Value::Bytes(vec![b'x'; length].into()),
            kind => Value::default_value(&kind),
        };
        let mut value = if self.is_count { Value::List(vec![one(0); length]) } else { one(length) };
        for field in self.fields.iter().rev() {
            let is_list = matches!(value, Value::List(_));
            let mut message = DynamicMessage::new(field.parent_message().clone());
            message
                .set_field(field, if field.is_list() && !is_list { Value::List(vec![value]) } else { value });
            value = Value::Message(message);
        }
        let Value::Message(request) = value else { panic!("there is no field") };
        request.encode_to_vec()
    }
}

/// All places in `message`, behind `way`.
fn places(message: &MessageDescriptor, way: &[FieldDescriptor], found: &mut Vec<Place>) {
    for field in message.fields() {
        assert!(!field.is_map(), "requests with maps are not tried yet: {}", field.full_name());
        let mut fields = way.to_vec();
        let is_new = fields.iter().all(|each| each.parent_message() != field.parent_message());
        fields.push(field.clone());
        let rules = rules(&field);
        let list = part(&rules, "repeated");
        if let Some(max) = list.as_ref().and_then(|list| count(list, "max_items")) {
            found.push(Place { fields: fields.clone(), is_count: true, max, is_uuid: false });
        }
        let of_one = if field.is_list() { list.and_then(|list| part(&list, "items")) } else { Some(rules) };
        match field.kind() {
            Kind::Message(inner) if is_new => places(&inner, &fields, found),
            Kind::String | Kind::Bytes => found.extend(of_one.and_then(|rules| limit(fields, &rules))),
            _ => {}
        }
    }
}

/// How long a value that keeps `rules` may be, as a place.
fn limit(fields: Vec<FieldDescriptor>, rules: &DynamicMessage) -> Option<Place> {
    let rules = part(rules, "string").or_else(|| part(rules, "bytes"))?;
    let is_uuid = rules.has_field_by_name("uuid");
    let max = ["len", "max_len", "max_bytes"].iter().filter_map(|name| count(&rules, name)).min();
    let max = if is_uuid { UUID_CHARS } else { max? };
    Some(Place { fields, is_count: false, max, is_uuid })
}

fn rules(field: &FieldDescriptor) -> DynamicMessage {
    let pool = field.parent_message().parent_pool().clone();
    let extension = pool.get_extension_by_name("buf.validate.field").unwrap();
    field.options().get_extension(&extension).as_message().unwrap().clone()
}

fn part(message: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let value = message.has_field_by_name(name).then(|| message.get_field_by_name(name))??;
    value.as_message().cloned()
}

fn count(message: &DynamicMessage, name: &str) -> Option<usize> {
    let value = message.has_field_by_name(name).then(|| message.get_field_by_name(name))??;
    usize::try_from(value.as_u64()?).ok()
}

/// Somebody who calls RPCs by their paths, with whatever bytes.
struct Caller {
    client: Client,
    port: u16,
    token: String,
}

impl Caller {
    /// Somebody new, at the gateway on `port`.
    fn join(port: u16) -> Self {
        let account = r#"{"email": "ann@example.com", "password": "correct horse 7", "name": "ann"}"#;
        let joined = grpcurl(port, &["-d", account], &["confab.auth.v1.AuthService/SignUp"]).json();
        let token = joined["accessToken"]["token"].as_str().unwrap().to_owned();
        Self { client: Client::builder().http2_prior_knowledge().build().unwrap(), port, token }
    }

    /// Sends one message to `path`, and returns what is answered at once: nothing, if that is no refusal.
    async fn call(&self, path: &str, message: &[u8]) -> Option<Status> {
        // What is too long is said to be so when its beginning is there.
        let sent = &message[..message.len().min(SENT_BYTES_MAX)];
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        let frame = [&[0][..], &length, sent].concat();
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self.client.post(url).bearer_auth(&self.token).header("te", "trailers");
        let answer: Response =
            request.header("content-type", "application/grpc").body(frame).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        Status::from_header_map(answer.headers())
    }
}

/// Whether `status` says that the field `name` is too long.
fn blames(status: Option<&Status>, name: &str) -> bool {
    let Some(bad) = status.and_then(StatusExt::get_details_bad_request) else { return false };
    let is_too_long = |problem: &str| LIMITS.iter().any(|limit| problem.starts_with(limit));
    bad.field_violations.iter().any(|found| found.field == name && is_too_long(&found.description))
}

/// Tries one place of the requests of an RPC.
async fn try_place(caller: &Caller, path: &str, place: &Place) {
    let name = place.name();
    let longest = caller.call(path, &place.request(place.max)).await;
    assert!(!blames(longest.as_ref(), &name), "{path} refuses {name} of {}: {longest:?}", place.max);
    for length in [place.max + 1].into_iter().chain(FACTORS.map(|factor| place.max * factor)) {
        let status = caller.call(path, &place.request(length)).await;
        let code = status.as_ref().map(Status::code);
        // More than there is room for in a request is not even read.
        let is_refused = blames(status.as_ref(), &name)
            || length > place.max + 1 && matches!(code, Some(Code::OutOfRange | Code::ResourceExhausted));
        assert!(is_refused, "{path} takes {name} of {length}: {status:?}");
    }
}

fn watched(server: &Server) -> Watched {
    Watched { name: "confab".to_owned(), pid: server.id() }
}

#[tokio::test]
async fn every_field_of_every_request_is_held_to_its_limit() {
    let home = Home::new();
    let server = Server::start(&mut home.command(&["serve", "--rate-limits", "off"]), home.port);
    server.wait_until_ready();
    let caller = Caller::join(home.port);
    let pool = DescriptorPool::decode(PUBLIC_FILE_DESCRIPTOR_SET).unwrap();
    let (mut tried, mut before) = (HashSet::new(), None);
    for service in pool.services().filter(|service| service.package_name().starts_with("confab.")) {
        for rpc in service.methods() {
            let path = format!("/{}/{}", service.full_name(), rpc.name());
            let mut found = Vec::new();
            places(&rpc.input(), &[], &mut found);
            for place in found {
                try_place(&caller, &path, &place).await;
                tried.insert(format!("{path} {}", place.name()));
            }
            // What it needs to be called at all does not count.
            let peak = watched(&server).peak_kib().unwrap();
            before.get_or_insert(peak);
        }
    }
    let grown = watched(&server).peak_kib().unwrap() - before.unwrap();
    println!("{} fields; the program has grown by {grown} KiB", tried.len());
    assert!(tried.len() > 100, "{}", tried.len());
    assert!(grown <= GROWTH_KIB_MAX, "{grown} KiB");
    assert!(server.get("/readyz").starts_with("HTTP/1.0 200"));
}

#[tokio::test]
async fn a_message_that_says_it_is_huge_is_refused_before_it_has_come() {
    let home = Home::new();
    let server = home.serve();
    let caller = Caller::join(home.port);
    let before = watched(&server).peak_kib().unwrap();
    let announced = [&[0][..], &u32::MAX.to_be_bytes()].concat();
    for _ in 0..8 {
        let url = format!("http://127.0.0.1:{}/confab.message.v1.MessageService/SendMessage", home.port);
        let request = caller.client.post(url).bearer_auth(&caller.token).header("te", "trailers");
        let request = request.header("content-type", "application/grpc").body(announced.clone());
        let status = Status::from_header_map(request.send().await.unwrap().headers()).unwrap();
        assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    }
    let grown = watched(&server).peak_kib().unwrap() - before;
    assert!(grown <= GROWTH_KIB_MAX, "{grown} KiB");
}
