//! A message as a request of HTTP, by the rules of the contract, read apart
//! from how the gateway reads them.

use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MethodDescriptor, ReflectMessage,
    SerializeOptions, Value,
};
use serde_json::Value as Json;

use super::random::Random;

/// Bytes that stand for themselves in a path and in a query (RFC 3986).
const UNRESERVED: &[u8] = b"-._~";

/// One way to call an RPC.
pub struct Rule {
    pub rpc: MethodDescriptor,
    pub method: String,
    pub path: String,
    pub body: String,
}

/// All ways to call all RPCs, but those that take a stream: JSON cannot be sent that way.
pub fn rules(pool: &DescriptorPool) -> Vec<Rule> {
    let option = pool.get_extension_by_name("google.api.http").unwrap();
    let mut rules = Vec::new();
    for rpc in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let options = rpc.options();
        if !options.has_extension(&option) || rpc.is_client_streaming() {
            continue;
        }
        let first = options.get_extension(&option).as_message().unwrap().clone();
        let more = first.get_field_by_name("additional_bindings").unwrap().as_list().unwrap().to_vec();
        let more = more.iter().map(|rule| rule.as_message().unwrap().clone());
        rules.extend([first.clone()].into_iter().chain(more).map(|rule| read(&rpc, &rule)));
    }
    rules
}

fn read(rpc: &MethodDescriptor, rule: &DynamicMessage) -> Rule {
    let methods = ["get", "put", "post", "delete", "patch"];
    let method = methods.into_iter().find(|method| rule.has_field_by_name(method)).unwrap();
    let text = |name: &str| rule.get_field_by_name(name).unwrap().as_str().unwrap().to_owned();
    Rule { rpc: rpc.clone(), method: method.to_uppercase(), path: text(method), body: text("body") }
}

/// A request: its method, its path with the query, and its body.
pub type Request = (String, String, Option<String>);

impl Rule {
    /// Leaves in `message` what can be said this way, and puts something into every part of the path.
    pub fn fit(&self, message: &mut DynamicMessage, random: &mut Random) {
        for name in self.in_path() {
            let field = message.descriptor().get_field_by_name(name).unwrap();
            // A segment cannot be empty, nor one that clients take away.
            let odd = |value: &Value| matches!(value.as_str(), Some("" | ".." | "........."));
            while !message.has_field(&field) || odd(&message.get_field(&field)) {
                let value = match field.kind() {
                    Kind::String => Value::String(random.text()),
                    Kind::Int64 => Value::I64(random.next().cast_signed() | 1),
                    kind => panic!("{kind:?} in a path"),
                };
                message.set_field(&field, value);
            }
        }
        let elsewhere = |field: &FieldDescriptor| self.body == "*" || self.body == field.name();
        for field in message.descriptor().fields().filter(|field| !elsewhere(field)) {
            let is_text = match field.kind() {
                Kind::Message(kind) => kind.full_name().starts_with("google.protobuf."),
                _ => true,
            };
            if !is_text {
                message.clear_field(&field);
            }
        }
    }

    fn in_path(&self) -> Vec<&str> {
        self.path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
    }

    /// `message` as a request.
    pub fn spell(&self, message: &DynamicMessage, random: &mut Random) -> Request {
        let mut rest = message.clone();
        let mut path = self.path.clone();
        for name in self.in_path() {
            let field = rest.descriptor().get_field_by_name(name).unwrap();
            let text = match rest.get_field(&field).into_owned() {
                Value::String(text) => text,
                Value::I64(number) => number.to_string(),
                value => panic!("{value:?} in a path"),
            };
            path = path.replace(&format!("{{{name}}}"), &encoded(&text));
            rest.clear_field(&field);
        }
        // All that the mapping allows, by turns.
        let options = SerializeOptions::new()
            .use_proto_field_name(random.coin())
            .stringify_64_bit_integers(random.coin())
            .use_enum_numbers(random.coin());
        let mut json = rest.serialize_with_options(serde_json::value::Serializer, &options).unwrap();
        let body = match self.body.as_str() {
            "" => None,
            "*" => return (self.method.clone(), path, Some(json.to_string())),
            name => {
                let field = rest.descriptor().get_field_by_name(name).unwrap();
                let json = json.as_object_mut().unwrap();
                json.remove(field.name()).or(json.remove(field.json_name()))
            }
        };
        let pairs = json.as_object().unwrap().iter().flat_map(|(name, value)| match value {
            Json::Array(values) => values.iter().map(|value| (name, value)).collect(),
            value => vec![(name, value)],
        });
        let query: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", encoded(&plain(value)))).collect();
        let path = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        (self.method.clone(), path, body.map(|body| body.to_string()))
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || UNRESERVED.contains(byte);
    let bytes = text.as_bytes().iter();
    bytes
        .map(|byte| if plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
