//! What histories have contained, so that nothing is absent without being noticed.

use std::fmt;

use crate::kind::Kind;

macro_rules! features {
    ($($feature:ident $head:literal $means:literal;)*) => {
        /// Something that a history contains.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Feature {
            $(#[doc = $means] $feature,)*
        }

        impl Feature {
            /// Every feature.
            pub const ALL: &'static [Feature] = &[$(Feature::$feature,)*];

            /// The head of its column.
            pub const fn head(self) -> &'static str {
                match self { $(Feature::$feature => $head,)* }
            }

            /// What it means.
            pub const fn means(self) -> &'static str {
                match self { $(Feature::$feature => $means,)* }
            }
        }
    };
}

features! {
    FullV2 "full2" "a whole state in a frame of version 2 arrives";
    FullV1 "full1" "a whole state in a frame of version 1 arrives";
    Update "update" "the delta of a local write arrives";
    Delta "delta" "a delta made for a summary arrives";
    Stray "stray" "such a delta arrives where less is known than it was made for";
    Session "sessn" "a session without loss";
    Lossy "lossy" "a session with loss, started again until it ends";
    Left "left" "a session left open";
    Loss "lost" "a message is lost";
    Duplicate "twice" "a message arrives twice";
    Reorder "order" "messages overtake each other";
    Partition "split" "the network is split for a while";
    Crash "crash" "a crash, and a start from an old save";
    Restart "reopen" "a clean close and open";
    Backup "backup" "an old backup comes back as a new replica";
    Fork "fork" "two copies of a document written by one replica";
    Documents "docs" "a replica holds several documents";
    Skew "skew" "clocks that are up to a day apart";
    Jump "jump" "clocks that jump";
    Late "late" "a replica comes in late";
    Compact "compct" "compaction is asked for";
    Settled "settld" "compaction drops something";
    Stale "stale" "a state is refused with STALE_STATE and salvaged";
    Refused "refusd" "a local write is refused";
}

/// Features of one history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Features(u32);

impl Features {
    /// Notes a feature.
    pub fn note(&mut self, feature: Feature) {
        self.0 |= 1 << feature as u32;
    }

    /// Whether it was noted.
    pub fn has(self, feature: Feature) -> bool {
        self.0 >> feature as u32 & 1 == 1
    }

    /// Notes all features of another history.
    pub fn unite(&mut self, other: Features) {
        self.0 |= other.0;
    }
}

/// Histories by kind and feature.
#[derive(Debug, Clone)]
pub struct Tally {
    counts: Vec<Vec<u64>>,
    histories: Vec<u64>,
    /// Events played.
    pub events: u64,
}

impl Default for Tally {
    fn default() -> Self {
        let kinds = Kind::ALL.len();
        Tally { counts: vec![vec![0; Feature::ALL.len()]; kinds], histories: vec![0; kinds], events: 0 }
    }
}

impl Tally {
    /// Counts a history.
    pub fn add(&mut self, kind: Kind, features: Features, events: usize) {
        self.histories[kind as usize] += 1;
        self.events += events as u64;
        let counts = self.counts[kind as usize].iter_mut().zip(Feature::ALL);
        counts.filter(|(_, feature)| features.has(**feature)).for_each(|(count, _)| *count += 1);
    }

    /// Histories counted.
    pub fn histories(&self) -> u64 {
        self.histories.iter().sum()
    }

    /// What could have been in a history of a kind and never was.
    pub fn absent(&self) -> Vec<(Kind, Feature)> {
        let all = Kind::ALL.iter().flat_map(|kind| Feature::ALL.iter().map(move |feature| (*kind, *feature)));
        let is_absent = |(kind, feature): &(Kind, Feature)| {
            kind.can_have(*feature) && self.counts[*kind as usize][*feature as usize] == 0
        };
        all.filter(is_absent).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<22}{:>7}", "histories with", "all")?;
        Feature::ALL.iter().try_for_each(|feature| write!(f, "{:>7}", feature.head()))?;
        writeln!(f)?;
        for kind in Kind::ALL {
            write!(f, "{:<22}{:>7}", kind.name(), self.histories[*kind as usize])?;
            for feature in Feature::ALL {
                match kind.can_have(*feature) {
                    true => write!(f, "{:>7}", self.counts[*kind as usize][*feature as usize])?,
                    false => write!(f, "{:>7}", "–")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
