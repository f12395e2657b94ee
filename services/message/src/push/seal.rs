//! Encrypts what a browser is told, so that its push service cannot read it (RFC 8291).

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::rand;

use crate::domain::DeviceKeys;

/// How long every notice is made, in bytes, so that its length tells nothing. With
/// what encryption adds it stays below the 4,096 that push services have to take.
const PADDED_BYTES: usize = 3_000;
const SALT_BYTES: usize = 16;
/// The size of a record that is announced; there is one, and it is smaller.
const RECORD_BYTES: u32 = 4_096;
/// What stands behind the text of the last record (RFC 8188, section 2).
const LAST: u8 = 2;

/// Why nothing can be encrypted for a device.
#[derive(Debug, thiserror::Error)]
pub enum Unsealed {
    #[error("what is to be said is longer than {PADDED_BYTES} bytes")]
    TooLong,
    #[error("the device's public key is no point of the curve, or there is no randomness")]
    Failed(#[from] Unspecified),
}

/// Whether something can be encrypted for `keys`.
pub fn can_seal(keys: &DeviceKeys) -> bool {
    seal(Vec::new(), keys).is_ok()
}

/// Encrypts `notice`, which is JSON, for `keys`.
pub fn seal(mut notice: Vec<u8>, keys: &DeviceKeys) -> Result<Vec<u8>, Unsealed> {
    if notice.len() > PADDED_BYTES {
        return Err(Unsealed::TooLong);
    }
    // White space behind JSON means nothing.
    notice.resize(PADDED_BYTES, b' ');
    let mut salt = [0; SALT_BYTES];
    rand::fill(&mut salt)?;
    Ok(encrypt(notice, keys, &PrivateKey::generate(&ECDH_P256)?, salt)?)
}

/// One record of RFC 8188, by a key that both sides can make: we of our private
/// key and the browser's public one, the browser the other way round.
fn encrypt(
    mut text: Vec<u8>,
    keys: &DeviceKeys,
    ours: &PrivateKey,
    salt: [u8; SALT_BYTES],
) -> Result<Vec<u8>, Unspecified> {
    let public = ours.compute_public_key()?;
    let public = public.as_ref();
    let theirs = UnparsedPublicKey::new(&ECDH_P256, keys.p256dh);
    let secret: [u8; 32] = agree(ours, theirs, Unspecified, |shared| {
        let both = [b"WebPush: info\0".as_slice(), &keys.p256dh, public];
        expand(&Salt::new(HKDF_SHA256, &keys.auth).extract(shared), &both)
    })?;
    let made_of = Salt::new(HKDF_SHA256, &salt).extract(&secret);
    let key: [u8; 16] = expand(&made_of, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = expand(&made_of, &[b"Content-Encoding: nonce\0"])?;

    text.push(LAST);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    // The key is made for this one text.
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)?;
    let length = u8::try_from(public.len()).map_err(|_| Unspecified)?;
    Ok([&salt, RECORD_BYTES.to_be_bytes().as_slice(), &[length], public, &text].concat())
}

/// So many bytes that only who has `secret` can make for this purpose.
fn expand<const LENGTH: usize>(secret: &Prk, purpose: &[&[u8]]) -> Result<[u8; LENGTH], Unspecified> {
    let mut bytes = [0; LENGTH];
    secret.expand(purpose, Length(LENGTH))?.fill(&mut bytes)?;
    Ok(bytes)
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn decode<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    #[test]
    fn the_example_of_the_standard_is_encrypted_as_it_says() {
        // RFC 8291, section 5 and appendix A.
        let keys = DeviceKeys {
            p256dh: decode(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            auth: decode("BTBZMqHH6r4Tts7J_aSIgg"),
        };
        let ours: [u8; 32] = decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let ours = PrivateKey::from_private_key(&ECDH_P256, &ours).unwrap();
        let text = b"When I grow up, I want to be a watermelon".to_vec();
        let sealed = encrypt(text, &keys, &ours, decode("DGv6ra1nlYgDCS1FRnbzlw")).unwrap();
        let expected = concat!(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK",
            "6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
        );
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), expected);
    }

    #[test]
    fn what_is_no_key_or_too_long_is_refused() {
        let keys = DeviceKeys { p256dh: [4; 65], auth: [7; 16] };
        assert!(!can_seal(&keys));
        let browser = PrivateKey::generate(&ECDH_P256).unwrap();
        let p256dh = browser.compute_public_key().unwrap().as_ref().try_into().unwrap();
        let keys = DeviceKeys { p256dh, ..keys };
        assert!(can_seal(&keys));
        assert!(matches!(seal(vec![b' '; PADDED_BYTES + 1], &keys), Err(Unsealed::TooLong)));
        let [one, other] = [b"{}".to_vec(), vec![b' '; PADDED_BYTES]].map(|text| seal(text, &keys).unwrap());
        assert_eq!(one.len(), other.len());
        assert!(one.len() <= 4_096, "{}", one.len());
    }
}
