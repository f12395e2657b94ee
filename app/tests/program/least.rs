//! The least that each RPC takes: a request that keeps every rule of the contract, and has what services look for in it.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

/// Some id.
const ID: &str = "0190aaaa-bbbb-7ccc-8ddd-0123456789ab";

/// A code that nobody was given.
const CODE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// A point of P-256, as browsers have one: that from which the others are made (FIPS 186-4, D.1.2.3).
const POINT: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                     4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
/// Texts that are read as something, by the names of their fields, of all messages or of one. Any others may be anything.
const TEXTS: [(&str, &str); 18] = [
    ("email", "somebody@example.com"),
    ("new_email", "somebody.else@example.com"),
    ("password", "correct horse 7"),
    ("new_password", "another horse 8"),
    ("old_password", "correct horse 7"),
    ("emoji", "👍"),
    ("time_zone", "Europe/Prague"),
    ("content_type", "text/plain"),
    ("endpoint", "https://push.example.com/1"),
    ("name_prefix", "a"),
    (
        "refresh_token",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ),
    ("provider_id", "example"),
    ("SendMessageRequest.text", "Hello"),
    ("challenge", CODE),
    ("totp_code", "123456"),
    ("VerifyEmailRequest.code", CODE),
    ("ResetPasswordRequest.code", CODE),
    ("ConfirmEmailChangeRequest.code", CODE),
];

/// The least message of this kind.
pub fn least(kind: &MessageDescriptor) -> DynamicMessage {
    let mut message = DynamicMessage::new(kind.clone());
    let alone = kind.fields().filter(|field| field.containing_oneof().is_none());
    for field in alone.filter(is_needed) {
        put(&mut message, &field);
    }
    // Whoever leaves out all of them says nothing.
    for one_of in kind.oneofs().filter(|one_of| !one_of.is_synthetic()) {
        put(&mut message, &one_of.fields().next().unwrap());
    }
    message
}

/// Puts what `field` may be into `message`.
pub fn put(message: &mut DynamicMessage, field: &FieldDescriptor) {
    let rules = rules(field);
    let value = match rules.part("repeated") {
        Some(list) => {
            let items = list.part("items").unwrap_or_default();
            Value::List(vec![value(field, &items); list.count("min_items").unwrap_or(1)])
        }
        None => value(field, &rules),
    };
    message.set_field(field, value);
}

fn value(field: &FieldDescriptor, rules: &Rules) -> Value {
    let text = rules.part("string").unwrap_or_default();
    let bytes = rules.part("bytes").unwrap_or_default();
    match field.kind() {
        Kind::String if text.has("uuid") => Value::String(ID.to_owned()),
        Kind::String => {
            let length = text.count("len").or(text.count("min_len")).unwrap_or(1).max(1);
            Value::String(known(field).map_or_else(|| "x".repeat(length), str::to_owned))
        }
        Kind::Bytes if field.name() == "p256dh" => Value::Bytes(hex::decode(POINT).unwrap().into()),
        Kind::Bytes => {
            Value::Bytes(vec![4; bytes.count("len").or(bytes.count("min_len")).unwrap_or(1)].into())
        }
        Kind::Message(kind) => Value::Message(least(&kind)),
        Kind::Enum(_) => Value::EnumNumber(1),
        Kind::Int32 => Value::I32(1),
        Kind::Int64 => Value::I64(1),
        Kind::Uint32 => Value::U32(1),
        Kind::Uint64 => Value::U64(1),
        Kind::Bool => Value::Bool(true),
        kind => panic!("{}: {kind:?}", field.full_name()),
    }
}

/// Whether a message without `field` breaks a rule, or says nothing.
fn is_needed(field: &FieldDescriptor) -> bool {
    let rules = rules(field);
    let text = rules.part("string").or_else(|| rules.part("bytes")).unwrap_or_default();
    let is_text = ["uuid", "len", "min_len"].iter().any(|rule| text.has(rule));
    let is_number =
        ["int32", "int64"].iter().any(|kind| rules.part(kind).is_some_and(|number| number.is_positive()));
    let is_many = rules.part("repeated").is_some_and(|list| list.has("min_items"));
    !rules.has("ignore")
        && (rules.has("required") || is_text || is_number || is_many || known(field).is_some())
}

/// What `field` is read as, if it is no text like any other.
fn known(field: &FieldDescriptor) -> Option<&'static str> {
    let of_one = format!("{}.{}", field.parent_message().name(), field.name());
    TEXTS.iter().find(|(name, _)| [field.name(), &of_one].contains(name)).map(|(_, text)| *text)
}

/// What `buf.validate` says of something, if it does.
#[derive(Default)]
struct Rules(Option<DynamicMessage>);

impl Rules {
    fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_some_and(|rules| rules.has_field_by_name(name))
    }

    fn part(&self, name: &str) -> Option<Self> {
        let value = self.0.as_ref().filter(|_| self.has(name))?.get_field_by_name(name)?;
        value.as_message().map(|part| Self(Some(part.clone())))
    }

    fn count(&self, name: &str) -> Option<usize> {
        let value = self.0.as_ref().filter(|_| self.has(name))?.get_field_by_name(name)?;
        usize::try_from(value.as_u64()?).ok()
    }

    /// Whether a number has to be more than zero.
    fn is_positive(&self) -> bool {
        let least =
            self.0.as_ref().filter(|_| self.has("gte")).and_then(|rules| rules.get_field_by_name("gte"));
        least.is_some_and(|least| {
            least.as_i64().or(least.as_i32().map(i64::from)).is_some_and(|least| least > 0)
        })
    }
}

fn rules(field: &FieldDescriptor) -> Rules {
    let pool = field.parent_message().parent_pool().clone();
    let extension = pool.get_extension_by_name("buf.validate.field").unwrap();
    Rules(field.options().get_extension(&extension).as_message().cloned())
}
