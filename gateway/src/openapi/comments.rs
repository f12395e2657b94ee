//! What the contract says in words.

use std::collections::HashMap;

use prost_reflect::DescriptorPool;

/// The comments of the contract, by file and place.
pub struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    /// Those of all files of ours in `pool`.
    pub fn of(pool: &DescriptorPool) -> Self {
        let mut comments = HashMap::new();
        for file in pool.files().filter(|file| file.package_name().starts_with("confab.")) {
            let places = file.file_descriptor_proto().source_code_info.iter().flat_map(|info| &info.location);
            for place in places {
                if let Some(comment) = &place.leading_comments {
                    comments.insert((file.name().to_owned(), place.path.clone()), plain(comment));
                }
            }
        }
        Self(comments)
    }

    /// What stands before the thing at `path` of `file`; nothing if nothing does.
    pub fn at(&self, file: &str, path: &[i32]) -> &str {
        self.0.get(&(file.to_owned(), path.to_vec())).map_or("", String::as_str)
    }
}

/// `comment` without the space that each line begins with, a line for each paragraph.
fn plain(comment: &str) -> String {
    let lines = comment.lines().map(str::trim);
    let mut text = String::new();
    for line in lines {
        match (line.is_empty(), text.is_empty() || text.ends_with('\n')) {
            (true, true) => {}
            (true, false) => text.push_str("\n\n"),
            (false, true) => text.push_str(line),
            (false, false) => {
                text.push(' ');
                text.push_str(line);
            }
        }
    }
    text.trim_end().to_owned()
}

/// The first sentence of `text`, without its full stop.
pub fn first_sentence(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.split_once(". ").map_or(line, |(first, _)| first).trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_paragraphs() {
        assert_eq!(plain(" One two\n three.\n\n Four.\n"), "One two three.\n\nFour.");
        assert_eq!(first_sentence("One two three. Four.\n\nFive."), "One two three");
        assert_eq!(first_sentence("Only one."), "Only one");
    }
}
