//! Two servers count visitors without keeping them: how many there were, who was there, and how often.

use crdt_merge::prelude::*;

fn main() -> Result<()> {
    let (mut here, mut there) = (Sketches::new()?, Sketches::new()?);
    (0..6_000).try_for_each(|visitor| here.visit(visitor))?;
    (4_000..10_000).try_for_each(|visitor| there.visit(visitor))?;

    here.visitors.merge_from(&there.visitors)?;
    here.seen.merge_from(&there.seen)?;

    let estimate = here.visitors.estimate();
    println!("about {:.0} visitors, between {:.0} and {:.0}", estimate.value, estimate.low, estimate.high);
    assert!(estimate.low < 10_000.0 && 10_000.0 < estimate.high);
    assert!(here.seen.contains(&9_999_i64)?);

    // Merging tables of counts takes the larger cell, so each server keeps its own and readers add the estimates.
    let visits = here.visits.estimate(&5_000_i64)? + there.visits.estimate(&5_000_i64)?;
    println!("visitor 5000 came {visits} times or less");
    assert!(visits >= 2);
    Ok(())
}

/// What one server keeps.
struct Sketches {
    visitors: CompatHll,
    seen: CompatBloom,
    visits: CompatCountMin,
}

impl Sketches {
    fn new() -> Result<Self> {
        Ok(Sketches {
            visitors: CompatHll::new(14)?,
            seen: CompatBloom::with_capacity(10_000, 0.01)?,
            visits: CompatCountMin::new(2_000, 5)?,
        })
    }

    fn visit(&mut self, visitor: i64) -> Result<()> {
        self.visitors.add(&visitor)?;
        self.seen.add(&visitor)?;
        self.visits.add(&visitor, 1)
    }
}
