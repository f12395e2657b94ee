//! What is written is what prost-reflect writes.

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind as ContractKind, MessageDescriptor,
    SerializeOptions, Value,
};

use super::*;

/// Answers that have what no plan can write.
const WITHOUT_A_PLAN: [&str; 0] = [];

/// How deep messages are filled.
const DEPTH: usize = 5;

fn outputs() -> Vec<MessageDescriptor> {
    let pool = DescriptorPool::decode(confab_proto::PUBLIC_FILE_DESCRIPTOR_SET).unwrap();
    let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    methods.filter(|method| method.full_name().starts_with("confab.")).map(|method| method.output()).collect()
}

fn by_reflection(message: &MessageDescriptor, wire: &[u8]) -> String {
    let read = DynamicMessage::decode(message.clone(), wire).unwrap();
    let mut json = serde_json::Serializer::new(Vec::new());
    read.serialize_with_options(&mut json, &SerializeOptions::new().skip_default_fields(false)).unwrap();
    String::from_utf8(json.into_inner()).unwrap()
}

/// A message in which everything is there, of each group of fields the one that `turn` chooses.
fn full(message: &MessageDescriptor, turn: usize, depth: usize) -> DynamicMessage {
    let mut filled = DynamicMessage::new(message.clone());
    for field in message.fields() {
        let others = field.containing_oneof().map(|oneof| oneof.fields().collect::<Vec<_>>());
        let chosen = others.is_none_or(|others| others[turn % others.len()] == field);
        if !chosen || depth == 0 && matches!(field.kind(), ContractKind::Message(_)) {
            continue;
        }
        let one = one(&field, turn, depth);
        let value = if field.is_list() { Value::List(vec![one.clone(), one]) } else { one };
        filled.set_field(&field, value);
    }
    filled
}

fn one(field: &FieldDescriptor, turn: usize, depth: usize) -> Value {
    let texts = ["", "a \"b\"\\\n\u{1}\u{7f}\u{2028}", "ä🦀", "</script>"];
    let numbers = [0, -1, 7, i64::MAX, i64::MIN];
    let number = numbers[turn % numbers.len()];
    let low = i32::try_from(number >> 32).unwrap();
    match field.kind() {
        ContractKind::Message(inside) if inside.full_name() == "google.protobuf.Timestamp" => {
            let mut time = DynamicMessage::new(inside);
            let nanos = [0, 120_000_000, 7_000, 1][turn % 4];
            time.transcode_from(&prost_types::Timestamp { seconds: 1_700_000_000, nanos }).unwrap();
            Value::Message(time)
        }
        ContractKind::Message(inside) if inside.full_name() == "google.protobuf.Duration" => {
            let mut length = DynamicMessage::new(inside);
            let nanos = [0, 120_000_000, 7_000, 1][turn % 4];
            length.transcode_from(&prost_types::Duration { seconds: 7, nanos }).unwrap();
            Value::Message(length)
        }
        ContractKind::Message(inside) => Value::Message(full(&inside, turn, depth - 1)),
        ContractKind::Enum(_) => Value::EnumNumber([1, 0, 2, 99, -1][turn % 5]),
        ContractKind::Bool => Value::Bool(turn.is_multiple_of(2)),
        ContractKind::String => Value::String(texts[turn % texts.len()].into()),
        ContractKind::Bytes => Value::Bytes(texts[turn % texts.len()].as_bytes().to_vec().into()),
        ContractKind::Int32 => Value::I32(low),
        ContractKind::Int64 => Value::I64(number),
        ContractKind::Uint32 => Value::U32(low.cast_unsigned()),
        ContractKind::Uint64 => Value::U64(number.cast_unsigned()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_answer_of_the_contract_is_written_as_reflection_writes_it() {
    assert!(outputs().len() > 50);
    for output in outputs() {
        let plan = Plan::of(&output);
        assert_eq!(plan.is_none(), WITHOUT_A_PLAN.contains(&output.full_name()), "{}", output.full_name());
        let Some(plan) = plan else { continue };
        for turn in 0..20 {
            let wire = full(&output, turn, DEPTH).encode_to_vec();
            let written = String::from_utf8(plan.write(&wire).unwrap()).unwrap();
            assert_eq!(written, by_reflection(&output, &wire));
        }
        let empty = String::from_utf8(plan.write(&[]).unwrap()).unwrap();
        assert_eq!(empty, by_reflection(&output, &[]));
    }
}

#[test]
fn what_nobody_writes_so_is_odd() {
    let output = outputs().into_iter().find(|output| output.name() == "GetMeResponse").unwrap();
    let plan = Plan::of(&output).unwrap();
    let user = |inside: &[u8]| [&[0x0a, u8::try_from(inside.len()).unwrap()], inside].concat();
    // A field that only a newer contract knows is passed over.
    assert_eq!(plan.write(&[user(&[]), vec![0xf8, 0x07, 1]].concat()), plan.write(&user(&[])));
    for (what, wire) in [
        ("a message twice", [user(&[]), user(&[])].concat()),
        ("a text twice", user(&[0x0a, 1, b'a', 0x0a, 1, b'b'])),
        ("a number for a text", user(&[0x08, 1])),
        ("no UTF-8", user(&[0x0a, 1, 0xff])),
        ("a group", vec![0x0b, 0x0c]),
        ("half a message", vec![0x0a, 5]),
        ("no number", vec![0x00, 1]),
    ] {
        assert_eq!(plan.write(&wire), Err(Odd), "{what}");
    }
}
