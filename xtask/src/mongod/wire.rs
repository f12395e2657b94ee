//! The two sentences of MongoDB's protocol that it takes to make a replica set of one.
//!
//! Written by hand, because a driver would multiply the time that `xtask` takes to compile. A message is a header of
//! four numbers, a number of flags, the byte 0, and a BSON document; a document is its length, its fields, and the
//! byte 0. All numbers are little-endian.

use std::io::{Read, Write};

use anyhow::{Context, Result, ensure};

/// The message kind of a request and its reply, `OP_MSG`.
const MESSAGE: i32 = 2013;

/// Length, request id, id of what is replied to, kind; then flags and the kind of the section.
const HEADER_BYTES: usize = 16 + 4 + 1;

/// More than any reply to our questions takes.
const REPLY_BYTES_MAX: usize = 1024 * 1024;

/// Makes the server on `port` a replica set of its own. Says whether the server agreed.
pub fn initiate(connection: &mut (impl Read + Write), set: &str, port: u16) -> Result<bool> {
    let member = Document::default().int("_id", 0).text("host", &format!("127.0.0.1:{port}"));
    // A list is a document whose fields are called 0, 1, 2 ….
    let members = Document::default().document("0", member);
    let config = Document::default().text("_id", set).list("members", members);
    let reply = ask(connection, Document::default().document("replSetInitiate", config))?;
    Ok(contains(&reply, OK))
}

/// Whether the server accepts writes by now.
pub fn is_primary(connection: &mut (impl Read + Write)) -> Result<bool> {
    let reply = ask(connection, Document::default().int("hello", 1))?;
    Ok(contains(&reply, IS_PRIMARY))
}

/// The field `ok`, a floating-point 1.
const OK: &[u8] = b"\x01ok\0\0\0\0\0\0\0\xf0\x3f";

/// The field `isWritablePrimary`, a true.
const IS_PRIMARY: &[u8] = b"\x08isWritablePrimary\0\x01";

/// Sends `command` to the database `admin`, and returns the document that comes back.
fn ask(connection: &mut (impl Read + Write), command: Document) -> Result<Vec<u8>> {
    let body = command.text("$db", "admin").finish();
    let length = i32::try_from(HEADER_BYTES + body.len()).context("too long a question")?;
    let mut message = Vec::new();
    for number in [length, 1, 0, MESSAGE, 0] {
        message.extend(number.to_le_bytes());
    }
    message.push(0);
    message.extend(body);
    connection.write_all(&message)?;

    let mut length = [0; 4];
    connection.read_exact(&mut length)?;
    let length = usize::try_from(i32::from_le_bytes(length)).context("a reply of negative length")?;
    ensure!((HEADER_BYTES..REPLY_BYTES_MAX).contains(&length), "a reply of {length} bytes");
    let mut reply = vec![0; length - 4];
    connection.read_exact(&mut reply)?;
    Ok(reply.split_off(HEADER_BYTES - 4))
}

fn contains(reply: &[u8], field: &[u8]) -> bool {
    reply.windows(field.len()).any(|window| window == field)
}

/// The fields of a BSON document, in the order in which they were added.
#[derive(Default)]
struct Document(Vec<u8>);

impl Document {
    fn int(self, name: &str, value: i32) -> Self {
        self.field(0x10, name, &value.to_le_bytes())
    }

    fn text(self, name: &str, value: &str) -> Self {
        let length = i32::try_from(value.len() + 1).unwrap_or(i32::MAX);
        self.field(0x02, name, &[&length.to_le_bytes(), value.as_bytes(), &[0]].concat())
    }

    fn document(self, name: &str, value: Self) -> Self {
        self.field(0x03, name, &value.finish())
    }

    fn list(self, name: &str, value: Self) -> Self {
        self.field(0x04, name, &value.finish())
    }

    fn field(mut self, kind: u8, name: &str, value: &[u8]) -> Self {
        self.0.push(kind);
        self.0.extend(name.as_bytes());
        self.0.push(0);
        self.0.extend(value);
        self
    }

    fn finish(self) -> Vec<u8> {
        let length = i32::try_from(self.0.len() + 5).unwrap_or(i32::MAX);
        [&length.to_le_bytes()[..], &self.0, &[0]].concat()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor};

    use super::*;

    /// A server that has its answer ready, and keeps what it is asked.
    struct Parrot {
        asked: Vec<u8>,
        answer: Cursor<Vec<u8>>,
    }

    impl Parrot {
        fn answering(document: &[u8]) -> Self {
            let length = i32::try_from(HEADER_BYTES + document.len()).unwrap();
            let answer = [&length.to_le_bytes()[..], &[0; HEADER_BYTES - 4], document].concat();
            Self { asked: Vec::new(), answer: Cursor::new(answer) }
        }
    }

    impl Read for Parrot {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.answer.read(buffer)
        }
    }

    impl Write for Parrot {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            self.asked.write(buffer)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_document_is_encoded_as_the_bson_specification_does_it() {
        let hello = Document::default().text("hello", "world").finish();
        assert_eq!(hello, b"\x16\0\0\0\x02hello\0\x06\0\0\0world\0\0");
    }

    #[test]
    fn a_question_carries_its_length_and_its_database() {
        let mut server = Parrot::answering(b"\x08isWritablePrimary\0\x01");
        assert!(is_primary(&mut server).unwrap());

        let length = i32::from_le_bytes(server.asked[..4].try_into().unwrap());
        assert_eq!(usize::try_from(length).unwrap(), server.asked.len());
        assert!(contains(&server.asked, b"\x02$db\0\x06\0\0\0admin\0"));
    }

    #[test]
    fn a_server_that_says_no_is_understood() {
        let mut server = Parrot::answering(b"\x01ok\0\0\0\0\0\0\0\0\0");
        assert!(!initiate(&mut server, "rs0", 27017).unwrap());
    }

    #[test]
    fn a_reply_of_absurd_length_is_refused() {
        let mut server = Parrot { asked: Vec::new(), answer: Cursor::new(vec![0xff; 8]) };
        assert!(is_primary(&mut server).is_err());
    }
}
