//! Pages of lists (AIP-158): how many, and where to go on.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How much of a list is wanted: at most `size` items, from behind `after` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<Cursor> {
    /// How many items at the most.
    pub size: usize,
    /// The last item of the page before; `None` on the first page.
    pub after: Option<Cursor>,
}

impl<Cursor: DeserializeOwned> Page<Cursor> {
    /// How many items a page has if the request does not say.
    pub const SIZE_DEFAULT: usize = 50;

    /// Reads the two fields of a request. The contract has checked the size.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] if the token is not one of ours.
    pub fn new(size: Option<i32>, token: &str) -> Result<Self, InvalidToken> {
        let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(Self::SIZE_DEFAULT);
        Ok(Self { size, after: decode_token(token)? })
    }
}

/// The page token was not made by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the next_page_token of an earlier page")]
pub struct InvalidToken;

/// Wraps the place in a list where the next page begins.
///
/// The form is ours to change: clients are told not to look inside.
pub fn encode_token<Cursor: Serialize>(cursor: &Cursor) -> String {
    // Cursors are tuples of numbers, ids and short texts, which always serialise.
    serde_json::to_vec(cursor).map(|json| URL_SAFE_NO_PAD.encode(json)).unwrap_or_default()
}

/// Unwraps what [`encode_token`] made. An empty token asks for the first page.
///
/// # Errors
///
/// [`InvalidToken`] for anything else.
pub fn decode_token<Cursor: DeserializeOwned>(token: &str) -> Result<Option<Cursor>, InvalidToken> {
    if token.is_empty() {
        return Ok(None);
    }
    let json = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidToken)?;
    serde_json::from_slice(&json).map(Some).map_err(|_| InvalidToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_cursor() {
        let cursor = ("Žofie \"☕\"".to_owned(), 7_u64);
        assert_eq!(decode_token(&encode_token(&cursor)), Ok(Some(cursor)));
    }

    #[test]
    fn an_empty_token_is_the_first_page() {
        assert_eq!(decode_token::<u64>(""), Ok(None));
    }

    #[test]
    fn garbage_is_refused() {
        for token in ["x", "////", "bnVsbA==", "W10", "e30"] {
            assert_eq!(decode_token::<(String, u64)>(token), Err(InvalidToken), "{token}");
        }
    }
}
