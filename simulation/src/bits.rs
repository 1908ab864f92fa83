//! Sets of small numbers.

/// A set of numbers, one bit each.
#[derive(Debug, Clone, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Puts a number in.
    pub fn insert(&mut self, number: usize) {
        let word = number / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    /// Takes a number out.
    pub fn remove(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    /// Whether a number is in.
    pub fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Puts all numbers of another set in.
    pub fn unite(&mut self, other: &Bits) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(here, there)| *here |= there);
    }

    /// The union with another set.
    #[must_use]
    pub fn united(&self, other: &Bits) -> Bits {
        let mut united = self.clone();
        united.unite(other);
        united
    }

    /// Whether every number is in another set.
    pub fn is_within(&self, other: &Bits) -> bool {
        let there = other.0.iter().chain(std::iter::repeat(&0));
        self.0.iter().zip(there).all(|(here, there)| here & !there == 0)
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(index, word)| ones(*word).map(move |bit| index * 64 + bit))
    }
}

fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(bit)
    })
}

impl PartialEq for Bits {
    fn eq(&self, other: &Self) -> bool {
        self.is_within(other) && other.is_within(self)
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut bits = Bits::default();
        numbers.into_iter().for_each(|number| bits.insert(number));
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_do_not_depend_on_their_length() {
        let (mut one, two): (Bits, Bits) = ([3, 64, 130].into_iter().collect(), [3, 64].into_iter().collect());
        assert!(two.is_within(&one) && !one.is_within(&two) && one.united(&two) == one);
        one.remove(130);
        assert!(one == two && one.contains(64) && !one.contains(4));
        assert_eq!(one.iter().collect::<Vec<_>>(), [3, 64]);
    }
}
