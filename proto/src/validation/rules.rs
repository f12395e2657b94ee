//! The predicates that the generated checks ask. Characters are Unicode code points.

/// Whether `text` has exactly `count` characters.
#[must_use]
pub fn chars_exactly(text: &str, count: usize) -> bool {
    chars_at_most(text, count) && chars_at_least(text, count)
}

/// Whether `text` has `count` characters or more.
#[must_use]
pub fn chars_at_least(text: &str, count: usize) -> bool {
    text.chars().take(count).count() == count
}

/// Whether `text` has `count` characters or fewer.
#[must_use]
pub fn chars_at_most(text: &str, count: usize) -> bool {
    // No character is shorter than a byte, so most texts need no counting.
    text.len() <= count || text.chars().nth(count).is_none()
}

/// Whether `text` is a UUID in its canonical form: 36 characters with hyphens, in any case.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
