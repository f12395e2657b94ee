//! Everything in a request that could be long has a limit, which stands in the contract (row G02).

use std::collections::BTreeMap;

use confab_proto::FILE_DESCRIPTOR_SET;
use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value,
};

/// What is of others, has no rules of ours, and is as long as its request at the most.
const WITHOUT_RULES: [&str; 1] = ["google.protobuf.FieldMask.paths"];
/// `IGNORE_ALWAYS`: the rules stand there, and are not kept.
const IGNORED: i32 = 3;

/// Every message that is, or is in, what an RPC of ours takes; those of internal ones, too.
fn asked(pool: &DescriptorPool) -> BTreeMap<String, MessageDescriptor> {
    let ours = pool.services().filter(|service| service.package_name().starts_with("confab."));
    let mut waiting: Vec<_> =
        ours.flat_map(|service| service.methods().map(|rpc| rpc.input()).collect::<Vec<_>>()).collect();
    let mut found = BTreeMap::new();
    while let Some(message) = waiting.pop() {
        for field in message.fields() {
            waiting.extend(within(&field).filter(|inner| !found.contains_key(inner.full_name())));
        }
        found.insert(message.full_name().to_owned(), message);
    }
    found
}

/// The message that `field` has in it, one by one or many of them.
fn within(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    let kind = match field.kind() {
        Kind::Message(entry) if field.is_map() => entry.map_entry_value_field().kind(),
        kind => kind,
    };
    kind.as_message().cloned()
}

/// What of `field` has no limit, in words; nothing if all has one.
fn boundless(field: &FieldDescriptor, rules: &ExtensionDescriptor) -> Vec<&'static str> {
    let options = field.options();
    let rules = options.get_extension(rules);
    let rules = rules.as_message().filter(|rules| number(rules, "ignore") != Some(IGNORED));
    let mut missing = Vec::new();
    let mut require = |is_limited: bool, what| {
        if !is_limited {
            missing.push(what);
        }
    };
    match field.kind() {
        Kind::Message(entry) if field.is_map() => {
            let map = rules.and_then(|rules| part(rules, "map"));
            let of = |name| map.as_ref().and_then(|map| part(map, name));
            require(has_any(map.as_ref(), &["max_pairs"]), "the number of its entries");
            require(is_limited(&entry.map_entry_key_field().kind(), of("keys").as_ref()), "its keys");
            require(is_limited(&entry.map_entry_value_field().kind(), of("values").as_ref()), "its values");
        }
        kind if field.is_list() => {
            let list = rules.and_then(|rules| part(rules, "repeated"));
            let items = list.as_ref().and_then(|list| part(list, "items"));
            require(has_any(list.as_ref(), &["max_items"]), "the number of its items");
            require(is_limited(&kind, items.as_ref()), "its items");
        }
        kind => require(is_limited(&kind, rules), "it"),
    }
    missing
}

/// Whether values of `kind` that keep `rules` are not longer than something.
fn is_limited(kind: &Kind, rules: Option<&DynamicMessage>) -> bool {
    let (name, limits): (_, &[&str]) = match kind {
        Kind::String => ("string", &["len", "max_len", "max_bytes", "uuid"]),
        Kind::Bytes => ("bytes", &["len", "max_len"]),
        // A number has as many bytes as it has, and the fields of a message are looked at themselves.
        _ => return true,
    };
    has_any(rules.and_then(|rules| part(rules, name)).as_ref(), limits)
}

fn has_any(rules: Option<&DynamicMessage>, names: &[&str]) -> bool {
    rules.is_some_and(|rules| names.iter().any(|name| rules.has_field_by_name(name)))
}

/// The message in the field `name`, if it is set.
fn part(message: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let value = message.has_field_by_name(name).then(|| message.get_field_by_name(name))??.into_owned();
    if let Value::Message(part) = value { Some(part) } else { None }
}

fn number(message: &DynamicMessage, name: &str) -> Option<i32> {
    message.get_field_by_name(name)?.as_enum_number()
}

/// All of `messages` that could be as long as somebody likes.
fn all_boundless<'m>(messages: impl IntoIterator<Item = &'m MessageDescriptor>) -> Vec<String> {
    let mut missing = Vec::new();
    for message in messages {
        let rules = message.parent_pool().get_extension_by_name("buf.validate.field");
        let rules = rules.expect("the contract has rules");
        for field in message.fields() {
            let what = boundless(&field, &rules).into_iter();
            missing.extend(what.map(|what| format!("{}: {what}", field.full_name())));
        }
    }
    missing
}

#[test]
fn everything_that_could_be_long_in_a_request_has_a_limit() {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let asked = asked(&pool);
    assert!(asked.len() > 100, "{}", asked.len());
    let mut missing = all_boundless(asked.values());
    missing.retain(|what| !WITHOUT_RULES.iter().any(|known| what.starts_with(known)));
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn what_has_no_limit_is_noticed() {
    // Answers need none.
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let answer = pool.get_message_by_name("confab.message.v1.SearchMessagesResponse").unwrap();
    let found = all_boundless([&answer]);
    for expected in ["messages: the number of its items", "next_page_token: it"] {
        assert!(found.iter().any(|what| what.ends_with(expected)), "{expected}: {found:?}");
    }
}
