//! The clock and the entropy of the host.

use std::time::{SystemTime, UNIX_EPOCH};

use crdt_merge_protocol::{Clock, Code, Entropy, Error, Result};
use sha2::{Digest, Sha256};

/// The wall clock of the host. It may go back; replicas do not follow it there.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_micros(&self) -> i64 {
        signed_micros(SystemTime::now())
    }
}

/// Microseconds since 1970, negative before; ends at the ends of 64 bits.
fn signed_micros(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
    }
}

/// The random bytes of the operating system.
///
/// The source is tried once when this is made, because filling a buffer has no way to fail. If it fails later all the same,
/// bytes follow from a secret drawn at the start: unpredictable, and never handed out twice.
pub struct SystemEntropy {
    reserve: [u8; 32],
}

impl SystemEntropy {
    /// Fails with `UNSUPPORTED` where the operating system has no random bytes to give.
    pub fn new() -> Result<Self> {
        let mut reserve = [0; 32];
        match getrandom::fill(&mut reserve) {
            Ok(()) => Ok(SystemEntropy { reserve }),
            Err(fault) => Err(Error::new(Code::Unsupported, "the host has no random bytes").with("found", fault)),
        }
    }

    /// Fills the buffer from the secret, which moves on with every block.
    fn fill_from_reserve(&mut self, bytes: &mut [u8]) {
        for block in bytes.chunks_mut(32) {
            let derived = |label: u8| Sha256::new().chain_update(self.reserve).chain_update([label]).finalize();
            let (output, next) = (derived(0), derived(1));
            block.iter_mut().zip(output).for_each(|(byte, random)| *byte = random);
            self.reserve = next.into();
        }
    }
}

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            self.fill_from_reserve(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn time_before_1970_is_negative() {
        assert_eq!(signed_micros(UNIX_EPOCH + Duration::from_micros(5)), 5);
        assert_eq!(signed_micros(UNIX_EPOCH - Duration::from_micros(5)), -5);
    }

    #[test]
    fn the_reserve_never_repeats_itself() -> Result<()> {
        let mut entropy = SystemEntropy::new()?;
        let mut bytes = [0; 100];
        entropy.fill_from_reserve(&mut bytes);
        let mut more = [0; 100];
        entropy.fill_from_reserve(&mut more);
        assert!(bytes[..32] != bytes[32..64] && bytes != more && bytes[96..] != [0; 4]);
        Ok(())
    }
}
