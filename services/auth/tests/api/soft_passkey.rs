//! A passkey in software, as Web Authentication has it: with it, a test can lie about anything.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// What an authenticator says of a use (Web Authentication, section 6.1).
pub const PRESENT: u8 = 0x01;
pub const VERIFIED: u8 = 0x04;
pub const BACKUP_ELIGIBLE: u8 = 0x08;
pub const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;

/// A key of ES256 that somebody holds.
pub struct SoftPasskey {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub user_handle: Vec<u8>,
    /// What it says of its next use.
    pub flags: u8,
    pub counter: u32,
    pub origin: String,
    pub domain: String,
}

impl SoftPasskey {
    /// One that answers as it should, and is called `id`.
    pub fn new(id: &[u8]) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: id.to_vec(),
            user_handle: Vec::new(),
            flags: PRESENT | VERIFIED,
            counter: 0,
            origin: "http://localhost:8080".into(),
            domain: "localhost".into(),
        }
    }

    /// What a browser sends after `navigator.credentials.create` with `options`.
    pub fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        self.user_handle = decode(&options["user"]["id"]);
        let (client_data, _) = self.client_data("webauthn.create", &options);
        let mut data = self.authenticator_data(ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose_key());
        // {"fmt": "none", "attStmt": {}, "authData": data}, in CBOR by hand.
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        let response = json!({ "clientDataJSON": client_data, "attestationObject": encode(&object) });
        self.credential(response)
    }

    /// What a browser sends after `navigator.credentials.get` with `options`.
    pub fn get(&self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let (client_data, hash) = self.client_data("webauthn.get", &options);
        let data = self.authenticator_data(0);
        let signature = self.key.sign(&SystemRandom::new(), &[data.as_slice(), &hash].concat()).unwrap();
        self.credential(json!({
            "clientDataJSON": client_data,
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
            "userHandle": encode(&self.user_handle),
        }))
    }

    fn credential(&self, response: Value) -> String {
        let id = encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
            .to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> (String, Vec<u8>) {
        let challenge = &options["challenge"];
        let data =
            json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        let data = data.to_string();
        (encode(data.as_bytes()), digest(&SHA256, data.as_bytes()).as_ref().to_vec())
    }

    fn authenticator_data(&self, more: u8) -> Vec<u8> {
        let domain = digest(&SHA256, self.domain.as_bytes());
        let counter = self.counter.to_be_bytes();
        [domain.as_ref(), &[self.flags | more], &counter].concat()
    }

    /// `{1: 2, 3: -7, -1: 1, -2: x, -3: y}` (RFC 9053, section 7.1).
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(x);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(y);
        key
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}
