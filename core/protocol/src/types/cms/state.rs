use crate::error::{Code, Error, Result};
use crate::generated::limit;
use crate::sketch::{Positions, SketchItem, h64, hash_all};
use crate::wire::Extensions;

/// Seeds of the hash that gives the column in the first row and of the one that gives the distance to the next.
const SEEDS: [u32; 2] = [0, 7];
/// Largest count that a frame can hold.
pub(super) const MOST: u64 = i64::MAX as u64;

/// A count-min sketch with the hash of version 1: counts how often items occur in a fixed space, never too few.
///
/// Sketches of equal dimensions merge, **but their counts do not add up**: of two sketches that counted an item 3 and 4 times
/// the merge says 4. The join takes the larger number of each cell, so that merging twice changes nothing; to have sums, keep
/// one sketch per replica and add the estimates.
///
/// ```
/// # use crdt_merge_protocol::{CompatCountMin, Join};
/// let mut here = CompatCountMin::new(2_000, 7)?;
/// here.add("alice", 3)?;
/// let mut there = CompatCountMin::new(2_000, 7)?;
/// there.add("alice", 4)?;
/// here.join(&there)?;
/// assert_eq!(here.estimate("alice")?, 4);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompatCountMin {
    pub(super) width: u64,
    pub(super) depth: u64,
    /// Row after row.
    pub(super) table: Vec<u64>,
    pub(super) total: u64,
    pub(super) extensions: Extensions,
}

impl CompatCountMin {
    /// The width used when none is asked for.
    pub const DEFAULT_WIDTH: u64 = 2_000;
    /// The depth used when none is asked for.
    pub const DEFAULT_DEPTH: u64 = 7;

    /// An empty sketch of `depth` rows of `width` cells.
    ///
    /// Fails with `BAD_ARGUMENT` when a dimension is 0 or there would be more than 2^28 cells.
    pub fn new(width: u64, depth: u64) -> Result<Self> {
        let cells = cell_count(width, depth).ok_or_else(|| bad_dimensions(width, depth))?;
        Ok(CompatCountMin { width, depth, table: vec![0; cells], total: 0, extensions: Extensions::new() })
    }

    /// The column of an item in each row of a sketch of some dimensions.
    ///
    /// Fails with `BAD_ARGUMENT` as [`CompatCountMin::new`] does, and with `BAD_VALUE` on an item with a set in it.
    pub fn columns(width: u64, depth: u64, item: &(impl SketchItem + ?Sized)) -> Result<Vec<u64>> {
        let rows = cell_count(width, depth).map(|_| depth as usize).ok_or_else(|| bad_dimensions(width, depth))?;
        let [first, step] = hashes(item)?;
        Ok(Positions::new(first, step, width).take(rows).collect())
    }

    /// Counts an item `amount` times.
    ///
    /// Fails with `BAD_VALUE` on an item with a set in it and with `OUT_OF_RANGE`, changing nothing, when a number would pass
    /// 2^63 − 1.
    pub fn add(&mut self, item: &(impl SketchItem + ?Sized), amount: u64) -> Result<()> {
        self.add_hashes(hashes(item)?, amount)
    }

    /// Counts items, each as often as it says, many times faster than one by one.
    ///
    /// Fails as [`CompatCountMin::add`] at the first item that does; the items before it have been counted.
    pub fn add_all<T: SketchItem>(&mut self, items: impl IntoIterator<Item = (T, u64)>) -> Result<()> {
        hash_all(items, SEEDS, |hashes, amount| self.add_hashes(hashes, amount))
    }

    fn add_hashes(&mut self, hashes: [u64; 2], amount: u64) -> Result<()> {
        // The total is as large as any sum of a row, but a joined sketch or a foreign one may hold larger cells.
        let largest = self.cells(hashes).max().unwrap_or(0).max(self.total);
        if largest.checked_add(amount).is_none_or(|sum| sum > MOST) {
            return Err(Error::new(Code::OutOfRange, "counts of a sketch end at 2^63 - 1").with("found", largest));
        }
        for index in indices(self.width, self.depth, hashes) {
            if let Some(cell) = self.table.get_mut(index) {
                *cell += amount;
            }
        }
        self.total += amount;
        Ok(())
    }

    /// How often an item was counted, or more often when other items share all of its cells.
    ///
    /// After a merge it can also be less than the sum of what the merged sketches counted. Fails with `BAD_VALUE` on an item
    /// with a set in it.
    pub fn estimate(&self, item: &(impl SketchItem + ?Sized)) -> Result<u64> {
        Ok(self.cells(hashes(item)?).min().unwrap_or(0))
    }

    /// The cells of an item, row by row.
    fn cells(&self, hashes: [u64; 2]) -> impl Iterator<Item = u64> {
        indices(self.width, self.depth, hashes).filter_map(|index| self.table.get(index)).copied()
    }

    /// The sum of all amounts; after a merge the larger of the two sums.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The number of cells of a row.
    pub fn width(&self) -> u64 {
        self.width
    }

    /// The number of rows.
    pub fn depth(&self) -> u64 {
        self.depth
    }

    /// The rows of the table.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.table.chunks(self.width.max(1) as usize)
    }
}

/// An empty sketch of the default dimensions.
impl Default for CompatCountMin {
    fn default() -> Self {
        let (width, depth) = (Self::DEFAULT_WIDTH, Self::DEFAULT_DEPTH);
        let table = vec![0; (width * depth) as usize];
        CompatCountMin { width, depth, table, total: 0, extensions: Extensions::new() }
    }
}

/// The number of cells, if such a sketch is allowed.
pub(super) fn cell_count(width: u64, depth: u64) -> Option<usize> {
    let cells = width.checked_mul(depth).filter(|cells| (1..=limit::CMS_CELLS).contains(cells))?;
    usize::try_from(cells).ok()
}

#[cold]
fn bad_dimensions(width: u64, depth: u64) -> Error {
    Error::new(Code::BadArgument, "a sketch has 1 to 2^28 cells").with("width", width).with("depth", depth)
}

fn hashes(item: &(impl SketchItem + ?Sized)) -> Result<[u64; 2]> {
    let [first, step] = SEEDS;
    Ok([h64(item, first)?, h64(item, step)?])
}

/// Where the cells of an item are in the table, row by row.
#[inline]
fn indices(width: u64, depth: u64, [first, step]: [u64; 2]) -> impl Iterator<Item = usize> {
    (0..depth).zip(Positions::new(first, step, width)).map(move |(row, column)| (row * width + column) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_are_as_one_by_one() -> Result<()> {
        let (mut one, mut all) = (CompatCountMin::new(50, 4)?, CompatCountMin::new(50, 4)?);
        let items: Vec<(i64, u64)> = (0..1_000).map(|number| (number % 30, number as u64 % 3)).collect();
        items.iter().try_for_each(|(item, amount)| one.add(item, *amount))?;
        all.add_all(items)?;
        assert_eq!(one, all);
        assert_eq!(one.total(), 999);
        assert_eq!(one.rows().map(|row| row.iter().sum::<u64>()).collect::<Vec<_>>(), [999; 4]);
        Ok(())
    }

    #[test]
    fn counts_end_at_their_bound_and_stay_as_they_were() -> Result<()> {
        let mut sketch = CompatCountMin::new(3, 2)?;
        sketch.add("a", MOST)?;
        let before = sketch.clone();
        for (item, amount) in [("a", 1), ("b", 1), ("a", u64::MAX)] {
            assert_eq!(sketch.add(item, amount).unwrap_err().code(), Code::OutOfRange);
        }
        sketch.add("a", 0)?;
        assert_eq!(sketch, before);
        Ok(())
    }

    #[test]
    fn dimensions_have_bounds() {
        for (width, depth) in [(0, 1), (1, 0), ((1 << 28) + 1, 1), (1 << 15, 1 << 14), (u64::MAX, 2)] {
            assert_eq!(CompatCountMin::new(width, depth).unwrap_err().code(), Code::BadArgument);
            assert_eq!(CompatCountMin::columns(width, depth, "a").unwrap_err().code(), Code::BadArgument);
        }
    }
}
