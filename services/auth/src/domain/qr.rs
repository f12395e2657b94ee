//! Texts as pictures that phones read.

use std::fmt::Write;

use qrcode::types::QrError;
use qrcode::{Color, QrCode};
use secrecy::zeroize::Zeroizing;

/// A picture of squares, as large as the quiet zone around it asks for.
pub struct QrPicture {
    /// The width and height, in squares.
    pub size: usize,
    /// The dark ones, as the path of an SVG.
    pub path: Zeroizing<String>,
}

impl QrPicture {
    /// How many light squares are around the picture (ISO/IEC 18004, section 9.1).
    const QUIET_ZONE: usize = 4;

    /// Draws `text`.
    ///
    /// # Errors
    ///
    /// If it is too long for a picture.
    pub fn draw(text: &str) -> Result<Self, QrError> {
        let code = QrCode::new(text)?;
        let (width, colors) = (code.width(), code.to_colors());
        let mut path = Zeroizing::new(String::new());
        for (y, row) in colors.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|one, next| one == next) {
                if run[0] == Color::Dark {
                    let (left, top, length) = (x + Self::QUIET_ZONE, y + Self::QUIET_ZONE, run.len());
                    // Writing to a string cannot fail.
                    let _ = write!(path, "M{left} {top}h{length}v1h-{length}z");
                }
                x += run.len();
            }
        }
        Ok(Self { size: width + 2 * Self::QUIET_ZONE, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_marks_in_three_corners_and_room_around() {
        let picture = QrPicture::draw("otpauth://totp/Confab").unwrap();
        assert_eq!(picture.size, 25 + 8);
        for mark in ["M4 4h7v1h-7z", "M22 4h7v1h-7z", "M4 28h7v1h-7z"] {
            assert!(picture.path.contains(mark), "{mark} {}", *picture.path);
        }
        assert!(QrPicture::draw(&"x".repeat(8_000)).is_err());
    }
}
