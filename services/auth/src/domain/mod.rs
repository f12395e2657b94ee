//! The rules that need no I/O.

mod block;
mod email;
mod fold;
mod key;
mod name;
mod password;
mod password_hash;
mod session;
mod user;

pub use block::{Block, BlockCursor};
pub use email::Email;
pub use key::PublishedKey;
pub use name::{Name, NamePrefix};
pub use password::{InvalidPassword, Password};
pub use password_hash::PasswordHash;
pub use session::{AccessToken, Delivery, Proof, SecretHash, Session, SessionSecret, Welcome};
pub use user::{Account, LogIn, ProfileChange, SignUp, User, UserCursor};
