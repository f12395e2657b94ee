//! Fields as they stand on the wire (protobuf's encoding, "Message Structure").

use super::Odd;

/// The longest number on the wire, in bytes.
const VARINT_BYTES_MAX: usize = 10;

/// What a field is on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number.
    Varint(u64),
    /// Four bytes or eight.
    Fixed,
    /// A text, bytes, a message, or numbers one behind the other.
    Bytes(&'a [u8]),
}

/// The fields of a message, of which these bytes are left.
pub struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    /// The next field: its number, and what it is.
    pub fn next(&mut self) -> Result<Option<(u32, Value<'a>)>, Odd> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = varint(&mut self.0)?;
        let number = u32::try_from(key >> 3).map_err(|_| Odd)?;
        let value = match key & 7 {
            0 => Value::Varint(varint(&mut self.0)?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).map_err(|_| Odd)?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            // Groups, which nobody writes any more.
            _ => return Err(Odd),
        };
        if number == 0 { Err(Odd) } else { Ok(Some((number, value))) }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Odd> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Odd)?;
        self.0 = rest;
        Ok(taken)
    }
}

/// Numbers, one behind the other.
pub struct Varints<'a>(pub &'a [u8]);

impl Iterator for Varints<'_> {
    type Item = Result<u64, Odd>;

    fn next(&mut self) -> Option<Result<u64, Odd>> {
        if self.0.is_empty() {
            return None;
        }
        let number = varint(&mut self.0);
        if number.is_err() {
            self.0 = &[];
        }
        Some(number)
    }
}

/// Takes a number from `bytes`.
pub fn varint(bytes: &mut &[u8]) -> Result<u64, Odd> {
    let mut number = 0;
    for (place, byte) in bytes.iter().enumerate().take(VARINT_BYTES_MAX) {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            // Of the tenth byte there is room for one bit.
            let fits = place + 1 < VARINT_BYTES_MAX || *byte <= 1;
            *bytes = &bytes[place + 1..];
            return if fits { Ok(number) } else { Err(Odd) };
        }
    }
    Err(Odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_their_end_and_no_further() {
        for (bytes, number) in [
            (&[0][..], Ok(0)),
            (&[0x7f], Ok(127)),
            (&[0x80, 1], Ok(128)),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], Ok(u64::MAX)),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], Err(Odd)),
            (&[0x80; 11], Err(Odd)),
            (&[0x80], Err(Odd)),
            (&[], Err(Odd)),
        ] {
            assert_eq!(varint(&mut &bytes[..]), number, "{bytes:?}");
        }
    }

    #[test]
    fn what_breaks_off_is_odd() {
        for bytes in [&[0x08][..], &[0x12, 2, b'x'], &[0x0d, 0, 0, 0], &[0x09, 0], &[0x0b], &[0x00, 0]] {
            assert_eq!(Fields(bytes).next(), Err(Odd), "{bytes:?}");
        }
    }
}
