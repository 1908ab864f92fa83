//! The one place where a set of instructions is chosen.

/// A set of instructions that kernels exist for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// What every machine has, in plain loops that compilers turn into vectors.
    Portable,
    /// 256-bit vectors of x86-64.
    Avx2,
    /// 512-bit vectors of x86-64.
    Avx512,
}

impl Level {
    /// The best level of this machine. The answer is cached by the standard library and cheap to ask for.
    pub fn detect() -> Self {
        Self::available().last().unwrap_or(Level::Portable)
    }

    /// All levels that this machine can run, the best one last.
    pub fn available() -> impl Iterator<Item = Self> {
        [Level::Portable, Level::Avx2, Level::Avx512].into_iter().filter(|level| level.is_available())
    }

    /// Whether this machine can run the level.
    #[cfg(target_arch = "x86_64")]
    pub fn is_available(self) -> bool {
        match self {
            Level::Portable => true,
            Level::Avx2 => is_x86_feature_detected!("avx2"),
            Level::Avx512 => is_x86_feature_detected!("avx512f"),
        }
    }

    /// Whether this machine can run the level.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn is_available(self) -> bool {
        self == Level::Portable
    }
}

/// A set of instructions that SHA-256 kernels exist for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sha256Level {
    /// One message after the other, the best way that the `sha2` crate has on this machine.
    Portable,
    /// The SHA extensions of x86-64, two messages side by side.
    ShaNi,
    /// 512-bit vectors of x86-64, sixteen messages side by side; what is left over as [`Sha256Level::ShaNi`].
    Avx512,
}

impl Sha256Level {
    /// The best level of this machine. The answer is cached by the standard library and cheap to ask for.
    pub fn detect() -> Self {
        Self::available().last().unwrap_or(Sha256Level::Portable)
    }

    /// All levels that this machine can run, the best one last.
    pub fn available() -> impl Iterator<Item = Self> {
        [Sha256Level::Portable, Sha256Level::ShaNi, Sha256Level::Avx512]
            .into_iter()
            .filter(|level| level.is_available())
    }

    /// Whether this machine can run the level.
    #[cfg(target_arch = "x86_64")]
    pub fn is_available(self) -> bool {
        match self {
            Sha256Level::Portable => true,
            Sha256Level::ShaNi => {
                is_x86_feature_detected!("sha")
                    && is_x86_feature_detected!("ssse3")
                    && is_x86_feature_detected!("sse4.1")
            }
            Sha256Level::Avx512 => {
                Sha256Level::ShaNi.is_available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
            }
        }
    }

    /// Whether this machine can run the level.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn is_available(self) -> bool {
        self == Sha256Level::Portable
    }
}
