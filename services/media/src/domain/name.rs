//! What files are called.

use super::ContentType;

/// What a file is called: one name without folders, with nothing in it that is not
/// seen, and an ending that fits what it is.
///
/// It is never part of a path of ours, only of what people are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

/// What a file is called that nobody has named.
const UNNAMED: &str = "file";

/// Names that some systems keep for devices.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

impl FileName {
    /// The longest name, in bytes: what most file systems take.
    pub const BYTES_MAX: usize = 255;

    /// Makes a name of what somebody calls a file. There is one for everything.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let seen: String = last.chars().filter(|character| !is_hidden(*character)).collect();
        let trimmed = seen.trim_matches(|end: char| end.is_whitespace() || end == '.');
        let stem = trimmed.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
        let safe = if DEVICES.contains(&stem.as_str()) { format!("_{trimmed}") } else { trimmed.to_owned() };
        if safe.is_empty() { Self(UNNAMED.to_owned()) } else { Self(cut(&safe, Self::BYTES_MAX)) }
    }

    /// Takes back what was made before it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name with an ending that fits `content_type`: whoever downloads it
    /// opens it with what is made for it.
    #[must_use]
    pub fn fitting(&self, content_type: ContentType) -> Self {
        let endings = endings(content_type);
        let ending = self.0.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        if ending.is_some_and(|ending| endings.contains(&ending.as_str())) {
            return self.clone();
        }
        let ending = endings[0];
        Self(format!("{}.{ending}", cut(&self.0, Self::BYTES_MAX - ending.len() - 1)))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character is not seen, or changes how those about it are seen.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The beginning of `text` that has at most `bytes_max` bytes, with its ending if
/// that is short.
fn cut(text: &str, bytes_max: usize) -> String {
    /// The longest ending that is worth keeping, in bytes.
    const ENDING_BYTES_MAX: usize = 12;
    if text.len() <= bytes_max {
        return text.to_owned();
    }
    let ending = text.rfind('.').map(|dot| &text[dot..]).filter(|ending| ending.len() <= ENDING_BYTES_MAX);
    let ending = ending.unwrap_or_default();
    let mut end = bytes_max - ending.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", &text[..end])
}

/// What a file of this type may end in; first what it does if it ends in something else.
const fn endings(content_type: ContentType) -> &'static [&'static str] {
    match content_type {
        ContentType::Jpeg => &["jpg", "jpeg"],
        ContentType::Png => &["png"],
        ContentType::Gif => &["gif"],
        ContentType::Webp => &["webp"],
        ContentType::Mp4 => &["mp4", "m4v", "mov"],
        ContentType::Webm => &["webm"],
        ContentType::Mp3 => &["mp3"],
        ContentType::Ogg => &["ogg", "oga", "opus"],
        ContentType::M4a => &["m4a"],
        ContentType::Pdf => &["pdf"],
        ContentType::Zip => &["zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub"],
        ContentType::Text => {
            &["txt", "md", "csv", "tsv", "log", "json", "toml", "yaml", "yml", "ini", "rs", "c", "h"]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_name_and_all_of_it_is_seen() {
        for (text, expected) in [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\a.txt", "a.txt"),
            ("/", "file"),
            ("..", "file"),
            ("", "file"),
            ("a\0b\n.txt", "ab.txt"),
            ("gpj.\u{202e}exe", "gpj.exe"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("%2f%2e", "%2f%2e"),
            ("Žofie ☕.png", "Žofie ☕.png"),
            (" . a . ", "a"),
        ] {
            assert_eq!(FileName::new(text).as_str(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = FileName::new(&format!("{}.jpeg", "ž".repeat(300)));
        assert!(long.as_str().len() <= FileName::BYTES_MAX && long.as_str().ends_with("ž.jpeg"));
        let endless = FileName::new(&format!("a.{}", "b".repeat(300)));
        assert_eq!(endless.as_str().len(), FileName::BYTES_MAX);
        let fitting = endless.fitting(ContentType::Png);
        assert!(fitting.as_str().len() <= FileName::BYTES_MAX && fitting.as_str().ends_with("b.png"));
    }

    #[test]
    fn an_ending_fits_what_the_file_is() {
        for (name, content_type, expected) in [
            ("a.JPG", ContentType::Jpeg, "a.JPG"),
            ("a.html", ContentType::Jpeg, "a.html.jpg"),
            ("a.svg", ContentType::Text, "a.svg.txt"),
            ("letter.docx", ContentType::Zip, "letter.docx"),
            ("file", ContentType::Pdf, "file.pdf"),
        ] {
            assert_eq!(FileName::new(name).fitting(content_type).as_str(), expected);
        }
    }
}
