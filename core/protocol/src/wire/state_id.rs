//! The name of a state: 32 bytes that equal states share.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::version2::Header;
use crate::error::{Code, Error, Result};
use crate::hex::{parse_digest, to_hex};

/// SHA-256 of the canonical frame of a state: equal exactly when the states are, in every language, however they came about.
///
/// Its text form is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId([u8; 32]);

impl StateId {
    /// An id from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        StateId(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The id of a canonical frame.
    pub(crate) fn of_frame(frame: &[u8]) -> Self {
        StateId(Sha256::digest(frame).into())
    }

    /// The id of the state with this tag and body.
    pub(crate) fn of_body(tag: u8, body: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(Header::canonical(tag, body.len()).as_slice());
        hash.update(body);
        StateId(hash.finalize().into())
    }
}

impl fmt::Display for StateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for StateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for StateId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fault = || Error::new(Code::BadArgument, "a state id is 64 lower-case hexadecimal digits");
        parse_digest(text).map(StateId).ok_or_else(fault)
    }
}
