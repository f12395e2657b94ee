//! Timestamps as JSON has them: RFC 3339, with as many threes of digits as are needed.

use std::io::Write;

use prost::Message;
use prost_types::Duration;

use super::wire::{Fields, Value};
use super::{Odd, low};

const DAY_SECONDS: i64 = 86_400;
/// The first and the last second that can be written: of the years 1 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
/// The longest length of time that can be written, in seconds.
const LENGTH_SECONDS_MAX: i64 = 315_576_000_000;
const NANOS_MAX: i32 = 999_999_999;

/// Writes the `google.protobuf.Timestamp` in `wire`.
pub fn write(wire: &[u8], out: &mut Vec<u8>) -> Result<(), Odd> {
    let (mut seconds, mut nanos) = (0, 0);
    let mut fields = Fields(wire);
    while let Some((number, value)) = fields.next()? {
        match (number, value) {
            (1, Value::Varint(value)) => seconds = value.cast_signed(),
            (2, Value::Varint(value)) => nanos = low(value),
            _ => return Err(Odd),
        }
    }
    if !SECONDS.contains(&seconds) || !(0..=NANOS_MAX).contains(&nanos) {
        return Err(Odd);
    }
    let (day, second) = (seconds.div_euclid(DAY_SECONDS), seconds.rem_euclid(DAY_SECONDS));
    let (year, month, day) = date(day);
    let mut text = *b"\"0000-00-00T00:00:00";
    digits(&mut text[1..5], year);
    digits(&mut text[6..8], month);
    digits(&mut text[9..11], day);
    digits(&mut text[12..14], second / 3_600);
    digits(&mut text[15..17], second / 60 % 60);
    digits(&mut text[18..20], second % 60);
    out.extend_from_slice(&text);
    if nanos > 0 {
        let mut fraction = *b".000000000";
        digits(&mut fraction[1..], nanos.into());
        let length = if nanos % 1_000_000 == 0 {
            4
        } else if nanos % 1_000 == 0 {
            7
        } else {
            10
        };
        out.extend_from_slice(&fraction[..length]);
    }
    out.extend_from_slice(b"Z\"");
    Ok(())
}

/// Writes the `google.protobuf.Duration` in `wire`.
pub fn write_length(wire: &[u8], out: &mut Vec<u8>) -> Result<(), Odd> {
    let length = Duration::decode(wire).map_err(|_| Odd)?;
    let is_valid = length.seconds.abs() <= LENGTH_SECONDS_MAX && length.nanos.abs() <= NANOS_MAX;
    if is_valid { write!(out, "\"{length}\"").map_err(|_| Odd) } else { Err(Odd) }
}

/// Writes `number` into `place`, with zeros in front.
fn digits(place: &mut [u8], mut number: i64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

/// Year, month and day of the `day` since 1970 (of the proleptic Gregorian calendar): counted
/// from a first of March, the months before each have a number of days that is a simple sum.
const fn date(day: i64) -> (i64, i64, i64) {
    /// From the first of March of the year 0 to the first of January of 1970.
    const EPOCH_DAY: i64 = 719_468;
    const ERA_DAYS: i64 = 146_097;
    let day = day + EPOCH_DAY;
    let (era, day) = (day.div_euclid(ERA_DAYS), day.rem_euclid(ERA_DAYS));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, date)
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;

    use super::*;

    #[test]
    fn every_time_is_written_as_prost_writes_it() {
        let far = [*SECONDS.start(), *SECONDS.end(), -1, 0, 951_782_399, 951_782_400, 4_107_542_399];
        let spread = (0..40_000).map(|step| SECONDS.start() + step * 7_887_123);
        for seconds in far.into_iter().chain(spread.take_while(|seconds| SECONDS.contains(seconds))) {
            for nanos in [0, 1, 1_000, 120_000_000, 999_999_999] {
                let time = Timestamp { seconds, nanos };
                let mut out = Vec::new();
                write(&time.encode_to_vec(), &mut out).unwrap();
                assert_eq!(String::from_utf8(out).unwrap(), format!("\"{time}\""));
            }
        }
    }

    #[test]
    fn what_cannot_be_written_is_odd() {
        for (seconds, nanos) in
            [(SECONDS.start() - 1, 0), (SECONDS.end() + 1, 0), (0, -1), (0, NANOS_MAX + 1)]
        {
            assert_eq!(write(&Timestamp { seconds, nanos }.encode_to_vec(), &mut Vec::new()), Err(Odd));
        }
    }
}
