//! What a message can have, read from the contract once.

use std::collections::HashMap;
use std::ops::{Index, IndexMut};

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind as ContractKind, MessageDescriptor};

/// How many fields a message with a plan can have.
const FIELDS_MAX: usize = 48;
/// The highest number of a field that is found by its number alone.
const NUMBERS_MAX: usize = 256;
/// How many groups of fields there can be of which one is there.
const ONEOFS_MAX: usize = 32;
/// Stands in a table where there is no field.
const NOTHING: u8 = u8::MAX;

/// How a message and all that are inside of it are written.
#[derive(Debug)]
pub struct Plan {
    /// The message itself first.
    messages: Vec<Message>,
}

/// How one message is written.
#[derive(Debug, Default)]
pub struct Message {
    /// By their numbers, as they are written.
    fields: Vec<Field>,
    /// Where the field of each number is in `fields`.
    places: Vec<u8>,
}

/// A field of a message.
#[derive(Debug)]
pub struct Field {
    /// Its number on the wire.
    pub number: u32,
    /// Its name as JSON has it, with the colon.
    pub key: String,
    /// How often it is there.
    pub shape: Shape,
    /// What it is.
    pub kind: Kind,
    /// Of which group of fields one is there.
    pub oneof: Option<u8>,
}

/// How often a field is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Once; one that is not on the wire has its default.
    Always,
    /// Once, or it is left out.
    Optional,
    /// As often as one likes.
    Many,
}

/// What a field is.
#[derive(Debug)]
pub enum Kind {
    /// A truth.
    Bool,
    /// A number of 32 bits.
    Int32,
    /// One that is never negative.
    Uint32,
    /// A number of 64 bits.
    Int64,
    /// One that is never negative.
    Uint64,
    /// One of some names.
    Enum(Names),
    /// A text.
    String,
    /// Bytes.
    Bytes,
    /// A time.
    Timestamp,
    /// A length of time.
    Duration,
    /// The message that has this place in the plan.
    Message(usize),
}

/// The names that the numbers of an enum have.
#[derive(Debug)]
pub struct Names(HashMap<i32, String>);

impl Names {
    fn of(kind: &EnumDescriptor) -> Self {
        let name = |number| Some((number, kind.get_value(number)?.name().to_owned()));
        Self(kind.values().filter_map(|value| name(value.number())).collect())
    }

    /// The name of `number`, if it has one.
    pub fn get(&self, number: i32) -> Option<&str> {
        self.0.get(&number).map(String::as_str)
    }

    /// Writes the name of zero.
    pub fn write_default(&self, out: &mut Vec<u8>) {
        match self.get(0) {
            Some(name) => out.extend_from_slice(format!("\"{name}\"").as_bytes()),
            None => out.push(b'0'),
        }
    }
}

impl Plan {
    /// The plan of `message`; nothing if it has something that is not written by plans.
    pub fn of(message: &MessageDescriptor) -> Option<Self> {
        let mut planner = Planner::default();
        planner.place(message)?;
        let messages = planner.messages.into_iter().collect::<Option<_>>()?;
        Some(Self { messages })
    }

    /// The message itself.
    pub fn root(&self) -> &Message {
        &self.messages[0]
    }

    /// The message at `place`.
    pub fn at(&self, place: usize) -> &Message {
        &self.messages[place]
    }
}

impl Message {
    /// All fields, by their numbers.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Where the field called `number` is among the others.
    pub fn place(&self, number: u32) -> Option<usize> {
        let place = *self.places.get(usize::try_from(number).ok()?)?;
        (place != NOTHING).then_some(usize::from(place))
    }
}

/// Where a field is on the wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    /// Where it begins.
    pub begin: usize,
    /// Where the last of it ends.
    pub end: usize,
    /// How often it is there.
    pub count: usize,
}

/// Where each field of a message is on the wire.
pub struct Slots {
    slots: [Slot; FIELDS_MAX],
    chosen: u32,
}

impl Slots {
    /// Nothing is there yet.
    pub fn new() -> Self {
        Self { slots: [Slot::default(); FIELDS_MAX], chosen: 0 }
    }

    /// Notes that a field of the group `oneof` is there; false if there was one already.
    pub const fn choose(&mut self, oneof: u8) -> bool {
        let bit = 1 << oneof;
        let is_first = self.chosen & bit == 0;
        self.chosen |= bit;
        is_first
    }
}

impl Index<usize> for Slots {
    type Output = Slot;

    fn index(&self, place: usize) -> &Slot {
        &self.slots[place]
    }
}

impl IndexMut<usize> for Slots {
    fn index_mut(&mut self, place: usize) -> &mut Slot {
        &mut self.slots[place]
    }
}

impl IntoIterator for Slots {
    type Item = Slot;
    type IntoIter = std::array::IntoIter<Slot, FIELDS_MAX>;

    fn into_iter(self) -> Self::IntoIter {
        self.slots.into_iter()
    }
}

/// Finds all messages inside of one.
#[derive(Default)]
struct Planner {
    places: HashMap<String, usize>,
    /// Nothing while it is being looked at: a message may be inside of itself.
    messages: Vec<Option<Message>>,
}

impl Planner {
    fn place(&mut self, message: &MessageDescriptor) -> Option<usize> {
        if let Some(place) = self.places.get(message.full_name()) {
            return Some(*place);
        }
        let place = self.messages.len();
        self.places.insert(message.full_name().to_owned(), place);
        self.messages.push(None);
        // Others of them are written in ways of their own.
        if message.full_name().starts_with("google.protobuf.") {
            return None;
        }
        let mut planned = Message::default();
        for field in message.fields() {
            let number = usize::try_from(field.number()).ok().filter(|number| *number < NUMBERS_MAX)?;
            let is_many = planned.fields.len() >= FIELDS_MAX || message.oneofs().len() > ONEOFS_MAX;
            if is_many {
                return None;
            }
            planned.places.resize(planned.places.len().max(number + 1), NOTHING);
            planned.places[number] = u8::try_from(planned.fields.len()).ok()?;
            planned.fields.push(self.field(&field)?);
        }
        self.messages[place] = Some(planned);
        Some(place)
    }

    fn field(&mut self, field: &FieldDescriptor) -> Option<Field> {
        if field.is_map() || field.is_group() {
            return None;
        }
        let kind = match field.kind() {
            ContractKind::Bool => Kind::Bool,
            ContractKind::Int32 => Kind::Int32,
            ContractKind::Uint32 => Kind::Uint32,
            ContractKind::Int64 => Kind::Int64,
            ContractKind::Uint64 => Kind::Uint64,
            ContractKind::Enum(kind) => Kind::Enum(Names::of(&kind)),
            ContractKind::String => Kind::String,
            ContractKind::Bytes => Kind::Bytes,
            ContractKind::Message(kind) if kind.full_name() == "google.protobuf.Timestamp" => Kind::Timestamp,
            ContractKind::Message(kind) if kind.full_name() == "google.protobuf.Duration" => Kind::Duration,
            ContractKind::Message(kind) => Kind::Message(self.place(&kind)?),
            _ => return None,
        };
        let shape = if field.is_list() {
            Shape::Many
        } else if field.supports_presence() {
            Shape::Optional
        } else {
            Shape::Always
        };
        let oneof = field.containing_oneof().and_then(|oneof| {
            let place = oneof.parent_message().oneofs().position(|other| other == oneof)?;
            u8::try_from(place).ok()
        });
        let key = format!("{}:", serde_json::Value::from(field.json_name()));
        Some(Field { number: field.number(), key, shape, kind, oneof })
    }
}
