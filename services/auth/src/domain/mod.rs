//! The rules that need no I/O.

mod block;
mod code;
mod device;
mod email;
mod fold;
mod guess;
mod invite;
mod key;
mod letter;
mod name;
mod password;
mod password_hash;
mod refresh;
mod session;
mod user;

pub use block::{Block, BlockCursor};
pub use code::{DeviceSecret, InviteCode, MailSecret};
pub use device::{AddressPrefix, Device, DeviceName};
pub use email::Email;
pub use guess::{GuessKey, Guesses, Kept, NoMoreGuesses};
pub use invite::{EmailDomain, Invitation, Invite, InviteId, InviteWish};
pub use key::PublishedKey;
pub use letter::{Letter, LetterKind, MailCode};
pub use name::{Name, NamePrefix};
pub use password::{InvalidPassword, Password};
pub use password_hash::PasswordHash;
pub use refresh::{RefreshToken, Rotation, Salt, Turn};
pub use session::{
    AccessToken, Delivery, Proof, Revocation, SecretHash, Session, SessionSecret, Tokens, USE_PRECISION,
    Welcome,
};
pub use user::{Account, EmailChange, LogIn, PasswordChange, ProfileChange, SignUp, User, UserCursor};
