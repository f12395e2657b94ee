//! How a file is shown or kept, and under which name, as it stands in a header.

use std::fmt::Write;

/// What `Content-Disposition` says of a file called `name` (RFC 6266): whether it
/// is shown or kept, and the name once for those who read nothing but ASCII, and
/// once as it is (RFC 8187).
#[must_use]
pub fn content_disposition(name: &str, is_shown: bool) -> String {
    let plain: String = name.chars().map(|each| if is_plain(each) { each } else { '_' }).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        // `attr-char` of RFC 8187.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    let manner = if is_shown { "inline" } else { "attachment" };
    format!("{manner}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// Whether a character can stand in quotes, and old browsers read nothing into it.
fn is_plain(character: char) -> bool {
    (character.is_ascii_graphic() || character == ' ') && !"\"\\%/".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_twice_and_breaks_out_of_nothing() {
        assert_eq!(
            content_disposition("Žofie \"☕\".png", true),
            "inline; filename=\"_ofie ___.png\"; filename*=UTF-8''%C5%BDofie%20%22%E2%98%95%22.png"
        );
        let hostile = content_disposition("a\r\nset-cookie: x\\%2f", false);
        assert!(!hostile.contains(['\r', '\n', '\\']), "{hostile}");
    }
}
