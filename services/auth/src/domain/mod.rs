//! The rules that need no I/O.

mod audit;
mod block;
mod challenge;
mod code;
mod departure;
mod device;
mod email;
mod factor;
mod fold;
mod guess;
mod identity;
mod invite;
mod key;
mod letter;
mod name;
mod passkey;
mod password;
mod password_hash;
mod profile;
mod qr;
mod recovery;
mod refresh;
mod session;
mod totp;
mod user;

pub use audit::{Actor, AuditCursor, AuditEntry, AuditEvent, AuditKind};
pub use block::{Block, BlockCursor};
pub use challenge::{Asked, Challenge};
pub use code::{BindingCode, ChallengeCode, DeviceSecret, InviteCode, MailSecret, StateCode};
pub use departure::{Departure, Person};
pub use device::{AddressPrefix, Device, DeviceName};
pub use email::{Email, InvalidEmail};
pub use factor::{FactorProof, Factors, IdentityProof, Method};
pub use guess::{GuessKey, Guesses, Kept, NoMoreGuesses};
pub use identity::{Attempt, Identity, IdentityId, InvalidProviderId, ProviderId, ProviderLogIn, Return};
pub use invite::{EmailDomain, Invitation, Invite, InviteId, InviteWish};
pub use key::PublishedKey;
pub use letter::{Letter, LetterKind, MailCode};
pub use name::{InvalidName, Name, NamePrefix};
pub use passkey::{Assertion, Ceremony, CredentialId, NewCredential, Passkey, PasskeyId, Purpose};
pub use password::{InvalidPassword, Password};
pub use password_hash::PasswordHash;
pub use profile::{StatusText, TimeZone};
pub use qr::QrPicture;
pub use recovery::RecoveryCode;
pub use refresh::{RefreshToken, Rotation, Salt, Turn};
pub use session::{
    AccessToken, CONFIRMED_FOR, Delivery, Proof, Revocation, SecretHash, Session, SessionSecret, Tokens,
    USE_PRECISION, Welcome,
};
pub use totp::{Totp, TotpCode, TotpSecret};
pub use user::{
    Account, AccountFilter, AccountState, Contact, ContactPolicy, EmailChange, Entry, FinishLogIn,
    HeldPicture, LogIn, PasskeyLogIn, PasswordChange, ProfileChange, Role, SignUp, User, UserCursor,
};
