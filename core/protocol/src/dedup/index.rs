use std::collections::{BTreeMap, BTreeSet};

use super::{Bigrams, TextKey, exact_key, fuzzy_key, normalize};
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// The texts seen so far.
///
/// Indexes merge: the keys of both are kept, and of two texts with one fuzzy key the smaller one. That is a join. Adding by
/// likeness is *not* a step upwards in its order, though: which of several texts that resemble each other is kept depends on
/// which came first, so replicas that see texts in another order may keep other ones.
///
/// ```
/// # use crdt_merge_protocol::{Join, dedup::{DEFAULT_THRESHOLD, DedupIndex}};
/// let mut here = DedupIndex::new();
/// assert!(here.add_fuzzy("The quick brown fox", DEFAULT_THRESHOLD));
/// let mut there = DedupIndex::new();
/// there.join(&here)?;
/// assert!(!there.add_fuzzy("the quick  brown fox!", DEFAULT_THRESHOLD));
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DedupIndex {
    /// Exact and fuzzy keys: a normalised text seen by one method is known to the other.
    keys: BTreeSet<TextKey>,
    /// By fuzzy key.
    texts: BTreeMap<TextKey, Kept>,
}

/// A text that others are compared with.
#[derive(Debug, Clone)]
struct Kept {
    text: String,
    bigrams: Bigrams,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Kept {}

impl DedupIndex {
    /// An index that has seen nothing.
    pub const fn new() -> Self {
        DedupIndex { keys: BTreeSet::new(), texts: BTreeMap::new() }
    }

    /// Remembers a text; whether it is new, its case aside.
    pub fn add_exact(&mut self, text: &str) -> bool {
        self.keys.insert(exact_key(text))
    }

    /// Remembers a text unless it is like one that is kept: whether it is new.
    ///
    /// It is not when its normalised form is known or its Dice coefficient with a kept text is at least `threshold`. The text is
    /// compared with all that are kept, so the time grows with their number.
    pub fn add_fuzzy(&mut self, text: &str, threshold: f64) -> bool {
        let key = fuzzy_key(text);
        let bigrams = Bigrams::of_normal(&normalize(text));
        if self.keys.contains(&key) || self.texts.values().any(|kept| kept.bigrams.are_alike(&bigrams, threshold)) {
            return false;
        }
        self.keys.insert(key);
        self.texts.insert(key, Kept { text: text.to_owned(), bigrams });
        true
    }

    /// Whether a key was seen.
    pub fn contains(&self, key: &TextKey) -> bool {
        self.keys.contains(key)
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The texts kept by [`DedupIndex::add_fuzzy`] with their fuzzy keys, in the order of the keys.
    pub fn texts(&self) -> impl Iterator<Item = (&TextKey, &str)> {
        self.texts.iter().map(|(key, kept)| (key, kept.text.as_str()))
    }
}

/// All keys of both, and by key the smaller text. An observer hears the keys of texts, as 64 hexadecimal digits.
impl Join for DedupIndex {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let before = self.keys.len();
        self.keys.extend(&other.keys);
        let mut moved = self.keys.len() > before;
        for (key, there) in &other.texts {
            let here = self.texts.get(key);
            if here.is_none_or(|here| there.text < here.text) {
                observer.changed(&key.to_string());
                self.texts.insert(*key, there.clone());
                moved = true;
            }
        }
        Ok(Changed::from_bool(moved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_share_what_they_have_seen() {
        let mut index = DedupIndex::new();
        assert!(index.add_exact("Hello World"));
        assert!(!index.add_exact("HELLO WORLD") && !index.add_fuzzy("hello \t world", 1.0));
        assert!(index.add_exact("hello  world"), "white space counts");
        assert!(index.add_fuzzy("Good  Bye", 1.0) && !index.add_exact("good bye"));
        assert_eq!((index.len(), index.texts().map(|(_, text)| text).collect::<Vec<_>>()), (3, vec!["Good  Bye"]));
    }

    #[test]
    fn indexes_join() -> Result<()> {
        let index = |texts: &[&str]| {
            let mut index = DedupIndex::new();
            for text in texts {
                index.add_fuzzy(text, 0.9);
            }
            index
        };
        let [a, b, c] = [index(&["ONE two", "three"]), index(&["one TWO", "four"]), index(&["one  two", "three"])];
        assert_eq!(a.joined(&b)?, b.joined(&a)?);
        assert_eq!(a.joined(&b)?.joined(&c)?, a.joined(&b.joined(&c)?)?);
        let mut all = a.joined(&b)?;
        assert_eq!(all.join(&a)?, Changed::No);
        assert_eq!(
            all.texts().map(|(_, text)| text).collect::<BTreeSet<_>>(),
            BTreeSet::from(["ONE two", "four", "three"])
        );
        Ok(())
    }
}
