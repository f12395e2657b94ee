//! How much fits into a response.

use crate::domain::{Attachment, Event, Message};

/// How large what people wrote may be in one response, in bytes. Clients take
/// 4 MiB unless told otherwise, and 500 texts can be four times that.
const WRITTEN_BYTES_MAX: usize = 2 * 1024 * 1024;
/// How large an emoji with some of those who used it, or somebody who is meant,
/// is at the most, in bytes.
const REACTION_BYTES: usize = 512;
const MENTION_BYTES: usize = 38;

/// Something that people wrote.
pub trait Written {
    /// How large it is on the wire, about, in bytes.
    fn bytes(&self) -> usize;
}

impl Written for Event {
    fn bytes(&self) -> usize {
        self.text_bytes()
    }
}

impl Written for Message {
    fn bytes(&self) -> usize {
        let words = self.content.as_ref().map(|content| &content.words);
        let words = words.map_or(0, |words| words.text.as_str().len() + words.mentions.len() * MENTION_BYTES);
        let attachments = self.content.iter().flat_map(|content| &content.attachments);
        words + attachments.map(Attachment::bytes).sum::<usize>() + self.reactions.len() * REACTION_BYTES
    }
}

/// Cuts off what does not fit into a response, and says whether there was
/// anything. At least one stays, so that whoever asks gets on.
pub fn cut_to_fit<T: Written>(items: &mut Vec<T>) -> bool {
    let count = count_within(items, WRITTEN_BYTES_MAX);
    let cut = count < items.len();
    items.truncate(count);
    cut
}

fn count_within<T: Written>(items: &[T], bytes_max: usize) -> usize {
    let mut bytes = 0;
    let fits = |item: &&T| {
        bytes += item.bytes();
        bytes <= bytes_max
    };
    items.iter().take_while(fits).count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Five;

    impl Written for Five {
        fn bytes(&self) -> usize {
            5
        }
    }

    #[test]
    fn a_response_holds_what_fits_and_at_least_one() {
        let items = [Five, Five, Five];
        assert_eq!(count_within(&items, 15), 3);
        assert_eq!(count_within(&items, 14), 2);
        assert_eq!(count_within(&items, 1), 1);
    }

    #[test]
    fn nothing_is_cut_off_where_there_is_nothing() {
        assert!(!cut_to_fit::<Five>(&mut Vec::new()));
    }
}
