//! Messages that nobody would think of, the same ones at each run.

use std::collections::HashMap;

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use prost_types::{Duration, FieldMask, Timestamp};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// Texts that a path, a query, a header or JSON could trip over.
const TEXTS: [&str; 14] = [
    "a",
    "0190aaaa-bbbb-7ccc-8ddd-0123456789ab",
    "ä🦀\u{10ffff}",
    "a/b%2Fc",
    "..",
    "a:b",
    "?a=b&c=d#e",
    "a+b c",
    "\"\\\n\r\t\u{1}\u{7f}",
    "\0",
    "\u{feff}x\u{2028}",
    "true",
    "-1",
    "null",
];
/// The first and the last second that JSON can write.
const SECONDS: [i64; 2] = [-62_135_596_800, 253_402_300_799];
/// The longest duration that JSON can write, in seconds.
const DURATION_SECONDS_MAX: i64 = 315_576_000_000;
/// How deep messages are filled.
const DEPTH_MAX: usize = 4;

/// Numbers that look random (`SplitMix64`).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A text, which may be empty.
    pub fn text(&mut self) -> String {
        match self.below(5) {
            0 => String::new(),
            1 => self.pick(&TEXTS).repeat(3),
            _ => self.pick(&TEXTS).to_owned(),
        }
    }

    /// Any whole number, often one at an end.
    fn whole(&mut self) -> i64 {
        let bits = self.next().cast_signed();
        self.pick(&[0, 1, -1, i64::MAX, i64::MIN, (1 << 53) + 1, bits, bits >> 32])
    }

    /// A message with some of its fields.
    pub fn message(&mut self, kind: &MessageDescriptor) -> DynamicMessage {
        self.filled(kind, 0)
    }

    fn filled(&mut self, kind: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(kind.clone());
        match kind.full_name() {
            "google.protobuf.Timestamp" => {
                let [first, last] = SECONDS;
                let seconds = first + self.next().cast_signed().rem_euclid(last - first + 1);
                let nanos = self.pick(&[0, 1, 1_000, 120_000_000, 999_999_999]);
                message.transcode_from(&Timestamp { seconds, nanos }).unwrap();
            }
            "google.protobuf.Duration" => {
                let seconds = self.next().cast_signed().rem_euclid(DURATION_SECONDS_MAX);
                let nanos = self.pick(&[0, 1, 1_000, 120_000_000, 999_999_999]);
                message.transcode_from(&Duration { seconds, nanos }).unwrap();
            }
            "google.protobuf.FieldMask" => {
                let paths = ["name", "profile.name", "some_field"];
                let paths = (0..self.below(3)).map(|_| self.pick(&paths).to_owned()).collect();
                message.transcode_from(&FieldMask { paths }).unwrap();
            }
            _ => {
                for field in kind.fields().filter(|_| depth < DEPTH_MAX) {
                    if self.below(3) > 0 {
                        let value = self.value(&field, depth);
                        message.set_field(&field, value);
                    }
                }
            }
        }
        message
    }

    fn value(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = self.one(&entry.map_entry_value_field().kind(), depth);
                Value::Map([(MapKey::String(self.text()), value)].into())
            }
            kind if field.is_list() => {
                Value::List((0..self.below(4)).map(|_| self.one(&kind, depth)).collect())
            }
            kind => self.one(&kind, depth),
        }
    }

    fn one(&mut self, kind: &Kind, depth: usize) -> Value {
        let whole = self.whole();
        let low = i32::try_from(whole >> 32).unwrap();
        match kind {
            Kind::Message(kind) => Value::Message(self.filled(kind, depth + 1)),
            Kind::Enum(values) => {
                let numbers: Vec<i32> = values.values().map(|value| value.number()).chain([99]).collect();
                Value::EnumNumber(self.pick(&numbers))
            }
            Kind::Bool => Value::Bool(whole & 1 == 0),
            Kind::String => Value::String(self.text()),
            Kind::Bytes => Value::Bytes(self.text().into_bytes().into()),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(low),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(whole),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(low.cast_unsigned()),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(whole.cast_unsigned()),
            Kind::Float => Value::F32(f32::from(u8::try_from(whole & 0xff).unwrap()) / 4.0),
            Kind::Double => Value::F64(f64::from(low) / 4.0),
        }
    }

    /// A failure with some details.
    pub fn failure(&mut self) -> Status {
        let code = Code::from(i32::try_from(1 + self.below(16)).unwrap());
        let mut details = ErrorDetails::new();
        if self.coin() {
            let metadata: HashMap<_, _> = [(format!("key{}", self.below(3)), self.text())].into();
            details.set_error_info("SOME_REASON", "confab", metadata);
        }
        if self.coin() {
            details.add_bad_request_violation("some.field[3]", self.text());
        }
        if self.coin() {
            let wait = std::time::Duration::from_millis(self.next() % 10_000);
            details.set_retry_info(Some(wait));
        }
        Status::with_error_details(code, self.text(), details)
    }
}
