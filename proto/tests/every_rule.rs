//! Each rule that we keep, tried at its limit and just beyond.

use confab_proto::{Validate, Violations};
use testing::v1::containers::{Colour, Inner};
use testing::v1::presence::{Choice, FreeChoice};
use testing::v1::{Containers, Exact, Numbers, Presence, Texts};

/// Made of `tests/protos` by the same code as the contract.
mod testing {
    #[expect(clippy::pedantic, reason = "generated code")]
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/every_rule/confab.testing.v1.rs"));
    }
}

#[expect(clippy::collapsible_if, reason = "generated code")]
mod checks {
    include!(concat!(env!("OUT_DIR"), "/every_rule/validation.rs"));
}

const ID: &str = "0190aaaa-bbbb-7ccc-8ddd-0123456789ab";

fn problems(message: &impl Validate) -> Vec<String> {
    let violations = Violations::of(message);
    violations
        .as_slice()
        .iter()
        .map(|violation| format!("{} {}", violation.field, violation.problem))
        .collect()
}

fn texts() -> Texts {
    Texts { exact: "abc".into(), between: "ab".into(), filled: "a".into(), id: ID.into(), ..Texts::default() }
}

fn presence() -> Presence {
    Presence {
        message: Some(texts()),
        text: "a".into(),
        number: Some(0),
        list: vec![0],
        choice: Some(Choice::Flag(false)),
        free_choice: None,
    }
}

fn numbers() -> Numbers {
    Numbers { gt_lt: 1, gte_lte: 0, largest: u64::MAX, small: 0, optional_count: None }
}

fn containers() -> Containers {
    Containers {
        ids: vec![ID.into()],
        labels: [("a".to_owned(), "b".to_owned())].into(),
        blob: vec![0, 0].into(),
        ..Containers::default()
    }
}

fn with_texts(change: impl FnOnce(&mut Texts)) -> Vec<String> {
    let mut message = texts();
    change(&mut message);
    problems(&message)
}

fn with_numbers(change: impl FnOnce(&mut Numbers)) -> Vec<String> {
    let mut message = numbers();
    change(&mut message);
    problems(&message)
}

fn with_presence(change: impl FnOnce(&mut Presence)) -> Vec<String> {
    let mut message = presence();
    change(&mut message);
    problems(&message)
}

fn with_containers(change: impl FnOnce(&mut Containers)) -> Vec<String> {
    let mut message = containers();
    change(&mut message);
    problems(&message)
}

#[test]
fn messages_that_keep_the_rules_have_no_problems() {
    for problems in [problems(&texts()), problems(&numbers()), problems(&presence()), problems(&containers())]
    {
        assert!(problems.is_empty(), "{problems:?}");
    }
}

#[test]
fn a_text_of_an_exact_length_is_neither_shorter_nor_longer() {
    for exact in ["ab", "abcd", ""] {
        assert_eq!(with_texts(|texts| texts.exact = exact.into()), ["exact must be exactly 3 characters"]);
    }
}

#[test]
fn a_text_is_held_to_its_limits() {
    assert!(with_texts(|texts| texts.between = "abcd".into()).is_empty());
    assert_eq!(with_texts(|texts| texts.between = "a".into()), ["between must be at least 2 characters"]);
    assert_eq!(with_texts(|texts| texts.between = "abcde".into()), ["between must be at most 4 characters"]);
    assert_eq!(with_texts(|texts| texts.filled = String::new()), ["filled must not be empty"]);
}

#[test]
fn lengths_are_counted_in_code_points() {
    // Four bytes each.
    assert!(with_texts(|texts| texts.between = "🦀🦀🦀🦀".into()).is_empty());
    assert!(with_texts(|texts| texts.exact = "äöü".into()).is_empty());
    // One letter to look at, two code points.
    assert!(with_texts(|texts| texts.between = "e\u{301}".into()).is_empty());
    assert_eq!(with_texts(|texts| texts.between = "🦀".into()), ["between must be at least 2 characters"]);
    assert_eq!(
        with_texts(|texts| texts.between = "🦀🦀🦀🦀🦀".into()),
        ["between must be at most 4 characters"]
    );
}

#[test]
fn a_text_does_not_contain_what_is_forbidden() {
    assert_eq!(
        with_texts(|texts| texts.clean = "a\0b".into()),
        ["clean must not contain the character U+0000"]
    );
    assert!(with_texts(|texts| texts.tidy = "a b c".into()).is_empty());
    assert_eq!(with_texts(|texts| texts.tidy = "a  b".into()), ["tidy must not contain \"  \""]);
}

#[test]
fn bytes_of_texts_are_counted() {
    for text in ["", "abcd", "éé", "👍"] {
        assert!(with_texts(|texts| texts.small = text.into()).is_empty());
    }
    for text in ["abcde", "ééa", "👍a"] {
        assert_eq!(with_texts(|texts| texts.small = text.into()), ["small must be at most 4 bytes"]);
    }
}

#[test]
fn a_uuid_is_36_characters_with_hyphens_in_any_case() {
    for id in [ID.to_owned(), ID.to_uppercase(), "00000000-0000-0000-0000-000000000000".to_owned()] {
        assert!(with_texts(|texts| texts.id = id).is_empty());
    }
    let simple = ID.replace('-', "");
    let braced = format!("{{{ID}}}");
    let urn = format!("urn:uuid:{ID}");
    let moved = "0190aaaab-bbb-7ccc-8ddd-0123456789ab";
    let no_hex = ID.replace('b', "g");
    let wide = ID.replace("ab", "ä");
    for id in
        ["", &simple, &braced, &urn, moved, &no_hex, &wide, &ID[1..], &format!("{ID}0"), &format!("{ID}\n")]
    {
        assert_eq!(with_texts(|texts| texts.id = id.into()), ["id must be a UUID"], "{id}");
    }
}

#[test]
fn an_optional_field_is_checked_only_if_it_is_set() {
    assert_eq!(with_texts(|texts| texts.optional_id = Some(String::new())), ["optional_id must be a UUID"]);
    assert_eq!(
        with_numbers(|numbers| numbers.optional_count = Some(0)),
        ["optional_count must be at least 1"]
    );
    assert!(with_numbers(|numbers| numbers.optional_count = Some(1)).is_empty());
}

#[test]
fn rules_can_be_told_to_ignore_a_field() {
    assert!(with_texts(|texts| texts.ignored = "anything".into()).is_empty());
    assert_eq!(with_texts(|texts| texts.maybe_id = "a".into()), ["maybe_id must be a UUID"]);
}

#[test]
fn numbers_are_held_to_their_limits() {
    assert!(with_numbers(|numbers| numbers.gt_lt = 9).is_empty());
    assert_eq!(with_numbers(|numbers| numbers.gt_lt = 0), ["gt_lt must be more than 0"]);
    assert_eq!(with_numbers(|numbers| numbers.gt_lt = 10), ["gt_lt must be less than 10"]);
    for fine in [-5, 5] {
        assert!(with_numbers(|numbers| numbers.gte_lte = fine).is_empty());
    }
    assert_eq!(with_numbers(|numbers| numbers.gte_lte = -6), ["gte_lte must be at least -5"]);
    assert_eq!(with_numbers(|numbers| numbers.gte_lte = i64::MAX), ["gte_lte must be at most 5"]);
    assert_eq!(
        with_numbers(|numbers| numbers.largest = u64::MAX - 1),
        ["largest must be at least 18,446,744,073,709,551,615"]
    );
    assert!(with_numbers(|numbers| numbers.small = 1_000_000).is_empty());
    assert_eq!(with_numbers(|numbers| numbers.small = 1_000_001), ["small must be at most 1,000,000"]);
}

#[test]
fn what_is_required_must_be_there() {
    assert_eq!(with_presence(|presence| presence.message = None), ["message must be set"]);
    assert_eq!(with_presence(|presence| presence.text = String::new()), ["text must be set"]);
    assert_eq!(with_presence(|presence| presence.number = None), ["number must be set"]);
    assert_eq!(with_presence(|presence| presence.list = Vec::new()), ["list must be set"]);
}

#[test]
fn a_required_oneof_must_be_set_and_its_members_keep_their_rules() {
    assert_eq!(
        with_presence(|presence| presence.choice = None),
        ["choice must be set: id or numbers or flag"]
    );
    assert_eq!(
        with_presence(|presence| presence.choice = Some(Choice::Id("a".into()))),
        ["id must be a UUID"]
    );
    let wrong = Numbers { small: u32::MAX, ..numbers() };
    assert_eq!(
        with_presence(|presence| presence.choice = Some(Choice::Numbers(wrong))),
        ["numbers.small must be at most 1,000,000"]
    );
    assert_eq!(
        with_presence(|presence| presence.free_choice = Some(FreeChoice::Positive(0))),
        ["positive must be more than 0"]
    );
}

#[test]
fn lists_are_held_to_their_limits_and_so_are_their_items() {
    assert!(with_containers(|containers| containers.ids = vec![ID.into(); 2]).is_empty());
    assert_eq!(with_containers(|containers| containers.ids = Vec::new()), ["ids must not be empty"]);
    assert_eq!(
        with_containers(|containers| containers.ids = vec![ID.into(); 3]),
        ["ids must be at most 2 items"]
    );
    assert_eq!(
        with_containers(|containers| containers.ids = vec![ID.into(), "a".into()]),
        ["ids[1] must be a UUID"]
    );
}

#[test]
fn maps_are_held_to_their_limits_and_so_are_keys_and_values() {
    let label = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let with_labels = |labels: &[(String, String)]| {
        with_containers(|containers| containers.labels = labels.iter().cloned().collect())
    };
    assert_eq!(with_labels(&[]), ["labels must not be empty"]);
    assert!(with_labels(&[label("a", "1"), label("b", "2")]).is_empty());
    let three = [label("a", "1"), label("b", "2"), label("c", "3")];
    assert_eq!(with_labels(&three), ["labels must be at most 2 entries"]);
    assert_eq!(with_labels(&[label("abcd", "1")]), ["labels[\"abcd\"] must be at most 3 characters"]);
    assert_eq!(with_labels(&[label("a", "")]), ["labels[\"a\"] must not be empty"]);
}

#[test]
fn bytes_are_held_to_their_limits() {
    assert!(with_containers(|containers| containers.blob = vec![0; 3].into()).is_empty());
    assert_eq!(
        with_containers(|containers| containers.blob = vec![0].into()),
        ["blob must be at least 2 bytes"]
    );
    assert_eq!(
        with_containers(|containers| containers.blob = vec![0; 4].into()),
        ["blob must be at most 3 bytes"]
    );
    let marked = |mark: &'static [u8]| problems(&Exact { mark: mark.into() });
    assert!(marked(&[0; 4]).is_empty());
    for mark in [&[][..], &[0; 3], &[0; 5]] {
        assert_eq!(marked(mark), ["mark must be exactly 4 bytes"]);
    }
}

#[test]
fn an_enum_is_one_of_its_values_however_deep_it_lies() {
    let (red, unknown) = (Inner { r#type: Colour::Red.into() }, Inner { r#type: 2 });
    assert_eq!(
        with_containers(|containers| containers.inners = vec![red, unknown]),
        ["inners[1].type must be a value of Colour"]
    );
    assert_eq!(
        with_containers(|containers| containers.inners_by_number = [(-7, unknown)].into()),
        ["inners_by_number[-7].type must be a value of Colour"]
    );
    let inner = Containers { inners: vec![red, red, unknown], ..containers() };
    assert_eq!(
        with_containers(|containers| containers.nested = Some(Box::new(inner))),
        ["nested.inners[2].type must be a value of Colour"]
    );
}

#[test]
fn all_problems_are_told_but_no_more_than_anybody_would_read() {
    assert_eq!(problems(&Texts::default()).len(), 4);

    let many = Containers { inners: vec![Inner { r#type: 9 }; 100_000], ..containers() };
    let violations = Violations::of(&many);
    assert!(violations.as_slice().len() <= Violations::COUNT_MAX);
    let bytes: usize =
        violations.as_slice().iter().map(|found| found.field.len() + found.problem.len()).sum();
    assert!(bytes <= Violations::BYTES_MAX + 200, "{bytes}");
}

#[test]
fn a_long_key_is_not_repeated_whole() {
    let labels = [("k".repeat(100_000), "a".to_owned())].into();
    let problems = with_containers(|containers| containers.labels = labels);
    assert!(problems[0].len() < 100, "{}", problems[0].len());
}
