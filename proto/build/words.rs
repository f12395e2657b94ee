//! How limits are written, in Rust and for people.

/// `must be at least 8 characters`.
pub fn not_less_than(count: u64, unit: &str) -> String {
    if count == 1 {
        "must not be empty".to_owned()
    } else {
        format!("must be at least {}", counted(count, unit))
    }
}

/// `1 character`, `8,000 characters`.
pub fn counted(count: u64, unit: &str) -> String {
    let units = match (count, unit) {
        (1, _) => unit.to_owned(),
        (_, "entry") => "entries".to_owned(),
        _ => format!("{unit}s"),
    };
    format!("{} {units}", grouped(count))
}

/// `8,000`, the way people write it.
pub fn grouped(number: impl Into<i128>) -> String {
    in_thousands(number.into(), ',')
}

/// `8_000`, the way Rust writes it.
pub fn literal(number: impl Into<i128>) -> String {
    in_thousands(number.into(), '_')
}

fn in_thousands(number: i128, separator: char) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// Something to be read, even if it is a control character.
pub fn shown(part: &str) -> String {
    match only_char(part) {
        Some(only) if only.is_control() => format!("the character U+{:04X}", u32::from(only)),
        _ => format!("{part:?}"),
    }
}

/// A pattern to look for, as Rust: a character or a text.
pub fn quoted(part: &str) -> String {
    only_char(part).map_or_else(|| format!("{part:?}"), |only| format!("{only:?}"))
}

fn only_char(part: &str) -> Option<char> {
    let mut chars = part.chars();
    chars.next().filter(|_| chars.next().is_none())
}
