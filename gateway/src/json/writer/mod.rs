//! Protobuf as JSON, straight from the wire: what an answer says is not put into memory in
//! between, which costs more than all the rest of telling it.
//!
//! ```text
//! plan.rs    what a message can have, read from the contract once
//! wire.rs    fields as they stand on the wire
//! time.rs    timestamps as JSON has them
//! ```
//!
//! What is written is the same, byte for byte, as what prost-reflect writes. Whatever no encoder
//! of ours writes on the wire is [`Odd`], and left to it.

mod plan;
mod time;
mod wire;

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use plan::{Field, Kind, Message, Plan, Shape, Slots};
use wire::{Fields, Value, Varints};

pub use plan::Plan as Writer;

/// How deep messages may lie inside of others, as prost has it.
const DEPTH_MAX: usize = 100;
/// How much longer JSON is than the wire, roughly.
const GROWTH: usize = 3;

/// Something on the wire that is not written as we write it, or cannot be.
#[derive(Debug, PartialEq, Eq)]
pub struct Odd;

impl Plan {
    /// `message` as JSON.
    pub fn write(&self, message: &[u8]) -> Result<Vec<u8>, Odd> {
        let mut out = Vec::with_capacity(message.len() * GROWTH);
        self.write_message(self.root(), message, DEPTH_MAX, &mut out)?;
        Ok(out)
    }

    fn write_message(
        &self,
        message: &Message,
        wire: &[u8],
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Odd> {
        let depth = depth.checked_sub(1).ok_or(Odd)?;
        let slots = found(message, wire)?;
        let begin = out.len();
        for (field, slot) in message.fields().iter().zip(slots) {
            let is_there = slot.count > 0;
            if !is_there && field.shape == Shape::Optional {
                continue;
            }
            out.push(if out.len() == begin { b'{' } else { b',' });
            out.extend_from_slice(field.key.as_bytes());
            match field.shape {
                Shape::Many => self.write_list(field, &wire[slot.begin..slot.end], depth, out)?,
                Shape::Always if !is_there => field.kind.write_default(out),
                Shape::Always | Shape::Optional => {
                    let (_, value) = Fields(&wire[slot.begin..slot.end]).next()?.ok_or(Odd)?;
                    self.write_value(&field.kind, value, depth, out)?;
                }
            }
        }
        if out.len() == begin {
            out.push(b'{');
        }
        out.push(b'}');
        Ok(())
    }

    /// The values of `field` that stand somewhere in `wire`.
    fn write_list(&self, field: &Field, wire: &[u8], depth: usize, out: &mut Vec<u8>) -> Result<(), Odd> {
        out.push(b'[');
        let begin = out.len();
        let mut fields = Fields(wire);
        while let Some((number, value)) = fields.next()? {
            if number != field.number {
                continue;
            }
            let packed = if let Value::Bytes(packed) = value { packed } else { &[] };
            if !packed.is_empty() && field.kind.is_number() {
                // All numbers that have a plan are varints.
                for number in Varints(packed) {
                    comma(out, begin);
                    self.write_value(&field.kind, Value::Varint(number?), depth, out)?;
                }
            } else if !(field.kind.is_number() && value == Value::Bytes(&[])) {
                comma(out, begin);
                self.write_value(&field.kind, value, depth, out)?;
            }
        }
        out.push(b']');
        Ok(())
    }

    fn write_value(&self, kind: &Kind, value: Value<'_>, depth: usize, out: &mut Vec<u8>) -> Result<(), Odd> {
        match (kind, value) {
            (Kind::Message(place), Value::Bytes(wire)) => {
                self.write_message(self.at(*place), wire, depth, out)
            }
            (Kind::String, Value::Bytes(text)) => json(std::str::from_utf8(text).map_err(|_| Odd)?, out),
            (Kind::Bytes, Value::Bytes(bytes)) => {
                quoted(out, |out| out.extend_from_slice(STANDARD.encode(bytes).as_bytes()));
                Ok(())
            }
            (Kind::Timestamp, Value::Bytes(wire)) => time::write(wire, out),
            (Kind::Duration, Value::Bytes(wire)) => time::write_length(wire, out),
            (Kind::Bool, Value::Varint(number)) => json(&(number != 0), out),
            (Kind::Enum(names), Value::Varint(number)) => match names.get(low(number)) {
                Some(name) => json(name, out),
                None => json(&low(number), out),
            },
            (Kind::Int32, Value::Varint(number)) => json(&low(number), out),
            (Kind::Uint32, Value::Varint(number)) => json(&low(number).cast_unsigned(), out),
            (Kind::Int64, Value::Varint(number)) => long(number.cast_signed(), out),
            (Kind::Uint64, Value::Varint(number)) => long(number, out),
            // A type that is not as the contract has it.
            _ => Err(Odd),
        }
    }
}

impl Kind {
    /// Whether a list of it can be one value on the wire.
    const fn is_number(&self) -> bool {
        !matches!(self, Self::Message(_) | Self::String | Self::Bytes | Self::Timestamp | Self::Duration)
    }

    /// What is written of a field that is not there.
    fn write_default(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self {
            Self::Bool => b"false",
            Self::Int32 | Self::Uint32 => b"0",
            Self::Int64 | Self::Uint64 => b"\"0\"",
            Self::String | Self::Bytes => b"\"\"",
            Self::Enum(names) => return names.write_default(out),
            // They are left out when they are not there.
            Self::Message(_) | Self::Timestamp | Self::Duration => b"null",
        });
    }
}

/// Where the fields of `message` stand in `wire`.
fn found(message: &Message, wire: &[u8]) -> Result<Slots, Odd> {
    let mut slots = Slots::new();
    let mut fields = Fields(wire);
    loop {
        let begin = wire.len() - fields.0.len();
        let Some((number, _)) = fields.next()? else { return Ok(slots) };
        // What only a newer contract knows is not told.
        let Some(place) = message.place(number) else { continue };
        let (field, slot) = (&message.fields()[place], &mut slots[place]);
        if slot.count == 0 {
            slot.begin = begin;
        } else if field.shape != Shape::Many {
            // The last one counts, or all of them together.
            return Err(Odd);
        }
        slot.count += 1;
        slot.end = wire.len() - fields.0.len();
        if field.oneof.is_some_and(|oneof| !slots.choose(oneof)) {
            return Err(Odd);
        }
    }
}

/// The lower half of `number`, as numbers of 32 bits are written.
#[expect(clippy::cast_possible_truncation, reason = "negative ones are written with ten bytes")]
const fn low(number: u64) -> i32 {
    number as i32
}

fn json<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), Odd> {
    serde_json::to_writer(out, value).map_err(|_| Odd)
}

/// Numbers of 64 bits are texts: JavaScript has none.
fn long(number: impl std::fmt::Display, out: &mut Vec<u8>) -> Result<(), Odd> {
    write!(out, "\"{number}\"").map_err(|_| Odd)
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

fn comma(out: &mut Vec<u8>, begin: usize) {
    if out.len() > begin {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests;
