//! Coded symbols: a set of items as a stream of sums, from which a peer reads what differs from its own set, however large the
//! sets are.

use std::collections::BTreeSet;

use super::item::Item;
use crate::error::Result;
use crate::wire::body::{BodyReader, push_varint, push_zigzag};

/// Most symbols of one set that are asked for.
pub const MOST_SYMBOLS: u64 = 1 << 20;
/// Symbols in a summary unless said otherwise.
pub const FIRST_SYMBOLS: usize = 16;
/// No walk goes on behind this index.
const LAST_INDEX: u64 = 1 << 62;
const STEP: u64 = 0xda94_2042_e4dd_58b5;
const CHECK: u64 = 0x9e37_79b9_7f4a_7c15;
const TWO_TO_32: f64 = 4_294_967_296.0;

/// The sum of some items: bytes and checks by exclusive or, and how many they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Symbol {
    xor: u128,
    checks: u32,
    count: i64,
}

/// The finaliser of splitmix64.
const fn mix(mut word: u64) -> u64 {
    word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ word >> 31
}

/// An item with what decides which symbols it is in.
#[derive(Debug, Clone, Copy)]
struct Coded {
    item: u128,
    seed: u64,
}

impl Coded {
    fn new(item: u128, salt: u64) -> Self {
        let (high, low) = ((item >> 64) as u64, item as u64);
        Coded { item, seed: mix(low.wrapping_add(mix(high ^ salt))) }
    }

    const fn check(self) -> u32 {
        (mix(self.seed ^ CHECK) >> 32) as u32
    }

    /// The symbol of this item alone, times `count`.
    const fn symbol(self, count: i64) -> Symbol {
        Symbol { xor: self.item, checks: self.check(), count }
    }

    /// The indices of the symbols that the item is in, below `end`.
    fn indices(self, end: u64) -> Walk {
        Walk { state: self.seed | 1, index: 0, end: end.min(LAST_INDEX + 1) }
    }
}

struct Walk {
    state: u64,
    index: u64,
    end: u64,
}

impl Iterator for Walk {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let index = self.index;
        if index >= self.end {
            return None;
        }
        self.state = self.state.wrapping_mul(STEP);
        // Each operation is rounded once: the same in every language. The cast saturates.
        let gap = (index as f64 + 1.5) * (TWO_TO_32 / (self.state as f64 + 1.0).sqrt() - 1.0);
        self.index = index.saturating_add(gap.ceil() as u64);
        Some(index)
    }
}

impl Symbol {
    fn add(&mut self, other: Symbol) {
        self.xor ^= other.xor;
        self.checks ^= other.checks;
        self.count = self.count.wrapping_add(other.count);
    }

    fn without(self, other: Symbol) -> Symbol {
        let count = self.count.wrapping_sub(other.count);
        Symbol { xor: self.xor ^ other.xor, checks: self.checks ^ other.checks, count }
    }

    /// The one item that the symbol is the sum of, if it looks like one.
    fn single(self, salt: u64) -> Option<Coded> {
        let coded = Coded::new(self.xor, salt);
        (self.count.unsigned_abs() == 1 && coded.check() == self.checks).then_some(coded)
    }

    pub(super) fn read(reader: &mut BodyReader<'_>) -> Result<Vec<Symbol>> {
        reader.list(1, |reader| {
            let xor = u128::from_be_bytes(reader.array()?);
            let checks = u32::from_le_bytes(reader.array()?);
            Ok(Symbol { xor, checks, count: reader.zigzag()? })
        })
    }

    pub(super) fn write(symbols: &[Symbol], out: &mut Vec<u8>) {
        push_varint(out, symbols.len() as u64);
        for symbol in symbols {
            out.extend_from_slice(&symbol.xor.to_be_bytes());
            out.extend_from_slice(&symbol.checks.to_le_bytes());
            push_zigzag(out, symbol.count);
        }
    }
}

/// The symbols of a set from index `first` to before `end`, which is at most [`MOST_SYMBOLS`].
pub fn symbols(items: &[Item], salt: u64, first: u64, end: u64) -> Vec<Symbol> {
    let end = end.min(MOST_SYMBOLS);
    let mut symbols = vec![Symbol::default(); end.saturating_sub(first) as usize];
    for item in items {
        let coded = Coded::new(u128::from_be_bytes(*item), salt);
        let symbol = coded.symbol(1);
        for index in coded.indices(end) {
            // Indices before `first` wrap around to places that no vector has.
            if let Some(sum) = symbols.get_mut(index.wrapping_sub(first) as usize) {
                sum.add(symbol);
            }
        }
    }
    symbols
}

/// What differs between two sets of items, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Items that only the peer has.
    pub theirs: Vec<Item>,
    /// Items that only this side has.
    pub ours: Vec<Item>,
}

/// What came of decoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// The difference is known.
    Yes(Difference),
    /// There are too few symbols; this many are likely to do.
    More(u64),
}

/// Reads the difference of two sets from symbols of a peer's set, which has `count` items as the peer says, and the own set.
pub fn decode(theirs: &[Symbol], count: u64, items: &[Item], salt: u64) -> Decoded {
    let ours = symbols(items, salt, 0, theirs.len() as u64);
    let mut rest: Vec<Symbol> = theirs.iter().zip(ours).map(|(theirs, ours)| theirs.without(ours)).collect();
    let excess = i128::from(count) - items.len() as i128;
    let more = Decoded::More(next_size(&rest, excess));
    match peel(&mut rest, salt) {
        Some(difference) if !theirs.is_empty() => Decoded::Yes(difference),
        _ => more,
    }
}

/// How many symbols are likely to decode, from what the counts of those at hand say about the number of differences.
fn next_size(rest: &[Symbol], excess: i128) -> u64 {
    let held = rest.len() as i128;
    let spread = rest.iter().zip(0_i128..).skip(1).fold(0_i128, |sum, (symbol, index)| {
        let deviation = (2 + index).saturating_mul(i128::from(symbol.count)).saturating_sub(excess.saturating_mul(2));
        sum.saturating_add(deviation.saturating_mul(deviation))
    });
    let pairs = held * (held - 1);
    let differing = excess.abs().max(spread.checked_div(pairs).unwrap_or(0));
    let size = (2 * held).max(differing.saturating_mul(7) / 4 + 16);
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// Takes single items out of the symbols until nothing is left; `None` when something stays.
fn peel(symbols: &mut [Symbol], salt: u64) -> Option<Difference> {
    let (mut theirs, mut ours) = (BTreeSet::new(), BTreeSet::new());
    let end = symbols.len() as u64;
    let mut peels = symbols.len().saturating_mul(2);
    let mut waiting: Vec<u64> = (0..end).rev().collect();
    while let Some(index) = waiting.pop() {
        let symbol = symbols.get(index as usize).copied().unwrap_or_default();
        let Some(coded) = symbol.single(salt) else { continue };
        peels = peels.checked_sub(1)?;
        let side = if symbol.count > 0 { &mut theirs } else { &mut ours };
        side.insert(coded.item);
        let peeled = coded.symbol(symbol.count);
        for index in coded.indices(end) {
            if let Some(sum) = symbols.get_mut(index as usize) {
                *sum = sum.without(peeled);
                waiting.push(index);
            }
        }
    }
    let is_done = symbols.iter().all(|symbol| *symbol == Symbol::default()) && theirs.is_disjoint(&ours);
    let items = |side: BTreeSet<u128>| side.into_iter().map(u128::to_be_bytes).collect();
    is_done.then(|| Difference { theirs: items(theirs), ours: items(ours) })
}
