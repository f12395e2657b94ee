//! The program as people meet it: its command line, its files, its beginning and its end.

#![expect(clippy::unwrap_used, reason = "a test that cannot do what it needs to has failed")]

mod admin;
#[path = "../../../services/auth/tests/api/authenticator.rs"]
mod authenticator;
#[path = "../../../gateway/tests/api/beginnings.rs"]
mod beginnings;
mod browser;
mod configuration;
mod descriptors;
mod doors;
mod forgeries;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../../../rpc/tests/door/http2.rs"]
mod http2;
mod importing;
mod least;
mod leaving;
mod limits;
mod listeners;
mod matrix;
mod process;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../../../gateway/tests/api/same_meaning/random.rs"]
mod random;
mod readme;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../ordeal/replica_set.rs"]
mod replica_set;
mod secrets;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../../../services/auth/tests/api/sink.rs"]
mod sink;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../../../gateway/tests/api/same_meaning/spell.rs"]
mod spell;
mod start;
mod storeless;
mod surface;
mod tls;
mod tokens;
mod tools;
mod town;
mod waiting;
mod watched;
