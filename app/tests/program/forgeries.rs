//! Tokens that somebody could try in the place of a good one: by RFC 8725 and by what has
//! gone wrong elsewhere. Whoever makes them may have our own key: then it is what they say
//! that is wrong.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use confab_core::{Clock, SystemClock};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::town::{Town, access_header};

/// How far clocks may be apart, in seconds: what is beyond it is refused.
const LEEWAY: i64 = 5;

/// What a good token is made of.
struct Forge {
    good: String,
    header: Value,
    claims: Value,
    key: EncodingKey,
    public: Vec<u8>,
}

impl Forge {
    fn new(town: &Town, good: &str) -> Self {
        let pem = fs::read_to_string(town.home.data().join("keys/signing.pem")).unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).unwrap();
        let part = |number: usize| -> Value {
            let part = good.split('.').nth(number).unwrap();
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        let (key, jwk) = (EncodingKey::from_ed_der(&der), Algorithm::EdDSA);
        let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&key, jwk).unwrap();
        let public = serde_json::to_value(jwk).unwrap()["x"].as_str().unwrap().to_owned();
        let public = URL_SAFE_NO_PAD.decode(public).unwrap();
        Self { good: good.to_owned(), header: part(0), claims: part(1), key, public }
    }

    /// Our own signature under any header and any claims.
    fn sign(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, Algorithm::EdDSA).unwrap();
        format!("{signed}.{signature}")
    }

    fn with_claim(&self, name: &str, value: Value) -> (String, String) {
        let mut claims = self.claims.clone();
        claims[name] = value.clone();
        (format!("{name}: {value}"), self.sign(&self.header.to_string(), &claims.to_string()))
    }

    fn without_claim(&self, name: &str) -> (String, String) {
        let mut claims = self.claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        (format!("no {name}"), self.sign(&self.header.to_string(), &claims.to_string()))
    }

    fn with_header(&self, name: &str, value: Value) -> (String, String) {
        let mut header = self.header.clone();
        header[name] = value.clone();
        (format!("header {name}: {value}"), self.sign(&header.to_string(), &self.claims.to_string()))
    }

    fn claims(&self) -> Vec<(String, String)> {
        let now = SystemClock.now().as_seconds();
        let wrong = [
            ("iss", json!("somebody")),
            ("iss", json!(["confab"])),
            ("iss", Value::Null),
            ("aud", json!("confab.internal")),
            ("aud", json!(["confab", "others"])),
            ("aud", json!([])),
            ("aud", json!(7)),
            ("aud", Value::Null),
            ("sub", json!("")),
            ("sub", json!("ada")),
            ("sub", json!(7)),
            ("sub", json!(["0190aaaa-bbbb-7ccc-8ddd-0123456789ab"])),
            ("sid", json!("x")),
            ("sid", Value::Null),
            ("exp", json!(now - LEEWAY - 1)),
            // Longer than any token lives.
            ("exp", json!(now + 3_600)),
            ("exp", json!("9999999999")),
            ("exp", json!(9_999_999_999.5)),
            ("exp", json!(-1)),
            ("exp", json!(u64::MAX)),
            ("exp", json!(1e300)),
            ("exp", json!([9_999_999_999_i64])),
            ("exp", Value::Null),
            ("iat", json!(now + 60)),
            ("iat", json!("now")),
            ("iat", json!(-1)),
            ("iat", Value::Null),
            ("nbf", json!(now + 60)),
            ("nbf", json!("soon")),
            ("nbf", json!([now])),
            ("nbf", json!(1.5)),
        ];
        let missing = ["iss", "aud", "sub", "sid", "iat", "exp"];
        let wrong = wrong.into_iter().map(|(name, value)| self.with_claim(name, value));
        wrong.chain(missing.map(|name| self.without_claim(name))).collect()
    }

    fn headers(&self) -> Vec<(String, String)> {
        let wrong = [
            ("typ", json!("JWT")),
            ("typ", json!("st+jwt")),
            ("typ", json!("application/at+jwt")),
            ("typ", Value::Null),
            ("kid", json!("another")),
            ("kid", json!("../../../../dev/null")),
            ("kid", json!("' OR 1=1 --")),
            ("kid", json!("")),
            ("kid", Value::Null),
            ("alg", json!("EdDSA ")),
            ("alg", json!("RS256")),
            ("alg", json!("ES256")),
            ("jku", json!("http://localhost/keys")),
            ("x5u", json!("http://localhost/certificate")),
            ("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(&self.public) })),
            ("crit", json!(["exp"])),
            ("cty", json!("JWT")),
            ("zip", json!("DEF")),
        ];
        wrong.into_iter().map(|(name, value)| self.with_header(name, value)).collect()
    }

    fn signatures(&self) -> Vec<(String, String)> {
        let Self { good, header, claims, .. } = self;
        let [head, body, signature] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
        let unsigned = |alg: &str| {
            let mut header = header.clone();
            header["alg"] = alg.into();
            format!("{}.{body}.", URL_SAFE_NO_PAD.encode(header.to_string()))
        };
        let hmac = Header { alg: Algorithm::HS256, kid: kid(header), ..access_header() };
        let hmac = jsonwebtoken::encode(&hmac, claims, &EncodingKey::from_secret(&self.public)).unwrap();
        let mut other = claims.clone();
        other["sub"] = "018f0000-0000-7000-8000-000000000000".into();
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        let twice = claims.to_string().replacen('{', "{\"sub\":\"018f0000-0000-7000-8000-000000000000\",", 1);
        let rest = &signature[1..];
        let forged = [
            ("alg none", unsigned("none")),
            ("alg None", unsigned("None")),
            ("alg nOnE with a signature", format!("{}{signature}", unsigned("nOnE"))),
            ("HS256 with the public key", hmac),
            ("other claims", format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(other.to_string()))),
            ("another signature", format!("{head}.{body}.{flipped}{rest}")),
            ("half a signature", format!("{head}.{body}.{}", &signature[..43])),
            ("no signature", format!("{head}.{body}.")),
            ("two parts", format!("{head}.{body}")),
            ("a part more", format!("{good}.{signature}")),
            (
                "five parts, as if it were encrypted",
                format!("{head}.{signature}.{signature}.{body}.{signature}"),
            ),
            ("padded", format!("{good}=")),
            ("a line feed in it", format!("{head}.{body}.%0a{signature}")),
            ("no body", format!("{head}..{signature}")),
            ("nothing but dots", "..".to_owned()),
            ("JSON", claims.to_string()),
            ("a claim twice", self.sign(&header.to_string(), &twice)),
            ("a list for claims", self.sign(&header.to_string(), "[]")),
            ("no JSON for claims", self.sign(&header.to_string(), "ada")),
            ("no JSON for a header", self.sign("ada", &claims.to_string())),
            ("too long", format!("{good}{}", "a".repeat(7_000))),
        ];
        forged.map(|(what, token)| (what.to_owned(), token)).into()
    }
}

fn kid(header: &Value) -> Option<String> {
    header["kid"].as_str().map(str::to_owned)
}

/// All of them, each with what is wrong with it, for whoever has `good`.
pub fn all(town: &Town, good: &str) -> Vec<(String, String)> {
    let forge = Forge::new(town, good);
    let mut all = forge.claims();
    all.extend(forge.headers());
    all.extend(forge.signatures());
    all.push(("expired".to_owned(), town.expired_token(good)));
    all.push(("a service's".to_owned(), town.service_token()));
    all
}

/// The good one, taken apart and put together again: if that is accepted, the others are
/// refused for what is wrong with them.
pub fn remade(town: &Town, good: &str) -> String {
    let forge = Forge::new(town, good);
    forge.sign(&forge.header.to_string(), &forge.claims.to_string())
}
