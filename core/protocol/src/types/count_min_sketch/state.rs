use crate::error::{Code, Error, Result};
use crate::generated::limit;
use crate::names::{Name, NameMap};
use crate::replica::{Replica, check_node_id};
use crate::sketch::{CanonicalItem, ItemHash, for_batches};
use crate::wire::Extensions;

/// A count-min sketch: counts how often items occur in a fixed space for each writer, never too few.
///
/// Each line of writes has a table of its own; merging takes the larger number of each cell of a table, and reading adds the
/// tables up. So merging twice changes nothing and yet counts of two replicas add up. An estimate is never below the true
/// count; with width w and depth d it is above it by more than 2.72 / w of the total with a probability below 2.72^−d.
///
/// ```
/// # use crdt_merge_protocol::{CountMinSketch, Join, ManualClock, Replica, TestEntropy};
/// let here = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
/// let there = Replica::new("phone", ManualClock::default(), TestEntropy::new(2))?;
/// let mut words = CountMinSketch::new(2_000, 7)?;
/// words.add(&here, "merge", 3)?;
/// let mut theirs = CountMinSketch::new(2_000, 7)?;
/// theirs.add_all(&there, &["merge", "join", "merge"])?;
/// words.join(&theirs)?;
/// words.join(&theirs)?;
/// assert_eq!((words.estimate("merge"), words.estimate("join"), words.total()), (5, 1, 6));
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CountMinSketch {
    pub(super) seed: u64,
    pub(super) width: u32,
    pub(super) depth: u32,
    /// No table is nothing but zeros.
    pub(crate) nodes: NameMap<Table>,
    pub(super) extensions: Extensions,
}

/// The counts of one line of writes.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Row after row.
    pub(super) cells: Vec<u64>,
    pub(super) total: u64,
    /// At least the total and every cell, so that most writes need not look for one that would pass its range.
    pub(super) bound: u64,
}

impl CountMinSketch {
    /// A sketch of the same parameters with other tables, none of which is nothing but zeros.
    pub(crate) fn with_tables(&self, nodes: NameMap<Table>) -> Self {
        CountMinSketch { seed: self.seed, width: self.width, depth: self.depth, nodes, extensions: Extensions::new() }
    }

    /// The width used when none is asked for.
    pub const DEFAULT_WIDTH: u32 = 2_000;
    /// The depth used when none is asked for.
    pub const DEFAULT_DEPTH: u32 = 7;

    /// An empty sketch of `depth` rows of `width` cells for each writer, with seed 0.
    ///
    /// Fails with `BAD_ARGUMENT` when a dimension is 0, the depth is above 64 or there would be more than 2^28 cells.
    pub fn new(width: u32, depth: u32) -> Result<Self> {
        Self::with_seed(width, depth, 0)
    }

    /// As [`CountMinSketch::new`], with the seed of the item hash. Only sketches of one seed merge; a secret one keeps others
    /// from choosing items that share all cells.
    pub fn with_seed(width: u32, depth: u32, seed: u64) -> Result<Self> {
        cell_count(width, depth).ok_or_else(|| bad_dimensions(width, depth))?;
        Ok(CountMinSketch { seed, width, depth, nodes: NameMap::new(), extensions: Extensions::new() })
    }

    /// Counts an item `amount` times.
    ///
    /// Fails with `OUT_OF_RANGE`, changing nothing, when a number of this replica's table would pass 2^64 − 1.
    pub fn add(&mut self, replica: &Replica, item: impl CanonicalItem, amount: u64) -> Result<()> {
        self.write(replica, &One(item.item_hash(self.seed), amount))
    }

    /// Counts items once each, faster than one by one: slices of integers, floats, texts, bytes or values.
    ///
    /// Fails as [`CountMinSketch::add`], and then none of the items has been counted.
    pub fn add_all<T: CanonicalItem>(&mut self, replica: &Replica, items: &[T]) -> Result<()> {
        self.write(replica, &Once(items, self.seed))
    }

    /// Counts items, each as often as it says; otherwise as [`CountMinSketch::add_all`].
    pub fn add_counts<T: CanonicalItem>(&mut self, replica: &Replica, items: &[(T, u64)]) -> Result<()> {
        self.write(replica, &Counted(items, self.seed))
    }

    /// Counts an item in the table of a node that the caller names and answers for: two writers that use one name lose counts.
    ///
    /// Fails with `BAD_TEXT` on an unusable node id and otherwise as [`CountMinSketch::add`].
    pub fn add_node(&mut self, node: &str, item: impl CanonicalItem, amount: u64) -> Result<()> {
        self.write_node(node, &One(item.item_hash(self.seed), amount))
    }

    /// Counts items once each in the table of a node that the caller names and answers for, see [`CountMinSketch::add_node`].
    pub fn add_all_node<T: CanonicalItem>(&mut self, node: &str, items: &[T]) -> Result<()> {
        self.write_node(node, &Once(items, self.seed))
    }

    /// Counts items, each as often as it says, in the table of a node that the caller names and answers for, see
    /// [`CountMinSketch::add_node`].
    pub fn add_counts_node<T: CanonicalItem>(&mut self, node: &str, items: &[(T, u64)]) -> Result<()> {
        self.write_node(node, &Counted(items, self.seed))
    }

    fn write(&mut self, replica: &Replica, amounts: &impl Amounts) -> Result<()> {
        let Some(sum) = amounts.positive_sum()? else { return Ok(()) };
        let prefix = replica.actor_prefix();
        let figures = self.nodes.with_prefix(prefix).map(|(actor, table)| (actor.clone(), table.total));
        let next = |total: u64| total.checked_add(sum).ok_or_else(out_of_range);
        let (actor, _) = replica.advance(figures, next)?;
        self.count(&actor, amounts, sum)
    }

    fn write_node(&mut self, node: &str, amounts: &impl Amounts) -> Result<()> {
        check_node_id(node)?;
        amounts.positive_sum()?.map_or(Ok(()), |sum| self.count(node, amounts, sum))
    }

    /// Adds amounts to the table of a node; their sum is above 0.
    fn count(&mut self, node: &str, amounts: &impl Amounts, sum: u64) -> Result<()> {
        let size = [self.width as usize, self.depth as usize];
        let table = self.nodes.entry(node, || Table::empty(size));
        // A new table has room for any sum, so none is left behind empty.
        let Some(bound) = table.bound.checked_add(sum) else { return table.add_checked(size, amounts, sum) };
        table.bound = bound;
        table.total += sum;
        amounts.each(|hash, amount| table.add(size, hash, amount));
        Ok(())
    }

    /// How often an item was counted, or more often when other items share a cell with it in every row.
    pub fn estimate(&self, item: impl CanonicalItem) -> u128 {
        self.estimate_hash(item.item_hash(self.seed))
    }

    /// As [`CountMinSketch::estimate`] for each of some items.
    pub fn estimate_all<T: CanonicalItem>(&self, items: impl IntoIterator<Item = T>) -> Vec<u128> {
        items.into_iter().map(|item| self.estimate(item)).collect()
    }

    /// As [`CountMinSketch::estimate`] for an item that was hashed before, with the seed of this sketch.
    pub fn estimate_hash(&self, hash: ItemHash) -> u128 {
        let cells = |table: &Table, index| table.cells.get(index).copied().map_or(0, u128::from);
        places([self.width as usize, self.depth as usize], hash)
            .map(|index| self.nodes.values().map(|table| cells(table, index)).sum())
            .min()
            .unwrap_or(0)
    }

    /// The sum of all amounts.
    pub fn total(&self) -> u128 {
        self.nodes.values().map(|table| u128::from(table.total)).sum()
    }

    /// The nodes and actors that have counted something, with the sums of their amounts, by name.
    pub fn totals(&self) -> impl Iterator<Item = (&str, u64)> {
        self.nodes.iter().map(|(node, table)| (node.as_str(), table.total))
    }

    /// The seed of the item hash.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of cells of a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The number of rows.
    pub fn depth(&self) -> u32 {
        self.depth
    }
}

impl Table {
    fn empty([width, depth]: [usize; 2]) -> Self {
        Table { cells: vec![0; width * depth], total: 0, bound: 0 }
    }

    /// Adds to the cells of an item; the caller has seen that nothing passes its range.
    #[inline(always)]
    fn add(&mut self, size: [usize; 2], hash: ItemHash, amount: u64) {
        for index in places(size, hash) {
            if let Some(cell) = self.cells.get_mut(index) {
                *cell = cell.wrapping_add(amount);
            }
        }
    }

    /// As adding, when the bound says too little: on a copy, which takes the place of the table once all went well.
    #[cold]
    fn add_checked(&mut self, size: [usize; 2], amounts: &impl Amounts, sum: u64) -> Result<()> {
        let mut copy = self.clone();
        copy.total = copy.total.checked_add(sum).ok_or_else(out_of_range)?;
        let mut fits = true;
        amounts.each(|hash, amount| fits &= copy.add_within(size, hash, amount));
        if !fits {
            return Err(out_of_range());
        }
        copy.bound = largest(&copy.cells).max(copy.total);
        *self = copy;
        Ok(())
    }

    /// Adds to the cells of an item that have room for it; false if one has not.
    fn add_within(&mut self, size: [usize; 2], hash: ItemHash, amount: u64) -> bool {
        let mut fits = true;
        for index in places(size, hash) {
            let Some(cell) = self.cells.get_mut(index) else { continue };
            match cell.checked_add(amount) {
                Some(sum) => *cell = sum,
                None => fits = false,
            }
        }
        fits
    }
}

/// What is to be counted.
trait Amounts {
    /// All amounts together, if they fit.
    fn sum(&self) -> Option<u64>;

    /// Hands over every item with its amount.
    fn each(&self, take: impl FnMut(ItemHash, u64));

    /// All amounts together, `None` for 0; `OUT_OF_RANGE` when they do not fit.
    fn positive_sum(&self) -> Result<Option<u64>> {
        self.sum().map(|sum| (sum > 0).then_some(sum)).ok_or_else(out_of_range)
    }
}

/// One item.
struct One(ItemHash, u64);

impl Amounts for One {
    fn sum(&self) -> Option<u64> {
        Some(self.1)
    }

    fn each(&self, mut take: impl FnMut(ItemHash, u64)) {
        take(self.0, self.1);
    }
}

/// Items, once each, and the seed of their hash.
struct Once<'a, T>(&'a [T], u64);

impl<T: CanonicalItem> Amounts for Once<'_, T> {
    fn sum(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn each(&self, mut take: impl FnMut(ItemHash, u64)) {
        for_batches(self.0, self.1, |hashes| hashes.iter().for_each(|hash| take(hash, 1)));
    }
}

/// Items with their amounts, and the seed of their hash.
struct Counted<'a, T>(&'a [(T, u64)], u64);

impl<T: CanonicalItem> Amounts for Counted<'_, T> {
    fn sum(&self) -> Option<u64> {
        self.0.iter().try_fold(0_u64, |sum, (_, amount)| sum.checked_add(*amount))
    }

    fn each(&self, mut take: impl FnMut(ItemHash, u64)) {
        let mut amounts = self.0.iter().map(|(_, amount)| *amount);
        for_batches(self.0.iter().map(|(item, _)| item), self.1, |hashes| {
            // The amounts are as many as the hashes; asking for a hash first leaves none behind.
            hashes.iter().zip(&mut amounts).for_each(|(hash, amount)| take(hash, amount));
        });
    }
}

/// An empty sketch of the default dimensions with seed 0.
impl Default for CountMinSketch {
    fn default() -> Self {
        let (width, depth) = (Self::DEFAULT_WIDTH, Self::DEFAULT_DEPTH);
        CountMinSketch { seed: 0, width, depth, nodes: NameMap::new(), extensions: Extensions::new() }
    }
}

/// Without the bounds, which depend on how a table came about.
impl PartialEq for CountMinSketch {
    fn eq(&self, other: &Self) -> bool {
        let parameters = |sketch: &Self| (sketch.seed, sketch.width, sketch.depth, sketch.nodes.len());
        let same = |((here, a), (there, b)): ((&Name, &Table), (&Name, &Table))| {
            here == there && a.total == b.total && a.cells == b.cells
        };
        parameters(self) == parameters(other)
            && self.nodes.iter().zip(other.nodes.iter()).all(same)
            && self.extensions == other.extensions
    }
}

impl Eq for CountMinSketch {}

/// The number of cells, if such a sketch is allowed.
pub(super) fn cell_count(width: u32, depth: u32) -> Option<usize> {
    let cells = u64::from(width) * u64::from(depth);
    let is_allowed = depth <= limit::NATIVE_CMS_DEPTH && (1..=limit::CMS_CELLS).contains(&cells);
    usize::try_from(cells).ok().filter(|_| is_allowed)
}

/// The largest cell.
pub(super) fn largest(cells: &[u64]) -> u64 {
    cells.iter().copied().max().unwrap_or(0)
}

/// Where the cells of an item are in a table, row by row.
#[inline(always)]
fn places([width, depth]: [usize; 2], hash: ItemHash) -> impl Iterator<Item = usize> {
    let step = hash.hi | 1;
    (0..depth).scan((hash.lo, 0), move |(place, row), _| {
        let column = (u128::from(*place) * width as u128) >> u64::BITS;
        let index = *row + column as usize;
        *place = place.wrapping_add(step);
        *row += width;
        Some(index)
    })
}

#[cold]
fn out_of_range() -> Error {
    Error::new(Code::OutOfRange, "counts of a sketch end at 2^64 - 1")
}

#[cold]
fn bad_dimensions(width: u32, depth: u32) -> Error {
    Error::new(Code::BadArgument, "a sketch has 1 to 64 rows and 1 to 2^28 cells")
        .with("width", width)
        .with("depth", depth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::Join;
    use crate::replica::{ManualClock, TestEntropy};

    #[test]
    fn columns_are_those_of_the_specification() {
        let columns: Vec<_> = places([2_000, 7], "alice".item_hash(0)).map(|index| index % 2_000).collect();
        assert_eq!(columns, [416, 1059, 1702, 346, 989, 1632, 275]);
        let rows: Vec<_> = places([2_000, 7], "alice".item_hash(0)).map(|index| index / 2_000).collect();
        assert_eq!(rows, [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn many_at_once_are_as_one_by_one() -> Result<()> {
        let [mut one, mut all] = [CountMinSketch::with_seed(50, 4, 3)?, CountMinSketch::with_seed(50, 4, 3)?];
        let items: Vec<(i64, u64)> = (0..1_000).map(|number| (number % 30, number as u64 % 3)).collect();
        items.iter().try_for_each(|(item, amount)| one.add_node("n", item, *amount))?;
        all.add_counts_node("n", &items)?;
        assert_eq!(one, all);
        assert_eq!(one.total(), 999);
        let mut once = CountMinSketch::with_seed(50, 4, 3)?;
        once.add_all_node("n", &items.iter().map(|(item, _)| *item).collect::<Vec<_>>())?;
        assert_eq!(once.total(), 1_000);
        assert_eq!(once.estimate_all([5_i64, 7]), [once.estimate(5_i64), once.estimate(7_i64)]);
        Ok(())
    }

    #[test]
    fn numbers_end_at_their_bound_and_stay_as_they_were() -> Result<()> {
        let mut sketch = CountMinSketch::new(3, 2)?;
        sketch.add_node("n", "a", u64::MAX - 1)?;
        let before = sketch.clone();
        for (item, amount) in [("a", 2), ("b", 2), ("a", u64::MAX)] {
            assert_eq!(sketch.add_node("n", item, amount).unwrap_err().code(), Code::OutOfRange);
        }
        let many = [("a", 1), ("b", u64::MAX)];
        assert_eq!(sketch.add_counts_node("n", &many).unwrap_err().code(), Code::OutOfRange);
        assert_eq!(sketch.add_all_node("n", &["x", "y"]).unwrap_err().code(), Code::OutOfRange);
        sketch.add_node("n", "a", 0)?;
        sketch.add_node("other", "a", 0)?;
        sketch.add_all_node::<&str>("other", &[])?;
        assert_eq!(sketch, before);
        sketch.add_node("n", "a", 1)?;
        sketch.add_node("m", "a", u64::MAX)?;
        assert_eq!(sketch.estimate("a"), 2 * u128::from(u64::MAX));
        Ok(())
    }

    #[test]
    fn a_cell_beyond_its_total_is_looked_at_by_itself() -> Result<()> {
        // Only a foreign writer leaves such a table; other cells of it still have room.
        let mut sketch = CountMinSketch::new(1_000, 1)?;
        sketch.add_node("n", "a", 1)?;
        let table = sketch.nodes.value_mut("n").expect("it was just written");
        table.cells.iter_mut().filter(|cell| **cell > 0).for_each(|cell| *cell = u64::MAX);
        table.bound = u64::MAX;
        let before = sketch.clone();
        assert_eq!(sketch.add_node("n", "a", 1).unwrap_err().code(), Code::OutOfRange);
        assert_eq!(sketch, before);
        sketch.add_node("n", "b", 7)?;
        assert_eq!((sketch.estimate("b"), sketch.total()), (7, 8));
        Ok(())
    }

    #[test]
    fn two_copies_written_by_one_replica_lose_nothing() -> Result<()> {
        let replica = Replica::new("n", ManualClock::default(), TestEntropy::new(3))?;
        let mut one = CountMinSketch::default();
        one.add(&replica, "x", 5)?;
        let mut two = one.clone();
        one.add(&replica, "x", 1)?;
        two.add_all(&replica, &["x", "y"])?;
        two.add_counts(&replica, &[("x", 2)])?;
        one.join(&two)?;
        assert_eq!((one.estimate("x"), one.estimate("y"), one.total()), (9, 1, 10));
        assert_eq!(one.totals().count(), 2);
        Ok(())
    }

    #[test]
    fn merging_never_counts_too_little() -> Result<()> {
        let mut random = crate::laws::Random::new(35);
        let mut truth = [0_u128; 40];
        let mut sketches = vec![CountMinSketch::new(16, 3)?; 5];
        for _ in 0..2_000 {
            let (at, item, amount) = (random.below(5), random.below(40), random.below(9) as u64);
            sketches[at].add_node(&format!("n{at}"), item as i64, amount)?;
            truth[item] += u128::from(amount);
            let other = sketches[random.below(5)].clone();
            sketches[at].join(&other)?;
        }
        let all = sketches.iter().try_fold(CountMinSketch::new(16, 3)?, |all, sketch| all.joined(sketch))?;
        assert_eq!(all.total(), truth.iter().sum());
        assert!((0..40).all(|item| all.estimate(item as i64) >= truth[item]));
        // Sixteen columns for forty items: some share all of theirs with others, but not most of the total.
        assert!((0..40).all(|item| all.estimate(item as i64) - truth[item] < all.total() / 4));
        Ok(())
    }

    #[test]
    fn dimensions_have_bounds() {
        for (width, depth) in [(0, 1), (1, 0), ((1 << 28) + 1, 1), (1, 65), (1 << 25, 9), (u32::MAX, 64)] {
            assert_eq!(CountMinSketch::new(width, depth).unwrap_err().code(), Code::BadArgument);
        }
        assert!(CountMinSketch::new(1 << 22, 64).is_ok());
        let mut sketch = CountMinSketch::default();
        assert_eq!(sketch.add_node("", "x", 1).unwrap_err().code(), Code::BadText);
    }
}
