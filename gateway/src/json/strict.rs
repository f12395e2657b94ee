//! What readers of JSON let pass and we do not: a field twice, one that does
//! not exist, more values than anybody means to send.

use std::collections::HashSet;
use std::fmt;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// How many values a body may have: twenty times what the longest list of the
/// contract has, and little enough to be read into memory whoever sends it.
pub const VALUES_MAX: usize = 20_000;

/// What is wrong with a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is not JSON.
    Syntax(String),
    /// A field that is there twice, or not at all in the contract, and what is wrong.
    Field(String, &'static str),
    /// It has more than [`VALUES_MAX`] values.
    TooMany,
}

/// Checks that `text` is one JSON value that names fields of `message` only, and each once.
pub fn check(message: &MessageDescriptor, text: &str) -> Result<(), Problem> {
    let mut found = Finding::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let shape = Shape::Message(message.clone());
    let read = Check { shape: &shape, found: &mut found }.deserialize(&mut json).and_then(|()| json.end());
    match (found.problem, read) {
        (Some(problem), _) => Err(problem),
        (None, Err(error)) => Err(Problem::Syntax(error.to_string())),
        (None, Ok(())) => Ok(()),
    }
}

/// What has been found so far.
#[derive(Default)]
struct Finding {
    values: usize,
    path: Vec<String>,
    problem: Option<Problem>,
}

impl Finding {
    fn refuse<E: Error>(&mut self, name: &str, what: &'static str) -> E {
        let path = self.path.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join(".");
        self.problem = Some(Problem::Field(path, what));
        E::custom(what)
    }
}

/// What a value is to be.
enum Shape {
    Message(MessageDescriptor),
    /// Entries with any key.
    Map(Box<Shape>),
    /// Something without fields of ours.
    Leaf,
}

impl Shape {
    fn of(field: &FieldDescriptor) -> Self {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                Self::Map(Box::new(Self::of(&entry.map_entry_value_field())))
            }
            // Those are written in ways of their own.
            Kind::Message(message) if !message.full_name().starts_with("google.protobuf.") => {
                Self::Message(message)
            }
            _ => Self::Leaf,
        }
    }
}

struct Check<'a> {
    shape: &'a Shape,
    found: &'a mut Finding,
}

impl<'de> DeserializeSeed<'de> for Check<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        self.found.values += 1;
        if self.found.values > VALUES_MAX {
            self.found.problem = Some(Problem::TooMany);
            return Err(D::Error::custom("too many values"));
        }
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Check<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { shape, found } = self;
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let (key, inside) = match shape {
                Shape::Message(message) => {
                    let field = message.get_field_by_json_name(&name);
                    let Some(field) = field.or_else(|| message.get_field_by_name(&name)) else {
                        return Err(found.refuse(&name, "is no field of this request"));
                    };
                    // Both of its names mean one field.
                    (field.name().to_owned(), &Shape::of(&field))
                }
                Shape::Map(inside) => (name.clone(), &**inside),
                Shape::Leaf => (name.clone(), &Shape::Leaf),
            };
            if !seen.insert(key) {
                return Err(found.refuse(&name, "is there twice"));
            }
            found.path.push(name);
            map.next_value_seed(Check { shape: inside, found })?;
            found.path.pop();
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { shape, found } = self;
        while list.next_element_seed(Check { shape, found })?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use prost_reflect::DescriptorPool;

    use super::*;

    fn checked(text: &str) -> Result<(), Problem> {
        let pool = DescriptorPool::decode(confab_proto::PUBLIC_FILE_DESCRIPTOR_SET).unwrap();
        check(&pool.get_message_by_name("confab.message.v1.SubscribeRequest").unwrap(), text)
    }

    fn field(name: &str, what: &'static str) -> Result<(), Problem> {
        Err(Problem::Field(name.to_owned(), what))
    }

    #[test]
    fn both_names_of_a_field_are_one() {
        assert_eq!(checked(r#"{"epoch": "x", "known_heads": [{"seq": 1}]}"#), Ok(()));
        let twice = "is there twice";
        assert_eq!(checked(r#"{"epoch": "x", "epoch": "x"}"#), field("epoch", twice));
        assert_eq!(checked(r#"{"knownHeads": [], "known_heads": []}"#), field("known_heads", twice));
        assert_eq!(checked(r#"{"knownHeads": [{"seq": 1, "seq": 1}]}"#), field("knownHeads.seq", twice));
    }

    #[test]
    fn what_does_not_exist_is_named() {
        let unknown = "is no field of this request";
        assert_eq!(checked(r#"{"epoc": "x"}"#), field("epoc", unknown));
        assert_eq!(checked(r#"{"knownHeads": [{"sequence": 1}]}"#), field("knownHeads.sequence", unknown));
    }

    #[test]
    fn neither_depth_nor_length_is_a_way_to_harm() {
        let deep = format!("{}{}", r#"{"epoch": "#, "[".repeat(100_000));
        assert!(matches!(checked(&deep), Err(Problem::Syntax(text)) if text.contains("recursion limit")));
        let long = format!(r#"{{"knownHeads": [{}{{}}]}}"#, "{},".repeat(VALUES_MAX));
        assert_eq!(checked(&long), Err(Problem::TooMany));
    }

    #[test]
    fn there_is_one_value_and_nothing_behind_it() {
        for bad in ["", "{", "{} {}", "{}x", "{'epoch': 1}", r#"{"epoch": 1e999}"#, "\u{feff}{}"] {
            assert!(matches!(checked(bad), Err(Problem::Syntax(_))), "{bad}");
        }
    }
}
