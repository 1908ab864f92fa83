//! Kinds made of numbers that only grow: what is larger here than there is sent.

use crate::error::Result;
use crate::names::NameMap;
use crate::state::Framed;
use crate::sync::item::{Chosen, Item};
use crate::sync::reconcile::{Form, Parts};
use crate::types::{BoundedCounter, DottedVersionVector, GCounter, PnCounter, VectorClock};
use crate::wire::body::BodyReader;

/// The counts of a map that are larger than those of another one.
pub(super) fn counts_above(mine: &NameMap<u64>, theirs: &NameMap<u64>) -> NameMap<u64> {
    let is_above = |name: &str, count: u64| count > theirs.value(name).copied().unwrap_or(0);
    let above = mine.iter().filter(|(name, count)| is_above(name, **count));
    NameMap::from_pairs(above.map(|(name, count)| (name.clone(), *count)).collect())
}

fn counter_above(mine: &GCounter, theirs: &GCounter) -> GCounter {
    let mut part = GCounter::new();
    part.counts = counts_above(&mine.counts, &theirs.counts);
    part
}

/// The counters of a clock that are larger than those of another one.
pub(super) fn clock_above(mine: &VectorClock, theirs: &VectorClock) -> VectorClock {
    let mut part = VectorClock::new();
    part.clocks = counts_above(&mine.clocks, &theirs.clocks);
    part
}

macro_rules! slots {
    ($kind:ty, |$mine:ident, $theirs:ident| $above:expr) => {
        impl Parts for $kind {
            const FORM: Form = Form::Slots;

            fn push_exact(&self, out: &mut Vec<u8>) {
                self.write_fields(out);
            }

            fn read_exact(&self, reader: &mut BodyReader<'_>) -> Result<Self> {
                <$kind as Framed>::read_fields(reader)
            }

            fn above(&self, _chosen: Chosen<'_>, _theirs: &[Item], peer: &Self) -> Option<Self> {
                let ($mine, $theirs) = (self, peer);
                Some($above)
            }
        }
    };
}

slots!(GCounter, |mine, theirs| counter_above(mine, theirs));
slots!(PnCounter, |mine, theirs| {
    let mut part = PnCounter::new();
    part.positive = counter_above(&mine.positive, &theirs.positive);
    part.negative = counter_above(&mine.negative, &theirs.negative);
    part
});
slots!(VectorClock, |mine, theirs| clock_above(mine, theirs));
slots!(DottedVersionVector, |mine, theirs| {
    DottedVersionVector::from_clock(clock_above(&mine.effective(), &theirs.effective()))
});
slots!(BoundedCounter, |mine, theirs| {
    let nothing = NameMap::new();
    let rows = mine.rights.iter().map(|(from, row)| {
        let known = theirs.rights.value(from).unwrap_or(&nothing);
        (from.clone(), counts_above(row, known))
    });
    let mut part = BoundedCounter::new();
    part.rights = NameMap::from_pairs(rows.filter(|(_, row)| !row.is_empty()).collect());
    part.used = counts_above(&mine.used, &theirs.used);
    part
});
