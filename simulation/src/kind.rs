//! The kinds by name, and what each of them can do.

use crdt_merge_protocol as protocol;

use crate::fault::Fault;
use crate::history::History;
use crate::tally::Feature;
use crate::world::{Outcome, play};

/// What a kind can be told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Count up.
    Increase,
    /// Count down.
    Decrease,
    /// Write, add, switch on.
    Put,
    /// Delete, remove, switch off.
    Take,
    /// Write with a stamp of the past.
    Import,
    /// Delete with a stamp of the past.
    ImportTake,
    /// Add with a plain tag.
    Tag,
    /// Hand rights on.
    Hand,
}

macro_rules! kinds {
    ($($kind:ident $name:literal, v1 $v1:literal, updates $updates:literal, floors $floors:literal, settles $settles:literal, $verbs:expr;)*) => {
        /// A mergeable kind.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind {
            $(#[doc = $name] $kind,)*
        }

        impl Kind {
            /// Every mergeable kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind,)*];

            /// Its name, as in frames.
            pub const fn name(self) -> &'static str {
                match self { $(Kind::$kind => $name,)* }
            }

            /// What it can be told, each as often as it is to be drawn.
            pub const fn verbs(self) -> &'static [Verb] {
                match self { $(Kind::$kind => $verbs,)* }
            }

            /// Whether histories of it can have a feature.
            pub const fn can_have(self, feature: Feature) -> bool {
                let (v1, updates, floors, settles) = match self { $(Kind::$kind => ($v1, $updates, $floors, $settles),)* };
                match feature {
                    Feature::FullV1 => v1,
                    Feature::Update => updates,
                    Feature::Stale => floors,
                    Feature::Settled => settles,
                    Feature::Stray => self.has_parts(),
                    Feature::Refused => matches!(self, Kind::BoundedCounter | Kind::LwwMap | Kind::OrSet),
                    _ => true,
                }
            }

            /// Plays a history of this kind.
            pub fn play(self, history: &History, fault: Fault) -> Outcome {
                match self { $(Kind::$kind => play::<protocol::$kind>(history, fault),)* }
            }

            const fn has_parts(self) -> bool {
                match self { $(Kind::$kind => <protocol::$kind as crate::subject::Subject>::HAS_PARTS,)* }
            }
        }
    };
}

use Verb::{Decrease, Hand, Import, ImportTake, Increase, Put, Tag, Take};

kinds! {
    GCounter "g_counter", v1 true, updates true, floors false, settles false, &[Increase];
    PnCounter "pn_counter", v1 true, updates true, floors false, settles false, &[Increase, Decrease];
    LwwRegister "lww_register", v1 true, updates true, floors false, settles false, &[Put, Put, Import];
    OrSet "or_set", v1 true, updates true, floors true, settles true, &[Put, Put, Put, Take, Take, Tag, Tag];
    LwwMap "lww_map", v1 true, updates true, floors true, settles true, &[Put, Put, Put, Take, Take, Import, ImportTake];
    MvRegister "mv_register", v1 false, updates true, floors false, settles false, &[Put];
    RwSet "rw_set", v1 false, updates true, floors false, settles true, &[Put, Put, Take];
    EwFlag "ew_flag", v1 false, updates true, floors false, settles false, &[Put, Take];
    DwFlag "dw_flag", v1 false, updates true, floors false, settles true, &[Put, Take];
    BoundedCounter "bounded_counter", v1 false, updates true, floors false, settles false, &[Increase, Decrease, Hand];
    CompatHll "hll", v1 true, updates false, floors false, settles false, &[Put];
    CompatBloom "bloom", v1 true, updates false, floors false, settles false, &[Put];
    CompatCountMin "cms", v1 true, updates false, floors false, settles false, &[Put];
    HyperLogLog "hyper_log_log", v1 false, updates false, floors false, settles false, &[Put];
    BloomFilter "bloom_filter", v1 false, updates false, floors false, settles false, &[Put];
    CountMinSketch "count_min_sketch", v1 false, updates false, floors false, settles false, &[Put];
    MinHash "min_hash", v1 false, updates false, floors false, settles false, &[Put];
    VectorClock "vector_clock", v1 true, updates false, floors false, settles false, &[Increase];
    DottedVersionVector "dotted_version_vector", v1 true, updates false, floors false, settles false, &[Increase];
    MerkleTree "merkle_tree", v1 true, updates false, floors false, settles false, &[Put, Put, Put, Take];
    GossipState "gossip_state", v1 true, updates false, floors true, settles true, &[Put, Put, Take];
}

impl Kind {
    /// The kind of a name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
