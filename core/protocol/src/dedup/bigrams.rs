use std::cmp::Ordering;

use super::normalize;

/// A window of two characters, or what a text shorter than that has.
type Bigram = (Option<char>, Option<char>);

/// The different pairs of neighbouring characters of a normalised text; of a text with fewer than two characters, the text
/// itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bigrams(Vec<Bigram>);

impl Bigrams {
    /// The bigrams of a text, which is normalised first.
    pub fn of(text: &str) -> Self {
        Self::of_normal(&normalize(text))
    }

    pub(super) fn of_normal(normal: &str) -> Self {
        let mut bigrams: Vec<Bigram> =
            normal.chars().zip(normal.chars().skip(1)).map(|(a, b)| (Some(a), Some(b))).collect();
        if bigrams.is_empty() {
            bigrams.push((normal.chars().next(), None));
        }
        bigrams.sort_unstable();
        bigrams.dedup();
        Bigrams(bigrams)
    }

    /// The Dice coefficient: twice the number of common bigrams, divided by the sum of both numbers.
    pub fn dice(&self, other: &Self) -> f64 {
        self.dice_with(other, self.common(other))
    }

    /// Whether the Dice coefficient is at least `threshold`.
    pub fn are_alike(&self, other: &Self, threshold: f64) -> bool {
        // The coefficient grows with the number of common bigrams, which the smaller set bounds.
        let at_most = self.0.len().min(other.0.len());
        self.dice_with(other, at_most) >= threshold && self.dice(other) >= threshold
    }

    fn dice_with(&self, other: &Self, common: usize) -> f64 {
        2.0 * common as f64 / (self.0.len() + other.0.len()) as f64
    }

    fn common(&self, other: &Self) -> usize {
        let (mut here, mut there) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = 0;
        while let (Some(a), Some(b)) = (here.peek(), there.peek()) {
            match a.cmp(b) {
                Ordering::Less => drop(here.next()),
                Ordering::Greater => drop(there.next()),
                Ordering::Equal => {
                    common += 1;
                    here.next();
                    there.next();
                }
            }
        }
        common
    }

    /// The text of each bigram.
    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(a, b)| a.iter().chain(b).collect())
    }
}

/// The Dice coefficient of the bigrams of two texts, from 0 to 1.
///
/// ```
/// # use crdt_merge_protocol::dedup::dice;
/// assert_eq!(dice("Night", "nacht"), 0.25);
/// ```
pub fn dice(a: &str, b: &str) -> f64 {
    Bigrams::of(a).dice(&Bigrams::of(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_their_own_bigram() {
        assert_eq!(
            [dice("", " "), dice("a", "A"), dice("a", "b"), dice("", "a"), dice("a", "aa")],
            [1.0, 1.0, 0.0, 0.0, 0.0]
        );
        assert_eq!(Bigrams::of("").texts().collect::<Vec<_>>(), [""]);
        assert_eq!(Bigrams::of("éa").texts().collect::<Vec<_>>(), ["éa"]);
    }

    #[test]
    fn bigrams_count_once() {
        assert_eq!(Bigrams::of("banana").texts().collect::<Vec<_>>(), ["an", "ba", "na"]);
        assert_eq!(dice("aaaa", "aa"), 1.0);
    }

    #[test]
    fn the_bound_on_the_coefficient_changes_no_answer() {
        let texts =
            ["", "a", "ab", "abc", "abcabc", "the quick brown fox", "the quick brown fix", "x".repeat(40).as_str()]
                .map(Bigrams::of);
        for (a, b) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
            for threshold in [-1.0, 0.0, 0.25, 0.85, a.dice(b), 1.0, 2.0, f64::NAN] {
                assert_eq!(a.are_alike(b, threshold), a.dice(b) >= threshold);
            }
        }
    }
}
