//! What people prove who they are with.

use super::{Assertion, Password, RecoveryCode, TotpCode};

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// What one knows.
    Password,
    /// What one's authenticator app shows.
    Totp,
    /// What one has on paper.
    RecoveryCode,
    /// What one's phone, computer or stick signs with.
    Passkey,
}

impl Method {
    /// The word that clients have for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey => "passkey",
        }
    }
}

/// What somebody has beside the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// Whether an app makes codes for them.
    pub totp: bool,
    /// How many codes they have on paper. Good for nothing without one of the others.
    pub recovery_codes: usize,
    /// How many passkeys they have.
    pub passkeys: usize,
}

impl Factors {
    /// Whether a password alone does not let them in.
    #[must_use]
    pub const fn are_needed(&self) -> bool {
        self.totp || self.passkeys > 0
    }

    /// The ways in which they can show that they have one.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        let there = [
            (self.totp, Method::Totp),
            (self.passkeys > 0, Method::Passkey),
            (self.are_needed() && self.recovery_codes > 0, Method::RecoveryCode),
        ];
        there.into_iter().filter_map(|(is_there, method)| is_there.then_some(method)).collect()
    }
}

/// What somebody shows to prove that they have a second factor.
#[derive(Debug)]
pub enum FactorProof {
    /// What their app shows.
    Totp(TotpCode),
    /// What they have on paper.
    Recovery(RecoveryCode),
    /// What their passkey has signed.
    Passkey(Box<Assertion>),
}

/// What somebody shows to prove that it is still them.
#[derive(Debug)]
pub enum IdentityProof {
    /// The password that is claimed to be theirs.
    Password(Password),
    /// Something else.
    Factor(FactorProof),
}

impl FactorProof {
    /// The way in which this proves it.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::Totp(_) => Method::Totp,
            Self::Recovery(_) => Method::RecoveryCode,
            Self::Passkey(_) => Method::Passkey,
        }
    }
}

impl IdentityProof {
    /// The way in which this proves it.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::Password(_) => Method::Password,
            Self::Factor(proof) => proof.method(),
        }
    }
}
