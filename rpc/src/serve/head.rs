//! The heads of HTTP/1 requests, byte by byte (RFC 9112): whether they are written
//! in the one form in which nobody finds another end of them, and what follows.

/// So much of a line is kept: enough for the names and values that we look for.
const LINE_BYTES_KEPT: usize = 48;

/// A head that has begun.
#[derive(Debug, Default)]
pub struct Head {
    line: Vec<u8>,
    /// How long the line is, also what is not kept of it.
    length: usize,
    after_cr: bool,
    is_first_line: bool,
    content_length: Option<u64>,
    /// Whether what follows is none of our affair.
    is_last: bool,
}

/// What a byte of a head has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The head goes on.
    More,
    /// It has ended, and so many bytes of a body follow.
    Body(u64),
    /// It has ended, and what follows is none of our affair: the connection ends
    /// with this request, or it is not HTTP any more.
    Rest,
    /// It is not to be read: a line ends without a CR, which some readers take
    /// for the end of it, and some do not.
    Unsound,
}

impl Head {
    /// A head of which nothing was read.
    pub fn new() -> Self {
        Self { is_first_line: true, ..Self::default() }
    }

    /// Takes in the next byte.
    pub fn read(&mut self, byte: u8) -> Shown {
        let after_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
        if byte != b'\n' {
            self.length += 1;
            if self.line.len() < LINE_BYTES_KEPT {
                self.line.push(byte);
            }
            return Shown::More;
        }
        if !after_cr {
            return Shown::Unsound;
        }
        self.end_line()
    }

    fn end_line(&mut self) -> Shown {
        // The CR is part of what was counted.
        let is_empty = self.length == 1;
        let line = std::mem::take(&mut self.line);
        self.length = 0;
        if self.is_first_line {
            // Empty lines before a request are passed over (RFC 9112, section 2.2).
            self.is_first_line = is_empty;
            return Shown::More;
        }
        if is_empty {
            return self.follows();
        }
        self.note(&String::from_utf8_lossy(&line).to_ascii_lowercase());
        Shown::More
    }

    fn note(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else { return };
        match (name, value.trim()) {
            ("content-length", value) => self.content_length = value.parse().ok(),
            ("transfer-encoding", _) | ("upgrade", "websocket") => self.is_last = true,
            _ => {}
        }
    }

    fn follows(&self) -> Shown {
        if self.is_last {
            return Shown::Rest;
        }
        // One that cannot be read is refused by whoever reads it after us.
        Shown::Body(self.content_length.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the last byte of `head` shows; all before it show that it goes on.
    fn shown(head: &str) -> Shown {
        let mut reader = Head::new();
        let (last, before) = head.as_bytes().split_last().unwrap();
        for byte in before {
            assert_eq!(reader.read(*byte), Shown::More, "{head:?}");
        }
        reader.read(*last)
    }

    #[test]
    fn what_follows_a_head_is_known_at_its_end() {
        let long = "x".repeat(1_000);
        for (head, follows) in [
            ("GET / HTTP/1.1\r\n\r\n".to_owned(), Shown::Body(0)),
            ("\r\n\r\nGET / HTTP/1.1\r\n\r\n".to_owned(), Shown::Body(0)),
            ("POST / HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 12\r\n\r\n".to_owned(), Shown::Body(12)),
            (format!("POST /{long} HTTP/1.1\r\nX: {long}\r\nContent-Length:7\r\n\r\n"), Shown::Body(7)),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(), Shown::Rest),
            ("GET / HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\n".to_owned(), Shown::Rest),
        ] {
            assert_eq!(shown(&head), follows, "{head:?}");
        }
    }

    #[test]
    fn a_line_that_ends_without_a_cr_is_not_read() {
        for head in [
            "GET / HTTP/1.1\n",
            "\n",
            "GET / HTTP/1.1\r\nHost: a\n",
            "GET / HTTP/1.1\r\n\n",
            "G\r\r\nX: \r \n",
        ] {
            assert_eq!(shown(head), Shown::Unsound, "{head:?}");
        }
    }
}
