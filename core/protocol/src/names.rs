//! Maps from names to parts of a state: sorted when read in order, found by hash or bisection.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::HashTable;
pub(crate) use smol_str::SmolStr as Name;

use crate::error::Result;
use crate::join::Observer;

/// Up to this many entries a name is found by walking.
const LINEAR: usize = 8;

/// Most entries that may stay out of order before a write that looks for a prefix, in small maps.
const TAIL: usize = 32;
/// In large maps one entry in this many may stay out of order.
const TAIL_SHARE: usize = 16;

/// Distinct names with values.
///
/// Entries stand in arrival order until something needs them sorted; decoded and joined maps are sorted from the start, so the
/// path of decode, join and encode neither hashes nor sorts. The hash index is made by the first write that needs it. Its seed
/// differs from process to process, which keeps names chosen by an attacker from colliding; nothing else depends on it.
#[derive(Debug, Clone)]
pub(crate) struct NameMap<V> {
    entries: Vec<(Name, V)>,
    /// So many entries at the start ascend strictly by name.
    sorted: u32,
    /// Boxed, since most maps are small and never have one.
    index: Option<Box<Index>>,
    /// Grows whenever entries change places.
    generation: u32,
}

#[derive(Debug, Clone)]
struct Index {
    table: HashTable<u32>,
    hasher: RandomState,
}

/// Where an entry stands, for repeated access without looking its name up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    position: u32,
    generation: u32,
}

impl<V> NameMap<V> {
    pub(crate) const fn new() -> Self {
        NameMap { entries: Vec::new(), sorted: 0, index: None, generation: 0 }
    }

    /// A map of pairs in any order; of equal names the last value wins.
    pub(crate) fn from_pairs(mut entries: Vec<(Name, V)>) -> Self {
        if !is_ascending(&entries) {
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            keep_last(&mut entries);
        }
        NameMap { sorted: entries.len() as u32, entries, index: None, generation: 0 }
    }

    /// A map of pairs whose names are known to ascend strictly.
    pub(crate) fn from_ascending(entries: Vec<(Name, V)>) -> Self {
        debug_assert!(is_ascending(&entries));
        NameMap { sorted: entries.len() as u32, entries, index: None, generation: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Entries in arrival order, for results that no order can show in.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// Entries by the UTF-8 bytes of their names.
    pub(crate) fn iter(&self) -> Iter<'_, V> {
        let order = if self.is_sorted() { None } else { Some(self.order().into_iter()) };
        Iter { entries: self.entries.iter(), all: &self.entries, order }
    }

    /// Whether the entries stand by name.
    pub(crate) fn is_sorted(&self) -> bool {
        self.sorted as usize == self.entries.len()
    }

    /// The entries behind one name, up to another one and with it. The map has to be sorted.
    pub(crate) fn between(&self, after: Option<&str>, up_to: Option<&str>) -> &[(Name, V)] {
        let behind = |bound: &str| self.entries.partition_point(|(name, _)| name.as_str() <= bound);
        let start = after.map_or(0, behind);
        self.entries.get(start..up_to.map_or(self.entries.len(), behind)).unwrap_or_default()
    }

    /// The name `count` places behind another one, when there are more behind it. The map has to be sorted.
    pub(crate) fn limit(&self, after: Option<&str>, count: usize) -> Option<&Name> {
        let rest = self.between(after, None);
        if rest.len() > count { rest.get(count.max(1) - 1).map(|(name, _)| name) } else { None }
    }

    fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..u32::try_from(self.entries.len()).unwrap_or(u32::MAX)).collect();
        order.sort_unstable_by_key(|position| self.entries.get(*position as usize).map(|(name, _)| name));
        order
    }

    /// Sorts the entries in place.
    pub(crate) fn sort(&mut self) {
        if !self.is_sorted() {
            self.entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            self.sorted = self.entries.len() as u32;
            self.moved();
        }
    }

    /// Sorts the entries in place when so many are out of order that finding a prefix among them takes long.
    ///
    /// How many that is grows with the map, so that adding names in any order sorts it seldom enough.
    pub(crate) fn tidy(&mut self) {
        if self.entries.len() - self.sorted as usize > TAIL.max(self.entries.len() / TAIL_SHARE) {
            self.sort();
        }
    }

    fn moved(&mut self) {
        self.index = None;
        self.generation = self.generation.wrapping_add(1);
    }

    fn position(&self, name: &str) -> Option<usize> {
        if let Some(index) = &self.index {
            let hash = index.hasher.hash_one(name);
            let found = index.table.find(hash, |position| self.is_at(*position, name));
            return found.map(|position| *position as usize);
        }
        if self.is_sorted() && self.entries.len() > LINEAR {
            return self.entries.binary_search_by(|(entry, _)| entry.as_str().cmp(name)).ok();
        }
        self.entries.iter().position(|(entry, _)| entry == name)
    }

    fn is_at(&self, position: u32, name: &str) -> bool {
        self.entries.get(position as usize).is_some_and(|(entry, _)| entry == name)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&V> {
        let position = self.position(name)?;
        self.entries.get(position).map(|(_, value)| value)
    }

    pub(crate) fn value_mut(&mut self, name: &str) -> Option<&mut V> {
        self.build_index();
        let position = self.position(name)?;
        self.entries.get_mut(position).map(|(_, value)| value)
    }

    /// Entries whose name starts with `prefix`.
    pub(crate) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a Name, &'a V)> + Clone {
        let (sorted, tail) = self.entries.split_at(self.sorted as usize);
        let start = sorted.partition_point(|(name, _)| name.as_str() < prefix);
        sorted
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take_while(move |(name, _)| name.starts_with(prefix))
            .chain(tail.iter().filter(move |(name, _)| name.starts_with(prefix)))
            .map(|(name, value)| (name, value))
    }

    /// The value under a name, made by `default` if there is none.
    pub(crate) fn entry(&mut self, name: &str, default: impl FnOnce() -> V) -> &mut V {
        let place = self.place(name, default);
        // The place was just found or made.
        &mut self.entries[place.position as usize].1
    }

    pub(crate) fn insert(&mut self, name: &str, value: V) {
        match self.value_mut(name) {
            Some(here) => *here = value,
            None => {
                self.push(name, value);
            }
        }
    }

    /// The place of a name, which is added with a default value if it is new.
    pub(crate) fn place(&mut self, name: &str, default: impl FnOnce() -> V) -> Place {
        self.build_index();
        let position = match self.position(name) {
            Some(position) => position,
            None => self.push(name, default()),
        };
        Place { position: position as u32, generation: self.generation }
    }

    /// The value at a place; `None` when entries have moved since the place was taken.
    #[inline]
    pub(crate) fn at_mut(&mut self, place: Place) -> Option<&mut V> {
        if place.generation != self.generation {
            return None;
        }
        self.entries.get_mut(place.position as usize).map(|(_, value)| value)
    }

    fn push(&mut self, name: &str, value: V) -> usize {
        let position = self.entries.len();
        if self.is_sorted() && self.entries.last().is_none_or(|(last, _)| last.as_str() < name) {
            self.sorted += 1;
        }
        self.entries.push((Name::new(name), value));
        if let Some(index) = &mut self.index {
            let hash = index.hasher.hash_one(name);
            index.add(hash, position, &self.entries);
        } else {
            self.build_index();
        }
        position
    }

    fn build_index(&mut self) {
        if self.index.is_some() || self.entries.len() <= LINEAR {
            return;
        }
        let mut index =
            Index { table: HashTable::with_capacity(self.entries.len() + 1), hasher: RandomState::default() };
        for (position, (name, _)) in self.entries.iter().enumerate() {
            index.add(index.hasher.hash_one(name.as_str()), position, &self.entries);
        }
        self.index = Some(Box::new(index));
    }

    /// Keeps the entries for which `keeps` is true.
    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(&Name, &V) -> bool) {
        let before = self.entries.len();
        self.entries.retain(|(name, value)| keeps(name, value));
        if self.entries.len() < before {
            self.sorted = 0;
            self.moved();
            self.sort();
        }
    }

    /// Takes an entry out; the last one moves to its place.
    pub(crate) fn remove(&mut self, name: &str) -> Option<V> {
        self.build_index();
        let position = self.position(name)?;
        let last = self.entries.len() - 1;
        if let Some(index) = &mut self.index {
            index.forget(name, position);
            self.entries.last().into_iter().for_each(|(moved, _)| index.replace(moved, last, position));
        }
        self.sorted = self.sorted.min(if position == last { last } else { position } as u32);
        self.generation = self.generation.wrapping_add(1);
        Some(self.entries.swap_remove(position).1)
    }
}

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        NameMap::new()
    }
}

impl Index {
    fn add<V>(&mut self, hash: u64, position: usize, entries: &[(Name, V)]) {
        let hasher = &self.hasher;
        let rehash =
            |position: &u32| entries.get(*position as usize).map_or(0, |(name, _)| hasher.hash_one(name.as_str()));
        self.table.insert_unique(hash, position as u32, rehash);
    }

    /// Removes the position of a name.
    fn forget(&mut self, name: &str, position: usize) {
        let hash = self.hasher.hash_one(name);
        if let Ok(found) = self.table.find_entry(hash, |known| *known as usize == position) {
            found.remove();
        }
    }

    /// Notes where an entry has moved to, if it was at `from`.
    fn replace(&mut self, name: &str, from: usize, to: usize) {
        let hash = self.hasher.hash_one(name);
        if let Some(known) = self.table.find_mut(hash, |known| *known as usize == from) {
            *known = to as u32;
        }
    }
}

impl<V: Clone> NameMap<V> {
    /// A map of some entries that ascend by name.
    pub(crate) fn of_sorted(entries: &[(Name, V)]) -> Self {
        NameMap { entries: entries.to_vec(), sorted: entries.len() as u32, index: None, generation: 0 }
    }

    /// Adds the entries of a map whose names are behind all others.
    pub(crate) fn append(&mut self, other: NameMap<V>) {
        self.add_sorted(other.entries);
    }

    /// Joins another map into this one: `combine` for names on both sides, a copy for names only there.
    ///
    /// `combine` gets the name, the value here and the value there; `added` the names that are new here.
    pub(crate) fn join(
        &mut self,
        other: &Self,
        mut combine: impl FnMut(&Name, &mut V, &V) -> Result<()>,
        mut added: impl FnMut(&Name, &V),
    ) -> Result<()> {
        self.sort();
        let mut mine = self.entries.iter_mut().peekable();
        let mut missing = Vec::new();
        for (name, value) in other.iter() {
            while mine.next_if(|(entry, _)| entry < name).is_some() {}
            match mine.next_if(|(entry, _)| entry == name) {
                Some((_, here)) => combine(name, here, value)?,
                None => missing.push((name.clone(), value.clone())),
            }
        }
        missing.iter().for_each(|(name, value)| added(name, value));
        self.add_sorted(missing);
        Ok(())
    }

    /// Adds entries, sorted among themselves, whose names are new.
    fn add_sorted(&mut self, missing: Vec<(Name, V)>) {
        let Some((first, _)) = missing.first() else { return };
        let is_sorted = self.is_sorted();
        if self.entries.last().is_none_or(|(last, _)| last < first) {
            self.entries.extend(missing);
            self.sorted = if is_sorted { self.entries.len() as u32 } else { self.sorted };
            self.index = None;
            return;
        }
        let mut merged = Vec::with_capacity(self.entries.len() + missing.len());
        let mut missing = missing.into_iter().peekable();
        for entry in self.entries.drain(..) {
            while let Some(new) = missing.next_if(|(name, _)| *name < entry.0) {
                merged.push(new);
            }
            merged.push(entry);
        }
        merged.extend(missing);
        self.entries = merged;
        self.sorted = if is_sorted { self.entries.len() as u32 } else { 0 };
        self.moved();
    }
}

impl NameMap<u64> {
    /// Raises every count to the one there, and tells which names now stand for more; true if any does. A count of 0 is none.
    pub(crate) fn join_counts(&mut self, other: &Self, observer: &mut impl Observer) -> Result<bool> {
        let mut raised = false;
        let mut added = Vec::new();
        self.join(
            other,
            |name, here, there| {
                if *there > *here {
                    *here = *there;
                    raised = true;
                    observer.changed(name);
                }
                Ok(())
            },
            |name, there| added.extend((*there > 0).then(|| name.clone())),
        )?;
        added.iter().for_each(|name| observer.changed(name));
        Ok(raised || !added.is_empty())
    }
}

/// Entries of a [`NameMap`] by name.
pub(crate) struct Iter<'a, V> {
    entries: std::slice::Iter<'a, (Name, V)>,
    all: &'a [(Name, V)],
    order: Option<std::vec::IntoIter<u32>>,
}

impl<'a, V> Iterator for Iter<'a, V> {
    type Item = (&'a Name, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = match &mut self.order {
            None => self.entries.next()?,
            Some(order) => self.all.get(order.next()? as usize)?,
        };
        Some((name, value))
    }
}

fn is_ascending<V>(entries: &[(Name, V)]) -> bool {
    entries.is_sorted_by(|(a, _), (b, _)| a < b)
}

/// Of entries with equal names, which stand beside each other in arrival order, keeps the last.
fn keep_last<V>(entries: &mut Vec<(Name, V)>) {
    entries.reverse();
    entries.dedup_by(|(a, _), (b, _)| a == b);
    entries.reverse();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(map: &NameMap<u64>) -> Vec<(&str, u64)> {
        map.iter().map(|(name, value)| (name.as_str(), *value)).collect()
    }

    #[test]
    fn many_names_in_any_order_are_found_and_read_sorted() {
        let mut map = NameMap::new();
        for number in (0..500_u64).map(|number| number * 7919 % 500) {
            *map.entry(&format!("n{number:03}"), || 0) += number;
        }
        assert!((0..500_u64).all(|number| map.value(&format!("n{number:03}")) == Some(&number)));
        assert!(names(&map).is_sorted() && map.len() == 500);
    }

    #[test]
    fn pairs_keep_the_last_of_equal_names() {
        let map = NameMap::from_pairs(vec![("b".into(), 1), ("a".into(), 2), ("b".into(), 3)]);
        assert_eq!(names(&map), [("a", 2), ("b", 3)]);
    }

    #[test]
    fn join_keeps_both_sides_sorted() -> Result<()> {
        let mut map = NameMap::from_pairs(vec![("b".into(), 1), ("d".into(), 2)]);
        let place = map.place("b", || 0);
        let mut other = NameMap::from_pairs(vec![("d".into(), 9)]);
        other.insert("a", 4);
        other.insert("e", 5);
        let mut added = Vec::new();
        let combine = |_: &Name, here: &mut u64, there: &u64| {
            *here += there;
            Ok(())
        };
        map.join(&other, combine, |name, _| added.push(name.clone()))?;
        assert_eq!(names(&map), [("a", 4), ("b", 1), ("d", 11), ("e", 5)]);
        assert_eq!(added, ["a", "e"]);
        assert_eq!(map.at_mut(place), None, "places are void once entries have moved");
        Ok(())
    }

    #[test]
    fn prefixes_are_found_sorted_or_not() {
        let mut map = NameMap::new();
        for name in ["n~2", "m", "n~1", "o", "n"] {
            map.insert(name, 0);
        }
        let found = |map: &NameMap<i32>| {
            let mut found: Vec<_> = map.with_prefix("n~").map(|(name, _)| name.clone()).collect();
            found.sort();
            found
        };
        assert_eq!(found(&map), ["n~1", "n~2"]);
        map.sort();
        assert_eq!(found(&map), ["n~1", "n~2"]);
    }

    #[test]
    fn every_operation_knows_what_is_sorted() {
        let mut random = crate::laws::Random::new(1);
        for _ in 0..300 {
            let (mut map, mut model) = (NameMap::new(), std::collections::BTreeMap::new());
            for step in 0..60_u64 {
                let name = format!("{}{}", ["m", "n~", "o"][random.below(3)], random.below(30));
                match random.below(12) {
                    0 => assert_eq!(map.remove(&name), model.remove(&name)),
                    1 => map.sort(),
                    2 => map.tidy(),
                    3 => {
                        map.retain(|kept, _| *kept != name);
                        model.remove(&name);
                    }
                    4 => map = NameMap::from_pairs(map.iter().map(|(name, value)| (name.clone(), *value)).collect()),
                    _ => {
                        map.insert(&name, step);
                        model.insert(name.clone(), step);
                    }
                }
                assert_eq!(map.value(&name), model.get(&name));
                assert!(map.iter().map(|(name, value)| (name.to_string(), *value)).eq(model.clone()));
                let mut found: Vec<_> = map.with_prefix("n~").map(|(name, _)| name.to_string()).collect();
                found.sort();
                assert!(found.iter().eq(model.keys().filter(|name| name.starts_with("n~"))));
            }
        }
    }

    #[test]
    fn removing_keeps_lookups_right() {
        let mut map = NameMap::new();
        (0..100).rev().for_each(|number| map.insert(&format!("{number:02}"), number));
        for number in (0..100).filter(|number| number % 3 > 0) {
            let name = format!("{number:02}");
            assert_eq!((map.remove(&name), map.remove(&name)), (Some(number), None));
        }
        assert!((0..100).all(|number| map.value(&format!("{number:02}")).is_some() == (number % 3 == 0)));
        assert!(map.iter().map(|(_, number)| *number).eq((0..100).step_by(3)));
    }
}
