//! Which part of a file is wanted (RFC 9110, section 14).

use http::HeaderValue;

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// All of it.
    All,
    /// From a byte on, up to and including another, or the end.
    From {
        /// The first byte.
        first: u64,
        /// The last one, if not that of the file.
        last: Option<u64>,
    },
    /// So many at the end.
    Last(u64),
}

impl Range {
    /// Reads a header. Of what makes no sense, or names several parts, all is
    /// sent, which is always right.
    pub fn of(header: Option<&HeaderValue>) -> Self {
        header.and_then(|header| read(header.to_str().ok()?)).unwrap_or(Self::All)
    }

    /// The first byte and how many, in a file of `size`; nothing if there are none.
    pub fn within(self, size: u64) -> Option<(u64, u64)> {
        let (first, end) = match self {
            Self::All => return Some((0, size)),
            Self::From { first, last } => (first, last.map_or(size, |last| last.saturating_add(1).min(size))),
            Self::Last(count) => (size.saturating_sub(count), size),
        };
        (first < end).then(|| (first, end - first))
    }
}

fn read(text: &str) -> Option<Range> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| text.parse::<u64>().ok()).flatten()
    };
    match (first.trim(), last.trim()) {
        ("", last) => Some(Range::Last(number(last)?)),
        (first, "") => Some(Range::From { first: number(first)?, last: None }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Range::From { first, last: Some(last) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_the_header_says() {
        for (header, expected) in [
            ("bytes=0-0", Some((0, 1))),
            ("bytes=2-", Some((2, 8))),
            ("bytes=2-99", Some((2, 8))),
            ("bytes=-3", Some((7, 3))),
            ("bytes=-99", Some((0, 10))),
            ("bytes=10-", None),
            ("bytes=-0", None),
            ("bytes=0-1,4-5", Some((0, 10))),
            ("bytes=5-2", Some((0, 10))),
            ("bytes=+1-2", Some((0, 10))),
            ("lines=1-2", Some((0, 10))),
            ("bytes=99999999999999999999-", Some((0, 10))),
        ] {
            let range = Range::of(Some(&HeaderValue::from_static(header)));
            assert_eq!(range.within(10), expected, "{header}");
        }
        assert_eq!(Range::of(None).within(10), Some((0, 10)));
    }
}
