//! Sketches: equal to one that all known items were put into.

use crdt_merge_protocol::{
    BloomFilter, CompatBloom, CompatCountMin, CompatHll, CountMinSketch, HyperLogLog, MinHash, Result,
};

use crate::history::Action;
use crate::oracle::{Atom, Fact, Fresh, Known};
use crate::subject::{Act, Setting, Subject};

/// The item of an action that adds one.
fn item(action: &Action) -> Option<(i64, u64)> {
    match action {
        Action::Put { key, value } => Some((i64::from(*key) * 256 + i64::from(*value), 1 + u64::from(*key % 3))),
        _ => None,
    }
}

/// The items that are known, with their amounts.
fn items(known: Known<'_>) -> impl Iterator<Item = (&Atom, i64, u64)> {
    known.facts().filter_map(|(atom, fact)| match fact {
        Fact::Item(item, amount) => Some((atom, *item, *amount)),
        _ => None,
    })
}

macro_rules! sketch {
    ($kind:ident, $empty:expr, |$sketch:ident, $item:ident| $add:expr) => {
        impl Subject for $kind {
            type Reading = $kind;
            const HAS_PARTS: bool = false;

            fn empty() -> Self {
                $empty.unwrap_or_else(|_| unreachable!("parameters within their bounds"))
            }

            fn act(&mut self, action: &Action, _setting: &Setting<'_>) -> Result<Act<Self>> {
                let Some(($item, _)) = item(action) else { return Ok(Act::nothing()) };
                let $sketch = self;
                $add?;
                Ok(Act::of(vec![Fresh::new(Atom::Whole, Fact::Item($item, 1))]))
            }

            fn read(&self) -> Self::Reading {
                self.clone()
            }

            fn reading_of(known: Known<'_>) -> Self::Reading {
                let mut all = Self::empty();
                for (_, $item, _) in items(known) {
                    let $sketch = &mut all;
                    let added: Result<()> = $add;
                    debug_assert!(added.is_ok(), "an integer can be put into every sketch");
                }
                all
            }
        }
    };
}

sketch!(HyperLogLog, HyperLogLog::with_seed(4, 9), |sketch, item| {
    sketch.add(item);
    Result::<()>::Ok(())
});
sketch!(BloomFilter, BloomFilter::with_seed(2, 9), |sketch, item| {
    sketch.add(item);
    Result::<()>::Ok(())
});
sketch!(MinHash, MinHash::with_seed(8, 9), |sketch, item| {
    sketch.add(item);
    Result::<()>::Ok(())
});
sketch!(CompatHll, CompatHll::new(4), |sketch, item| sketch.add(&item));
sketch!(CompatBloom, CompatBloom::with_capacity(20, 0.1), |sketch, item| sketch.add(&item));

impl Subject for CountMinSketch {
    type Reading = CountMinSketch;
    const SLOTS_ARE_ITEMS: bool = true;

    fn empty() -> Self {
        CountMinSketch::with_seed(5, 2, 9).unwrap_or_else(|_| unreachable!("parameters within their bounds"))
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let Some((item, amount)) = item(action) else { return Ok(Act::nothing()) };
        let before: Vec<(String, u64)> = self.totals().map(|(actor, total)| (actor.to_owned(), total)).collect();
        self.add(setting.writer, item, amount)?;
        let is_grown = |(actor, total): &(&str, u64)| !before.iter().any(|(name, sum)| name == actor && sum == total);
        let grown = self.totals().filter(is_grown);
        let slot = |actor: &str| Atom::Slot(actor.to_owned(), String::new());
        Ok(Act::of(grown.map(|(actor, _)| Fresh::on(actor, slot(actor), Fact::Item(item, amount))).collect()))
    }

    fn read(&self) -> Self::Reading {
        self.clone()
    }

    fn holds(&self, actor: &str) -> bool {
        self.totals().any(|(name, _)| name == actor)
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let mut all = Self::empty();
        for (atom, item, amount) in items(known) {
            if let Atom::Slot(actor, _) = atom {
                let added = all.add_node(actor, item, amount);
                debug_assert!(added.is_ok(), "small amounts");
            }
        }
        all
    }
}

/// Columns and rows of the table under simulation.
const COMPAT_WIDTH: u64 = 5;
const COMPAT_DEPTH: u64 = 2;

impl Subject for CompatCountMin {
    /// The cells row by row, and the total.
    type Reading = (Vec<u64>, u64);
    const HAS_PARTS: bool = false;

    fn empty() -> Self {
        CompatCountMin::new(COMPAT_WIDTH, COMPAT_DEPTH)
            .unwrap_or_else(|_| unreachable!("parameters within their bounds"))
    }

    /// The join is no sum: what a write brings is the table after it.
    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let Some((item, amount)) = item(action) else { return Ok(Act::nothing()) };
        self.add(&item, amount)?;
        let (mut cells, total) = Self::reading_of(setting.known);
        let columns = CompatCountMin::columns(COMPAT_WIDTH, COMPAT_DEPTH, &item)?;
        for (row, column) in (0..).zip(columns) {
            let place = usize::try_from(row * COMPAT_WIDTH + column).unwrap_or(usize::MAX);
            cells.get_mut(place).into_iter().for_each(|cell| *cell += amount);
        }
        Ok(Act::of(vec![Fresh::new(Atom::Whole, Fact::Table(cells, total + amount))]))
    }

    fn read(&self) -> Self::Reading {
        (self.rows().flatten().copied().collect(), self.total())
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let mut cells = vec![0; (COMPAT_WIDTH * COMPAT_DEPTH) as usize];
        let mut total = 0;
        for (_, fact) in known.facts() {
            if let Fact::Table(table, sum) = fact {
                cells.iter_mut().zip(table).for_each(|(cell, other)| *cell = (*cell).max(*other));
                total = total.max(*sum);
            }
        }
        (cells, total)
    }
}
